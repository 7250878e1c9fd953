// SPDX-License-Identifier: Apache-2.0
#include "support/fake_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "fmt/format.h"

namespace genba::test {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
using host::FileStatus;
using host::FileType;

namespace {

constexpr int kMaxLinks = 40;  // as the live host, and MAXSYMLINKS in the kernel

std::vector<std::string> components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") {
      parts.emplace_back(part);
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return parts;
}

/// The map key of a path: no doubled or trailing slashes. Links are not looked
/// at.
std::string key_of(std::string_view path) {
  std::string key;
  for (const std::string& part : components(path)) {
    key += '/';
    key += part;
  }
  return key.empty() ? "/" : key;
}

std::string child_of(std::string_view directory, std::string_view name) {
  return directory == "/" ? fmt::format("/{}", name) : fmt::format("{}/{}", directory, name);
}

std::string parent_of(std::string_view key) {
  const size_t slash = key.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(key.substr(0, slash));
}

bool is_at_or_below(std::string_view key, std::string_view top) {
  return key == top || top == "/" ||
         (key.size() > top.size() && key.substr(0, top.size()) == top && key[top.size()] == '/');
}

// As the live host: what is below /proc/PID is gone, not absent, when the process is not there.
bool is_missing_process(std::string_view key, bool is_last) {
  constexpr std::string_view kProc = "/proc/";
  return !is_last && key.size() > kProc.size() && key.substr(0, kProc.size()) == kProc &&
         key.find_first_not_of("0123456789", kProc.size()) == std::string_view::npos;
}

Error fake_error(ErrorCode code, std::string_view operation, std::string_view path) {
  return Error{code, 0,
               fmt::format("{} '{}': {} (fake host)", operation, path, base::to_string(code))};
}

struct Node {
  FileStatus status;
  std::vector<std::string> versions{std::string()};  ///< contents, one for each time it is opened
  size_t opened = 0;
  std::string target;  ///< of a link
  bool magic = false;
  FileStatus magic_status;
  std::optional<std::string> magic_bytes;
  bool has_magic_status = false;
};

struct Vanishing {
  int at = 1;
  int seen = 0;
};

struct Hook {
  std::string path;
  int at = 1;
  int seen = 0;
  std::function<void(FakeHost&)> change;
};

}  // namespace

struct FakeHost::State {
  mutable std::recursive_mutex mutex;
  FakeHost* self = nullptr;
  host::HostKind kind = host::HostKind::kLive;
  std::map<std::string, Node> nodes;
  uint64_t next_inode = 2;
  std::set<std::string> denied;
  std::map<std::string, ErrorCode> failing;
  std::map<std::string, Vanishing> vanishing;
  std::map<std::string, uint64_t> cuts;
  std::set<std::string> hanging;
  std::vector<Hook> hooks;
  std::vector<std::function<void(FakeHost&)>> sleepers;
  std::map<int64_t, Result<std::vector<host::DiagSocket>>> sock_diag;
  std::vector<host::DiagFamily> families;
  std::map<std::string, std::string> filesystems{
      {"/", "ext4"}, {"/proc", "proc"}, {"/sys", "sysfs"}};
  host::KernelNames names{"fake", "6.1.0-13-amd64", "#1 SMP Debian 6.1.55-1 (2023-09-29)",
                          "x86_64"};
  uint32_t euid = 0;
  host::ClockReading clocks{kFakeNow, 1'000'000'000'000LL, 1'000'000'000'000LL};
  host::Footprint footprint;
  std::vector<Access> accesses;

  Node& put(std::string_view path, FileType type, uint32_t mode, const With& with);
  void note(std::string_view operation, std::string_view path);
  Result<std::string> resolve(std::string_view root, std::string_view path, bool follow_last) const;
  Result<void> check_gone(const std::string& key, std::string_view operation);
  Result<std::string> locate(std::string_view operation, std::string_view path, bool follow_last);
  Result<std::string> locate_magic(std::string_view operation, std::string_view path);
  Result<std::string> content(const std::string& key, std::string_view operation,
                              std::string_view path, bool& cut);
  Result<host::FileBytes> read_whole(std::string_view operation, std::string_view path,
                                     uint64_t limit);
};

Node& FakeHost::State::put(std::string_view path, FileType type, uint32_t mode, const With& with) {
  const std::string key = key_of(path);
  if (key != "/" && nodes.count(parent_of(key)) == 0) {
    put(parent_of(key), FileType::kDirectory, 0755, {});
  }
  Node& node = nodes[key];
  const uint64_t inode = node.status.inode == 0 ? next_inode++ : node.status.inode;
  node = Node();
  FileStatus& status = node.status;
  status.type = type;
  status.mode = with.mode.value_or(mode);
  status.uid = with.uid;
  status.gid = with.gid;
  status.inode = inode;
  status.device = 0x801;  // makedev(8, 1): sda1
  status.hard_links = type == FileType::kDirectory ? 2 : 1;
  status.atime = status.mtime = status.ctime = with.mtime;
  status.btime = with.mtime;
  return node;
}

void FakeHost::State::note(std::string_view operation, std::string_view path) {
  accesses.push_back({std::string(operation), std::string(path)});
  const std::string key = key_of(path);
  for (size_t i = 0; i < hooks.size(); ++i) {
    if (hooks[i].path == key && ++hooks[i].seen == hooks[i].at) {
      const std::function<void(FakeHost&)> change = hooks[i].change;
      change(*self);
    }
  }
}

Result<std::string> FakeHost::State::resolve(std::string_view root, std::string_view path,
                                             bool follow_last) const {
  std::vector<std::string> left = components(path);
  std::reverse(left.begin(), left.end());
  std::string at(root);
  int links = 0;
  while (!left.empty()) {
    const std::string name = left.back();
    left.pop_back();
    if (const auto found = nodes.find(at);
        found == nodes.end() || found->second.status.type != FileType::kDirectory) {
      if (!(found != nodes.end() && found->second.magic && at == root)) {
        return fail(fake_error(ErrorCode::kNotFound, "resolving", path));
      }
    }
    if (denied.count(at) != 0) {
      return fail(fake_error(ErrorCode::kDenied, "resolving", path));
    }
    if (name == "..") {
      at = at == root ? at : parent_of(at);
      continue;
    }
    const std::string next = child_of(at, name);
    if (const auto broken = failing.find(next); broken != failing.end()) {
      return fail(fake_error(broken->second, "resolving", path));
    }
    const auto found = nodes.find(next);
    if (found == nodes.end()) {
      return fail(fake_error(
          is_missing_process(next, left.empty()) ? ErrorCode::kGone : ErrorCode::kNotFound,
          "resolving", path));
    }
    const Node& node = found->second;
    if (node.status.type != FileType::kSymlink || (left.empty() && !follow_last)) {
      at = next;
      continue;
    }
    if (node.magic) {
      return fail(fake_error(ErrorCode::kWrongType, "following a magic link in", path));
    }
    if (++links > kMaxLinks) {
      return fail(fake_error(ErrorCode::kLoop, "resolving", path));
    }
    std::vector<std::string> target = components(node.target);
    left.insert(left.end(), target.rbegin(), target.rend());
    at = node.target.substr(0, 1) == "/" ? std::string(root) : at;
  }
  return at;
}

Result<void> FakeHost::State::check_gone(const std::string& key, std::string_view operation) {
  bool gone = false;
  for (auto& [path, vanish] : vanishing) {
    if (is_at_or_below(key, path)) {
      gone = ++vanish.seen >= vanish.at || gone;
    }
  }
  if (gone) {
    return fail(fake_error(ErrorCode::kGone, operation, key));
  }
  return {};
}

Result<std::string> FakeHost::State::locate(std::string_view operation, std::string_view path,
                                            bool follow_last) {
  note(operation, path);
  GENBA_TRY(std::string key, resolve("/", path, follow_last));
  if (auto present = check_gone(key, operation); !present) {
    return fail(present.error());
  }
  return key;
}

Result<std::string> FakeHost::State::locate_magic(std::string_view operation,
                                                  std::string_view path) {
  note(operation, path);
  if (kind != host::HostKind::kLive) {
    return fail(fake_error(ErrorCode::kUnsupported, operation, path));
  }
  const std::string whole = key_of(path);
  std::string key = whole;
  for (std::string top = "/"; const std::string& part : components(path)) {
    top = child_of(top, part);
    const auto found = nodes.find(top);
    if (found == nodes.end() || !found->second.magic) {
      continue;
    }
    if (top != whole) {
      const auto below = nodes.lower_bound(top + "/");
      const bool own = below != nodes.end() && is_at_or_below(below->first, top);
      GENBA_TRY(key,
                resolve(own ? top : key_of(found->second.target), whole.substr(top.size()), true));
    }
    if (auto present = check_gone(top, operation); !present) {
      return fail(present.error());
    }
    if (denied.count(top) != 0) {
      return fail(fake_error(ErrorCode::kDenied, operation, path));
    }
    return key;
  }
  return resolve("/", path, true);
}

Result<std::string> FakeHost::State::content(const std::string& key, std::string_view operation,
                                             std::string_view path, bool& cut) {
  Node& node = nodes.at(key);
  if (denied.count(key) != 0) {
    return fail(fake_error(ErrorCode::kDenied, operation, path));
  }
  if (node.status.type != FileType::kRegular) {
    return fail(fake_error(ErrorCode::kWrongType, operation, path));
  }
  if (hanging.count(key) != 0) {
    ADD_FAILURE() << operation << " of '" << path << "' would hang: use read_risky";
    return fail(fake_error(ErrorCode::kTimedOut, operation, path));
  }
  ++footprint.files_opened;
  std::string bytes = node.versions[std::min(node.opened, node.versions.size() - 1)];
  ++node.opened;
  const auto found = cuts.find(key);
  cut = found != cuts.end() && found->second < bytes.size();
  if (cut) {
    bytes.resize(found->second);
  }
  return bytes;
}

Result<host::FileBytes> FakeHost::State::read_whole(std::string_view operation,
                                                    std::string_view path, uint64_t limit) {
  GENBA_TRY(const std::string key, locate(operation, path, true));
  host::FileBytes result;
  GENBA_TRY(result.bytes, content(key, operation, path, result.truncated));
  if (result.bytes.size() > limit) {
    result.bytes.resize(limit);
    result.truncated = true;
  }
  footprint.bytes_read += result.bytes.size();
  return result;
}

class FakeHost::Reader final : public host::FileReader {
 public:
  Reader(State& state, std::string path, std::string key, std::string bytes, FileStatus status)
      : state_(state),
        path_(std::move(path)),
        key_(std::move(key)),
        bytes_(std::move(bytes)),
        status_(status) {}

  Result<size_t> read(std::span<char> buffer) override {
    const std::lock_guard lock(state_.mutex);
    state_.note("read", path_);
    if (auto present = state_.check_gone(key_, "reading"); !present) {
      return fail(present.error());
    }
    const size_t count = std::min(buffer.size(), bytes_.size() - position_);
    std::copy_n(bytes_.data() + position_, count, buffer.data());
    position_ += count;
    state_.footprint.bytes_read += count;
    return count;
  }
  const FileStatus& status() const override { return status_; }

 private:
  State& state_;
  std::string path_;
  std::string key_;
  std::string bytes_;
  FileStatus status_;
  size_t position_ = 0;
};

FakeHost::FakeHost(host::HostKind kind) : state_(std::make_unique<State>()) {
  state_->self = this;
  state_->kind = kind;
  if (kind == host::HostKind::kLive) {
    // TCP, UDP and raw over IPv4 and IPv6, and AF_UNIX, as the live host asks for them.
    state_->families = {{2, 6}, {10, 6}, {2, 17}, {10, 17}, {2, 255}, {10, 255}, {1, 0}};
  }
  state_->put("/", FileType::kDirectory, 0755, {});
}

FakeHost::~FakeHost() = default;

FakeHost& FakeHost::add_file(std::string_view path, std::string_view bytes, const With& with) {
  const std::lock_guard lock(state_->mutex);
  Node& node = state_->put(path, FileType::kRegular, 0644, with);
  node.versions[0] = bytes;
  node.status.size = bytes.size();
  return *this;
}

FakeHost& FakeHost::add_directory(std::string_view path, const With& with) {
  const std::lock_guard lock(state_->mutex);
  state_->put(path, FileType::kDirectory, 0755, with);
  return *this;
}

FakeHost& FakeHost::add_link(std::string_view path, std::string_view target, const With& with) {
  const std::lock_guard lock(state_->mutex);
  Node& node = state_->put(path, FileType::kSymlink, 0777, with);
  node.target = target;
  node.status.size = target.size();
  return *this;
}

FakeHost& FakeHost::add_special(std::string_view path, FileType type, const With& with) {
  const std::lock_guard lock(state_->mutex);
  state_->put(path, type, 0600, with);
  return *this;
}

FakeHost& FakeHost::add_magic_link(std::string_view path, std::string_view text,
                                   std::optional<std::string> bytes) {
  const std::lock_guard lock(state_->mutex);
  Node& node = state_->put(path, FileType::kSymlink, 0777, {});
  node.target = text;
  node.magic = true;
  node.magic_status = node.status;
  FileStatus& status = node.magic_status;
  const bool deleted = text.size() > 10 && text.substr(text.size() - 10) == " (deleted)";
  status.type = FileType::kRegular;
  status.mode = 0755;
  status.hard_links = deleted ? 0 : 1;
  status.size = bytes ? bytes->size() : 0;
  for (const auto& [prefix, type] :
       {std::pair{"socket:[", FileType::kSocket}, std::pair{"pipe:[", FileType::kFifo},
        std::pair{"anon_inode:", FileType::kUnknown}}) {
    if (text.substr(0, std::string_view(prefix).size()) == prefix) {
      status.type = type;
      node.has_magic_status = true;
    }
  }
  node.has_magic_status = node.has_magic_status || bytes.has_value() || deleted;
  node.magic_bytes = std::move(bytes);
  return *this;
}

FakeHost& FakeHost::remove(std::string_view path) {
  const std::lock_guard lock(state_->mutex);
  const std::string top = key_of(path);
  std::erase_if(state_->nodes, [&](const auto& node) { return is_at_or_below(node.first, top); });
  return *this;
}

FileStatus& FakeHost::status(std::string_view path) {
  const std::lock_guard lock(state_->mutex);
  return state_->nodes.at(key_of(path)).status;
}

FileStatus& FakeHost::magic_status(std::string_view path) {
  const std::lock_guard lock(state_->mutex);
  Node& node = state_->nodes.at(key_of(path));
  node.has_magic_status = true;
  return node.magic_status;
}

FakeHost& FakeHost::deny(std::string_view path) {
  const std::lock_guard lock(state_->mutex);
  state_->denied.insert(key_of(path));
  return *this;
}

FakeHost& FakeHost::fail_with(std::string_view path, ErrorCode code) {
  const std::lock_guard lock(state_->mutex);
  state_->failing[key_of(path)] = code;
  return *this;
}

FakeHost& FakeHost::vanish(std::string_view path, int access) {
  const std::lock_guard lock(state_->mutex);
  state_->vanishing[key_of(path)] = {access, 0};
  return *this;
}

FakeHost& FakeHost::truncate(std::string_view path, uint64_t bytes) {
  const std::lock_guard lock(state_->mutex);
  state_->cuts[key_of(path)] = bytes;
  return *this;
}

FakeHost& FakeHost::then_bytes(std::string_view path, std::string_view bytes) {
  const std::lock_guard lock(state_->mutex);
  state_->nodes.at(key_of(path)).versions.emplace_back(bytes);
  return *this;
}

FakeHost& FakeHost::hang(std::string_view path) {
  const std::lock_guard lock(state_->mutex);
  state_->hanging.insert(key_of(path));
  return *this;
}

FakeHost& FakeHost::before_access(std::string_view path, int access,
                                  std::function<void(FakeHost&)> change) {
  const std::lock_guard lock(state_->mutex);
  state_->hooks.push_back({key_of(path), access, 0, std::move(change)});
  return *this;
}

FakeHost& FakeHost::on_sleep(std::function<void(FakeHost&)> change) {
  const std::lock_guard lock(state_->mutex);
  state_->sleepers.push_back(std::move(change));
  return *this;
}

FakeHost& FakeHost::set_sock_diag(int64_t namespace_pid, std::vector<host::DiagSocket> sockets) {
  const std::lock_guard lock(state_->mutex);
  state_->sock_diag.insert_or_assign(namespace_pid, std::move(sockets));
  return *this;
}

FakeHost& FakeHost::set_sock_diag(int64_t namespace_pid, ErrorCode code) {
  const std::lock_guard lock(state_->mutex);
  state_->sock_diag.insert_or_assign(
      namespace_pid, fail(fake_error(code, "sock_diag of", std::to_string(namespace_pid))));
  return *this;
}

FakeHost& FakeHost::set_sock_diag_families(std::vector<host::DiagFamily> families) {
  const std::lock_guard lock(state_->mutex);
  state_->families = std::move(families);
  return *this;
}

FakeHost& FakeHost::set_filesystem_type(std::string_view mount_point, std::string_view type) {
  const std::lock_guard lock(state_->mutex);
  state_->filesystems[key_of(mount_point)] = type;
  return *this;
}

FakeHost& FakeHost::set_kernel_names(host::KernelNames names) {
  state_->names = std::move(names);
  return *this;
}

FakeHost& FakeHost::set_euid(uint32_t euid) {
  state_->euid = euid;
  return *this;
}

FakeHost& FakeHost::set_clocks(const host::ClockReading& clocks) {
  const std::lock_guard lock(state_->mutex);
  state_->clocks = clocks;
  return *this;
}

FakeHost& FakeHost::set_footprint(const host::Footprint& footprint) {
  const std::lock_guard lock(state_->mutex);
  state_->footprint = footprint;
  return *this;
}

std::vector<Access> FakeHost::accesses() const {
  const std::lock_guard lock(state_->mutex);
  return state_->accesses;
}

int FakeHost::access_count(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(std::count_if(state_->accesses.begin(), state_->accesses.end(),
                                        [&](const Access& one) { return one.path == path; }));
}

bool FakeHost::touched(std::string_view path_prefix) const {
  const std::lock_guard lock(state_->mutex);
  return std::any_of(state_->accesses.begin(), state_->accesses.end(), [&](const Access& one) {
    return one.path.compare(0, path_prefix.size(), path_prefix) == 0;
  });
}

void FakeHost::forget_accesses() {
  const std::lock_guard lock(state_->mutex);
  state_->accesses.clear();
}

host::HostKind FakeHost::kind() const {
  return state_->kind;
}

Result<host::FileBytes> FakeHost::read_file(std::string_view path, uint64_t limit) const {
  const std::lock_guard lock(state_->mutex);
  return state_->read_whole("read_file", path, limit);
}

Result<std::unique_ptr<host::FileReader>> FakeHost::open_file(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(const std::string key, state_->locate("open_file", path, true));
  bool cut = false;
  GENBA_TRY(std::string bytes, state_->content(key, "open_file", path, cut));
  return std::make_unique<Reader>(*state_, std::string(path), key, std::move(bytes),
                                  state_->nodes.at(key).status);
}

Result<std::vector<host::DirectoryEntry>> FakeHost::read_directory(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(const std::string key, state_->locate("read_directory", path, true));
  if (state_->denied.count(key) != 0) {
    return fail(fake_error(ErrorCode::kDenied, "read_directory", path));
  }
  if (state_->nodes.at(key).status.type != FileType::kDirectory) {
    return fail(fake_error(ErrorCode::kWrongType, "read_directory", path));
  }
  ++state_->footprint.directories_read;
  std::vector<host::DirectoryEntry> entries;
  for (const auto& [name, node] : state_->nodes) {
    if (name == "/" || parent_of(name) != key) {
      continue;
    }
    const auto vanish = state_->vanishing.find(name);
    if (vanish == state_->vanishing.end() || vanish->second.seen < vanish->second.at) {
      entries.push_back({name.substr(name.rfind('/') + 1), node.status.type, node.status.inode});
    }
  }
  return entries;
}

Result<FileStatus> FakeHost::lstat(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(const std::string key, state_->locate("lstat", path, false));
  return state_->nodes.at(key).status;
}

Result<FileStatus> FakeHost::stat(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(const std::string key, state_->locate("stat", path, true));
  return state_->nodes.at(key).status;
}

Result<std::string> FakeHost::read_link(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(const std::string key, state_->locate("read_link", path, false));
  const Node& node = state_->nodes.at(key);
  if (state_->denied.count(key) != 0) {
    return fail(fake_error(ErrorCode::kDenied, "read_link", path));
  }
  if (node.status.type != FileType::kSymlink) {
    return fail(fake_error(ErrorCode::kWrongType, "read_link", path));
  }
  return node.target;
}

Result<std::string> FakeHost::canonical(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  return state_->locate("canonical", path, true);
}

Result<FileStatus> FakeHost::stat_magic(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(const std::string key, state_->locate_magic("stat_magic", path));
  const Node& node = state_->nodes.at(key);
  if (!node.magic) {
    return node.status;
  }
  if (node.has_magic_status) {
    return node.magic_status;
  }
  GENBA_TRY(const std::string target, state_->resolve("/", node.target, true));
  return state_->nodes.at(target).status;
}

Result<std::unique_ptr<host::FileReader>> FakeHost::open_magic(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(std::string key, state_->locate_magic("open_magic", path));
  const Node* node = &state_->nodes.at(key);
  if (node->magic && node->magic_bytes) {
    ++state_->footprint.files_opened;
    return std::make_unique<Reader>(*state_, std::string(path), key, *node->magic_bytes,
                                    node->magic_status);
  }
  if (node->magic) {
    if (node->has_magic_status && node->magic_status.type != FileType::kRegular) {
      return fail(fake_error(ErrorCode::kWrongType, "open_magic", path));
    }
    GENBA_TRY(key, state_->resolve("/", node->target, true));
    node = &state_->nodes.at(key);
  }
  bool cut = false;
  GENBA_TRY(std::string bytes, state_->content(key, "open_magic", path, cut));
  return std::make_unique<Reader>(*state_, std::string(path), key, std::move(bytes), node->status);
}

void FakeHost::read_risky(std::span<const host::RiskyRead> reads,
                          const std::function<void(size_t, Result<host::FileBytes>)>& done) const {
  for (size_t i = 0; i < reads.size(); ++i) {
    Result<host::FileBytes> result = [&]() -> Result<host::FileBytes> {
      const std::lock_guard lock(state_->mutex);
      if (state_->hanging.count(key_of(reads[i].path)) != 0) {
        state_->note("read_risky", reads[i].path);
        ++state_->footprint.helpers_abandoned;
        return fail(fake_error(ErrorCode::kTimedOut, "read_risky", reads[i].path));
      }
      return state_->read_whole("read_risky", reads[i].path, reads[i].limit);
    }();
    done(i, std::move(result));
  }
}

Result<std::vector<host::DiagSocket>> FakeHost::read_sock_diag(int64_t namespace_pid) const {
  const std::lock_guard lock(state_->mutex);
  state_->note("sock_diag", std::to_string(namespace_pid));
  const auto found = state_->sock_diag.find(namespace_pid);
  if (state_->kind != host::HostKind::kLive || found == state_->sock_diag.end()) {
    return fail(fake_error(ErrorCode::kUnsupported, "sock_diag of", std::to_string(namespace_pid)));
  }
  return found->second;
}

std::vector<host::DiagFamily> FakeHost::sock_diag_families() const {
  const std::lock_guard lock(state_->mutex);
  return state_->families;
}

Result<std::string> FakeHost::filesystem_type(std::string_view path) const {
  const std::lock_guard lock(state_->mutex);
  GENBA_TRY(const std::string key, state_->locate("filesystem_type", path, true));
  std::string_view best = "/";
  for (const auto& [mount_point, type] : state_->filesystems) {
    if (is_at_or_below(key, mount_point) && mount_point.size() >= best.size()) {
      best = mount_point;
    }
  }
  return state_->filesystems.at(std::string(best));
}

Result<host::KernelNames> FakeHost::kernel_names() const {
  if (state_->kind != host::HostKind::kLive) {
    return fail(fake_error(ErrorCode::kUnsupported, "uname of", "/"));
  }
  return state_->names;
}

host::ClockReading FakeHost::clocks() const {
  const std::lock_guard lock(state_->mutex);
  return state_->clocks;
}

uint32_t FakeHost::euid() const {
  return state_->euid;
}

host::Footprint FakeHost::footprint() const {
  const std::lock_guard lock(state_->mutex);
  return state_->footprint;
}

void FakeHost::sleep_for(std::chrono::milliseconds time) const {
  const std::lock_guard lock(state_->mutex);
  const int64_t nanoseconds = std::chrono::nanoseconds(time).count();
  state_->clocks.realtime.nanoseconds += nanoseconds;
  state_->clocks.boottime_nanoseconds += nanoseconds;
  state_->clocks.monotonic_nanoseconds += nanoseconds;
  for (size_t i = 0; i < state_->sleepers.size(); ++i) {
    state_->sleepers[i](*state_->self);
  }
}

}  // namespace genba::test
