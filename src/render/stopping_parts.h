// SPDX-License-Identifier: Apache-2.0
//
// What the plan of a freeze and the telling of its steps share: one output in the responder's
// language, and lists that are cut for people. Covered by stopping_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "model/stopping.h"
#include "render/screen.h"

namespace genba::render {

inline constexpr size_t kMostStoppedTold = 40;  ///< processes of one list; JSON has all
inline constexpr size_t kStopLabelWidth = 10;

/// One output, whose words come in both languages.
class Telling {
 public:
  explicit Telling(const TerminalStyle& style, std::string_view program = "genba")
      : screen_(style, program), language_(style.language) {}

  std::string_view pick(std::string_view en, std::string_view ja) const {
    return render::pick(language_, en, ja);
  }
  template <class... Values>
  std::string say(std::string_view en, std::string_view ja, const Values&... values) const {
    return fmt::format(fmt::runtime(pick(en, ja)), values...);
  }
  model::Language language() const { return language_; }
  Screen& screen() { return screen_; }

  /// "… and 7 more", when a list was cut.
  void more(size_t all, size_t most);
  void notes(const std::vector<std::string>& notes);
  void processes(const std::vector<model::StoppedProcess>& all, Paint paint);

 private:
  Screen screen_;
  model::Language language_;
};

/// "12.0 KiB", "3.5 MiB".
std::string size_words(uint64_t bytes);

}  // namespace genba::render
