// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the startup collector share: rows of one type, stamped with their source's
// times. Covered by startup_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/config_reader.h"
#include "model/tables/startup_items.h"

namespace genba::collect::startup {

inline constexpr std::string_view kArea = "startup";

enum class Enabled : uint8_t { kNo, kYes };

/// A row whose path, args, line and username the caller may add.
inline model::StartupItem& add_item(Context& context, std::string_view type, std::string name,
                                    std::string_view source, Enabled enabled,
                                    const std::optional<host::FileStatus>& status) {
  auto& row = context.facts.rows<model::StartupItem>().emplace_back();
  row.name = std::move(name);
  row.type = type;
  row.source = source;
  row.status = enabled == Enabled::kYes ? "enabled" : "disabled";
  if (status) {
    row.file_mtime = status->mtime;
    row.file_ctime = status->ctime;
  }
  return row;
}

/// Text as an optional cell: absent when empty.
inline std::optional<std::string> cell(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

/// The text when it is an absolute path.
inline std::optional<std::string> absolute(std::string_view text) {
  return text.empty() || text[0] != '/' ? std::nullopt : std::optional(std::string(text));
}

// One for each kind of place; each writes its own row of coverage.
void collect_linker(Context& context);
void collect_rc(Context& context);
void collect_profiles(Context& context, PathGate& gate);
void collect_modules(Context& context);
void collect_autostart(Context& context, PathGate& gate);

}  // namespace genba::collect::startup
