// SPDX-License-Identifier: Apache-2.0
#include "parse/shell_history/shell_history.h"

#include "base/result.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(shell_history) {
  using genba::parse::HistoryFormat;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const HistoryFormat format :
       {HistoryFormat::kLines, HistoryFormat::kBash, HistoryFormat::kZsh, HistoryFormat::kFish,
        HistoryFormat::kLess}) {
    size_t total = 0;
    uint64_t line = 0;
    const auto facts = genba::parse::parse_shell_history(
        bytes, format, [&](const genba::parse::HistoryEntry& entry) {
          GENBA_CHECK(!entry.command.empty() || format == HistoryFormat::kFish);
          GENBA_CHECK(entry.line > line && entry.time >= -1);
          line = entry.line;
          total += entry.command.size();
          (void)genba::parse::names_history_trick(entry.command);
        });
    GENBA_CHECK(total <= size);
    GENBA_CHECK(facts.list.size() <= 5 * genba::parse::kMaxHistoryFactsOfKind);
  }
  (void)genba::parse::names_history_trick(bytes);
  (void)genba::parse::history_format_of(bytes);
}
