// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include <cstdio>

#include "fmt/format.h"

namespace genba::app {

namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);

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
  const std::string line = language_ == model::Language::kJapanese
                               ? fmt::format("\r\x1b[K確認中: {} ({:.1f} 秒)", what, seconds)
                               : fmt::format("\r\x1b[Klooking: {} ({:.1f} s)", what, seconds);
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
