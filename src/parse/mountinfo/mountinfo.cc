// SPDX-License-Identifier: Apache-2.0
#include "parse/mountinfo/mountinfo.h"

#include <optional>

#include "base/number.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

constexpr size_t kMaxNotes = 16;

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

std::optional<MountEntry> parse_line(std::string_view rest) {
  MountEntry mount;
  const auto mount_id = base::parse_number<int64_t>(next_field(rest));
  const auto parent_id = base::parse_number<int64_t>(next_field(rest));
  mount.device_number.assign(next_field(rest));
  mount.root = unescape_octal(next_field(rest));
  mount.path = unescape_octal(next_field(rest));
  mount.flags.assign(next_field(rest));
  std::string_view optional_field = next_field(rest);
  while (!optional_field.empty() && optional_field != "-") {
    mount.unbindable = mount.unbindable || optional_field == "unbindable";
    optional_field = next_field(rest);
  }
  if (!mount_id || !parent_id || optional_field.empty()) {
    return std::nullopt;
  }
  mount.mount_id = *mount_id;
  mount.parent_id = *parent_id;
  mount.type = unescape_octal(next_field(rest));
  // An empty source is printed as nothing between two spaces (fs/proc_namespace.c show_mountinfo).
  if (rest.starts_with("  ")) {
    rest.remove_prefix(1);
  } else {
    mount.source = unescape_octal(next_field(rest));
  }
  mount.super_options = unescape_octal(next_field(rest));
  return mount;
}

}  // namespace

std::vector<MountEntry> parse_mountinfo(std::string_view bytes, std::vector<base::Note>& notes) {
  std::vector<MountEntry> mounts;
  const size_t size = bytes.size();
  size_t noted = 0;
  while (!bytes.empty()) {
    const size_t offset = size - bytes.size();
    const std::string_view line = next_line(bytes);
    if (line.empty()) {
      continue;
    }
    if (auto mount = parse_line(line)) {
      mounts.push_back(*std::move(mount));
    } else if (noted++ < kMaxNotes) {
      notes.push_back({"mountinfo", offset, line.size(), "not a mount"});
    }
  }
  return mounts;
}

std::string unescape_octal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] <= '3' && is_octal(text[i + 1]) &&
        is_octal(text[i + 2]) && is_octal(text[i + 3])) {
      const int value = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      out.push_back(static_cast<char>(value));
      i += 3;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace genba::parse
