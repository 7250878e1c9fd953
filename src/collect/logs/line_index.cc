// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/line_index.h"

#include <algorithm>

#include "collect/logs/log_set.h"
#include "collect/logs/plan.h"
#include "collect/logs/text_source.h"
#include "collect/logs/zone.h"
#include "collect/ordered_work.h"
#include "fmt/format.h"
#include "parse/journal/journal.h"
#include "parse/log_clock/log_clock.h"

namespace genba::collect::logs {

namespace {

// A year-less part whose last line is later than this beyond its bound is read with an earlier
// year.
constexpr int64_t kSlack = 2 * 86'400;
constexpr int kMostTries = 12;
constexpr size_t kMostWaiting = 4;

struct PartLines {
  std::vector<IndexedLine> lines;
  std::string kept;
  int64_t last = INT64_MIN;  ///< seconds, of the last line that tells a time
  bool inferred_year = false;
  bool cut = false;
  std::vector<base::Note> notes;
  bool out_of_time = false;
  std::optional<base::Error> error;
};

class FileSource final : public parse::JournalSource {
 public:
  explicit FileSource(host::FileReader& file) : file_(file) {}
  uint64_t size() const override { return file_.status().size; }
  size_t read_at(uint64_t offset, std::span<char> buffer) override {
    return file_.read_at(offset, buffer).value_or(0);
  }

 private:
  host::FileReader& file_;
};

void add_line(PartLines& into, IndexedLine line, std::string_view text) {
  if (into.lines.size() >= LineIndex::kMostLines ||
      (line.kept && into.kept.size() + text.size() > LineIndex::kMostKeptBytes)) {
    into.cut = true;
    return;
  }
  if (line.kept) {
    line.place = into.kept.size();
    into.kept.append(text);
  }
  line.length = static_cast<uint32_t>(text.size());
  into.lines.push_back(line);
}

class PartIndexer {
 public:
  PartIndexer(const Context& context, const LineWindow& window, const parse::ZoneInfo& zone)
      : context_(context), window_(window), zone_(zone) {}

  PartLines index(const Part& part) const {
    if (part.log->format == LogFormat::kJournal) {
      return index_journal(part);
    }
    int32_t year = part.first_year;
    PartLines found = index_text(part, year);
    for (int i = 0; i < kMostTries && found.inferred_year && found.last > part.bound + kSlack;
         ++i) {
      found = index_text(part, --year);
    }
    return found;
  }

 private:
  bool is_inside(int64_t time) const { return time >= window_.since && time <= window_.until; }

  PartLines index_text(const Part& part, int32_t year) const {
    PartLines found;
    parse::LogClock clock(zone_, year);
    const bool kept = part.log->compression != parse::Compression::kNone;
    IndexedLine entry;
    entry.file = part.file;
    entry.kept = kept;
    bool any_time = false;
    const TextRead read = read_text(
        context_.host, {part.log->path, part.log->compression, part.from, part.to},
        context_.deadline, [&](const parse::LogLine& line) {
          if (const auto time = time_of_line(part.log->format, line.text)) {
            const parse::ResolvedTime resolved = clock.resolve(*time);
            entry.time =
                base::timestamp_from_unix(resolved.seconds, resolved.nanosecond).nanoseconds;
            entry.certainty = resolved.certainty;
            found.last = resolved.seconds;
            found.inferred_year =
                found.inferred_year || resolved.certainty == base::Certainty::kInferredYear;
            any_time = true;
          }
          if (any_time && !line.text.empty() && is_inside(entry.time) &&
              window_.wanted(part.log->path, line.text)) {
            entry.place = line.offset;
            add_line(found, entry, line.text);
          }
          return !found.cut;
        });
    found.notes = read.notes;
    found.out_of_time = read.out_of_time;
    found.error = read.error;
    return found;
  }

  PartLines index_journal(const Part& part) const {
    PartLines found;
    const auto file = context_.host.open_file(part.log->path);
    if (!file) {
      found.error = file.error();
      return found;
    }
    FileSource source(**file);
    auto reader = parse::JournalReader::open(source);
    if (!reader) {
      found.error = reader.error();
      return found;
    }
    parse::JournalEntry journal;
    IndexedLine entry;
    entry.file = part.file;
    entry.kept = true;
    while (!found.cut && reader->next(journal)) {
      entry.time = base::timestamp_from_unix(journal.realtime / 1'000'000,
                                             journal.realtime % 1'000'000 * 1000)
                       .nanoseconds;
      if (!is_inside(entry.time)) {
        continue;
      }
      const std::string_view program =
          journal.identifier.empty() ? journal.comm : journal.identifier;
      const int64_t pid = journal.pid >= 0 ? journal.pid : journal.syslog_pid;
      const std::string text = pid >= 0 ? fmt::format("{}[{}]: {}", program, pid, journal.message)
                                        : fmt::format("{}: {}", program, journal.message);
      if (window_.wanted(part.log->path, text)) {
        add_line(found, entry, text);
      }
    }
    found.notes = reader->notes();
    return found;
  }

  const Context& context_;
  const LineWindow& window_;
  const parse::ZoneInfo& zone_;
};

bool is_readable(const LogFile& log) {
  return !log.error && (is_text(log.format) || log.format == LogFormat::kJournal);
}

}  // namespace

std::string LineIndex::text(const host::Host& host, const IndexedLine& line) const {
  if (line.kept) {
    return kept.substr(line.place, line.length);
  }
  std::string text(line.length, '\0');
  const auto file = host.open_file(paths[line.file]);
  const auto size = file ? (*file)->read_at(line.place, text) : base::Result<size_t>(size_t{0});
  text.resize(size.value_or(0));
  return text;
}

LineIndex index_lines(Context& context, const LineWindow& window) {
  const parse::ZoneInfo zone = read_zone(context);
  const Plan plan = make_plan(context.host, find_logs(context), zone);
  LineIndex index;
  for (const LogSet& set : plan.sets) {
    for (const LogFile& file : set.files) {
      index.paths.push_back(file.path);
      index.sources.push_back(set.name);
    }
  }
  const PartIndexer indexer(context, window, zone);
  OrderedWork<uint32_t, PartLines> work(
      [&](const uint32_t& number) {
        if (context.progress) {
          context.progress(plan.parts[number].log->path);
        }
        return indexer.index(plan.parts[number]);
      },
      [&](uint32_t&& number, PartLines&& found, std::vector<uint32_t>&) {
        CoverageCounter coverage("logs", plan.parts[number].log->path);
        coverage.asked();
        if (found.error) {
          coverage.failed(*found.error);
        } else {
          coverage.seen();
        }
        for (const base::Note& note : found.notes) {
          coverage.note(note);
        }
        const bool fits = index.lines.size() + found.lines.size() <= LineIndex::kMostLines &&
                          index.kept.size() + found.kept.size() <= LineIndex::kMostKeptBytes;
        index.cut = index.cut || found.cut || !fits;
        if (found.cut || !fits) {
          coverage.cut("more lines than a timeline can hold", "narrow it with --since and --until");
        }
        if (found.out_of_time) {
          coverage.cut("time was up before all of it was read", "--deep");
        }
        coverage.finish(context.facts);
        if (!fits) {
          return;
        }
        for (IndexedLine& line : found.lines) {
          line.place += line.kept ? index.kept.size() : 0;
          index.lines.push_back(line);
        }
        index.kept += found.kept;
      },
      kMostWaiting);
  for (const uint32_t number : plan.order) {
    const LogFile& log = *plan.parts[number].log;
    if (is_readable(log)) {
      work.add(number);
    } else if (log.error) {
      CoverageCounter coverage("logs", log.path);
      coverage.asked();
      coverage.failed(*log.error);
      coverage.finish(context.facts);
    }
  }
  work.run(context.jobs);
  std::stable_sort(
      index.lines.begin(), index.lines.end(),
      [](const IndexedLine& left, const IndexedLine& right) { return left.time < right.time; });
  return index;
}

}  // namespace genba::collect::logs
