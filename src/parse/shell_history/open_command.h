// SPDX-License-Identifier: Apache-2.0
//
// Does a command go on with the next line? Feeds on lines and keeps what is open between them:
// quotes, a backslash at the end, here-documents, compound commands. In doubt it says open, because
// bash itself takes all lines between two times for one command. Source: POSIX.1-2017 Shell Command
// Language 2.2, 2.7.4, 2.9.4. Covered by shell_history_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace genba::parse {

class OpenCommand {
 public:
  /// Forgets all: the next line begins a command.
  void reset();
  void feed(std::string_view line);
  bool is_open() const;

 private:
  size_t take_quoted(std::string_view line, size_t at);
  size_t take_here_document(std::string_view line, size_t at);
  size_t take_next(std::string_view line, size_t at);
  size_t take_word(std::string_view line, size_t at);

  char quote_ = '\0';  ///< ' or ", or $ for $'…'
  bool continued_ = false;
  bool command_position_ = true;  ///< the next word may be a reserved one
  int64_t compounds_ = 0;
  std::vector<std::string> here_documents_;  ///< the words that end them
};

}  // namespace genba::parse
