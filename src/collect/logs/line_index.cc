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

constexpr size_t kMostWaiting = 4;

struct PartLines {
  std::vector<IndexedLine> lines;
  std::string kept;
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
    parse::LogClock clock(zone_, part.first_year);
    clock.expect_end(part.bound);
    PartLines found = index_text(part, clock);
    const int32_t year = clock.find_first_year().year;
    if (may_span_years(part) && year != part.first_year && !found.out_of_time) {
      clock = parse::LogClock(zone_, year);
      found = index_text(part, clock);
    }
    return found;
  }

 private:
  bool is_inside(int64_t time) const { return time >= window_.since && time <= window_.until; }

  PartLines index_text(const Part& part, parse::LogClock& clock) const {
    PartLines found;
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

std::string LineTexts::text(const IndexedLine& line) {
  if (line.kept) {
    return index_.kept.substr(line.place, line.length);
  }
  auto known = open_.find(line.file);
  if (known == open_.end()) {
    auto file = host_.open_file(index_.paths[line.file]);
    if (!file) {
      return {};
    }
    if (open_.size() == kMostOpen) {
      open_.clear();
    }
    known = open_.emplace(line.file, std::move(*file)).first;
  }
  std::string text(line.length, '\0');
  text.resize(known->second->read_at(line.place, text).value_or(0));
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
