// SPDX-License-Identifier: Apache-2.0
//
// What a test puts into the fake host, and reads back of what was touched.
#include <algorithm>
#include <utility>

#include "support/fake_host_state.h"

namespace genba::test {

using base::ErrorCode;
using base::fail;
using host::FileStatus;
using host::FileType;

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

}  // namespace genba::test
