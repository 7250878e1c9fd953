// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "parse/log_clock/log_clock.h"
#include "parse/text_lines/text_lines.h"

namespace genba::collect::logs {

namespace {

// Smaller files are one part. A part is some tenth of a second of work.
constexpr uint64_t kPartBytes = 32ULL << 20;
// A sparse file can claim to be of any length: it has larger parts then, so that planning ends.
constexpr uint64_t kMostParts = 4096;
// A cut is made behind the first line end within so much of it; a line longer than this is not cut.
constexpr size_t kLookForEnd = 256UL << 10;
constexpr int64_t kNanoseconds = 1'000'000'000;

// Logs of logins first, then those of the system, then what is large and says less.
int rank_of(const LogSet& set, LogFormat format) {
  const std::string_view name = std::string_view(set.name).substr(set.name.rfind('/') + 1);
  switch (format) {
    case LogFormat::kUtmp:
    case LogFormat::kBtmp:
    case LogFormat::kLastlog:
    case LogFormat::kLastlog2:
    case LogFormat::kWtmpdb: return 0;
    case LogFormat::kSyslog: return name == "auth.log" || name == "secure" ? 1 : 3;
    case LogFormat::kDpkg:
    case LogFormat::kApt:
    case LogFormat::kYum:
    case LogFormat::kDnf:
    case LogFormat::kZypper: return 1;
    case LogFormat::kJournal: return 2;
    case LogFormat::kAudit:
    case LogFormat::kWebError:
    case LogFormat::kFtp:
    case LogFormat::kFail2ban: return 3;
    case LogFormat::kWebAccess: return 4;
    case LogFormat::kDocker:
    case LogFormat::kUnknown: return 5;
  }
  return 5;
}

struct Cut {
  uint64_t at = 0;
  std::optional<parse::LogTime> first_time;
};

// Where the file may be cut near an offset, and the time of the line that begins there.
std::optional<Cut> cut_near(host::FileReader& file, LogFormat format, uint64_t offset) {
  std::string buffer(kLookForEnd, '\0');
  const auto got = file.read_at(offset, buffer);
  if (!got) {
    return std::nullopt;
  }
  const std::string_view bytes = std::string_view(buffer).substr(0, *got);
  const size_t end = bytes.find('\n');
  if (end == std::string_view::npos || end + 1 == bytes.size()) {
    return std::nullopt;
  }
  const std::string_view rest = bytes.substr(end + 1);
  return Cut{offset + end + 1, first_time_of(format, rest)};
}

// The times that the lines tell which begin in a file's last bytes before `end`.
std::vector<parse::LogTime> last_times_before(host::FileReader& file, LogFormat format,
                                              uint64_t end) {
  const uint64_t from = end > kLookForEnd ? end - kLookForEnd : 0;
  std::string buffer(end - from, '\0');
  const auto got = file.read_at(from, buffer);
  std::vector<parse::LogTime> times;
  parse::TextLines lines(std::string_view(buffer).substr(0, got.value_or(0)));
  while (const auto line = lines.next()) {
    if (const auto time = time_of_line(format, line->text)) {
      times.push_back(*time);
    }
  }
  return times;
}

bool is_earlier_in_year(const parse::LogTime& left, const parse::LogTime& right) {
  return std::tie(left.month, left.day, left.hour, left.minute, left.second) <
         std::tie(right.month, right.day, right.hour, right.minute, right.second);
}

class Planner {
 public:
  Planner(const host::Host& host, const parse::ZoneInfo& zone) : host_(host), zone_(zone) {}

  void add_set(const LogSet& set, uint16_t set_number, uint16_t& file_number, Plan& plan) {
    const size_t first = plan.parts.size();
    int64_t youngest = INT64_MIN;
    for (const LogFile& log : set.files) {
      Part part;
      part.log = &log;
      part.source = set.name;
      part.file = file_number++;
      part.source_number = set_number;
      part.first_time = log.first_time;
      // Whoever sets a log's time back must not take its lines, and all older ones, years back.
      part.bound = log.status.mtime.nanoseconds / kNanoseconds;
      if (youngest > part.bound + parse::kClockSlack) {
        part.followed = youngest;
      }
      youngest = std::max(youngest, part.bound);
      part.bound = part.followed.value_or(part.bound);
      add_file(part, plan.parts);
    }
    find_years(plan.parts, first);
    tails_.clear();
    for (size_t i = first; i < plan.parts.size(); ++i) {
      plan.parts[i].number = static_cast<uint32_t>(i);
      const auto age = static_cast<int64_t>(plan.parts.size() - 1 - i);
      keys_.emplace_back(age, rank_of(set, plan.parts[i].log->format), static_cast<uint32_t>(i));
    }
  }

  std::vector<uint32_t> order() {
    std::sort(keys_.begin(), keys_.end());
    std::vector<uint32_t> order;
    for (const auto& [age, rank, part] : keys_) {
      order.push_back(part);
    }
    return order;
  }

 private:
  void add_file(Part part, std::vector<Part>& parts) {
    const LogFile& log = *part.log;
    const bool cuttable = is_text(log.format) && log.compression == parse::Compression::kNone &&
                          log.format != LogFormat::kAudit && log.format != LogFormat::kApt &&
                          log.status.size >= 2 * kPartBytes;
    const bool yearless = part.first_time && part.first_time->year == 0 &&
                          log.compression == parse::Compression::kNone;
    if (!cuttable && !yearless) {
      parts.push_back(part);
      return;
    }
    const auto file = host_.open_file(log.path);
    const auto find_last = [&](uint64_t end) {
      if (file && yearless) {
        tails_[parts.size()] = last_times_before(**file, log.format, end);
      }
    };
    if (!cuttable) {
      find_last(log.status.size);
      parts.push_back(part);
      return;
    }
    const uint64_t bytes = std::max(kPartBytes, log.status.size / kMostParts);
    for (uint64_t at = bytes; file && at <= log.status.size - bytes; at += bytes) {
      if (const auto cut = cut_near(**file, log.format, at)) {
        part.to = cut->at;
        find_last(cut->at);
        parts.push_back(part);
        part.from = cut->at;
        part.to = UINT64_MAX;
        part.first_time = cut->first_time;
      }
    }
    find_last(log.status.size);
    parts.push_back(part);
  }

  // What the last lines of a part tell of its years.
  struct End {
    parse::LogTime time;  ///< of the line that the log ends with, odd ones left aside
    int32_t year = 0;
    bool fits_bound = false;
  };

  void find_years(std::vector<Part>& parts, size_t first) const {
    int64_t younger = INT64_MAX;
    for (size_t i = parts.size(); i-- > first;) {
      Part& part = parts[i];
      auto end = find_end(i, part.bound);
      // Where a file's own time fits its last lines, nothing odd in a younger one moves it.
      if (younger < part.bound && !(end && end->fits_bound)) {
        part.bound = younger;
        end = find_end(i, younger);
      }
      part.first_year = year_of_first(part, end);
      if (part.first_time) {
        younger = std::min(younger, utc_of(*part.first_time, part.first_year));
      }
    }
  }

  std::optional<End> find_end(size_t part, int64_t bound) const {
    const auto tail = tails_.find(part);
    if (tail == tails_.end()) {
      return std::nullopt;
    }
    parse::YearCounter counter;
    counter.expect_end(parse::local_date(bound, zone_));
    for (const parse::LogTime& time : tail->second) {
      counter.count(time);
    }
    const parse::YearlessSpan& span = counter.span();
    if (!span.any) {
      return std::nullopt;
    }
    const int32_t year = parse::infer_first_year(span, bound, parse::kClockSlack, {}, zone_).year;
    return span.end ? End{*span.end, year + span.end_step, true}
                    : End{span.last, year + span.year_steps, false};
  }

  // A New Year may lie between the first line and the last one.
  int32_t year_of_first(const Part& part, const std::optional<End>& end) const {
    const int64_t latest = part.bound + parse::kClockSlack;
    const auto year = static_cast<int32_t>(base::to_civil(base::timestamp_from_unix(latest)).year);
    if (!part.first_time || part.first_time->year != 0) {
      return end ? end->year : year;
    }
    if (end) {
      return end->year - (is_earlier_in_year(end->time, *part.first_time) ? 1 : 0);
    }
    return year - (utc_of(*part.first_time, year) > latest ? 1 : 0);
  }

  int64_t utc_of(const parse::LogTime& time, int32_t year) const {
    return parse::LogClock(zone_, year).resolve(time).seconds;
  }

  const host::Host& host_;
  const parse::ZoneInfo& zone_;
  std::vector<std::tuple<int64_t, int, uint32_t>> keys_;
  std::map<size_t, std::vector<parse::LogTime>> tails_;  ///< of the set's year-less parts
};

}  // namespace

Plan make_plan(const host::Host& host, std::vector<LogSet> sets, const parse::ZoneInfo& zone) {
  Plan plan;
  plan.sets = std::move(sets);
  Planner planner(host, zone);
  uint16_t file_number = 0;
  for (size_t i = 0; i < plan.sets.size(); ++i) {
    planner.add_set(plan.sets[i], static_cast<uint16_t>(i), file_number, plan);
  }
  plan.order = planner.order();
  return plan;
}

}  // namespace genba::collect::logs
