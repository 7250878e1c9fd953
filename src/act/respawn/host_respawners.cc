// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/host_respawners.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <utility>

#include "act/respawn/restart_policy.h"
#include "act/respawn/target.h"
#include "base/split.h"
#include "fmt/format.h"

namespace genba::act {

namespace {

using base::ErrorCode;
using model::Confidence;
using model::Text;

constexpr uint64_t kFileLimit = 256U << 10;
constexpr uint64_t kMostFiles = 4096;   // of one directory
constexpr size_t kContainerId = 64;     // hexadecimal digits
constexpr size_t kLongestWords = 1000;  // of a line, as it is told

constexpr std::string_view kHelpers[] = {"/proc/sys/kernel/core_pattern",
                                         "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hotplug",
                                         "/sys/kernel/uevent_helper"};
constexpr std::string_view kBinaryFormats = "/proc/sys/fs/binfmt_misc";
constexpr std::string_view kUdev[] = {"/etc/udev/rules.d", "/run/udev/rules.d",
                                      "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
                                      "/lib/udev/rules.d"};
constexpr std::string_view kAtJobs[] = {"/var/spool/cron/atjobs", "/var/spool/at",
                                        "/var/spool/atjobs"};
constexpr std::string_view kDocker = "/var/lib/docker/containers";

bool is_absent(const base::Error& error) {
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kGone;
}

const Text& keep_and_reset() {
  static const Text kText = {"Keep the old value in the case, then reset it.",
                             "元の値を記録に残してから、設定を戻してください。"};
  return kText;
}

const Text& keep_and_move() {
  static const Text kText = {
      "Keep a copy of the file in the case, then move it out of its directory; put it back to "
      "undo.",
      "ファイルの写しを記録に残してから、そのディレクトリの外へ移してください。戻せば元どおりになり"
      "ます。"};
  return kText;
}

class Finder {
 public:
  Finder(const host::Host& host, const model::Facts& facts, const RespawnTarget& family)
      : host_(host), family_(family), matcher_(facts, family) {}

  RespawnReport run() {
    for (const std::string_view path : kHelpers) {
      look_at_helper(std::string(path));
    }
    for (const std::string& name : names_in(kBinaryFormats)) {
      if (name != "register" && name != "status") {
        look_at_helper(fmt::format("{}/{}", kBinaryFormats, name));
      }
    }
    look_at_udev();
    look_at_at();
    look_at_docker();
    return std::move(report_);
  }

 private:
  void look_at_helper(const std::string& path);
  void look_at_udev();
  void look_at_rules(const std::string& path);
  void look_at_at();
  void look_at_docker();

  // Absent is empty and no gap; nothing when it is there and could not be read.
  std::optional<std::string> read(const std::string& path) {
    auto file = host_.read_file(path, kFileLimit);
    if (!file && !is_absent(file.error())) {
      unread(path);
    }
    if (file && file->truncated) {
      unread(path);
    }
    return file ? std::optional(std::move(file->bytes)) : std::nullopt;
  }
  std::vector<std::string> names_in(std::string_view directory) {
    std::vector<std::string> names;
    const auto listing = host_.list_directory(directory, kMostFiles);
    // A link is the merged /usr: its target is read by its own name.
    if (!listing && !is_absent(listing.error()) && listing.error().code != ErrorCode::kLoop) {
      unread(directory);
    }
    if (listing) {
      for (const host::ListedFile& file : listing->files) {
        names.push_back(file.name);
      }
      if (listing->truncated || listing->failed > 0) {
        unread(directory);
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  void unread(std::string_view path) {
    report_.unread.push_back({fmt::format("could not be read whole: {}", path),
                              fmt::format("すべては読み取れませんでした：{}", path)});
  }
  void add(model::RespawnKind kind, std::string source, std::optional<int64_t> line,
           std::string_view what, Text says, const Text& counter) {
    report_.found.push_back({kind, Confidence::kLikely, std::move(source), line,
                             std::string(what.substr(0, kLongestWords)), std::move(says), counter});
  }

  const host::Host& host_;
  const RespawnTarget& family_;
  TargetMatcher matcher_;
  RespawnReport report_;
};

void Finder::look_at_helper(const std::string& path) {
  const auto value = read(path);
  if (!value || !matcher_.named_in(*value)) {
    return;
  }
  add(RespawnKind::kKernelHelper, path, std::nullopt, base::trim(*value),
      {"The kernel starts it: on a crash, for a module, a device or a kind of file.",
       "カーネルが起動します（クラッシュ時、モジュールやデバイスの追加時、特定形式のファイルの実行"
       "時など）。"},
      keep_and_reset());
}

void Finder::look_at_rules(const std::string& path) {
  const auto text = read(path);
  if (!text) {
    return;
  }
  int64_t number = 0;
  int64_t first = 1;
  std::string rule;
  for (size_t at = 0; at < text->size();) {
    const size_t end = std::min(text->find('\n', at), text->size());
    const std::string_view line = std::string_view(*text).substr(at, end - at);
    at = end + 1;
    first = rule.empty() ? number + 1 : first;
    ++number;
    if (line.ends_with('\\')) {  // goes on in the next line
      rule += line.substr(0, line.size() - 1);
      rule += ' ';
      if (at < text->size()) {
        continue;
      }
    } else {
      rule += line;
    }
    const bool starts = rule.find("RUN") != std::string::npos ||
                        rule.find("PROGRAM") != std::string::npos ||
                        rule.find("IMPORT{program}") != std::string::npos;
    if (starts && !base::trim(rule).starts_with('#') && matcher_.named_in(rule)) {
      add(RespawnKind::kBoot, path, first, base::trim(rule),
          {"udev starts it at boot and whenever such a device appears.",
           "起動時、および該当するデバイスが現れるたびに udev が起動します。"},
          keep_and_move());
    }
    rule.clear();
  }
}

void Finder::look_at_udev() {
  for (const std::string_view directory : kUdev) {
    for (const std::string& name : names_in(directory)) {
      if (name.ends_with(".rules")) {
        look_at_rules(fmt::format("{}/{}", directory, name));
      }
    }
  }
}

// A job is a script: the environment, the directory, then the commands.
void Finder::look_at_at() {
  for (const std::string_view directory : kAtJobs) {
    for (const std::string& name : names_in(directory)) {
      // "a0000101c5f2e4", "=" while it runs; others are locks and counters.
      if (name.size() < 14 ||
          (std::isalpha(static_cast<unsigned char>(name[0])) == 0 && name[0] != '=')) {
        continue;
      }
      const std::string path = fmt::format("{}/{}", directory, name);
      const auto job = read(path);
      if (job && matcher_.named_in(*job)) {
        add(RespawnKind::kCron, path, std::nullopt, "",
            {"An at job starts it, once.", "at ジョブが一度だけ起動します。"}, keep_and_move());
      }
    }
  }
}

// The 64 digits in "/system.slice/docker-<id>.scope" or "/docker/<id>"; empty when there are none.
std::string container_id(std::string_view cgroup) {
  size_t length = 0;
  for (size_t i = 0; i < cgroup.size(); ++i) {
    const bool digit =
        (cgroup[i] >= '0' && cgroup[i] <= '9') || (cgroup[i] >= 'a' && cgroup[i] <= 'f');
    length = digit ? length + 1 : 0;
    if (length == kContainerId) {
      return std::string(cgroup.substr(i + 1 - kContainerId, kContainerId));
    }
  }
  return {};
}

void Finder::look_at_docker() {
  for (const std::string& cgroup : family_.cgroups) {
    const std::string id = container_id(cgroup);
    if (id.empty()) {
      continue;
    }
    const std::string path = fmt::format("{}/{}/hostconfig.json", kDocker, id);
    const auto text = read(path);
    const auto policy = text ? docker_restart_policy(*text) : std::nullopt;
    if (text && !policy) {
      unread(path);
    }
    if (!policy || *policy == "no") {
      continue;
    }
    add(RespawnKind::kContainer, cgroup, std::nullopt, fmt::format("restart policy {}", *policy),
        {fmt::format("Docker starts the container again: its restart policy is '{}'.", *policy),
         fmt::format("Docker がコンテナを再び起動します（再起動ポリシー：{}）。", *policy)},
        {"Keep the container frozen; change its restart policy before it is ended.",
         "コンテナを凍結したままにし、終了させる前に再起動ポリシーを変更してください。"});
  }
}

}  // namespace

RespawnReport find_host_respawners(const host::Host& host, const model::Facts& facts,
                                   const RespawnTarget& family) {
  return Finder(host, facts, family).run();
}

}  // namespace genba::act
