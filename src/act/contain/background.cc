// SPDX-License-Identifier: Apache-2.0
#include "act/contain/background.h"

#include <array>
#include <string_view>
#include <utility>

#include "act/contain/containment.h"
#include "act/journal/journal.h"
#include "act/journal/self.h"
#include "fmt/format.h"
#include "sys/channel.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/process_setup.h"
#include "sys/signal.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kReady = "ready";
constexpr int kReadyMilliseconds = 1000;
constexpr int kEndMilliseconds = 5000;

[[noreturn]] void run(std::vector<int> keep, sys::Fd parent, const Background& body) {
  // First of all, since the journal's lock is among what it was born with.
  keep.push_back(parent.get());
  sys::close_from(3, keep);
  sys::set_name(kGuardName);
  sys::ignore_terminal_signals();
  (void)sys::setsid();
  (void)sys::set_undumpable();
  sys::detach_standard_streams();
  body([&] {
    (void)sys::send_message(parent.get(), kReady);
    parent.reset();
  });
  sys::exit_now(0);
}

}  // namespace

Result<ProcessKey> start_background(const host::Host& host, std::vector<int> keep,
                                    const Background& body) {
  GENBA_TRY(auto pair, sys::message_pair());
  GENBA_TRY(const pid_t pid, sys::fork());
  if (pid == 0) {
    pair.first.reset();
    run(std::move(keep), std::move(pair.second), body);
  }
  pair.second.reset();
  std::vector<bool> ready;
  const std::array fds{pair.first.get()};
  const bool heard = sys::poll_readable(fds, kReadyMilliseconds, ready).value_or(false);
  const auto message = heard ? sys::receive_message(pair.first.get(), 16)
                             : fail(ErrorCode::kTimedOut, "the guard is silent");
  if (!message || message->bytes != kReady) {
    return fail(ErrorCode::kIo, "the guard did not start");
  }
  GENBA_TRY(const ScannedProcess process, scan_process(host, pid));
  return process.key;
}

void tell_timer_end(const std::string& directory, const std::string& version,
                    const std::function<std::string(const model::ActionLog&)>& state_of) {
  if (directory.empty()) {
    return;
  }
  JournalOptions options;
  options.directory = directory;
  options.version = version;
  options.actor = read_actor();
  options.why = "the timer ran out, and nobody had confirmed";
  auto journal = Journal::open(std::move(options));
  const std::string state = journal ? state_of(journal->log()) : std::string();
  if (state.empty()) {
    return;
  }
  const auto step = journal->begin({std::string(kTimerVerb),
                                    std::string(kContainSubject),
                                    model::ActionEffect::kLifts,
                                    {},
                                    state});
  if (step) {
    (void)journal->end(*step, {model::ActionOutcome::kDone, {}, "the timer opened it"});
  }
}

bool is_guard(const host::Host& host, const ProcessKey& key) {
  const auto process = scan_process(host, key.pid);
  return key.pid > 1 && process && process->key == key && !process->zombie &&
         process->name == kGuardName;
}

Result<void> end_guard(const host::Host& host, const ProcessKey& key) {
  const auto pid = static_cast<pid_t>(key.pid);
  const auto pidfd = sys::pidfd_open(pid);
  if (!pidfd && pidfd.error().code != ErrorCode::kUnsupported) {
    return fail(ErrorCode::kGone, "the guard has ended already");
  }
  if (!is_guard(host, key)) {
    return fail(ErrorCode::kGone, "the guard has ended already");
  }
  GENBA_TRY_VOID(pidfd ? sys::pidfd_send_signal(*pidfd, sys::Signal::kKill)
                       : sys::kill(pid, sys::Signal::kKill));
  // A pidfd is readable when the process has ended, its sockets closed before.
  std::vector<bool> ready;
  if (pidfd) {
    const std::array fds{pidfd->get()};
    GENBA_TRY(const bool ended, sys::poll_readable(fds, kEndMilliseconds, ready));
    return ended ? Result<void>()
                 : fail(ErrorCode::kTimedOut,
                        fmt::format("the guard (process {}) does not end", key.pid));
  }
  for (int i = 0; i < kEndMilliseconds / 10 && is_alive(host, key); ++i) {
    host.sleep_for(std::chrono::milliseconds(10));
  }
  return {};
}

}  // namespace genba::act
