// SPDX-License-Identifier: Apache-2.0
//
// See incident_links.h.
#include "judge/incident_links.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "fmt/format.h"
#include "model/packed_store.h"
#include "model/tables/file.h"
#include "model/tables/package_files.h"
#include "model/tables/users.h"

namespace genba::judge {
namespace {

using model::Field;
using model::Subject;

/// Columns that hold the path of a file which the row is about or starts.
constexpr std::array<std::string_view, 9> kPathColumns = {
    "path",   "executable", "exe_path", "fragment_path", "link_target", "symlink_target_path",
    "target", "key_file",   "source"};
/// Columns that hold command lines.
constexpr std::array<std::string_view, 5> kCommandColumns = {"command", "cmdline", "exec_start",
                                                             "exec", "args"};
/// Programs that run other people's code: sharing one says nothing. Prefixes of the file name.
constexpr std::array<std::string_view, 22> kInterpreters = {
    "sh",   "bash", "dash", "zsh", "ksh",  "busybox", "python", "perl", "ruby",    "php",  "node",
    "java", "lua",  "env",  "awk", "gawk", "mawk",    "sshd",   "cron", "systemd", "sudo", "su"};
/// Places that only root may write on an ordinary host.
constexpr std::array<std::string_view, 6> kRootPlaces = {"/etc/",  "/usr/",           "/boot/",
                                                         "/root/", "/var/spool/cron", "/lib"};

const std::string* text_of(const model::OwnedValue* value) {
  return value == nullptr ? nullptr : std::get_if<std::string>(value);
}

const int64_t* number_of(const model::OwnedValue* value) {
  return value == nullptr ? nullptr : std::get_if<int64_t>(value);
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

template <size_t kCount>
bool contains(const std::array<std::string_view, kCount>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether the path is that of a shell or interpreter where the system keeps them.
bool is_interpreter(std::string_view path) {
  const size_t slash = path.rfind('/');
  const std::string_view folder = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  std::string_view name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  if (folder != "/usr/bin" && folder != "/usr/sbin" && folder != "/usr/local/bin" &&
      folder != "/usr/lib/systemd") {
    return false;
  }
  while (!name.empty() && name.find_last_of("0123456789.-") == name.size() - 1) {
    name.remove_suffix(1);  // python3.11
  }
  return contains(kInterpreters, name);
}

/// Loopback and unspecified addresses are everyone's.
bool is_somebody(std::string_view address) {
  return !address.empty() && !starts_with(address, "127.") && address != "0.0.0.0" &&
         address != "::" && address != "::1" && !starts_with(address, "::ffff:127.");
}

void add_unique(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

}  // namespace

std::string merged_path(std::string_view path) {
  for (const std::string_view folder : {"/bin/", "/sbin/", "/lib/", "/lib64/"}) {
    if (starts_with(path, folder)) {
      return "/usr" + std::string(path);
    }
  }
  return std::string(path);
}

LinkFinder::LinkFinder(const std::vector<model::Finding>& findings, const model::Facts& facts)
    : facts_(facts) {
  for (const model::Process& process : facts.read<model::Process>()) {
    processes_.emplace(process.pid, &process);
  }
  for (const model::User& user : facts.read<model::User>()) {
    accounts_.emplace(user.uid, base::to_valid_utf8(user.username));
  }
  for (const model::Finding& finding : findings) {
    for (const Subject& subject : finding.subjects) {
      if (const std::string* path = text_of(subject.find("path")); path && subject.kind == "file") {
        subject_files_.insert(merged_path(*path));
      }
      if (const int64_t* pid = number_of(subject.find("pid")); pid && subject.kind == "process") {
        subject_pids_.insert(*pid);
      }
    }
  }
}

const model::Process* LinkFinder::process_of(const Subject& subject) const {
  const int64_t* pid = number_of(subject.find("pid"));
  if (subject.kind != "process" || pid == nullptr) {
    return nullptr;
  }
  const auto found = processes_.find(*pid);
  const int64_t* start = number_of(subject.find("start_time"));
  if (found == processes_.end() ||
      (start != nullptr && found->second->start_time.nanoseconds != *start)) {
    return nullptr;
  }
  return found->second;
}

bool LinkFinder::is_common(const std::string& path) const {
  if (is_interpreter(path)) {
    return true;
  }
  const auto* owned =
      static_cast<const model::PackedStore*>(facts_.find(model::tables::package_files()));
  if (owned == nullptr) {
    return false;
  }
  static const auto kPath =
      static_cast<size_t>(model::tables::package_files().column_index("path"));
  return !owned->rows_equal(kPath, std::string_view(path)).empty();
}

/// A path that evidence names links when a finding is about that very file, or when it is nobody's
/// ordinary program.
void LinkFinder::add_path(const std::string& path, Links& links) const {
  if (path.size() < 2 || path[0] != '/') {
    return;
  }
  const std::string merged = merged_path(path);
  if (subject_files_.count(merged) > 0 || !is_common(merged)) {
    add_unique(links.things, "file " + merged);
  }
}

void LinkFinder::add_mentions(const std::string& command, Links& links) const {
  constexpr std::string_view kBetweenWords = " \t\n\"'`;|&<>()=,";
  for (size_t at = 0; at < command.size();) {
    const size_t start = command.find_first_not_of(kBetweenWords, at);
    if (start == std::string::npos) {
      return;
    }
    at = std::min(command.find_first_of(kBetweenWords, start), command.size());
    const std::string word = merged_path(std::string_view(command).substr(start, at - start));
    if (subject_files_.count(word) > 0) {
      add_unique(links.things, "file " + word);
    }
  }
}

void LinkFinder::add_process(const Subject& subject, Links& links) const {
  add_unique(links.things, subject.identity());
  if (const std::string* path = text_of(subject.find("path"))) {
    add_path(*path, links);
  }
  const model::Process* process = process_of(subject);
  if (process == nullptr) {
    return;
  }
  const std::string path = process->path ? merged_path(base::to_valid_utf8(*process->path)) : "";
  if (process->exe_inode && process->exe_device && !is_common(path)) {
    add_unique(links.things,
               fmt::format("executable {} {}", *process->exe_device, *process->exe_inode));
  }
  add_path(path, links);
  // Session and parent 1 are everyone's: init, or a container's first process.
  if (process->session > 1) {
    add_unique(links.kin, fmt::format("session {}", process->session));
  }
  add_unique(links.kin, fmt::format("family {}", process->pid));
  if (process->parent > 2 && subject_pids_.count(process->parent) > 0) {
    add_unique(links.kin, fmt::format("family {}", process->parent));
  }
}

void LinkFinder::add_subject(const Subject& subject, Links& links) const {
  if (subject.kind == "process") {
    add_process(subject, links);
  } else if (subject.kind == "file") {
    if (const std::string* path = text_of(subject.find("path"))) {
      add_unique(links.things, "file " + merged_path(*path));
    }
  } else if (subject.kind == "key") {
    if (const std::string* fingerprint = text_of(subject.find("fingerprint"))) {
      add_unique(links.things, "key " + *fingerprint);
    }
    if (const std::string* path = text_of(subject.find("path"))) {
      add_path(*path, links);
    }
  } else if (subject.kind == "address") {
    if (const std::string* ip = text_of(subject.find("ip")); ip && is_somebody(*ip)) {
      add_unique(links.things, "address " + *ip);
    }
  } else if (subject.kind == "socket") {
    const std::string* remote = text_of(subject.find("remote_address"));
    if (remote != nullptr && is_somebody(*remote)) {
      add_unique(links.things, "address " + *remote);
    } else {
      add_unique(links.things, subject.identity());
    }
  } else if (subject.kind != "user" && subject.kind != "host") {
    add_unique(links.things, subject.identity());
  }
}

void LinkFinder::add_evidence(const model::Evidence& evidence, Links& links) const {
  for (const Field& field : evidence.row) {
    const std::string* text = text_of(&field.value);
    if (text == nullptr) {
      continue;
    }
    if (contains(kPathColumns, field.key)) {
      add_path(*text, links);
    } else if (contains(kCommandColumns, field.key)) {
      add_mentions(*text, links);
    } else if (field.key == "remote_address" && is_somebody(*text)) {
      add_unique(links.things, "address " + *text);
    }
  }
}

std::string LinkFinder::account_of(int64_t uid) const {
  if (uid == 0) {
    return "root";
  }
  const auto found = accounts_.find(uid);
  return found == accounts_.end() ? fmt::format("uid {}", uid) : found->second;
}

void LinkFinder::add_owner_of_file(const std::string& path, Links& links) const {
  if (const auto* files =
          static_cast<const model::PackedStore*>(facts_.find(model::tables::file()))) {
    static const auto kPath = static_cast<size_t>(model::tables::file().column_index("path"));
    static const auto kUid = static_cast<size_t>(model::tables::file().column_index("uid"));
    for (const uint32_t row : files->rows_equal(kPath, std::string_view(path))) {
      const model::Value uid = files->cell(row, kUid);
      if (const auto* number = std::get_if<int64_t>(&uid)) {
        add_unique(links.accounts, account_of(*number));
        return;
      }
    }
  }
  if (std::any_of(kRootPlaces.begin(), kRootPlaces.end(),
                  [&](std::string_view place) { return starts_with(path, place); })) {
    add_unique(links.accounts, "root");
  }
}

void LinkFinder::add_accounts(const model::Finding& finding, Links& links) const {
  const auto add_uid = [&](const int64_t* uid) {
    if (uid != nullptr && *uid >= 0) {
      add_unique(links.accounts, account_of(*uid));
    }
  };
  for (const Subject& subject : finding.subjects) {
    if (subject.kind == "log") {
      add_unique(links.accounts, "root");  // only root writes there
    }
    if (subject.kind == "user") {
      if (const std::string* name = text_of(subject.find("username"))) {
        add_unique(links.accounts, *name);
      }
      add_uid(number_of(subject.find("uid")));
    }
    if (const model::Process* process = process_of(subject)) {
      add_uid(&process->uid);
      add_uid(&process->euid);
    }
  }
  for (const model::Evidence& evidence : finding.evidence) {
    for (const Field& field : evidence.row) {
      const std::string* text = text_of(&field.value);
      if ((field.key == "username" || field.key == "user") && text != nullptr && !text->empty()) {
        add_unique(links.accounts, *text);
      } else if (field.key == "uid" || field.key == "euid") {
        add_uid(number_of(&field.value));
      }
    }
  }
  for (const Subject& subject : finding.subjects) {
    const std::string* path = text_of(subject.find("path"));
    if (links.accounts.empty() && path != nullptr) {
      add_owner_of_file(*path, links);
    }
  }
}

Links LinkFinder::links_of(const model::Finding& finding) const {
  Links links;
  for (const Subject& subject : finding.subjects) {
    add_subject(subject, links);
  }
  for (const model::Evidence& evidence : finding.evidence) {
    add_evidence(evidence, links);
  }
  add_accounts(finding, links);
  return links;
}

}  // namespace genba::judge
