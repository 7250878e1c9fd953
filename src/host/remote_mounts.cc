// SPDX-License-Identifier: Apache-2.0
#include "host/remote_mounts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "host/filesystem_names.h"
#include "sys/channel.h"
#include "sys/file.h"

namespace genba::host {

namespace {

// One line: "36 35 98:0 /root /mount\040point rw,noatime master:1 - ext3 /dev/root rw".
struct Line {
  std::string_view mount_point;
  std::string_view type;
  bool unbindable = false;
};

std::optional<Line> parse_line(std::string_view text) {
  Line line;
  bool after_dash = false;
  for (size_t field = 0; !text.empty(); ++field) {
    const size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (after_dash) {
      line.type = word;
      return line;
    }
    if (field == 4) {
      line.mount_point = word;
    } else if (field > 5 && word == "unbindable") {
      line.unbindable = true;
    } else if (field > 5 && word == "-") {
      after_dash = true;
    }
  }
  return std::nullopt;
}

template <class Each>
void for_each_line(std::string_view mountinfo, Each each) {
  while (!mountinfo.empty()) {
    const size_t end = mountinfo.find('\n');
    if (const auto line = parse_line(mountinfo.substr(0, end))) {
      each(*line);
    }
    mountinfo = end == std::string_view::npos ? std::string_view() : mountinfo.substr(end + 1);
  }
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

std::string unescape(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                  (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

std::vector<RemoteMount> parse_remote_mounts(std::string_view mountinfo) {
  std::vector<RemoteMount> mounts;
  for_each_line(mountinfo, [&](const Line& line) {
    std::string path = unescape(line.mount_point);
    // A later mount on the same point covers the earlier one: binfmt_misc over its autofs.
    std::erase_if(mounts, [&](const RemoteMount& mount) { return mount.path == path; });
    if (path != "/" && is_remote_filesystem(line.type)) {
      mounts.push_back({std::move(path), std::string(line.type)});
    }
  });
  return mounts;
}

bool has_unbindable_mount(std::string_view mountinfo) {
  bool found = false;
  for_each_line(mountinfo, [&](const Line& line) { found = found || line.unbindable; });
  return found;
}

RemoteMounts::RemoteMounts(sys::Fd mountinfo) : mountinfo_(std::move(mountinfo)) {}

void RemoteMounts::refresh() const {
  if (!mountinfo_.valid() || (read_ && !sys::has_priority_event(mountinfo_.get()))) {
    return;
  }
  std::string text;
  std::array<char, 16384> buffer;
  if (!sys::rewind(mountinfo_.get())) {
    return;
  }
  constexpr size_t kLimit = 64U << 20;  // about 500,000 mounts
  while (text.size() < kLimit) {
    const auto size = sys::read(mountinfo_.get(), buffer);
    if (!size || *size == 0) {
      break;
    }
    text.append(buffer.data(), *size);
  }
  mounts_ = parse_remote_mounts(text);
  read_ = true;
}

std::optional<RemoteMount> RemoteMounts::holding(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  refresh();
  const auto found = std::find_if(mounts_.begin(), mounts_.end(), [&](const RemoteMount& mount) {
    const size_t size = mount.path.size();
    return path.substr(0, size) == mount.path && (path.size() == size || path[size] == '/');
  });
  return found == mounts_.end() ? std::nullopt : std::optional(*found);
}

bool RemoteMounts::empty() const {
  const std::lock_guard lock(mutex_);
  refresh();
  return mounts_.empty();
}

}  // namespace genba::host
