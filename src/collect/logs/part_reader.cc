// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/part_reader.h"

#include <algorithm>
#include <utility>

#include "collect/logs/binary_reader.h"
#include "collect/logs/line_reader.h"
#include "collect/logs/text_source.h"
#include "fmt/format.h"

namespace genba::collect::logs {

namespace {

// Runs of NULs that are told one by one.
constexpr size_t kMostNulRuns = 16;

// A stretch of NULs between two lines, and the times of these.
struct Hole {
  uint64_t offset = 0;
  uint64_t length = 0;
  int64_t before = 0;
  int64_t after = 0;
  LineCode line = 0;
};

void add_holes(const Part& part, const std::vector<Hole>& holes, PartFacts& facts) {
  for (const Hole& hole : holes) {
    model::LogAnomaly row;
    row.source = part.source;
    row.path = part.log->path;
    row.line = hole.line;
    row.kind = "nul_run";
    if (hole.before != 0) {
      row.from_time = base::timestamp_from_unix(hole.before);
    }
    if (hole.after != 0) {
      row.to_time = base::timestamp_from_unix(hole.after);
    }
    row.count = static_cast<int64_t>(hole.length);
    row.detail = fmt::format("at byte {}", hole.offset);
    facts.anomalies.push_back(std::move(row));
  }
}

// Reads the part once.
PartFacts read_text_part(const Part& part, const Surroundings& surroundings, parse::LogClock& clock,
                         Folds& folds) {
  PartFacts facts;
  facts.rhythm = Rhythm(part.file);
  LineContext context{part.log->path, part.source, part.file, part.source_number,
                      part.number,    clock,       facts,     folds};
  const auto reader = make_reader(part.log->format, context);
  std::vector<Hole> holes;
  uint64_t end = part.from;  // of the line before
  const TextRead read =
      read_text(surroundings.host, {part.log->path, part.log->compression, part.from, part.to},
                surroundings.deadline, [&](const parse::LogLine& line) {
                  const int64_t before = facts.rhythm.lines() > 0 ? facts.rhythm.last() : 0;
                  reader->read(line);
                  if (line.offset >= end + parse::kNulRun && holes.size() < kMostNulRuns) {
                    const int64_t after = facts.rhythm.lines() > 0 ? facts.rhythm.last() : 0;
                    holes.push_back({end, line.offset - end, before, after, context.line_of(line)});
                  }
                  end = line.offset + line.length + (line.ended ? 1 : 0);
                  return true;
                });
  reader->end();
  facts.lines = static_cast<int64_t>(read.lines);
  facts.bytes = static_cast<int64_t>(read.bytes);
  facts.damaged_bytes += static_cast<int64_t>(read.damaged_bytes);
  facts.truncated = read.truncated;
  facts.out_of_time = read.out_of_time;
  facts.notes = read.notes;
  facts.error = read.error;
  for (const parse::NulRun& run : read.nul_runs) {
    facts.nul_bytes += static_cast<int64_t>(run.length);
  }
  add_holes(part, holes, facts);
  return facts;
}

PartFacts read_text_part(const Part& part, const Surroundings& surroundings, Folds& folds) {
  parse::LogClock clock(surroundings.zone, part.first_year);
  clock.expect_end(part.bound);
  if (!may_span_years(part)) {
    return read_text_part(part, surroundings, clock, folds);
  }
  Folds own;
  PartFacts facts = read_text_part(part, surroundings, clock, own);
  const int32_t year = clock.find_first_year().year;
  if (year != part.first_year && !facts.out_of_time) {
    own = Folds();
    clock = parse::LogClock(surroundings.zone, year);
    facts = read_text_part(part, surroundings, clock, own);
  }
  folds.attempts.merge(std::move(own.attempts));
  folds.web.merge(own.web);
  return facts;
}

void note_unclear_year(const Part& part, PartFacts& facts) {
  if (facts.rhythm.lines() > 0 && facts.rhythm.last() > part.bound + parse::kClockSlack) {
    model::LogAnomaly row;
    row.source = part.source;
    row.path = part.log->path;
    row.kind = "year_unclear";
    row.from_time = base::timestamp_from_unix(facts.rhythm.last());
    row.detail = "its last line is younger than the file's last change";
    facts.anomalies.push_back(std::move(row));
  }
}

}  // namespace

bool may_span_years(const Part& part) {
  const bool whole_file = part.from == 0 && part.to == UINT64_MAX;
  return whole_file && part.first_time && part.first_time->year == 0;
}

PartFacts read_part(const Part& part, const Surroundings& surroundings, Folds& folds) {
  if (is_text(part.log->format)) {
    PartFacts facts = read_text_part(part, surroundings, folds);
    note_unclear_year(part, facts);
    return facts;
  }
  PartFacts facts;
  facts.rhythm = Rhythm(part.file);
  const LogFormat format = part.log->format;
  if (format == LogFormat::kJournal) {
    read_journal(part, surroundings, facts, folds.attempts);
  } else if (format == LogFormat::kUtmp || format == LogFormat::kBtmp) {
    read_utmp(part, surroundings, facts, folds.attempts);
  } else if (format == LogFormat::kLastlog) {
    read_lastlog(part, surroundings, facts);
  } else if (format == LogFormat::kLastlog2) {
    read_lastlog2(part, surroundings, facts);
  } else if (format == LogFormat::kWtmpdb) {
    read_wtmpdb(part, surroundings, facts);
  }
  return facts;
}

}  // namespace genba::collect::logs
