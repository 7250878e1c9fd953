// SPDX-License-Identifier: Apache-2.0
#include "render/stopping_parts.h"

#include "render/stopping_words.h"

namespace genba::render {

namespace {

constexpr uint64_t kMebibyte = 1ULL << 20;

}  // namespace

void Telling::more(size_t all, size_t most) {
  if (all > most) {
    screen_.text(
        say("… and {} more (--json lists all)", "… ほか {} 件（--json で全件）", all - most), 2,
        Paint::kDim);
  }
}

void Telling::notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    screen_.text(stop_words(note, language_), 2, Paint::kYellow);
  }
}

void Telling::processes(const std::vector<model::StoppedProcess>& all, Paint paint) {
  for (size_t i = 0; i < all.size() && i < kMostStoppedTold; ++i) {
    screen_.text(fmt::format("{}: {}", all[i].pid, stop_words(all[i].why, language_)), 2, paint);
  }
  more(all.size(), kMostStoppedTold);
}

std::string size_words(uint64_t bytes) {
  return bytes < kMebibyte ? fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024)
                           : fmt::format("{:.1f} MiB", static_cast<double>(bytes) / kMebibyte);
}

}  // namespace genba::render
