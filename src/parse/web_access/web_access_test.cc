// SPDX-License-Identifier: Apache-2.0
#include "parse/web_access/web_access.h"

#include <gtest/gtest.h>

#include <string>

#include "parse/web_access/web_log_test_support.h"

namespace genba::parse {
namespace {

WebRequest read(std::string_view line) {
  WebRequest request;
  EXPECT_TRUE(parse_web_access_line(line, request)) << line;
  return request;
}

bool is_read(std::string_view line) {
  WebRequest request;
  return parse_web_access_line(line, request);
}

TEST(WebAccess, CombinedLineGivesEveryField) {
  const WebRequest request = read(
      R"_(203.0.113.7 - alice [08/Nov/2026:03:12:09 +0900] "GET /a/b.php?x=1 HTTP/1.1" 404 1234 )_"
      R"_("https://example.org/" "Mozilla/5.0 (X11; Linux x86_64)")_");
  EXPECT_EQ(request.client, "203.0.113.7");
  EXPECT_EQ(request.virtual_host, "");
  EXPECT_EQ(request.user, "alice");
  LogTime time;
  time.year = 2026;
  time.month = 11;
  time.day = 8;
  time.hour = 3;
  time.minute = 12;
  time.second = 9;
  time.offset = 9 * 3600;
  EXPECT_EQ(request.time, time);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/a/b.php?x=1");
  EXPECT_EQ(request.protocol, "HTTP/1.1");
  EXPECT_EQ(request.status, 404);
  EXPECT_EQ(request.bytes, 1234);
  EXPECT_EQ(request.referrer, "https://example.org/");
  EXPECT_EQ(request.agent, "Mozilla/5.0 (X11; Linux x86_64)");
  EXPECT_EQ(request.rest, "");
}

TEST(WebAccess, CommonLineHasNoReferrerAndNoAgent) {
  const WebRequest request =
      read(R"_(2001:db8::1 - - [08/Nov/2026:03:12:09 +0000] "HEAD / HTTP/2.0" 304 -)_");
  EXPECT_EQ(request.client, "2001:db8::1");
  EXPECT_EQ(request.user, "");
  EXPECT_EQ(request.status, 304);
  EXPECT_EQ(request.bytes, -1);
  EXPECT_EQ(request.agent, "");
}

TEST(WebAccess, VirtualHostInFront) {
  const WebRequest request = read(
      R"_(www.example.org:443 203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 5)_");
  EXPECT_EQ(request.virtual_host, "www.example.org:443");
  EXPECT_EQ(request.client, "203.0.113.7");
  // With HostnameLookups the client is a name: the port tells the two apart.
  const WebRequest named = read(
      R"_(www.example.org:80 visitor.example.net - bob [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 5)_");
  EXPECT_EQ(named.virtual_host, "www.example.org:80");
  EXPECT_EQ(named.client, "visitor.example.net");
  EXPECT_EQ(named.user, "bob");
}

TEST(WebAccess, HostThatIsAnAddressDoesNotHideTheClient) {
  // nginx's $host is what the visitor sent as Host.
  const WebRequest request =
      read(R"_(198.51.100.1 203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 5)_");
  EXPECT_EQ(request.virtual_host, "198.51.100.1");
  EXPECT_EQ(request.client, "203.0.113.7");
}

TEST(WebAccess, UserNameThatImitatesALineStaysAUserName) {
  const WebRequest request = read(
      R"_(203.0.113.7 - 6.6.6.6 - - [01/Jan/2020:00:00:00 +0000] \"GET /forged HTTP/1.1\" 200 1 )_"
      R"_([08/Nov/2026:03:12:09 +0000] "GET /true HTTP/1.1" 401 5)_");
  EXPECT_EQ(request.client, "203.0.113.7");
  EXPECT_EQ(request.time.year, 2026);
  EXPECT_EQ(request.target, "/true");
  EXPECT_TRUE(request.user.starts_with("6.6.6.6 - - [01/Jan"));
}

TEST(WebAccess, QuotesOfAnAgentDoNotEndIt) {
  const WebRequest apache = read(
      R"_(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET /\"x\" HTTP/1.1" 200 5 "-" "a\" 500 1 \"b\\" x=1)_");
  EXPECT_EQ(apache.target, R"_(/\"x\")_");
  EXPECT_EQ(apache.status, 200);
  EXPECT_EQ(apache.referrer, "");
  EXPECT_EQ(apache.agent, R"_(a\" 500 1 \"b\\)_");
  EXPECT_EQ(apache.rest, "x=1");
  const WebRequest nginx = read(
      R"_(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 5 "-" "a\x22 \x22b" "198.51.100.9" 0.004)_");
  EXPECT_EQ(nginx.agent, R"_(a\x22 \x22b)_");
  EXPECT_EQ(nginx.rest, R"_("198.51.100.9" 0.004)_");
}

TEST(WebAccess, QuotesOfAServerThatDoesNotEscape) {
  const WebRequest request = read(
      R"_(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET /?a=alert("x") HTTP/1.0" 404 1164)_");
  EXPECT_EQ(request.target, R"_(/?a=alert("x"))_");
  EXPECT_EQ(request.protocol, "HTTP/1.0");
  EXPECT_EQ(request.status, 404);
}

TEST(WebAccess, RequestsThatAreNone) {
  const auto request = [](std::string_view text) {
    static std::string line;
    line = R"(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] ")" + std::string(text) +
           R"(" 400 0 "-" "-")";
    return read(line);
  };
  EXPECT_EQ(request("-").target, "");
  EXPECT_EQ(request("").target, "");
  EXPECT_EQ(request("-").status, 400);
  EXPECT_EQ(request(R"(\x16\x03\x01 \x02)").target, R"(\x16\x03\x01 \x02)");
  EXPECT_EQ(request(R"_(\x16\x03\x01 \x02)_").method, "");
  EXPECT_EQ(request("HELP").target, "HELP");
  EXPECT_EQ(request("GET /old").method, "GET");
  EXPECT_EQ(request("GET /old").target, "/old");
  EXPECT_EQ(request("GET /old").protocol, "");
  EXPECT_EQ(request("GET /a b c HTTP/1.1").target, "/a b c");
  EXPECT_EQ(request("CONNECT example.org:25 HTTP/1.1").target, "example.org:25");
  EXPECT_EQ(request("M-SEARCH * HTTP/1.1").method, "M-SEARCH");
  EXPECT_EQ(request(std::string(40, 'A') + " / HTTP/1.1").method, "");
}

TEST(WebAccess, LineThatWasCutGivesWhatItHas) {
  const WebRequest agent =
      read(R"_(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozil)_");
  EXPECT_EQ(agent.agent, "Mozil");
  const WebRequest request = read(R"_(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET /wp-lo)_");
  EXPECT_EQ(request.target, "/wp-lo");
  EXPECT_EQ(request.status, -1);
  EXPECT_EQ(request.bytes, -1);
  EXPECT_FALSE(is_read(R"_(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000])_"));
}

TEST(WebAccess, ForwardedClientsAreKeptAsWritten) {
  const WebRequest request =
      read(R"_(192.0.2.1, 198.51.100.7 - - [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 5)_");
  EXPECT_EQ(request.client, "192.0.2.1, 198.51.100.7");
  EXPECT_EQ(request.user, "");
}

TEST(WebAccess, CarriageReturnOfACopyIsNoPartOfTheLine) {
  EXPECT_EQ(read("203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] \"GET / HTTP/1.1\" 200 5\r").bytes,
            5);
}

TEST(WebAccess, NumbersThatDoNotFitAreNotTold) {
  const WebRequest request = read(
      R"_(203.0.113.7 - - [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 99999999999999999999 "-" "x")_");
  EXPECT_EQ(request.status, 200);
  EXPECT_EQ(request.bytes, -1);
  EXPECT_EQ(request.agent, "");
  EXPECT_TRUE(request.rest.starts_with("99999"));
}

TEST(WebAccess, OtherTextsAreNoAccessLines) {
  EXPECT_FALSE(is_read(""));
  EXPECT_FALSE(is_read("\r"));
  EXPECT_FALSE(is_read("[[[[[[[[[["));
  EXPECT_FALSE(is_read(R"_({"time":"2026-11-08T03:12:09Z","status":200})_"));
  EXPECT_FALSE(is_read("Jan 22 07:52:33 host client[30840]: INFO No new content in image.dd."));
  EXPECT_FALSE(is_read(
      R"_(Sep 15 16:13:46 host nginx[2869]: 203.0.113.7 - - [15/Sep/2021:16:13:46 +0000] "GET / HTTP/1.1" 200 5)_"));
  EXPECT_FALSE(is_read(R"_( [08/Nov/2026:03:12:09 +0000] "GET / HTTP/1.1" 200 5)_"));
  EXPECT_FALSE(is_read(R"_(203.0.113.7 - - [08/Nov/2026:25:12:09 +0000] "GET / HTTP/1.1" 200 5)_"));
  EXPECT_FALSE(is_read(  // found by fuzzing: a proxy's line without its client
      R"_([08/Nov/2026:03:12:09 +0000] - 200 200 - GET https example.org "/" [Client ] [Length 12])_"));
}

TEST(WebAccess, FailureLeavesTheResultAlone) {
  WebRequest request;
  request.client = "kept";
  EXPECT_FALSE(parse_web_access_line("nothing", request));
  EXPECT_EQ(request.client, "kept");
}

TEST(WebAccess, ProxyManagerWithSeveralUpstreams) {
  const WebRequest request = read(
      R"_([08/Nov/2026:03:12:09 +0000] - 502, 200 200 - GET https example.org "/x?y=\x22" [Client 203.0.113.7] )_"
      R"_([Length 12] [Gzip -] [Sent-to 192.0.2.5:80] "curl/8.0" "-")_");
  EXPECT_EQ(request.status, 200);
  EXPECT_EQ(request.client, "203.0.113.7");
  EXPECT_EQ(request.virtual_host, "example.org");
  EXPECT_EQ(request.target, R"_(/x?y=\x22)_");
  EXPECT_EQ(request.bytes, 12);
  EXPECT_EQ(request.agent, "curl/8.0");
  EXPECT_EQ(request.referrer, "");
  EXPECT_EQ(request.rest, "[Gzip -] [Sent-to 192.0.2.5:80]");
}

class WebAccessOfRealServers : public ::testing::Test {
 protected:
  void SetUp() override {
    if (lines_of(shared_samples() + "crowdsec-hub/SOURCE.txt").empty()) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no samples in " << shared_samples();
    }
  }
};

// An asserted value and ours, when there is an assertion.
void expect_field(const KnownAnswer& answer, const std::string& key, std::string_view ours) {
  const auto found = answer.find(key);
  if (found != answer.end()) {
    EXPECT_EQ(found->second == "-" ? "" : found->second, ours) << key;
  }
}

void expect_answer(const KnownAnswer& answer, const WebRequest& request) {
  expect_field(answer, "Meta.source_ip", request.client);
  expect_field(answer, "Meta.http_path", request.target);
  expect_field(answer, "Meta.http_verb", request.method);
  expect_field(answer, "Meta.http_status", std::to_string(request.status));
  expect_field(answer, "Meta.http_user_agent", request.agent);
  expect_field(answer, "Parsed.bytes", std::to_string(request.bytes));
  expect_field(answer, "Parsed.body_bytes_sent", std::to_string(request.bytes));
  expect_field(answer, "Parsed.referrer", request.referrer);
  expect_field(answer, "Parsed.http_referer", request.referrer);
  expect_field(answer, "Parsed.auth", request.user);
  expect_field(answer, "Parsed.remote_user", request.user);
  const std::string_view host = request.virtual_host;
  expect_field(answer, "Meta.target_fqdn", host.substr(0, host.find(':')));
  if (request.protocol.starts_with("HTTP/")) {
    expect_field(answer, "Parsed.http_version", request.protocol.substr(5));
    expect_field(answer, "Parsed.httpversion", request.protocol.substr(5));
  }
}

TEST_F(WebAccessOfRealServers, AgreeWithCrowdsecsParser) {
  size_t compared = 0;
  size_t custom = 0;
  for (const char* test_case :
       {"apache2-logs", "apache2-malformed", "nginx_http-logs", "nginx-http-malformed",
        "nginx-proxy-manager-logs", "nginx-proxy-manager-malformed", "nginx_http-catch-npm"}) {
    for (const KnownAnswer& answer : crowdsec_answers(test_case)) {
      if (answer.contains("Meta.log_type") && answer.at("Meta.log_type") == "http_access-log") {
        const std::string& line = answer.at("Parsed.message");
        SCOPED_TRACE(line);
        WebRequest request;
        // One site's own format, "[time] host client seconds "request" …", is not read.
        if (!parse_web_access_line(line, request)) {
          EXPECT_STREQ(test_case, "nginx_http-catch-npm");
          ++custom;
          continue;
        }
        expect_answer(answer, request);
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 64U);
  EXPECT_EQ(custom, 4U);
}

TEST_F(WebAccessOfRealServers, AgreeWithPlasosTest) {
  const auto lines = lines_of(shared_samples() + "plaso-linux/test_data/apache_access.log");
  ASSERT_EQ(lines.size(), 15U);
  for (const std::string& line : lines) {
    EXPECT_TRUE(is_read(line)) << line;  // plaso warns of the eighth, whose agent was cut
  }
  const WebRequest combined = read(lines[4]);
  EXPECT_EQ(combined.target, "/wp-content/themes/darkmode/evil.php?cmd=uname+-a");
  EXPECT_EQ(combined.referrer, "http://localhost/");
  EXPECT_EQ(combined.agent, "Mozilla/5.0 (X11; Linux i686; rv:2.0b12pre) Gecko/20100101 Firefox/4");
  EXPECT_EQ(combined.status, 200);
  EXPECT_EQ(combined.bytes, 694);
  EXPECT_EQ(combined.client, "192.168.0.2");
  EXPECT_EQ(combined.time.offset, 7200);
  EXPECT_EQ(read(lines[7]).agent,
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html");
  EXPECT_EQ(read(lines[9]).virtual_host, "plaso.log2timeline.net:443");
  EXPECT_EQ(read(lines[9]).client, "192.168.0.2");
  EXPECT_EQ(read(lines[12]).target,
            R"_(/aaaa.xxxx/SomeText?action=edit&template=<script>alert("text")</script>)_");
  EXPECT_EQ(read(lines[14]).user, "pyllyukko@EXAMPLE.COM");
  EXPECT_EQ(read(lines[14]).bytes, 8264);
}

}  // namespace
}  // namespace genba::parse
