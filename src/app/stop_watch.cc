// SPDX-License-Identifier: Apache-2.0
#include "app/stop_watch.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "sys/interrupt.h"

namespace genba::app {

namespace {

constexpr std::chrono::milliseconds kInterval{100};

model::ComebackTold told(const act::Comeback& comeback) {
  model::ComebackTold told;
  told.pid = comeback.key.pid;
  told.parent = comeback.parent;
  told.path = comeback.path;
  told.command = comeback.command;
  told.cgroup = comeback.cgroup;
  for (const act::Likeness likeness : comeback.likeness) {
    told.likeness.emplace_back(act::to_string(likeness));
  }
  told.like = comeback.like;
  told.was_there = comeback.was_there;
  for (const act::Starter& starter : comeback.from) {
    told.from.push_back({starter.key.pid, starter.name, starter.path, starter.cgroup});
  }
  told.seen_at = comeback.seen_at;
  return told;
}

std::string remaining(std::chrono::nanoseconds left, model::Language language) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
  return language == model::Language::kJapanese
             ? fmt::format("再起動の監視（残り {} 秒、Ctrl-C で終了）", seconds)
             : fmt::format("watching for who comes back, {} s left (Ctrl-C ends it)", seconds);
}

}  // namespace

model::WatchTold watch_for_comebacks(const host::Host& host, std::vector<act::Remembered> dead,
                                     const StopOptions& options, Progress& progress,
                                     const std::function<bool(const model::ComebackTold&)>& seen) {
  const sys::InterruptWatch interrupts;
  const auto now = [&] { return std::chrono::nanoseconds(host.clocks().monotonic_nanoseconds); };
  const auto began = now();
  const auto end = began + options.watch;
  act::Watch watch(host, std::move(dead));
  model::WatchTold report;
  report.seconds_asked = options.watch.count();
  bool go_on = true;
  while (go_on) {
    const auto found = watch.look();
    ++report.looks;
    if (!found) {
      report.error = found.error().what;
      break;
    }
    for (const act::Comeback& comeback : *found) {
      ++report.comebacks;
      progress.wipe();
      go_on = seen(told(comeback)) && go_on;
    }
    report.interrupted = interrupts.interrupted();
    go_on = go_on && !report.interrupted && now() < end;
    if (go_on) {
      progress.show(remaining(end - now(), options.style.language));
      host.sleep_for(kInterval);
    }
  }
  progress.wipe();
  report.seconds = std::chrono::round<std::chrono::seconds>(now() - began).count();
  return report;
}

}  // namespace genba::app
