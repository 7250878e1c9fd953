// SPDX-License-Identifier: Apache-2.0
#include "host/helper_pool.h"

#include <algorithm>
#include <array>

#include "base/number.h"
#include "fmt/format.h"
#include "host/helper_process.h"
#include "sys/channel.h"
#include "sys/process.h"

namespace genba::host {

using base::Error;
using base::ErrorCode;
using base::fail;

namespace {

constexpr const char* kEnded = "the process that starts helpers has ended";
constexpr size_t kMaxIdle = 4;
constexpr size_t kMaxRunners = 16;  // helpers at once for one call
constexpr size_t kBatchSize = 256;  // paths in one request: about 8 KiB
// Forking takes a millisecond, and on a crowded machine longer than a read may; a spawner that is
// silent for this long was stopped.
constexpr int kSpawnerDeadline = 2000;  // milliseconds
constexpr int kStallsInDeadline = 32;   // a helper silent for this part of it loses its other work

Error timed_out(std::string_view path, std::chrono::milliseconds deadline) {
  return {ErrorCode::kTimedOut, 0,
          fmt::format("reading '{}': no answer from the kernel in {} ms", path, deadline.count())};
}

}  // namespace

// One call of read(): which helper works on what, what has arrived, what was told already.
class HelperPool::Batch {
 public:
  Batch(HelperPool& pool, std::span<const RiskyRead> reads,
        const std::function<void(size_t, Result<FileBytes>)>& done)
      : pool_(pool),
        reads_(reads),
        done_(done),
        results_(reads.size()),
        deadline_(std::max<int64_t>(1, pool.deadline_.count()) * 1'000'000),
        stall_(std::max<int64_t>(deadline_ / kStallsInDeadline, 2'000'000)) {
    for (size_t at = 0; at < reads.size(); at += kBatchSize) {
      waiting_.emplace_back(at, std::min(at + kBatchSize, reads.size()));
    }
  }

  void run() {
    while (told_ < reads_.size()) {
      start_runners();
      listen();
      check_deadlines();
      tell();
    }
    for (Runner& runner : runners_) {
      pool_.abandon(std::move(runner.helper));
    }
  }

 private:
  using Range = std::pair<size_t, size_t>;
  struct Runner {
    Helper helper;
    size_t next = 0;     ///< what it reads now
    size_t end = 0;      ///< past the last that it is to read
    int64_t silent = 0;  ///< nanoseconds
    bool stalled = false;
  };

  bool is_anyone_free() const {
    return std::any_of(runners_.begin(), runners_.end(),
                       [](const Runner& runner) { return !runner.stalled; });
  }

  void start_runners() {
    while (!waiting_.empty() && !is_anyone_free() && runners_.size() < kMaxRunners) {
      const Range range = waiting_.front();
      auto helper = pool_.acquire();
      if (!helper) {
        if (runners_.empty()) {
          fail_waiting(helper.error());
        }
        return;
      }
      waiting_.pop_front();
      HelperRequest request;
      const auto paths = reads_.subspan(range.first, range.second - range.first);
      request.reads.assign(paths.begin(), paths.end());
      Runner runner{*std::move(helper), range.first, range.second, 0, false};
      if (sys::send_all(runner.helper.socket.get(), encode_request(request))) {
        runners_.push_back(std::move(runner));
      } else {
        lose(runner);
      }
    }
  }

  void fail_waiting(const Error& error) {
    for (const Range& range : waiting_) {
      for (size_t i = range.first; i < range.second; ++i) {
        results_[i] = fail(error.with_context(fmt::format("reading '{}'", reads_[i].path)));
      }
    }
    waiting_.clear();
  }

  // Waits until an answer comes, at most until the next helper counts as stalled. Silence is
  // counted by the time spent waiting here: neither a slow callback nor a suspended process makes
  // a helper late.
  void listen() {
    if (runners_.empty()) {
      return;
    }
    std::vector<int> sockets;
    for (const Runner& runner : runners_) {
      sockets.push_back(runner.helper.socket.get());
    }
    std::vector<bool> ready;
    const int64_t before = sys::clock_nanoseconds(CLOCK_MONOTONIC);
    const auto slice = static_cast<int>(std::max<int64_t>(1, stall_ / 1'000'000));
    if (!sys::poll_readable(sockets, slice, ready)) {
      ready.assign(sockets.size(), true);
    }
    const int64_t waited = std::clamp<int64_t>(sys::clock_nanoseconds(CLOCK_MONOTONIC) - before, 0,
                                               stall_ + 1'000'000);
    std::vector<Runner> still;
    for (size_t i = 0; i < runners_.size(); ++i) {
      runners_[i].silent += waited;
      if (!ready[i] || take_answers(runners_[i])) {
        still.push_back(std::move(runners_[i]));
      }
    }
    runners_ = std::move(still);
  }

  // False when the runner is finished or lost, and has been given back.
  bool take_answers(Runner& runner) {
    const auto size = sys::receive(runner.helper.socket.get(), buffer_);
    if (!size || *size == 0) {
      lose(runner);
      return false;
    }
    runner.helper.stream.append(std::string_view(buffer_.data(), *size));
    while (runner.next < runner.end) {
      const auto frame = runner.helper.stream.take();
      if (!frame) {
        lose(runner);
        return false;
      }
      if (!*frame) {
        return true;
      }
      runner.silent = 0;
      auto result = decode_file(**frame);
      if (result) {
        ++pool_.counters_.files_opened;
        pool_.counters_.bytes_read += result->bytes.size();
      }
      results_[runner.next++] = std::move(result);
    }
    if (runner.stalled) {
      // It goes on with work that others do already: let it find its socket closed.
      return false;
    }
    pool_.release(std::move(runner.helper));
    return false;
  }

  // The helper itself ended: what it was reading gets an error, the rest goes to another.
  void lose(Runner& runner) {
    if (runner.next >= runner.end) {
      return;
    }
    results_[runner.next] = fail(
        ErrorCode::kIo, fmt::format("reading '{}': the helper ended", reads_[runner.next].path));
    if (runner.next + 1 < runner.end) {
      waiting_.emplace_front(runner.next + 1, runner.end);
    }
  }

  void check_deadlines() {
    std::vector<Runner> still;
    for (Runner& runner : runners_) {
      if (runner.silent >= stall_ && !runner.stalled) {
        runner.stalled = true;
        if (runner.next + 1 < runner.end) {
          waiting_.emplace_front(runner.next + 1, runner.end);
          runner.end = runner.next + 1;
        }
      }
      if (runner.silent < deadline_) {
        still.push_back(std::move(runner));
        continue;
      }
      results_[runner.next] = fail(timed_out(reads_[runner.next].path, pool_.deadline_));
      pool_.abandon(std::move(runner.helper));
    }
    runners_ = std::move(still);
  }

  void tell() {
    for (; told_ < results_.size() && results_[told_].has_value(); ++told_) {
      Result<FileBytes> result = *std::move(results_[told_]);
      results_[told_] = Result<FileBytes>();  // frees the bytes, keeps the place
      done_(told_, std::move(result));
    }
  }

  HelperPool& pool_;
  std::span<const RiskyRead> reads_;
  const std::function<void(size_t, Result<FileBytes>)>& done_;
  std::vector<std::optional<Result<FileBytes>>> results_;
  std::deque<Range> waiting_;
  std::vector<Runner> runners_;
  size_t told_ = 0;
  int64_t deadline_;
  int64_t stall_;
  std::vector<char> buffer_ = std::vector<char>(256U << 10);
};

std::unique_ptr<HelperPool> HelperPool::start(RootedTree& tree,
                                              std::chrono::milliseconds deadline) {
  std::unique_ptr<HelperPool> pool(new HelperPool(tree.counters(), deadline));
  if (auto started = pool->start_spawner(tree); !started) {
    pool->control_.reset();
    pool->without_spawner_ = std::move(started.error().what);
  }
  return pool;
}

Result<void> HelperPool::start_spawner(RootedTree& tree) {
  GENBA_TRY(auto control, sys::message_pair());
  const pid_t self = sys::getpid();
  GENBA_TRY(const pid_t spawner, sys::fork());
  if (spawner == 0) {
    control.first.reset();
    run_spawner(tree, std::move(control.second), self);
  }
  spawner_ = spawner;
  control_ = std::move(control.first);
  GENBA_TRY(const sys::Message greeting, answer_of_spawner());
  spawner_in_procfs_ = base::parse_number<int64_t>(greeting.bytes);
  return {};
}

// A spawner that is stopped is not waited for: it dies with this process.
HelperPool::~HelperPool() {
  idle_.clear();
  if (!control_.valid() || !sys::send_message(control_.get(), "end")) {
    return;
  }
  const std::array sockets{control_.get()};
  std::vector<bool> ready;
  const auto ended = sys::poll_readable(sockets, kSpawnerDeadline, ready);
  if (ended && *ended) {
    (void)sys::wait_for(*spawner_);
  }
}

Result<sys::Message> HelperPool::answer_of_spawner() {
  const std::array sockets{control_.get()};
  std::vector<bool> ready;
  GENBA_TRY(const bool answered, sys::poll_readable(sockets, kSpawnerDeadline, ready));
  if (!answered) {
    return fail(ErrorCode::kTimedOut, "the process that starts helpers does not answer");
  }
  GENBA_TRY(sys::Message message, sys::receive_message(control_.get(), 32));
  if (message.bytes.empty()) {
    return fail(ErrorCode::kIo, kEnded);
  }
  return message;
}

Result<HelperPool::Helper> HelperPool::acquire() {
  const std::lock_guard lock(mutex_);
  if (!idle_.empty()) {
    Helper helper = std::move(idle_.back());
    idle_.pop_back();
    return helper;
  }
  if (counters_.helpers_abandoned >= kMaxAbandoned) {
    return fail(ErrorCode::kTimedOut,
                fmt::format("not tried: {} reads have hung in the kernel already", kMaxAbandoned));
  }
  if (!control_.valid()) {
    return fail(ErrorCode::kIo, without_spawner_);
  }
  const auto ask = [&]() -> Result<sys::Message> {
    if (!sys::send_message(control_.get(), kHelperPlease)) {
      return fail(ErrorCode::kIo, kEnded);
    }
    return answer_of_spawner();
  };
  auto answer = ask();
  if (!answer) {
    control_.reset();
    without_spawner_ = answer.error().what;
    return fail(answer.error());
  }
  if (answer->fds.empty()) {
    return fail(ErrorCode::kIo, "no helper process could be forked");
  }
  ++counters_.helpers_started;
  Helper helper;
  helper.socket = std::move(answer->fds[0]);
  if (answer->fds.size() > 1) {
    helper.pidfd = std::move(answer->fds[1]);
  }
  return helper;
}

void HelperPool::release(Helper helper) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdle) {
    idle_.push_back(std::move(helper));
  }
}

void HelperPool::abandon(Helper helper) {
  ++counters_.helpers_abandoned;
  if (helper.pidfd.valid()) {
    (void)sys::kill_child(helper.pidfd);
  }
}

void HelperPool::read(std::span<const RiskyRead> reads,
                      const std::function<void(size_t, Result<FileBytes>)>& done) {
  Batch(*this, reads, done).run();
}

Result<std::vector<DiagSocket>> HelperPool::read_sock_diag(int64_t namespace_pid,
                                                           std::vector<DiagFamily> families) {
  GENBA_TRY(Helper helper, acquire());
  HelperRequest request;
  request.task = HelperTask::kSockDiag;
  request.namespace_pid = namespace_pid;
  request.families = std::move(families);
  constexpr const char* kHelperEnded = "sock_diag: the helper ended";
  if (!sys::send_all(helper.socket.get(), encode_request(request))) {
    return fail(ErrorCode::kIo, kHelperEnded);
  }
  std::vector<char> buffer(256U << 10);
  std::vector<bool> ready;
  while (true) {
    const std::array sockets{helper.socket.get()};
    const auto waited = sys::poll_readable(sockets, static_cast<int>(deadline_.count()), ready);
    if (waited && !*waited) {
      abandon(std::move(helper));
      return fail(ErrorCode::kTimedOut, fmt::format("sock_diag in the namespace of process {}: no "
                                                    "answer from the kernel in {} ms",
                                                    namespace_pid, deadline_.count()));
    }
    const auto size = sys::receive(helper.socket.get(), buffer);
    if (!size || *size == 0) {
      return fail(ErrorCode::kIo, kHelperEnded);
    }
    helper.stream.append(std::string_view(buffer.data(), *size));
    GENBA_TRY(const auto frame, helper.stream.take());
    if (frame) {
      return decode_sockets(*frame);
    }
  }
}

}  // namespace genba::host
