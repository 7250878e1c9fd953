// SPDX-License-Identifier: Apache-2.0
//
// Work that several threads share while its results arrive in order. Each task is worked on by any
// thread; what comes out is handed on one at a time, in the order in which the tasks were added, so
// that a run gives the same rows however many threads it has. Handing on may add tasks (a directory
// adds its subdirectories). At most a window of results waits, which bounds memory when one task is
// slow. Covered by ordered_work_test.cc, also under ThreadSanitizer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "collect/side_by_side.h"

namespace genba::collect {

/// A queue of tasks for `jobs` threads, the calling one included.
template <class Task, class Done>
class OrderedWork {
 public:
  /// Works on one task; runs on any thread, several at a time.
  using Work = std::function<Done(const Task&)>;
  /// Takes a result; runs on any thread, but one at a time and in order. Tasks pushed to `more`
  /// come after all that are waiting.
  using Take = std::function<void(Task&&, Done&&, std::vector<Task>& more)>;

  /// `window`: how many results may wait for one before them.
  OrderedWork(Work work, Take take, size_t window = kWindow)
      : work_(std::move(work)), take_(std::move(take)), window_(window) {}

  void add(Task task) { slots_.push_back(Slot{std::move(task), std::nullopt}); }

  /// Returns when no task is left.
  void run(int jobs) {
    run_side_by_side(jobs, [this] { loop(); });
  }

 private:
  static constexpr size_t kWindow = 128;

  struct Slot {
    Task task;
    std::optional<Done> done;
  };

  void loop() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      if (!taking_ && !slots_.empty() && slots_.front().done) {
        take_front(lock);
      } else if (claimed_ < slots_.size() && claimed_ < window_) {
        work_on(slots_[claimed_++], lock);
      } else if (slots_.empty() && !taking_) {
        changed_.notify_all();
        return;
      } else {
        changed_.wait(lock);
      }
    }
  }

  // A deque keeps its elements in place when others are added behind or taken away in front.
  void work_on(Slot& slot, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    Done done = work_(slot.task);
    lock.lock();
    slot.done = std::move(done);
    changed_.notify_all();
  }

  void take_front(std::unique_lock<std::mutex>& lock) {
    taking_ = true;
    Slot slot = std::move(slots_.front());
    slots_.pop_front();
    --claimed_;
    lock.unlock();
    std::vector<Task> more;
    take_(std::move(slot.task), *std::move(slot.done), more);
    lock.lock();
    for (Task& task : more) {
      slots_.push_back(Slot{std::move(task), std::nullopt});
    }
    taking_ = false;
    changed_.notify_all();
  }

  Work work_;
  Take take_;
  size_t window_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Slot> slots_;
  size_t claimed_ = 0;  ///< slots at the front that some thread has begun
  bool taking_ = false;
};

}  // namespace genba::collect
