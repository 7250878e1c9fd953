// SPDX-License-Identifier: Apache-2.0
#include "parse/web_error/web_error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

#include "parse/web_access/web_log_test_support.h"

namespace genba::parse {
namespace {

// The result's texts are views: the lines that tests put together are kept.
WebErrorLine read(std::string_view line) {
  static std::deque<std::string> kept;
  WebErrorLine parsed;
  EXPECT_TRUE(parse_web_error_line(kept.emplace_back(line), parsed)) << line;
  return parsed;
}

bool is_read(std::string_view line) {
  WebErrorLine parsed;
  return parse_web_error_line(line, parsed);
}

WebErrorKind kind_of(std::string_view line) {
  return read(line).kind;
}

// A line of Apache 2.4 with a client, of Apache itself, of nginx with and without a client.
std::string apache(std::string_view text) {
  return "[Sun Nov 08 03:12:09.123456 2026] [core:error] [pid 7:tid 9] [client 203.0.113.7:5678] " +
         std::string(text);
}
std::string apache_own(std::string_view text) {
  return "[Sun Nov 08 03:12:09.123456 2026] [mpm_event:notice] [pid 7:tid 9] " + std::string(text);
}
std::string nginx(std::string_view text) {
  return "2026/11/08 03:12:09 [error] 12#0: *45 " + std::string(text) +
         ", client: 203.0.113.7, server: x, request: \"GET /a HTTP/1.1\", host: \"x\"";
}
std::string nginx_own(std::string_view text) {
  return "2026/11/08 03:12:09 [notice] 12#0: " + std::string(text);
}

TEST(WebError, ApacheHeadGivesEveryField) {
  const WebErrorLine line = read(
      "[Sun Nov  8 03:12:09.123456 2026] [php:error] [pid 123:tid 456] [client 203.0.113.7:5678] "
      "PHP Fatal error:  Uncaught Error: x in /var/www/a.php:12, referer: https://example.org/");
  EXPECT_TRUE(line.has_time);
  EXPECT_EQ(line.time.year, 2026);
  EXPECT_EQ(line.time.day, 8);
  EXPECT_EQ(line.time.nanosecond, 123'456'000);
  EXPECT_EQ(line.module, "php");
  EXPECT_EQ(line.level, "error");
  EXPECT_EQ(line.pid, 123);
  EXPECT_EQ(line.client, "203.0.113.7:5678");
  EXPECT_EQ(line.kind, WebErrorKind::kPhp);
  EXPECT_TRUE(line.message.starts_with("PHP Fatal error:  Uncaught"));
}

TEST(WebError, OldApacheHasNeitherModuleNorPid) {
  const WebErrorLine line = read(
      "[Sun Nov  8 03:12:09 2026] [error] [client 203.0.113.7] File does not exist: /var/www/x");
  EXPECT_EQ(line.module, "");
  EXPECT_EQ(line.level, "error");
  EXPECT_EQ(line.client, "203.0.113.7");
  EXPECT_EQ(line.pid, -1);
  EXPECT_EQ(line.kind, WebErrorKind::kMissing);
  EXPECT_EQ(line.message, "File does not exist: /var/www/x");
}

TEST(WebError, SystemErrorInFrontOfTheClient) {
  const WebErrorLine line = read(
      "[Sun Nov 08 03:12:09 2026] [ssl:info] [pid 1:tid 2] (70014)End of file found: "
      "[client 2001:db8::7:5678] AH02006: SSL handshake stopped: connection was closed");
  EXPECT_EQ(line.client, "2001:db8::7:5678");
  EXPECT_EQ(line.message, "AH02006: SSL handshake stopped: connection was closed");
  // Behind the client, the same words are a visitor's.
  EXPECT_EQ(read(apache("(1)x: [client 6.6.6.6:1] y")).client, "203.0.113.7:5678");
}

TEST(WebError, ApacheClientIsTheFirstOneTold) {
  const WebErrorLine logged = read(apache("[client 6.6.6.6:1] login failed for x"));
  EXPECT_EQ(logged.client, "203.0.113.7:5678");
  EXPECT_EQ(logged.message, "login failed for x");
  EXPECT_EQ(read(apache("[pid 99] x")).pid, 7);
  const WebErrorLine refused =
      read(apache("[client 203.0.113.7] ModSecurity: Access denied with code 403 (phase 2)."));
  EXPECT_EQ(refused.client, "203.0.113.7:5678");
  EXPECT_EQ(refused.kind, WebErrorKind::kDenied);
}

TEST(WebError, ApacheKindsAreToldByTheFrontOfTheMessage) {
  EXPECT_EQ(kind_of(apache_own("AH00489: Apache/2.4.62 (Debian) configured -- resuming normal "
                               "operations")),
            WebErrorKind::kStart);
  EXPECT_EQ(kind_of(apache_own("AH00491: caught SIGTERM, shutting down")), WebErrorKind::kStop);
  EXPECT_EQ(kind_of(apache_own("AH00052: child pid 12 exit signal Segmentation fault (11)")),
            WebErrorKind::kCrash);
  EXPECT_EQ(kind_of(apache_own("AH00052: child pid 12 exit signal Killed (9)")),
            WebErrorKind::kMessage);
  EXPECT_EQ(kind_of(apache("AH01630: client denied by server configuration: /var/www/.git")),
            WebErrorKind::kDenied);
  EXPECT_EQ(kind_of(apache("AH01618: user bob not found: /")), WebErrorKind::kLoginFailed);
  EXPECT_EQ(
      kind_of(apache("AH01617: user bob: authentication failure for \"/\": Password Mismatch")),
      WebErrorKind::kLoginFailed);
  EXPECT_EQ(kind_of(apache("(13)Permission denied: AH00132: file permissions deny server access")),
            WebErrorKind::kMessage);
  EXPECT_EQ(kind_of(apache("(2)No such file or directory: AH00128: File does not exist: /x")),
            WebErrorKind::kMissing);
  // A visitor's path cannot start or crash the server.
  EXPECT_EQ(kind_of(apache("AH00128: File does not exist: /child pid 1 exit signal Abort (6)")),
            WebErrorKind::kMissing);
  EXPECT_EQ(kind_of(apache("x configured -- resuming normal operations")), WebErrorKind::kMessage);
}

TEST(WebError, BadRequestsKeepTheirRequest) {
  const WebErrorLine line =
      read(apache("AH00126: Invalid URI in request GET /cgi-bin/.%2E/%2E%2E/etc/passwd HTTP/1.1"));
  EXPECT_EQ(line.kind, WebErrorKind::kBadRequest);
  EXPECT_EQ(line.request, "GET /cgi-bin/.%2E/%2E%2E/etc/passwd HTTP/1.1");
}

TEST(WebError, ScriptOfAPhpMessage) {
  EXPECT_EQ(read(apache("PHP Warning:  system() [x] in /var/www/up/s.php on line 3")).script,
            "/var/www/up/s.php");
  EXPECT_EQ(read(apache("PHP Fatal error:  Uncaught Error: a in b in /var/www/a.php:12\\nStack "
                        "trace:\\n#0 {main}\\n  thrown in /var/www/a.php on line 12"))
                .script,
            "/var/www/a.php");
  EXPECT_EQ(read("PHP Fatal error:  Uncaught Error: x in /var/www/a.php:12").script,
            "/var/www/a.php");
  EXPECT_EQ(
      read(apache("PHP Parse error:  x in /var/www/s.php(3) : eval()'d code on line 1")).script,
      "/var/www/s.php");
  EXPECT_EQ(read(apache("script '/var/www/html/x.php' not found or unable to stat")).script,
            "/var/www/html/x.php");
  EXPECT_EQ(read("PHP Warning:  no place at all").script, "");
}

TEST(WebError, ReferrerDoesNotNameTheScript) {
  EXPECT_EQ(read(apache("PHP Warning:  x in /var/www/true.php on line 3, referer: a in /tmp/forged "
                        "on line 9"))
                .script,
            "/var/www/true.php");
  EXPECT_EQ(read(apache("PHP Warning:  y, referer: z in /var/www/true.php on line 3, referer: b in "
                        "/forged on line 9"))
                .script,
            "/var/www/true.php");
}

TEST(WebError, WrappedWordsOfPhpAndShells) {
  EXPECT_EQ(read(apache("AH01071: Got error 'PHP message: PHP Notice:  x in /var/www/a.php on line "
                        "2'"))
                .script,
            "/var/www/a.php");
  const WebErrorLine cgi =
      read(apache("AH01215: stderr from /usr/lib/cgi-bin/x: sh: 1: nc: not found"));
  EXPECT_EQ(cgi.kind, WebErrorKind::kShell);
  EXPECT_EQ(cgi.tool, "sh");
  EXPECT_EQ(cgi.script, "/usr/lib/cgi-bin/x");
  EXPECT_EQ(read(apache("AH01215: bash: line 1: nc: command not found")).tool, "bash");
  const WebErrorLine fast = read(nginx(
      "FastCGI sent in stderr: \"PHP message: PHP Warning:  system(): x in /var/www/s.php on line "
      "3\" while reading response header from upstream"));
  EXPECT_EQ(fast.kind, WebErrorKind::kPhp);
  EXPECT_EQ(fast.script, "/var/www/s.php");
  EXPECT_EQ(read(nginx("FastCGI sent in stderr: \"sh: 1: nc: not found\" while reading")).tool,
            "sh");
  EXPECT_EQ(kind_of(nginx("FastCGI sent in stderr: \"Primary script unknown\" while reading")),
            WebErrorKind::kMissing);
}

TEST(WebError, NginxLineGivesEveryField) {
  const WebErrorLine line = read(
      "2026/11/08 03:12:09 [error] 123#124: *45 open() \"/var/www/x.php\" failed (2: No such file "
      "or "
      "directory), client: 2001:db8::7, server: example.org, request: \"GET /a\"b HTTP/1.1\", "
      "upstream: \"fastcgi://unix:/run/php.sock:\", host: \"example.org\"");
  EXPECT_TRUE(line.has_time);
  EXPECT_EQ(line.time.month, 11);
  EXPECT_EQ(line.level, "error");
  EXPECT_EQ(line.pid, 123);
  EXPECT_EQ(line.client, "2001:db8::7");
  EXPECT_EQ(line.request, "GET /a\"b HTTP/1.1");
  EXPECT_EQ(line.script, "/var/www/x.php");
  EXPECT_EQ(line.kind, WebErrorKind::kMissing);
  EXPECT_FALSE(line.repeated_marks);
  EXPECT_EQ(line.message, "open() \"/var/www/x.php\" failed (2: No such file or directory)");
}

TEST(WebError, NginxMarksInAPathAreNotTheClient) {
  const WebErrorLine line = read(
      "2026/11/08 03:12:09 [error] 1#1: *4 open() \"/www/a, client: 6.6.6.6, server: y\" failed "
      "(2: No "
      "such file or directory), client: 203.0.113.7, server: x, request: \"GET /a HTTP/1.1\"");
  EXPECT_TRUE(line.repeated_marks);
  EXPECT_EQ(line.client, "203.0.113.7");
  EXPECT_EQ(line.kind, WebErrorKind::kMissing);
}

TEST(WebError, NginxMarksInAReferrerAreNotTheClient) {
  const WebErrorLine line =
      read(nginx("access forbidden by rule") +
           ", referrer: \"x, client: 6.6.6.6, server: y, request: \"GET /f\"\"");
  EXPECT_TRUE(line.repeated_marks);
  EXPECT_EQ(line.client, "203.0.113.7");
  EXPECT_EQ(line.request, "GET /a HTTP/1.1");
  EXPECT_EQ(line.kind, WebErrorKind::kDenied);
}

TEST(WebError, NginxKinds) {
  EXPECT_EQ(kind_of(nginx("directory index of \"/var/www/\" is forbidden")), WebErrorKind::kDenied);
  EXPECT_EQ(kind_of(nginx("limiting requests, excess: 5.4 by zone \"z\"")), WebErrorKind::kLimited);
  EXPECT_EQ(kind_of(nginx("user \"a\": password mismatch")), WebErrorKind::kLoginFailed);
  EXPECT_EQ(kind_of(nginx("user \"a\" was not found in \"/etc/x\"")), WebErrorKind::kLoginFailed);
  EXPECT_EQ(kind_of(nginx("client sent invalid method while reading client request line")),
            WebErrorKind::kBadRequest);
  EXPECT_EQ(kind_of(nginx("sh: 1: nc: not found")), WebErrorKind::kMessage);
  EXPECT_EQ(kind_of(nginx_own("start worker processes")), WebErrorKind::kStart);
  EXPECT_EQ(kind_of(nginx_own("exiting")), WebErrorKind::kStop);
  EXPECT_EQ(kind_of(nginx_own("worker process 12 exited on signal 11 (core dumped)")),
            WebErrorKind::kCrash);
  EXPECT_EQ(kind_of(nginx_own("worker process 12 exited on signal 9")), WebErrorKind::kMessage);
  EXPECT_EQ(kind_of(nginx("worker process 12 exited on signal 11")), WebErrorKind::kMessage);
}

TEST(WebError, PhpFpmAndPhpItself) {
  const WebErrorLine shell = read(
      "[08-Nov-2026 03:12:09] WARNING: [pool www] child 12 said into stderr: \"sh: 1: wget: not "
      "found\"");
  EXPECT_EQ(shell.kind, WebErrorKind::kShell);
  EXPECT_EQ(shell.tool, "sh");
  EXPECT_EQ(shell.module, "www");
  EXPECT_EQ(shell.level, "WARNING");
  EXPECT_EQ(shell.pid, 12);
  EXPECT_EQ(shell.time.day, 8);
  EXPECT_EQ(shell.time.month, 11);
  EXPECT_EQ(shell.time.offset, LogTime::kNoOffset);
  EXPECT_EQ(
      kind_of("[08-Nov-2026 03:12:09] WARNING: [pool www] child 12 said into stderr: \"NOTICE: "
              "PHP message: PHP Warning:  x in /var/www/a.php on line 1\""),
      WebErrorKind::kPhp);
  EXPECT_EQ(kind_of("[08-Nov-2026 03:12:09] NOTICE: fpm is running, pid 1"), WebErrorKind::kStart);
  EXPECT_EQ(kind_of("[08-Nov-2026 03:12:09] NOTICE: exiting, bye-bye!"), WebErrorKind::kStop);
  EXPECT_EQ(kind_of("[08-Nov-2026 03:12:09] WARNING: [pool www] child 12 exited on signal 11 "
                    "(SIGSEGV) after 3.5 seconds from start"),
            WebErrorKind::kCrash);
  EXPECT_EQ(read("[08-Nov-2026 03:12:09] WARNING: [pool www] child 12, script '/var/www/s.php' "
                 "(request: \"POST /s.php\") executing too slow (5.1 sec), logging")
                .script,
            "/var/www/s.php");
  const WebErrorLine php =
      read("[08-Nov-2026 03:12:09 UTC] PHP Warning:  x in /var/www/a.php on line 7");
  EXPECT_EQ(php.kind, WebErrorKind::kPhp);
  EXPECT_EQ(php.zone, "UTC");
  EXPECT_EQ(php.time.offset, 0);
  const WebErrorLine tokyo = read("[08-Nov-2026 03:12:09.500000 Asia/Tokyo] of a program's own");
  EXPECT_EQ(tokyo.zone, "Asia/Tokyo");
  EXPECT_EQ(tokyo.time.offset, LogTime::kNoOffset);
  EXPECT_EQ(tokyo.time.nanosecond, 500'000'000);
  EXPECT_EQ(tokyo.message, "of a program's own");
  EXPECT_FALSE(is_read("[38-Nov-2026 03:12:09] NOTICE: x"));
  EXPECT_FALSE(is_read("[08-Nov-2026x03:12:09] NOTICE: x"));
}

TEST(WebError, WordsOfShellsAndTools) {
  const std::pair<const char*, const char*> lines[] = {
      {"sh: 1: nc: not found", "sh"},
      {"/bin/sh: 1: Syntax error: \"(\" unexpected", "sh"},
      {"bash: line 1: foo: command not found", "bash"},
      {"bash: cannot set terminal process group (12): Inappropriate ioctl for device", "bash"},
      {"bash: no job control in this shell", "bash"},
      {"-bash: /tmp/x: Permission denied", "bash"},
      {"curl: (7) Failed to connect to 203.0.113.5 port 80: Connection refused", "curl"},
      {"  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current", "curl"},
      {"                                 Dload  Upload   Total   Spent    Left  Speed", "curl"},
      {"\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0", "curl"},
      {"Resolving example.org (example.org)... 203.0.113.5", "wget"},
      {"Connecting to 203.0.113.5:80... connected.", "wget"},
      {"HTTP request sent, awaiting response... 200 OK", "wget"},
      {"Length: 1234 (1.2K) [text/x-sh]", "wget"},
      {"Saving to: '/tmp/x'", "wget"},
      {"'/tmp/x' saved [1234/1234]", "wget"},
      {"wget: unable to resolve host address 'example.org'", "wget"},
      {"chmod: cannot access '/tmp/x': No such file or directory", "chmod"},
      {"rm: cannot remove '/tmp/x': Operation not permitted", "rm"},
      {"ls: cannot access '/root': Permission denied", "ls"},
      {"id: 'x': no such user", "id"},
      {"tar: x: Cannot open: No such file or directory", "tar"},
      {"cat: /etc/shadow: Permission denied", "cat"},
      {"Traceback (most recent call last):", "python"},
      {"ERROR: ld.so: object '/lib/x.so' from /etc/ld.so.preload cannot be preloaded: ignored.",
       "ld.so"},
  };
  for (const auto& [text, tool] : lines) {
    const WebErrorLine line = read(text);
    EXPECT_EQ(line.kind, WebErrorKind::kShell) << text;
    EXPECT_EQ(line.tool, tool) << text;
    EXPECT_FALSE(line.has_time) << text;
    EXPECT_EQ(line.message, text);
  }
}

TEST(WebError, WgetTellsItsTime) {
  const WebErrorLine start = read("--2026-11-08 03:12:09--  http://203.0.113.5/x.sh");
  EXPECT_EQ(start.tool, "wget");
  EXPECT_TRUE(start.has_time);
  EXPECT_EQ(start.time.second, 9);
  const WebErrorLine end = read("2026-11-08 03:12:10 (1.2 MB/s) - '/tmp/x' saved [1234/1234]");
  EXPECT_EQ(end.tool, "wget");
  EXPECT_EQ(end.time.second, 10);
}

TEST(WebError, OtherLinesAreNotRead) {
  EXPECT_FALSE(is_read(""));
  EXPECT_FALSE(is_read("["));
  EXPECT_FALSE(is_read("#0 /var/www/a.php(3): f()"));
  EXPECT_FALSE(is_read("Stack trace:"));
  EXPECT_FALSE(is_read("note: a sentence with a colon"));
  EXPECT_FALSE(is_read("--2026-11-08 03:12:09-- x"));
  EXPECT_FALSE(is_read("2026-11-08 03:12:10 (1.2 MB/s) - '/tmp/x'"));
  EXPECT_FALSE(is_read("[Sun Nov 31 03:12:09 2026] [error] x"));
  EXPECT_EQ(kind_of("AH00558: apache2: Could not reliably determine the server's name"),
            WebErrorKind::kMessage);
}

TEST(WebError, HeadsThatBreakOff) {
  EXPECT_EQ(read("[Sun Nov 08 03:12:09 2026] [core:err").message, "[core:err");
  EXPECT_EQ(read("[Sun Nov 08 03:12:09 2026]").message, "");
  EXPECT_EQ(read("[Sun Nov 08 03:12:09 2026] [core:error] [pid x] [client ").pid, -1);
  EXPECT_EQ(read("2026/11/08 03:12:09 [error] 1#1: *4 x, client: ").client, "");
  EXPECT_EQ(
      read("2026/11/08 03:12:09 [error] 1#1: *4 x, client: 203.0.113.7, request: \"GE").request,
      "GE");
}

TEST(WebErrorOfRealServers, AgreesWithCrowdsecsParser) {
  if (lines_of(shared_samples() + "crowdsec-hub/SOURCE.txt").empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no samples in " << shared_samples();
  }
  size_t compared = 0;
  for (const char* test_case : {"apache2-logs", "nginx_http-logs", "nginx_req_limit_exceeded",
                                "nginx-proxy-manager-logs", "nginx-mail-logs"}) {
    const auto log = crowdsec_log(test_case, std::string(test_case) + ".log");
    auto from = log.begin();
    for (const KnownAnswer& answer : crowdsec_answers(test_case)) {
      const auto type = answer.find("Meta.log_type");
      if (type == answer.end() || type->second == "http_access-log") {
        continue;
      }
      // What crowdsec keeps as the message is a part of the line; answers are in the log's order.
      const auto whole = std::find_if(from, log.end(), [&](const std::string& text) {
        const auto connection = answer.find("Parsed.cid");
        return text.find(answer.at("Parsed.message")) != text.npos &&
               (connection == answer.end() ||
                text.find("*" + connection->second + " ") != text.npos);
      });
      ASSERT_NE(whole, log.end()) << answer.at("Parsed.message");
      from = whole + 1;
      SCOPED_TRACE(*whole);
      const WebErrorLine line = read(*whole);
      const auto expect = [&](const char* key, std::string_view ours) {
        EXPECT_TRUE(!answer.contains(key) || answer.at(key) == ours)
            << key << " " << ours << " and not " << answer.at(key);
      };
      expect("Meta.source_ip", line.client.substr(0, line.client.rfind(':') == line.client.find(':')
                                                         ? line.client.find(':')
                                                         : line.client.npos));
      expect("Parsed.loglevel", line.level);
      expect("Parsed.pid", std::to_string(line.pid));
      expect("Parsed.module", line.module);
      if (answer.contains("Parsed.verb")) {
        std::string request(line.request);
        const size_t scheme = request.find("https://");  // the scheme, which crowdsec drops
        request.erase(std::min(scheme, request.size()), scheme == request.npos ? 0 : 6);
        EXPECT_TRUE(
            request.starts_with(answer.at("Parsed.verb") + " " + answer.at("Parsed.request")))
            << request;
      }
      if (answer.contains("Meta.sub_type")) {
        const std::string& type_name = answer.at("Meta.sub_type");
        EXPECT_EQ(to_string(line.kind), type_name == "req_limit_exceeded" ? "limited"
                                        : type_name == "auth_fail"        ? "login_failed"
                                                                          : "message");
      }
      ++compared;
    }
  }
  EXPECT_EQ(compared, 25U);
}

}  // namespace
}  // namespace genba::parse
