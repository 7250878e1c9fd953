// SPDX-License-Identifier: Apache-2.0
#include "render/containment.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/split.h"
#include "base/text.h"
#include "fmt/format.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "render/containment_words.h"
#include "support/golden.h"

namespace genba::render {
namespace {

using model::AllowedFlow;
using model::ContainmentState;
using model::Language;
using model::ProofOutcome;
using model::Text;

constexpr Language kBoth[] = {Language::kEnglish, Language::kJapanese};

base::Network net(std::string_view text) {
  return *base::parse_network(text);
}

AllowedFlow flow(std::string id, Text reason, uint8_t protocol, std::string_view local,
                 model::PortRange local_ports, std::string_view remote,
                 model::PortRange remote_ports) {
  AllowedFlow made;
  made.id = std::move(id);
  made.reason = std::move(reason);
  made.protocol = protocol;
  made.local = net(local);
  made.local_ports = local_ports;
  made.remote = net(remote);
  made.remote_ports = remote_ports;
  return made;
}

// A server with a session over WireGuard, a collector, NFS and leases.
model::ContainmentPlan server_plan() {
  const Text session{"proven: an ancestor of this run holds it", "確証：親をたどった sshd が保持"};
  const Text again{"new connections from your address", "同じアドレスから接続し直すため"};
  const Text collector{"you named 198.51.100.9 port 443 (--allow)", "--allow で指定"};
  const Text nfs{"nfs4 at /srv would hang without its server", "/srv の nfs4 が停止するため"};
  const Text lease{"the address is leased and must be renewed", "リースを更新するため"};
  const Text discovery{"IPv6 finds its neighbours (this link only)", "IPv6 の近隣を探すため"};
  const Text groups{"switches drop it for hosts that report no groups", "グループの報告のため"};
  model::ContainmentPlan plan;
  plan.timeout = 300;
  plan.flows = {flow("session", session, 6, "10.8.0.1", {22, 22}, "10.8.0.2", {50000, 50000}),
                flow("reconnect", again, 6, "10.8.0.1", {22, 22}, "10.8.0.2", {}),
                flow("admin", {"you named 2001:db8:7::/48 (--admin)", "--admin で指定"}, 6, "::/0",
                     {22, 22}, "2001:db8:7::/48", {}),
                flow("allow", collector, 6, "0.0.0.0/0", {}, "198.51.100.9", {443, 443}),
                flow("allow", collector, 17, "0.0.0.0/0", {}, "198.51.100.9", {443, 443}),
                flow("transport",
                     {"WireGuard (wg0) carries your session", "WireGuard がセッションを運ぶため"},
                     17, "::/0", {51820, 51820}, "2001:db8::7", {41000, 41000}),
                flow("storage", nfs, 6, "0.0.0.0/0", {}, "192.0.2.5", {2049, 2049}),
                flow("neighbour_discovery", discovery, 58, "::/0", {}, "::/0", {}),
                flow("multicast_listener", groups, 58, "::/0", {}, "ff02::/16", {}),
                flow("dhcp4", lease, 17, "0.0.0.0/0", {68, 68}, "255.255.255.255", {67, 67}),
                flow("dhcp4", lease, 17, "0.0.0.0/0", {68, 68}, "192.0.2.0/24", {67, 67}),
                flow("dhcp6", lease, 17, "::/0", {546, 546}, "fe80::/10", {547, 547})};
  plan.blocked = {net("169.254.169.254")};
  plan.devices = {{2, "eth0", {"hardware", "物理デバイス"}},
                  {5, "wan\x1b[2J", {"a way out", "外への経路"}}};
  for (int64_t i = 0; i < 9; ++i) {
    plan.namespaces.push_back({4026532208 + i, 4000 + i, i == 0 ? "/run/netns/blue" : "", i});
  }
  for (int i = 0; i < 12; ++i) {
    plan.breaks.push_back(
        {"connections",
         {fmt::format("program{}: 1 connection", i), fmt::format("program{}：接続 1件", i)}});
  }
  plan.breaks.push_back({"dns", {"names are not resolved any more", "名前解決ができません"}});
  plan.not_covered = {{"vsock", {"AF_VSOCK", "AF_VSOCK"}}};
  plan.elsewhere = {
      {"reboot_opens", {"a reboot opens this machine again", "再起動で開放されます"}}};
  plan.warnings = {{"session_doubt", {"bytes \x1b]0;x\x07 of a name", "名前 \x1b]0;x\x07"}}};
  return plan;
}

model::ContainmentReport server_report() {
  model::ContainmentReport report;
  report.id = "c-7c1e";
  report.rung = model::ContainmentRung::kNftables;
  report.armed_at = {1'700'000'000'000'000'000};
  report.timeout = 300;
  report.opens_at = base::Timestamp{1'700'000'300'000'000'000};
  report.took = 8'300'000;
  model::NamespaceReport own;
  own.inode = 4026531840;
  own.own = own.locked = own.owned = own.egress = true;
  own.hooked = {"eth0"};
  own.digest_before = own.digest_after = std::string(64, 'a');
  model::NamespaceReport other;
  other.inode = 4026532208;
  other.pid = 42;
  other.locked = true;
  other.digest_before = std::string(64, 'b');
  other.digest_after = std::string(64, 'c');
  report.namespaces = {own, other};
  report.session = {
      "session", ProofOutcome::kProven, {"an answer came after it closed", "応答あり"}, {}};
  report.paths = {
      {"out_v4", ProofOutcome::kProven, {"the kernel refused it", "カーネルが拒否"}, {1, 1, 1, 0}},
      {"in_v6", ProofOutcome::kAsserted, {"nothing came in meanwhile", "受信がありません"}, {}},
      {"link:eth0", ProofOutcome::kProven, {"the frame was dropped", "破棄"}, {1, 0, 1, 0}},
      {"namespace:4026532208:out_v4", ProofOutcome::kProven, {"refused", "拒否"}, {1, 1, 1, 0}}};
  report.guard = {777, true};
  report.plan_sha256 = std::string(64, 'd');
  report.journal = "/var/lib/genba";
  return report;
}

model::ContainmentStatus server_status(ContainmentState state) {
  model::ContainmentStatus status;
  status.id = "c-7c1e";
  status.state = state;
  status.rung = model::ContainmentRung::kNftablesInet;
  status.armed_at = base::Timestamp{1'700'000'000'000'000'000};
  status.remaining = 125;
  status.namespaces = server_report().namespaces;
  status.guard = {777, false};
  status.tampering = {
      {"chain_before", {"another table stands before ours", "別のテーブルが先にあります"}}};
  status.dropped = {{"drop in", 12, 900}};
  status.allowed = {{"session", 40, 4000}};
  status.new_devices = {"veth\x1b[1m"};
  return status;
}

ContainmentView view(Language language, size_t columns = 80) {
  ContainmentView made;
  made.style = {Colour::kPlain, columns, language, Detail::kFull};
  made.program = "./genba";
  made.apply_options = " --admin 2001:db8:7::/48";
  return made;
}

std::string_view name(Language language) {
  return language == Language::kJapanese ? "ja" : "en";
}

model::ContainmentChange undone() {
  model::ContainmentChange change;
  change.kind = model::ContainmentChangeKind::kUndo;
  change.id = "c-7c1e";
  change.namespaces = server_report().namespaces;
  for (model::NamespaceReport& each : change.namespaces) {
    each.locked = false;
    each.hooked.clear();
  }
  return change;
}

std::vector<std::string> every_text(Language language, size_t columns) {
  const ContainmentView shown = view(language, columns);
  model::ContainmentReport failed = server_report();
  failed.failures = {{"namespace", {"could not enter\x1b[2J it", "入れません\x1b[2J"}}};
  return {render_plan(server_plan(), shown),
          render_containment(server_report(), shown),
          render_containment(failed, shown),
          render_containment(server_status(ContainmentState::kTrial), shown),
          render_containment(server_status(ContainmentState::kGone), shown),
          render_containment(undone(), shown)};
}

TEST(Containment, AsItWasReadByAPerson) {
  for (const Language language : kBoth) {
    const ContainmentView shown = view(language);
    const auto golden = [&](std::string_view what, const std::string& text) {
      test::expect_golden(
          fmt::format("src/render/samples/containment_{}.{}.txt", what, name(language)), text);
    };
    golden("plan", render_plan(server_plan(), shown));
    golden("report", render_containment(server_report(), shown));
    golden("status", render_containment(server_status(ContainmentState::kTrial), shown));
    golden("undo", render_containment(undone(), shown));
  }
}

// Commands are the exception: they are never wrapped, so that they can be copied.
TEST(Containment, NoLineIsWiderThanTheTerminalAndNoByteOfAnAttackerDrivesIt) {
  for (const Language language : kBoth) {
    for (const size_t columns : {40U, 60U, 80U, 120U}) {
      for (const std::string& text : every_text(language, columns)) {
        EXPECT_EQ(text.find('\x1b'), std::string::npos);
        for (const std::string_view line : base::split(text, '\n')) {
          if (line.find("$ ") == std::string_view::npos) {
            EXPECT_LE(base::display_width(line), columns) << line;
          }
        }
      }
    }
  }
}

TEST(Containment, FlowsOfOneKindAreOneLine) {
  const auto lines = flow_lines(server_plan().flows, Language::kEnglish);
  std::vector<std::string> titles;
  for (const FlowLine& line : lines) {
    titles.push_back(line.title);
  }
  EXPECT_EQ(titles, (std::vector<std::string>{"your session", "reconnecting", "admins", "allowed",
                                              "tunnel", "storage", "ICMPv6 neighbours", "DHCP"}));
  EXPECT_EQ(lines[3].endpoints,
            (std::vector<std::string>{"this host <-> 198.51.100.9:443 (TCP, UDP)"}));
  EXPECT_EQ(lines[4].endpoints,
            (std::vector<std::string>{"this host:51820 <-> [2001:db8::7]:41000 (UDP)"}));
  EXPECT_TRUE(lines[7].endpoints.empty());
}

TEST(Containment, AFlowOfAKindThatIsNotKnownIsStillTold) {
  const auto lines =
      flow_lines({flow("new_kind", {"why", "理由"}, 132, "0.0.0.0/0", {}, "192.0.2.1", {})},
                 Language::kEnglish);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].title, "new_kind");
  EXPECT_EQ(lines[0].endpoints[0], "this host <-> 192.0.2.1 (protocol 132)");
}

TEST(Containment, ARefusalComesFirstAndOffersNoApply) {
  model::ContainmentPlan plan = server_plan();
  plan.refusals = {{"no_session", {"name your address", "アドレスを指定"}}};
  const std::string text = render_plan(plan, view(Language::kEnglish));
  EXPECT_EQ(text.rfind("[REFUSED]", 0), 0U) << text;
  EXPECT_EQ(text.find("contain apply"), std::string::npos) << text;
}

TEST(Containment, APlanThatIsAboutToBeAppliedHasChangedNothingYet) {
  for (const Language language : kBoth) {
    ContainmentView asked = view(language);
    asked.shows_next_step = false;
    const bool japanese = language == Language::kJapanese;
    const std::string_view yet =
        japanese ? "まだ何も変更していません" : "Nothing has been changed yet";
    EXPECT_NE(render_plan(server_plan(), asked).find(yet), std::string::npos);
    EXPECT_EQ(render_plan(server_plan(), view(language)).find(yet), std::string::npos);
  }
}

TEST(Containment, OutcomesAreNeverMoreThanWasShown) {
  model::ContainmentReport report = server_report();
  EXPECT_EQ(report.outcome(), ProofOutcome::kAsserted) << "in_v6 could not be tried";
  report.paths[1].outcome = ProofOutcome::kProven;
  EXPECT_EQ(report.outcome(), ProofOutcome::kProven);
  const auto fails = [&](auto spoil) {
    model::ContainmentReport spoilt = report;
    spoil(spoilt);
    const std::string text = render_containment(spoilt, view(Language::kEnglish));
    return spoilt.outcome() == ProofOutcome::kFailed && text.rfind("[NOT CONTAINED]", 0) == 0 &&
           text.find("contain confirm") == std::string::npos;
  };
  EXPECT_TRUE(fails([](auto& it) { it.paths[0].outcome = ProofOutcome::kFailed; }));
  EXPECT_TRUE(fails([](auto& it) { it.session->outcome = ProofOutcome::kFailed; }));
  EXPECT_TRUE(fails([](auto& it) { it.namespaces[1].locked = false; }));
  EXPECT_TRUE(fails([](auto& it) { it.failures = {{"x", {"x", "x"}}}; }));
  EXPECT_TRUE(fails([](auto& it) { it.rung = model::ContainmentRung::kNone; }));
  EXPECT_TRUE(fails([](auto& it) { it.namespaces.clear(); }));
  report.paths.clear();
  EXPECT_EQ(report.outcome(), ProofOutcome::kAsserted) << "nothing was tried";
}

TEST(Containment, AStatusThatIsOpenNeverSaysClosed) {
  for (const ContainmentState state : {ContainmentState::kNone, ContainmentState::kOpened,
                                       ContainmentState::kRebooted, ContainmentState::kGone}) {
    const std::string text = render_containment(server_status(state), view(Language::kEnglish));
    EXPECT_EQ(text.rfind("[OPEN]", 0), 0U) << text;
    EXPECT_EQ(text.find("contain confirm"), std::string::npos) << text;
  }
}

TEST(Containment, JsonLinesAreWholeAndHaveEveryFlow) {
  size_t allowed = 0;
  size_t lines = 0;
  const std::string text =
      render_plan_json(server_plan(), Language::kEnglish) +
      render_containment_json(server_report(), Language::kJapanese) +
      render_containment_json(server_status(ContainmentState::kTrial), Language::kEnglish) +
      render_containment_json(undone(), Language::kEnglish);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.empty()) {
      continue;
    }
    const auto row = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(row.is_object()) << line;
    ASSERT_TRUE(row.contains("type")) << line;
    allowed += row["type"] == "allowed" ? 1 : 0;
    ++lines;
  }
  EXPECT_EQ(allowed, server_plan().flows.size());
  EXPECT_GT(lines, 40U);
}

}  // namespace
}  // namespace genba::render
