// SPDX-License-Identifier: Apache-2.0
#include "parse/memory_map/memory_map.h"

#include <optional>

#include "base/number.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

constexpr size_t kMaxNotes = 16;

std::optional<MemoryMapping> parse_line(std::string_view line) {
  MemoryMapping mapping;
  std::string_view rest = line;
  std::string_view range = next_field(rest);
  const auto start = base::parse_number<uint64_t>(next_until(range, '-'), base::Radix::kHex);
  const auto end = base::parse_number<uint64_t>(range, base::Radix::kHex);
  mapping.permissions = next_field(rest);
  const auto offset = base::parse_number<uint64_t>(next_field(rest), base::Radix::kHex);
  mapping.device = next_field(rest);
  const auto inode = base::parse_number<uint64_t>(next_field(rest));
  if (!start || !end || *end < *start || mapping.permissions.size() != 4 || !offset ||
      mapping.device.empty() || !inode) {
    return std::nullopt;
  }
  mapping.start = *start;
  mapping.end = *end;
  mapping.offset = *offset;
  mapping.inode = *inode;
  const size_t path = rest.find_first_not_of(' ');
  if (path != std::string_view::npos) {
    mapping.raw_path = rest.substr(path);
  }
  return mapping;
}

// Most lines have no x bit: looked at before the whole line is divided.
bool may_be_executable(std::string_view line) {
  const size_t space = line.find(' ');
  return space == std::string_view::npos || line.size() < space + 5 || line[space + 3] != '-';
}

enum class Wanted : uint8_t { kAll, kExecutable };

std::vector<MemoryMapping> parse_wanted(std::string_view bytes, Wanted wanted,
                                        std::vector<base::Note>& notes) {
  std::vector<MemoryMapping> mappings;
  const size_t size = bytes.size();
  size_t noted = 0;
  while (!bytes.empty()) {
    const size_t offset = size - bytes.size();
    const std::string_view line = next_line(bytes);
    if (line.empty() || (wanted == Wanted::kExecutable && !may_be_executable(line))) {
      continue;
    }
    if (const auto mapping = parse_line(line)) {
      if (wanted == Wanted::kAll || mapping->permissions[2] == 'x') {
        mappings.push_back(*mapping);
      }
    } else if (noted++ < kMaxNotes) {
      notes.push_back({"maps", offset, line.size(), "not a mapping"});
    }
  }
  return mappings;
}

}  // namespace

std::vector<MemoryMapping> parse_executable_mappings(std::string_view bytes,
                                                     std::vector<base::Note>& notes) {
  return parse_wanted(bytes, Wanted::kExecutable, notes);
}

std::vector<MemoryMapping> parse_mappings(std::string_view bytes, std::vector<base::Note>& notes) {
  return parse_wanted(bytes, Wanted::kAll, notes);
}

MappedPath mapped_path(const MemoryMapping& mapping) {
  constexpr std::string_view kDeleted = " (deleted)";
  MappedPath result;
  std::string_view raw = mapping.raw_path;
  if (raw.empty() || raw.front() == '[') {
    result.path.assign(raw);
    result.pseudo = true;
    return result;
  }
  if (raw.ends_with(kDeleted)) {
    result.deleted = true;
    raw.remove_suffix(kDeleted.size());
  }
  result.pseudo = raw.starts_with("/memfd:") || mapping.inode == 0;
  result.path.reserve(raw.size());
  while (!raw.empty()) {
    if (raw.starts_with("\\012")) {
      result.path.push_back('\n');
      raw.remove_prefix(4);
    } else {
      result.path.push_back(raw.front());
      raw.remove_prefix(1);
    }
  }
  return result;
}

}  // namespace genba::parse
