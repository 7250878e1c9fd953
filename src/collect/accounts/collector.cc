// SPDX-License-Identifier: Apache-2.0
//
// Which accounts and groups exist, and who can log in with a password? From the files themselves,
// never through NSS, whose modules are code of the host. Accounts that only a directory server
// knows are not seen: each such source in nsswitch.conf becomes a row of coverage. Sources:
// passwd(5), group(5), shadow(5), nsswitch.conf(5). Covered by accounts_test.cc.
#include "collect/collector.h"

#include <algorithm>

#include "collect/config_reader.h"
#include "fmt/format.h"
#include "model/tables/groups.h"
#include "model/tables/shadow.h"
#include "model/tables/users.h"
#include "parse/group/group.h"
#include "parse/nsswitch/nsswitch.h"
#include "parse/passwd/passwd.h"
#include "parse/shadow/shadow.h"

namespace genba::collect::accounts {

namespace {

constexpr std::string_view kArea = "accounts";

std::string password_state(std::string_view field) {
  if (field.empty()) {
    return "empty";
  }
  if (field == "x") {
    return "shadowed";
  }
  return field[0] == '*' || field[0] == '!' ? "locked" : "hash";
}

std::optional<base::Timestamp> day(const std::optional<int64_t>& days) {
  // A Timestamp ends in 2262; a forged day far beyond it is only kept as late.
  constexpr int64_t kDaysToEnd = 110'000;
  if (!days) {
    return std::nullopt;
  }
  return base::timestamp_from_unix(std::clamp(*days, -kDaysToEnd, kDaysToEnd) * 86'400);
}

void collect_users(Context& context) {
  ConfigReader reader(context, kArea, "/etc/passwd");
  if (const auto bytes = reader.read("/etc/passwd", Absence::kFailure)) {
    auto& rows = context.facts.rows<model::User>();
    auto file = parse::parse_passwd(*bytes, "/etc/passwd");
    for (auto& entry : file.entries) {
      model::User user;
      user.uid = entry.uid;
      user.gid = entry.gid;
      user.username = std::move(entry.username);
      if (!entry.description.empty()) {
        user.description = std::move(entry.description);
      }
      user.directory = std::move(entry.directory);
      user.shell = std::move(entry.shell);
      user.password_field = password_state(entry.password);
      user.line = entry.line;
      rows.push_back(std::move(user));
    }
    reader.notes(file.notes);
  }
  reader.finish();
}

void collect_groups(Context& context) {
  ConfigReader reader(context, kArea, "/etc/group");
  if (const auto bytes = reader.read("/etc/group", Absence::kFailure)) {
    auto& rows = context.facts.rows<model::Group>();
    auto file = parse::parse_group(*bytes, "/etc/group");
    for (auto& entry : file.entries) {
      model::Group group;
      group.gid = entry.gid;
      group.groupname = std::move(entry.groupname);
      if (!entry.members.empty()) {
        group.members = std::move(entry.members);
      }
      group.line = entry.line;
      rows.push_back(std::move(group));
    }
    reader.notes(file.notes);
  }
  reader.finish();
}

void collect_shadow(Context& context) {
  ConfigReader reader(context, kArea, "/etc/shadow");
  if (const auto bytes = reader.read("/etc/shadow", Absence::kFailure)) {
    auto& rows = context.facts.rows<model::Shadow>();
    auto file = parse::parse_shadow(*bytes, "/etc/shadow");
    for (auto& entry : file.entries) {
      model::Shadow shadow;
      shadow.username = std::move(entry.username);
      shadow.password_status = std::move(entry.password_status);
      shadow.hash_alg = std::move(entry.hash_alg);
      shadow.last_change = day(entry.last_change);
      shadow.min = entry.min;
      shadow.max = entry.max;
      shadow.warning = entry.warning;
      shadow.inactive = entry.inactive;
      shadow.expire = day(entry.expire);
      shadow.line = entry.line;
      rows.push_back(std::move(shadow));
    }
    reader.notes(file.notes);
  }
  reader.finish();
}

/// Sources of accounts that are not files of this host, or not the ones we read.
void report_other_sources(Context& context) {
  ConfigReader reader(context, kArea, "/etc/nsswitch.conf");
  const auto bytes = reader.read("/etc/nsswitch.conf");
  for (const auto& database :
       bytes ? parse::parse_nsswitch(*bytes) : std::vector<parse::NsswitchDatabase>()) {
    if (database.name != "passwd" && database.name != "group" && database.name != "shadow") {
      continue;
    }
    for (const auto& source : database.sources) {
      if (source == "files" || source == "compat" || source == "systemd") {
        continue;
      }
      CoverageCounter other(kArea, fmt::format("{} from {}", database.name, source));
      other.asked();
      other.cut(fmt::format("nsswitch.conf names '{}' as a source of {}; what only it knows is not "
                            "seen",
                            source, database.name),
                "ask that directory for its accounts");
      other.finish(context.facts);
    }
  }
  reader.finish();
}

void collect(Context& context) {
  // Always: other collectors look into every home.
  collect_users(context);
  if (context.wanted.wants(model::tables::groups())) {
    collect_groups(context);
  }
  if (context.wanted.wants(model::tables::shadow())) {
    collect_shadow(context);
  }
  report_other_sources(context);
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {
      &model::tables::users(), &model::tables::groups(), &model::tables::shadow()};
  static const Collector kCollector = {kArea, kProvides, {}, collect};
  return kCollector;
}

}  // namespace genba::collect::accounts
