// SPDX-License-Identifier: Apache-2.0
//
// Lines into which a visitor wrote the server's own words, through the whole collector.
#include "collect/logs/imitations.h"

#include "collect/logs/logs_test_support.h"

namespace genba::collect::logs {

namespace {

using test::FakeHost;
using namespace test_support;

std::string nginx(std::string_view time, std::string_view path, std::string_view behind = "") {
  return fmt::format(
      "2026/11/08 {} [error] 1#1: *4 open() \"/www{}\" failed (2: No such file or directory), "
      "client: 203.0.113.7, server: x, request: \"GET /a HTTP/1.1\", host: \"x\"{}\n",
      time, path, behind);
}

std::string imitations(const model::Facts& facts) {
  std::string told;
  for (const model::LogAnomaly& row : facts.read<model::LogAnomaly>()) {
    if (row.kind == "imitated_line") {
      told += fmt::format("{}:{} {} {}-{};", row.path, row.line.value_or(0), row.count.value_or(0),
                          base::to_rfc3339(*row.from_time).substr(11, 8),
                          base::to_rfc3339(*row.to_time).substr(11, 8));
    }
  }
  return told;
}

TEST(Imitations, ManyInANginxErrorLogAreOneAnomaly) {
  FakeHost host;
  host.add_file("/var/log/nginx/error.log",
                nginx("03:00:00", "/b") + nginx("03:01:00", "/c, client: 192.0.2.1, server: y") +
                    nginx("03:02:00", "/d") +
                    nginx("03:03:00", "/e", ", referrer: \"z, client: 192.0.2.2, server: y\"") +
                    nginx("03:04:00", "/f"));
  EXPECT_EQ(imitations(run(host)), "/var/log/nginx/error.log:2 2 03:01:00-03:03:00;");
}

TEST(Imitations, InAnFtpNameAreToldBesideTheFailure) {
  FakeHost host;
  host.add_file("/var/log/vsftpd.log",
                "Sun Nov  8 03:00:00 2026 [pid 7] CONNECT: Client \"203.0.113.9\"\n"
                "Sun Nov  8 03:00:01 2026 [pid 7] [x] OK LOGIN: Client \"192.0.2.1\"] FAIL LOGIN: "
                "Client \"203.0.113.9\"\n");
  const auto facts = run(host);
  EXPECT_EQ(imitations(facts), "/var/log/vsftpd.log:2 1 03:00:01-03:00:01;");
  EXPECT_EQ(show(facts, "auth_events", {"outcome", "address"}), "failed 203.0.113.9;");
}

TEST(Imitations, OrdinaryLinesHaveNone) {
  FakeHost host;
  host.add_file("/var/log/nginx/error.log",
                nginx("03:00:00", "/b") + nginx("03:01:00", "/client: 1") + nginx("03:02:00", "/"));
  host.add_file("/var/log/vsftpd.log",
                "Sun Nov  8 03:00:00 2026 [pid 7] [x] OK LOGIN: Client \"203.0.113.9\"\n");
  EXPECT_EQ(imitations(run(host)), "");
}

}  // namespace

}  // namespace genba::collect::logs
