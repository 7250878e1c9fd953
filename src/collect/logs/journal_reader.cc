// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/binary_reader.h"
#include "collect/logs/message_facts.h"
#include "parse/journal/journal.h"

namespace genba::collect::logs {

namespace {

constexpr int64_t kMicrosecondsInSecond = 1'000'000;
// How often the clock is asked whether time is up.
constexpr int64_t kEntriesBetween = 1024;
// Anomalies of one file that are told one by one; the rest is counted in the last.
constexpr size_t kMostTold = 16;

class FileSource final : public parse::JournalSource {
 public:
  explicit FileSource(host::FileReader& file) : file_(file) {}
  uint64_t size() const override { return file_.status().size; }
  size_t read_at(uint64_t offset, std::span<char> buffer) override {
    const auto size = file_.read_at(offset, buffer);
    if (!size) {
      error = size.error();
      return 0;
    }
    return *size;
  }
  std::optional<base::Error> error;

 private:
  host::FileReader& file_;
};

base::Timestamp time_of(int64_t microseconds) {
  return base::timestamp_from_unix(microseconds / kMicrosecondsInSecond,
                                   microseconds % kMicrosecondsInSecond * 1000);
}

class JournalPart {
 public:
  JournalPart(const Part& part, PartFacts& facts, Attempts& attempts)
      : part_(part), facts_(facts), attempts_(attempts) {}

  void read(parse::JournalReader& reader, std::chrono::steady_clock::time_point deadline) {
    parse::JournalEntry entry;
    while (reader.next(entry)) {
      ++facts_.lines;
      if (facts_.lines % kEntriesBetween == 0 && std::chrono::steady_clock::now() > deadline) {
        facts_.out_of_time = true;
        break;
      }
      add(entry);
    }
    add_findings(reader);
    if (!facts_.out_of_time) {
      compare_with_header(reader);
    }
  }

 private:
  void add(const parse::JournalEntry& entry) {
    if (entry.realtime > 0) {
      facts_.rhythm.add(entry.realtime / kMicrosecondsInSecond,
                        line_code(part_.number, entry.seqnum));
    }
    Message message;
    message.time = time_of(entry.realtime);
    message.program = entry.identifier.empty() ? entry.comm : entry.identifier;
    message.comm = entry.comm;
    message.host = entry.hostname;
    message.text = entry.message;
    message.pid = entry.pid >= 0 ? entry.pid : entry.syslog_pid;
    message.source = part_.source;
    message.path = part_.log->path;
    message.source_number = part_.source_number;
    message.file = part_.file;
    message.line = line_code(part_.number, entry.seqnum);
    message.offset = static_cast<int64_t>(entry.offset);
    add_message(message, facts_, attempts_);
  }

  void add_anomaly(std::string_view kind, int64_t before, int64_t after, uint64_t seqnum,
                   std::string_view detail) {
    model::LogAnomaly row;
    row.source = part_.source;
    row.path = part_.log->path;
    row.kind = kind;
    if (before > 0) {
      row.from_time = time_of(before);
    }
    if (after > 0) {
      row.to_time = time_of(after);
    }
    row.line = line_code(part_.number, seqnum);
    row.count = 1;
    if (!detail.empty()) {
      row.detail = std::string(detail);
    }
    facts_.anomalies.push_back(std::move(row));
  }

  // The last row that was added stands for all that are not told one by one.
  void count_rest(uint64_t all, size_t listed) {
    const size_t told = std::min(listed, kMostTold);
    if (told > 0 && all > told) {
      facts_.anomalies.back().count = static_cast<int64_t>(all - told + 1);
    }
  }

  void add_findings(const parse::JournalReader& reader) {
    const parse::JournalFindings& found = reader.findings();
    facts_.damaged_bytes = static_cast<int64_t>(found.damaged_bytes + found.missing_bytes);
    facts_.truncated = found.cut;
    facts_.notes = reader.notes();
    for (size_t i = 0; i < std::min(found.changed_list.size(), kMostTold); ++i) {
      const parse::JournalChangedEntry& changed = found.changed_list[i];
      add_anomaly("journal_changed", changed.realtime, changed.realtime, changed.seqnum,
                  changed.data_offset == 0
                      ? "the entry does not agree with its checksum"
                      : "a field does not agree with the hash that was stored with it");
    }
    count_rest(found.changed_entries + found.odd_entries, found.changed_list.size());
    for (size_t i = 0; i < std::min(found.clock_step_list.size(), kMostTold); ++i) {
      const parse::JournalClockStep& step = found.clock_step_list[i];
      add_anomaly("time_back", step.realtime_before, step.realtime_after, step.seqnum,
                  "while the clock of that boot went on");
    }
    count_rest(found.clock_steps, found.clock_step_list.size());
  }

  // What can be told only when all was read.
  void compare_with_header(const parse::JournalReader& reader) {
    const parse::JournalFindings& found = reader.findings();
    if (found.walked_only > 0) {
      add_anomaly("journal_unlisted", reader.header().head_realtime, reader.header().tail_realtime,
                  0, "entries that journalctl does not show, since no list leads to them");
      facts_.anomalies.back().count = static_cast<int64_t>(found.walked_only);
    }
    if (found.n_entries_mismatch) {
      add_anomaly("journal_disagrees", reader.header().head_realtime, reader.header().tail_realtime,
                  0, "the header counts other entries than are there");
    }
  }

  const Part& part_;
  PartFacts& facts_;
  Attempts& attempts_;
};

}  // namespace

void read_journal(const Part& part, const Surroundings& surroundings, PartFacts& facts,
                  Attempts& attempts) {
  const auto file = surroundings.host.open_file(part.log->path);
  if (!file) {
    facts.error = file.error();
    return;
  }
  FileSource source(**file);
  auto reader = parse::JournalReader::open(source);
  if (!reader) {
    facts.error = reader.error();
    return;
  }
  JournalPart(part, facts, attempts).read(*reader, surroundings.deadline);
  facts.bytes = static_cast<int64_t>(source.size());
  if (source.error) {
    facts.error = source.error;
  }
}

}  // namespace genba::collect::logs
