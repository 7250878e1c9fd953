// SPDX-License-Identifier: Apache-2.0
#include "app/timeline.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "app/timeline_events.h"
#include "fmt/format.h"
#include "model/tables/coverage.h"
#include "render/brief.h"
#include "render/gaps.h"
#include "render/timeline.h"
#include "render/words.h"

namespace genba::app {

namespace {

using base::Result;

constexpr int64_t kMinute = 60LL * 1'000'000'000;
// Printed in pieces: a system call for each line would take longer than the lines.
constexpr size_t kPiece = 256UL << 10;
// A histogram with more pieces than this is read by nobody.
constexpr size_t kMostPieces = 10'000;

collect::Wanted wanted_by(const EventFilter& filter, const TimelineOptions& options) {
  collect::Wanted wanted;
  wanted.add("host_info", {});
  const auto add = [&](std::string_view source, std::string_view table) {
    if (filter.source(source)) {
      wanted.add(table, {});
    }
  };
  if (options.format == TimelineFormat::kBodyfile) {
    wanted.add("file", {});
    return wanted;
  }
  if (filter.source("files")) {
    for (const std::string_view column : {"path", "mtime", "atime", "ctime", "btime", "type",
                                          "mode", "uid", "gid", "size", "inode"}) {
      wanted.add("file", column);
    }
  }
  add("logins", "last");
  add("logins", "lastlog");
  add("histories", "shell_history");
  add("processes", "processes");
  if (options.observe.save_dir) {
    // A timeline of the case has these for the lines that it does not keep.
    add("logs", "auth_events");
    add("logs", "events");
  }
  return wanted;
}

class Printing {
 public:
  explicit Printing(TimelineOutcome& outcome) : outcome_(outcome) {}

  Result<void> add(const std::string& text) {
    piece_ += text;
    return piece_.size() >= kPiece ? flush() : Result<void>{};
  }
  Result<void> flush() {
    if (outcome_.reader == Reader::kListens && !piece_.empty()) {
      GENBA_TRY(outcome_.reader, print_result(piece_));
    }
    piece_.clear();
    return {};
  }
  bool is_over() const { return outcome_.reader == Reader::kGone; }

 private:
  TimelineOutcome& outcome_;
  std::string piece_;
};

std::string words_of(const render::TimelineEvent& event, const TimelineOptions& options) {
  switch (options.format) {
    case TimelineFormat::kText: return render::timeline_text(event, options.style);
    case TimelineFormat::kJson: return render::timeline_json(event);
    case TimelineFormat::kCsv: return render::timeline_csv(event);
    case TimelineFormat::kTimesketch: return render::timeline_timesketch(event);
    case TimelineFormat::kBodyfile: break;
  }
  return {};
}

Result<void> print_bodyfile(const model::Facts& facts, const EventFilter& filter,
                            TimelineOutcome& outcome) {
  Printing printing(outcome);
  const model::RowStore* files = facts.find(*model::find_table("file"));
  for (uint32_t row = 0; files != nullptr && row < files->size() && !printing.is_over(); ++row) {
    const render::BodyFile file = body_file(facts, row);
    if (filter.text(file.path, {})) {
      ++outcome.events;
      GENBA_TRY_VOID(printing.add(render::timeline_body(file)));
    }
  }
  return printing.flush();
}

Result<void> print_histogram(const std::vector<EventPlace>& places, const TimelineOptions& options,
                             TimelineOutcome& outcome) {
  const int64_t piece = options.histogram == Histogram::kByMinute ? kMinute : 60 * kMinute;
  std::vector<render::TimelineCount> counts;
  for (const EventPlace& place : places) {
    const int64_t below = place.time % piece < 0 ? 1 : 0;
    const base::Timestamp from{(place.time / piece - below) * piece};
    if (!counts.empty() && from.nanoseconds - counts.back().from.nanoseconds > piece) {
      // Silence is what a person looks for: one line, however long it is.
      counts.push_back({base::Timestamp{counts.back().from.nanoseconds + piece}, 0, from});
    }
    if (counts.empty() || counts.back().from != from) {
      counts.push_back({from, 0, std::nullopt});
    }
    ++counts.back().events;
  }
  if (counts.size() > kMostPieces) {
    return base::fail(base::ErrorCode::kInvalid,
                      fmt::format("--histogram would have {} lines; narrow it with --since and "
                                  "--until",
                                  counts.size()));
  }
  GENBA_TRY(outcome.reader, print_result(render::timeline_histogram(counts, options.style)));
  return {};
}

Result<void> print_events(std::vector<EventPlace> places, const model::Facts& facts,
                          collect::logs::LineTexts* lines, const TimelineOptions& options,
                          TimelineOutcome& outcome) {
  std::sort(places.begin(), places.end(), [](const EventPlace& left, const EventPlace& right) {
    return std::tie(left.time, left.table, left.row) < std::tie(right.time, right.table, right.row);
  });
  if (options.limit && places.size() > *options.limit) {
    places.erase(places.begin(), places.end() - static_cast<std::ptrdiff_t>(*options.limit));
  }
  outcome.events = places.size();
  if (options.histogram != Histogram::kNone) {
    return print_histogram(places, options, outcome);
  }
  Printing printing(outcome);
  if (options.format == TimelineFormat::kCsv) {
    GENBA_TRY_VOID(printing.add(render::timeline_csv_header()));
  }
  for (const EventPlace& place : places) {
    if (printing.is_over()) {
      break;
    }
    GENBA_TRY_VOID(printing.add(words_of(event_at(place, facts, lines), options)));
  }
  return printing.flush();
}

Result<void> print_all(const model::Facts& facts, collect::logs::LineTexts* lines,
                       const EventFilter& filter, const TimelineOptions& options,
                       TimelineOutcome& outcome) {
  if (options.format == TimelineFormat::kBodyfile) {
    return print_bodyfile(facts, filter, outcome);
  }
  std::vector<EventPlace> places;
  add_fact_events(facts, filter, lines == nullptr, places);
  for (uint32_t i = 0; lines != nullptr && i < lines->index().lines.size(); ++i) {
    places.push_back({lines->index().lines[i].time, i, EventPlace::Table::kLine, 0});
  }
  return print_events(std::move(places), facts, lines, options, outcome);
}

// The collector of logs and the index of lines look for logs each on their own, and the index tells
// each part of a file: one log is one source, with the first thing that was wrong with it.
void unite_logs(const collect::logs::LineIndex& index, model::Facts& facts) {
  std::map<std::string_view, std::string_view> logs;
  for (size_t i = 0; i < index.paths.size(); ++i) {
    logs.emplace(index.paths[i], index.sources[i]);
  }
  std::map<std::string, size_t, std::less<>> places;
  std::vector<model::Coverage> united;
  for (model::Coverage& row : facts.rows<model::Coverage>()) {
    const auto log = logs.find(row.subject);
    const std::string_view source = log == logs.end() ? row.subject : log->second;
    const auto [place, is_new] =
        row.area == "logs" ? places.emplace(source, united.size()) : std::pair(places.end(), true);
    if (is_new) {
      united.push_back(std::move(row));
    } else if (united[place->second].status == "complete") {
      united[place->second] = std::move(row);
    }
  }
  facts.rows<model::Coverage>() = std::move(united);
}

// What is not in the timeline because it could not be read: an order of events does not show it.
void say_gaps(const Observation& observation, const TimelineOptions& options) {
  const model::Judgement judgement;
  render::Report report;
  report.facts = &observation.facts;
  report.judgement = &judgement;
  report.run = observation.run;
  const render::Brief brief = render::make_brief(report);
  if (!brief.gaps.empty()) {
    print(Stream::kErrors,
          fmt::format("genba: {}\n", render::gaps_sentence(report, brief, options.style.language)));
  }
}

}  // namespace

Result<TimelineOutcome> run_timeline(const TimelineOptions& options, Progress& progress) {
  TimelineOutcome outcome;
  const EventFilter filter(options);
  bool read_logs = false;
  const HostWork print_live = [&](collect::Context& context) -> Result<void> {
    collect::logs::LineIndex index;
    if (filter.source("logs") && options.format != TimelineFormat::kBodyfile) {
      collect::logs::LineWindow window;
      window.since = options.since ? options.since->nanoseconds : INT64_MIN;
      window.until = options.until ? options.until->nanoseconds : INT64_MAX;
      window.wanted = [&filter](std::string_view path, std::string_view text) {
        return filter.text(path, text);
      };
      index = collect::logs::index_lines(context, window);
      unite_logs(index, context.facts);
    }
    read_logs = !index.paths.empty();
    progress.wipe();
    if (index.cut && !options.quiet) {
      print(Stream::kErrors, fmt::format("genba: {}\n", render::word(render::Word::kTimelineFull,
                                                                     options.style.language)));
    }
    collect::logs::LineTexts lines(context.host, index);
    return print_all(context.facts, &lines, filter, options, outcome);
  };
  GENBA_TRY(const Observation observation,
            observe(options.observe, wanted_by(filter, options), progress, print_live));
  if (options.observe.case_dir) {
    GENBA_TRY_VOID(print_all(observation.facts, nullptr, filter, options, outcome));
  }
  if (observation.no_system) {
    return base::fail(*observation.no_system);
  }
  GENBA_TRY_VOID(observation.kept);
  if (!options.quiet) {
    say_gaps(observation, options);
  }
  outcome.could_not_look = outcome.events == 0 && !read_logs && !saw_anything(observation.facts);
  return outcome;
}

}  // namespace genba::app
