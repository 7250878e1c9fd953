// SPDX-License-Identifier: Apache-2.0
//
// The progress line on a terminal that takes the place of stderr.
#include "app/progress.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <array>

#include "base/text.h"

namespace genba::app {
namespace {

constexpr unsigned short kColumns = 40;

// What a terminal gets that is stderr while one line is shown and wiped.
std::string shown_on_terminal(std::string_view what, model::Language language) {
  termios raw{};
  ::cfmakeraw(&raw);
  winsize size{};
  size.ws_col = kColumns;
  int reader = -1;
  int writer = -1;
  EXPECT_EQ(::openpty(&reader, &writer, nullptr, &raw, &size), 0);
  const int stderr_copy = ::dup(2);
  ::dup2(writer, 2);
  { Progress(ProgressMode::kShown, language).show(what); }
  ::dup2(stderr_copy, 2);
  ::close(stderr_copy);
  ::close(writer);
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t got = 1; got > 0;) {
    got = ::read(reader, buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<size_t>(std::max<ssize_t>(got, 0)));
  }
  ::close(reader);
  return text;
}

// Between its own two erasing sequences.
std::string line_of(const std::string& shown) {
  const std::string erase = "\r\x1b[K";
  EXPECT_TRUE(shown.starts_with(erase)) << shown;
  const size_t end = shown.rfind(erase);
  EXPECT_EQ(end + erase.size(), shown.size()) << shown;
  return shown.substr(erase.size(), end - erase.size());
}

TEST(Progress, AHomeDirectoryThatTalksToTheTerminalIsOnlyShown) {
  const std::string hostile =
      "/\x1b]0;owned\x07\n\x9b"
      "2J\xff";
  for (const auto language : {model::Language::kEnglish, model::Language::kJapanese}) {
    const std::string line = line_of(shown_on_terminal(hostile, language));
    EXPECT_EQ(line, base::escape_for_terminal(line));
    EXPECT_NE(line.find("]0;own"), std::string::npos) << line;
  }
}

TEST(Progress, ALongPathIsCutSoThatTheLineCanBeErased) {
  for (const auto language : {model::Language::kEnglish, model::Language::kJapanese}) {
    const std::string line = line_of(shown_on_terminal("/" + std::string(300, 'x'), language));
    EXPECT_LT(base::display_width(line), kColumns);
    EXPECT_NE(line.find("/xxx"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace genba::app
