// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include <cstdio>

#include "base/text.h"
#include "fmt/format.h"
#include "sys/terminal.h"

namespace genba::app {

namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr size_t kDefaultColumns = 80;

}  // namespace

Progress::Progress(ProgressMode mode, model::Language language)
    : mode_(mode), language_(language), started_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  wipe();
}

void Progress::show(std::string_view what) {
  if (mode_ == ProgressMode::kSilent) {
    return;
  }
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (visible_ && now - drawn_ < kRedrawInterval) {
    return;
  }
  drawn_ = now;
  visible_ = true;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const std::string shown = base::escape_for_terminal(what);
  const std::string text = language_ == model::Language::kJapanese
                               ? fmt::format("確認中: {:.1f}秒 {}", seconds, shown)
                               : fmt::format("looking: {:.1f} s {}", seconds, shown);
  // One column stays free: a full line would wrap, and \r would no longer reach its start.
  const size_t columns = sys::terminal_columns(2).value_or(kDefaultColumns);
  const std::string line = "\r\x1b[K" + base::truncate_to_width(text, columns - 1);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Progress::wipe() {
  const std::lock_guard lock(mutex_);
  if (visible_) {
    std::fputs("\r\x1b[K", stderr);
    visible_ = false;
  }
}

}  // namespace genba::app
