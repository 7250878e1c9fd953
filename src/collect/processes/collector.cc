// SPDX-License-Identifier: Apache-2.0
//
// Which processes are there, and what changed among them while we looked? One listing of /proc,
// then the wanted sources of each process, the ones that cannot block first; the command lines come
// last, in one batch through helpers that may be abandoned. A process that a rootkit keeps out of
// the listing is not seen here (process_views compares the other ways). Source: proc(5), kernel
// fs/proc/. Covered by processes_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collect/proc.h"
#include "collect/processes/process_reader.h"
#include "collect/processes/second_sample.h"
#include "model/tables/process_changes.h"
#include "model/tables/processes.h"
#include "parse/nul_blocks/nul_blocks.h"

namespace genba::collect::processes {

namespace {

constexpr std::string_view kArea = "processes";
// The kernel allows 128 KiB an argument and some MiB in all; the rest would only cost memory.
constexpr uint64_t kCommandLineLimit = 256ULL << 10;

class Collection {
 public:
  explicit Collection(Context& context)
      : context_(context), sources_(Sources::wanted_by(context.wanted)) {
    for (size_t i = 0; i < kSources; ++i) {
      counters_[i].emplace(kArea, subject_of(static_cast<Source>(i)));
    }
  }

  void run() {
    CoverageCounter listing(kArea, "/proc");
    auto pids = list_processes(context_.host);
    if (!pids) {
      listing.asked();
      listing.failed(pids.error());
      listing.finish(context_.facts);
      return;
    }
    first_->monotonic_nanoseconds = context_.host.clocks().monotonic_nanoseconds;
    const Surroundings surroundings = read_surroundings(context_.host, sources_);
    listing.asked(static_cast<int64_t>(pids->size()));
    for_each_process<Reading>(
        *pids, context_.jobs,
        [&](int64_t pid) { return read_process(context_.host, pid, sources_, surroundings); },
        [&](int64_t, Reading&& reading) { take(std::move(reading), listing); });
    if (sources_.has(Source::kCmdline)) {
      read_command_lines();
    }
    note_restricted_view(*pids, listing);
    listing.finish(context_.facts);
    finish_counters();
    keep();
  }

 private:
  CoverageCounter& counter(Source source) { return *counters_[static_cast<size_t>(source)]; }

  void take(Reading&& reading, CoverageCounter& listing) {
    for (size_t i = 0; i < kSources; ++i) {
      if (!reading.asked[i]) {
        continue;
      }
      counters_[i]->asked();
      if (reading.errors[i]) {
        counters_[i]->failed(*reading.errors[i]);
      } else {
        counters_[i]->seen();
      }
    }
    if (!reading.row) {
      // Only stat and status can cost the whole row.
      for (const Source source : {Source::kStat, Source::kStatus}) {
        if (const auto& error = reading.errors[static_cast<size_t>(source)]) {
          listing.failed(*error);
        }
      }
      return;
    }
    listing.seen();
    if (wants_second_sample(context_.wanted)) {
      first_->processes.push_back({reading.row->pid, reading.start_ticks,
                                   reading.row->user_time + reading.row->system_time,
                                   change_of(*reading.row)});
    }
    rows_.push_back(*std::move(reading.row));
  }

  void read_command_lines() {
    std::vector<host::RiskyRead> reads;
    std::vector<size_t> row_of;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (!rows_[i].kernel_thread) {
        reads.push_back({proc_path(rows_[i].pid, "cmdline"), kCommandLineLimit});
        row_of.push_back(i);
      }
    }
    CoverageCounter& coverage = counter(Source::kCmdline);
    coverage.asked(static_cast<int64_t>(reads.size()));
    context_.host.read_risky(reads, [&](size_t index, base::Result<host::FileBytes> bytes) {
      if (!bytes) {
        coverage.failed(as_gone(std::move(bytes).error()));
        return;
      }
      coverage.seen();
      if (bytes->truncated) {
        coverage.cut("a command line is longer than 256 KiB; its beginning is kept");
      }
      if (auto line = parse::parse_command_line(bytes->bytes)) {
        model::Process& row = rows_[row_of[index]];
        row.cmdline = std::move(line->joined);
        row.argv0 = std::move(line->argv0);
      }
    });
  }

  // With hidepid (proc(5)) other people's processes are missing from the listing, PID 1 first,
  // unless that is this run itself.
  void note_restricted_view(const std::vector<int64_t>& pids, CoverageCounter& listing) const {
    const std::vector<int64_t> own = context_.host.own_processes();
    if (std::find(own.begin(), own.end(), 1) != own.end()) {
      return;
    }
    const bool lists_first = !pids.empty() && pids.front() == 1;
    const bool reads_first = !rows_.empty() && rows_.front().pid == 1;
    if (!lists_first || !reads_first) {
      listing.cut("/proc does not show PID 1: it is mounted with hidepid, or PID 1 is hidden",
                  "run as root");
    }
  }

  void finish_counters() {
    for (size_t i = 0; i < kSources; ++i) {
      const auto source = static_cast<Source>(i);
      // stat's failures stand in the listing's own row.
      if (source != Source::kStat && sources_.has(source)) {
        counters_[i]->finish(context_.facts);
      }
    }
  }

  void keep() {
    if (saw_nothing(context_.facts, kArea, "/proc")) {
      return;
    }
    if (context_.wanted.wants(model::tables::processes())) {
      context_.facts.rows<model::Process>() = std::move(rows_);
    }
    if (context_.wanted.wants(model::tables::process_changes())) {
      context_.facts.open(model::tables::process_changes());
    }
    if (context_.state != nullptr && wants_second_sample(context_.wanted)) {
      *context_.state = std::move(first_);
    }
  }

  Context& context_;
  Sources sources_;
  std::array<std::optional<CoverageCounter>, kSources> counters_;
  std::vector<model::Process> rows_;
  std::shared_ptr<FirstSample> first_ = std::make_shared<FirstSample>();
};

void collect(Context& context) {
  if (!not_live(context, kArea, "/proc")) {
    Collection(context).run();
  }
}

void finish(Context& context) {
  if (context.state != nullptr && *context.state != nullptr) {
    take_second_sample(context, *std::static_pointer_cast<FirstSample>(*context.state));
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::processes(),
                                                      &model::tables::process_changes()};
  static const Collector kCollector{kArea, kProvides, {}, collect, finish};
  return kCollector;
}

}  // namespace genba::collect::processes
