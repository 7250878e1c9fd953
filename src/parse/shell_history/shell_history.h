// SPDX-License-Identifier: Apache-2.0
//
// What was typed at a shell, and does its history look as the shell left it? Reads the history
// files of bash, zsh and fish, of less, and of programs that keep one command a line (python,
// mysql, psql, redis-cli, ash …; libedit's encoding is known by its header). The file belongs to
// its user, who may have written anything into it: a command in it was not necessarily run, and a
// time is only what stands there. Facts that deserve a question are told beside the commands, not
// judged: sessions that end in another order than they began make times go back too. viminfo and
// the SQLite histories are not read. Sources: bash(1) HISTORY and lib/readline/histfile.c, zsh
// Src/hist.c, fish's history file, less(1), libedit history.c.
// Covered by shell_history_test.cc, also with real files, and shell_history_fuzz.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace genba::parse {

enum class HistoryFormat : uint8_t {
  kLines,  ///< one command a line, no times
  kBash,   ///< "#1700000000" before each command when HISTTIMEFORMAT was set
  kZsh,    ///< ": 1700000000:0;command" when EXTENDED_HISTORY was set
  kFish,
  kLess,  ///< the shell commands in less's history
};

/// By the file's name, without its folders; kBash for names of shells that are not known.
HistoryFormat history_format_of(std::string_view file_name);

struct HistoryEntry {
  std::string_view command;  ///< decoded; holds until the callback returns
  int64_t time = -1;         ///< seconds since 1970; -1: not told
  uint64_t line = 0;         ///< of its first line, a time line included, from 1
};

enum class HistoryFactKind : uint8_t {
  kTimeWentBack,        ///< amount: by how many seconds
  kTimesStop,           ///< the first command without a time behind one that has one
  kTimeWithoutCommand,  ///< bash: a time line with no command behind it
  kNulBytes,            ///< amount: how many in a row
  kCut,                 ///< the file ends within an entry, or without a newline
};

/// "time_went_back", "times_stop", "time_without_command", "nul_bytes" or "cut".
std::string_view to_string(HistoryFactKind kind);

struct HistoryFact {
  HistoryFactKind kind = HistoryFactKind::kCut;
  uint64_t line = 0;    ///< where it shows, from 1
  uint64_t offset = 0;  ///< of that line, or of the first NUL
  int64_t amount = 0;
};

/// The facts of one kind that are kept; `dropped` counts the others.
inline constexpr size_t kMaxHistoryFactsOfKind = 64;

struct HistoryFacts {
  std::vector<HistoryFact> list;  ///< in the order in which they were seen
  uint64_t dropped = 0;
};

/// Calls `found` with each command, in order, and gives the facts. Runs of NUL at the ends of a
/// line (a hole in the file) are no part of its command. In a bash file with times, the lines
/// behind a time are one command as long as quotes, here-documents and compound commands are open;
/// lines after that are commands without a time, as bash writes them when times were turned off.
HistoryFacts parse_shell_history(std::string_view bytes, HistoryFormat format,
                                 const std::function<void(const HistoryEntry&)>& found);

/// By which means does a command line keep a shell from remembering, or make it forget? A stable
/// word, or nothing: "histfile_null", "histfile_unset", "histsize_zero", "histignore_all",
/// "history_off", "history_clear", "history_delete", "history_linked", "history_truncated",
/// "history_removed", "history_edited", "history_locked" or "shell_killed". Reads sh -c '…' and
/// eval too. Text in the arguments of other programs ("grep 'history -c'") says nothing; neither
/// does writing such a line into a start file.
std::string_view names_history_trick(std::string_view command);

}  // namespace genba::parse
