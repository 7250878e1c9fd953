// SPDX-License-Identifier: Apache-2.0
//
// Which keys open which account? Every AuthorizedKeysFile that sshd's configuration names, Match
// blocks included because a block may match, and always the two default files of every account,
// since a later change of the configuration brings them back. Who else gets in, by a key that a
// command supplies or a certificate that a trusted authority signed, stands in no such file: the
// coverage names each setting that lets them. Source: sshd(8), sshd_config(5).
// Covered by ssh_test.cc.
#include "collect/collector.h"

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "collect/config_reader.h"
#include "collect/ssh/sshd_settings.h"
#include "fmt/format.h"
#include "model/tables/authorized_keys.h"
#include "model/tables/mounts.h"
#include "model/tables/users.h"
#include "parse/authorized_keys/authorized_keys.h"
#include "parse/sshd_config/sshd_config.h"
#include "parse/text_lines/text_lines.h"

namespace genba::collect::ssh {

namespace {

constexpr std::string_view kArea = "ssh";
constexpr std::string_view kKeys = "authorized_keys";

/// A file of keys, read once even when it serves every account.
struct KeyFile {
  std::vector<parse::AuthorizedKeyEntry> entries;
  std::optional<host::FileStatus> status;
};

/// A setting that lets people in whose keys no authorized_keys file holds.
struct OtherWayIn {
  std::string_view keyword;
  std::string_view subject;
  std::string_view does;
  std::string_view remedy;
};

constexpr OtherWayIn kOtherWaysIn[] = {
    {"authorizedkeyscommand", "AuthorizedKeysCommand", "also gets keys from",
     "read that program, and ask its source for the keys"},
    {"trustedusercakeys", "TrustedUserCAKeys", "also trusts certificates signed by the keys in",
     "compare these keys with those of your certificate authority"},
    {"authorizedprincipalscommand", "AuthorizedPrincipalsCommand",
     "also gets names that certificates open from",
     "read that program, and ask its source for the names"},
};

class KeyCollector {
 public:
  explicit KeyCollector(Context& context)
      : context_(context), gate_(context), keys_(context, kArea, kKeys, &gate_) {}

  void run() {
    read_patterns();
    if (!context_.facts.has(model::tables::users())) {
      keys_.counter().asked();
      keys_.counter().failed({base::ErrorCode::kNotFound, 0, "the accounts were not read"});
    }
    auto& rows = context_.facts.rows<model::AuthorizedKey>();
    for (const auto& home : homes_of_accounts(context_.facts)) {
      for (const auto& path : paths_of(home)) {
        if (rows.size() >= parse::kMaxEntries) {
          keys_.counter().cut("too many keys; the rest was not recorded");
          break;
        }
        add_rows(home, path, rows);
      }
    }
    keys_.finish();
    if (saw_nothing(context_.facts, kArea, kKeys)) {
      context_.facts.drop(model::tables::authorized_keys());
    }
  }

 private:
  void read_patterns() {
    patterns_ = {".ssh/authorized_keys", ".ssh/authorized_keys2"};
    ConfigReader reader(context_, kArea, "sshd_config", &gate_);
    for (const auto& setting : read_sshd_settings(reader)) {
      if (setting.keyword == "authorizedkeysfile") {
        patterns_.insert(setting.arguments.begin(), setting.arguments.end());
      } else if (setting.arguments[0] != "none" &&
                 told_.emplace(setting.path, setting.line).second) {
        tell_other_way_in(setting);
      }
    }
    patterns_.erase("none");
    reader.finish();
  }

  void tell_other_way_in(const SshdSetting& setting) {
    for (const OtherWayIn& way : kOtherWaysIn) {
      if (setting.keyword == way.keyword) {
        CoverageCounter coverage(kArea, way.subject);
        coverage.asked();
        coverage.cut(fmt::format("{} line {}: sshd {} '{}'; who gets in by that is not seen",
                                 setting.path, setting.line, way.does, setting.arguments[0]),
                     way.remedy);
        coverage.finish(context_.facts);
      }
    }
  }

  std::set<std::string> paths_of(const Home& home) {
    std::set<std::string> paths;
    for (const auto& pattern : patterns_) {
      const auto path =
          parse::expand_sshd_tokens(pattern, {home.directory, home.username, home.uid});
      if (!path || path->empty()) {
        keys_.counter().cut(fmt::format("AuthorizedKeysFile '{}' is not understood", pattern));
        continue;
      }
      paths.insert(path->front() == '/' ? *path : join_path(home.directory, *path));
    }
    return paths;
  }

  const KeyFile& file_at(const std::string& path) {
    auto& file = files_[path];
    if (file) {
      return *file;
    }
    file = std::make_unique<KeyFile>();
    if (const auto bytes = keys_.read(path)) {
      auto parsed = parse::parse_authorized_keys(*bytes, path);
      keys_.notes(parsed.notes);
      file->entries = std::move(parsed.entries);
      file->status = keys_.status(path);
    }
    return *file;
  }

  void add_rows(const Home& home, const std::string& path,
                std::vector<model::AuthorizedKey>& rows) {
    const KeyFile& file = file_at(path);
    for (const auto& entry : file.entries) {
      model::AuthorizedKey row;
      row.uid = home.uid;
      row.username = home.username;
      row.algorithm = entry.algorithm;
      row.key = entry.key;
      row.fingerprint = entry.fingerprint;
      row.bits = entry.bits;
      row.options = entry.options;
      row.comment = entry.comment;
      row.key_file = path;
      row.line = entry.line;
      if (file.status) {
        row.file_uid = file.status->uid;
        row.file_mode = host::mode_text(file.status->mode);
        row.file_mtime = file.status->mtime;
        row.file_ctime = file.status->ctime;
        row.file_btime = file.status->btime;
      }
      rows.push_back(std::move(row));
    }
  }

  Context& context_;
  PathGate gate_;
  ConfigReader keys_;
  std::set<std::string> patterns_;
  std::set<std::pair<std::string, int64_t>> told_;  ///< an Include can bring a file in many times
  std::map<std::string, std::unique_ptr<KeyFile>> files_;
};

void collect(Context& context) {
  if (context.wanted.wants(model::tables::authorized_keys())) {
    KeyCollector(context).run();
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::authorized_keys()};
  static const model::TableInfo* const kNeeds[] = {&model::tables::users(),
                                                   &model::tables::mounts()};
  static const Collector kCollector = {kArea, kProvides, kNeeds, collect};
  return kCollector;
}

}  // namespace genba::collect::ssh
