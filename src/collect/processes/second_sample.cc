// SPDX-License-Identifier: Apache-2.0
#include "collect/processes/second_sample.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "collect/proc.h"

namespace genba::collect::processes {

namespace {

constexpr std::string_view kArea = "processes";
// Shorter spans make the share of a process jump by ticks of 10 ms.
constexpr std::chrono::milliseconds kShortestSpan{700};

void wait_out_span(const host::Host& host, const FirstSample& first) {
  const int64_t passed = host.clocks().monotonic_nanoseconds - first.monotonic_nanoseconds;
  const auto left = std::chrono::nanoseconds(kShortestSpan) - std::chrono::nanoseconds(passed);
  if (left.count() > 0) {
    host.sleep_for(std::chrono::ceil<std::chrono::milliseconds>(left));
  }
}

class SecondSample {
 public:
  SecondSample(Context& context, const FirstSample& first)
      : context_(context),
        first_(first),
        coverage_(kArea, "second reading of /proc"),
        wants_changes_(context.wanted.wants(model::tables::process_changes())) {}

  void take() {
    wait_out_span(context_.host, first_);
    auto pids = list_processes(context_.host);
    if (!pids) {
      coverage_.asked();
      coverage_.failed(pids.error());
      coverage_.finish(context_.facts);
      return;
    }
    index_rows();
    Sources only_stat;
    only_stat.add(Source::kStat);
    const Surroundings surroundings = read_surroundings(context_.host, only_stat);
    seconds_ = static_cast<double>(context_.host.clocks().monotonic_nanoseconds -
                                   first_.monotonic_nanoseconds) /
               1e9;
    still_there_.assign(first_.processes.size(), false);
    coverage_.asked(static_cast<int64_t>(pids->size()));
    for_each_process<Reading>(
        *pids, context_.jobs,
        [&](int64_t pid) { return read_process(context_.host, pid, only_stat, surroundings); },
        [&](int64_t pid, Reading&& reading) { compare(pid, reading); });
    if (wants_changes_) {
      add_changes(surroundings);
    }
    coverage_.finish(context_.facts);
  }

 private:
  void index_rows() {
    if (!context_.facts.has(model::tables::processes())) {
      return;
    }
    auto& rows = context_.facts.rows<model::Process>();
    for (size_t i = 0; i < rows.size(); ++i) {
      row_of_[rows[i].pid] = i;
    }
  }

  void compare(int64_t pid, const Reading& reading) {
    if (!reading.row) {
      const auto& error = reading.errors[static_cast<size_t>(Source::kStat)];
      if (error) {
        coverage_.failed(*error);
      }
      return;
    }
    coverage_.seen();
    const auto before =
        std::lower_bound(first_.processes.begin(), first_.processes.end(), pid,
                         [](const Sample& sample, int64_t wanted) { return sample.pid < wanted; });
    if (before == first_.processes.end() || before->pid != pid ||
        before->start_ticks != reading.start_ticks) {
      started_.push_back(pid);
      return;
    }
    still_there_[static_cast<size_t>(before - first_.processes.begin())] = true;
    const auto row = row_of_.find(pid);
    if (row != row_of_.end() && seconds_ > 0) {
      const int64_t now = reading.row->user_time + reading.row->system_time;
      // The kernel corrects its own accounting now and then: never below nothing.
      const auto used = static_cast<double>(std::max<int64_t>(0, now - before->cpu_milliseconds));
      context_.facts.rows<model::Process>()[row->second].cpu_percent = used / 10.0 / seconds_;
    }
  }

  void add_changes(const Surroundings& surroundings) {
    auto& changes = context_.facts.rows<model::ProcessChange>();
    const base::Timestamp now = context_.host.clocks().realtime;
    const auto add = [&](model::ProcessChange change, std::string_view kind) {
      change.change = kind;
      change.seen_at = now;
      changes.push_back(std::move(change));
    };
    Sources sources;
    sources.add(Source::kStatus);
    sources.add(Source::kExe);
    for (const int64_t pid : started_) {
      const Reading reading = read_process(context_.host, pid, sources, surroundings);
      if (reading.row) {
        add(change_of(*reading.row), "started");
      } else {
        base::Error gone;
        gone.code = base::ErrorCode::kGone;
        coverage_.failed(gone);
      }
    }
    for (size_t i = 0; i < still_there_.size(); ++i) {
      if (!still_there_[i] && has_ended(first_.processes[i], surroundings)) {
        add(first_.processes[i].process, "ended");
      }
    }
  }

  // A listing can miss a process while others come and go: it has ended when its own files say so.
  bool has_ended(const Sample& sample, const Surroundings& surroundings) const {
    Sources only_stat;
    const Reading again = read_process(context_.host, sample.pid, only_stat, surroundings);
    if (again.row) {
      return again.start_ticks != sample.start_ticks;
    }
    const auto& error = again.errors[static_cast<size_t>(Source::kStat)];
    return error && error->code == base::ErrorCode::kGone;
  }

  Context& context_;
  const FirstSample& first_;
  CoverageCounter coverage_;
  bool wants_changes_;
  double seconds_ = 0;
  std::unordered_map<int64_t, size_t> row_of_;
  std::vector<bool> still_there_;
  std::vector<int64_t> started_;
};

}  // namespace

bool wants_second_sample(const Wanted& wanted) {
  return wanted.wants(model::tables::processes(), "cpu_percent") ||
         wanted.wants(model::tables::process_changes());
}

model::ProcessChange change_of(const model::Process& process) {
  model::ProcessChange change;
  change.pid = process.pid;
  change.parent = process.parent;
  change.name = process.name;
  change.path = process.path;
  change.exe_device = process.exe_device;
  change.exe_inode = process.exe_inode;
  change.uid = process.uid;
  change.start_time = process.start_time;
  return change;
}

void take_second_sample(Context& context, const FirstSample& first) {
  SecondSample(context, first).take();
}

}  // namespace genba::collect::processes
