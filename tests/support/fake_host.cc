// SPDX-License-Identifier: Apache-2.0
//
// The fake host's answers to the questions of host/host.h.
#include "support/fake_host.h"

#include <algorithm>
#include <utility>

#include "support/fake_host_state.h"

namespace genba::test {

using base::ErrorCode;
using base::fail;
using base::Result;
using host::FileStatus;
using host::FileType;

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
  Result<size_t> read_at(uint64_t offset, std::span<char> buffer) override {
    const std::lock_guard lock(state_.mutex);
    state_.note("read", path_);
    if (auto present = state_.check_gone(key_, "reading"); !present) {
      return fail(present.error());
    }
    const size_t from = std::min<uint64_t>(offset, bytes_.size());
    const size_t count = std::min(buffer.size(), bytes_.size() - from);
    std::copy_n(bytes_.data() + from, count, buffer.data());
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
