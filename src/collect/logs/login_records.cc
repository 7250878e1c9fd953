// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <span>

#include "collect/logs/binary_reader.h"
#include "collect/logs/text_source.h"
#include "parse/lastlog/lastlog.h"
#include "parse/login_databases/login_databases.h"
#include "parse/sqlite_rows/sqlite_rows.h"
#include "parse/utmp/utmp.h"

namespace genba::collect::logs {

namespace {

using parse::UtmpRecord;
using parse::UtmpType;

// Read in pieces of so many records: wtmp of a busy server can be larger than memory.
constexpr size_t kRecordsAtOnce = 20'000;
// lastlog2 and wtmpdb are read whole.
constexpr uint64_t kDatabaseLimit = 64ULL << 20;
// lastlog is sparse: 292 bytes for each possible account. What lies beyond this is not read.
constexpr uint64_t kLastlogLimit = 64ULL << 20;
// So many wiped records are told one by one.
constexpr size_t kMostWiped = 64;

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::string_view type_name(UtmpType type) {
  switch (type) {
    case UtmpType::kEmpty: return "empty";
    case UtmpType::kRunLevel: return "run-lvl";
    case UtmpType::kBootTime: return "boot-time";
    case UtmpType::kNewTime: return "new-time";
    case UtmpType::kOldTime: return "old-time";
    case UtmpType::kInitProcess: return "init-process";
    case UtmpType::kLoginProcess: return "login-process";
    case UtmpType::kUserProcess: return "user-process";
    case UtmpType::kDeadProcess: return "dead-process";
    case UtmpType::kAccounting: return "accounting";
  }
  return "unknown";
}

// Fills a buffer from an offset; fewer bytes only at the end.
using ReadAt = std::function<base::Result<size_t>(uint64_t offset, std::span<char> buffer)>;
// Enough records to tell how they are laid out.
constexpr size_t kHeadBytes = 64UL << 10;

class UtmpPart {
 public:
  UtmpPart(const Part& part, PartFacts& facts, Attempts& attempts)
      : part_(part),
        facts_(facts),
        attempts_(attempts),
        failed_(part.log->format == LogFormat::kBtmp) {}

  void read(const ReadAt& read_at, uint64_t size, std::chrono::steady_clock::time_point deadline) {
    std::string buffer(kHeadBytes, '\0');
    const auto head = read_at(0, buffer);
    if (!head) {
      facts_.error = head.error();
      return;
    }
    const parse::UtmpLayout layout =
        parse::detect_utmp_layout(std::string_view(buffer).substr(0, *head), size);
    buffer.resize(layout.record_size * kRecordsAtOnce);
    uint64_t offset = 0;
    while (true) {
      const auto got = read_at(offset, buffer);
      if (!got) {
        facts_.error = got.error();
        break;
      }
      if (*got == 0) {
        break;
      }
      read_piece(std::string_view(buffer).substr(0, *got), offset, layout);
      offset += *got;
      if (std::chrono::steady_clock::now() > deadline) {
        facts_.out_of_time = offset < size;
        break;
      }
    }
    facts_.bytes = static_cast<int64_t>(offset);
    end_wiped(0);
    facts_.settle_last();
  }

 private:
  void read_piece(std::string_view bytes, uint64_t offset, parse::UtmpLayout layout) {
    std::vector<base::Note> notes;
    parse::parse_utmp(
        bytes, layout,
        [&](uint64_t at, const UtmpRecord& record) {
          add((offset + at) / layout.record_size + 1, record);
        },
        notes);
    for (base::Note& note : notes) {
      note.source = part_.log->path;
      note.offset += offset;
      facts_.damaged_bytes += static_cast<int64_t>(note.bytes);
      facts_.notes.push_back(std::move(note));
    }
  }

  void add(uint64_t number, const UtmpRecord& record) {
    ++facts_.lines;
    const bool wiped = record.type == UtmpType::kEmpty && record.time.nanoseconds == 0;
    if (wiped) {
      wiped_from_ = wiped_ == 0 ? number : wiped_from_;
      ++wiped_;
    } else {
      end_wiped(record.time.nanoseconds);
      last_time_ = record.time.nanoseconds;
      if (record.time.nanoseconds != 0) {
        facts_.rhythm.add(record.time.nanoseconds / 1'000'000'000, line_code(part_.number, number));
      }
    }
    if (failed_) {
      add_failure(number, record);
    } else {
      add_row(number, record, wiped);
    }
  }

  void add_failure(uint64_t number, const UtmpRecord& record) {
    if (record.type == UtmpType::kEmpty) {
      return;
    }
    const std::string address =
        record.address ? base::to_text(*record.address) : std::string(record.host);
    Attempt attempt;
    attempt.outcome = parse::AuthOutcome::kFailed;
    attempt.address = address;
    attempt.username = record.user;
    attempt.program = "btmp";
    attempt.time = attempt.last_time = record.time.nanoseconds;
    attempt.file = part_.file;
    attempt.line = line_code(part_.number, number);
    if (!address.empty()) {
      attempts_.add(attempt, part_.source_number);
      return;
    }
    model::AuthEvent row;  // at the console, which is no attacker's address
    row.time = row.last_time = record.time;
    row.certainty = to_string(base::Certainty::kExact);
    row.outcome = to_string(parse::AuthOutcome::kFailed);
    row.username = text_of(record.user);
    row.tty = text_of(record.line);
    row.program = "btmp";
    row.count = 1;
    row.source = part_.source;
    row.path = part_.log->path;
    row.line = line_code(part_.number, number);
    facts_.add_auth(std::move(row));
  }

  void add_row(uint64_t number, const UtmpRecord& record, bool wiped) {
    model::Last row;
    row.username = text_of(record.user);
    row.tty = text_of(record.line);
    if (record.pid > 0) {
      row.pid = record.pid;
    }
    row.type = static_cast<int64_t>(record.type);
    row.type_name = wiped ? "wiped" : type_name(record.type);
    if (record.time.nanoseconds != 0) {
      row.time = record.time;
    }
    row.host = text_of(record.host);
    if (record.address) {
      row.address = base::to_text(*record.address);
    }
    row.source = part_.source;
    row.path = part_.log->path;
    row.record = static_cast<int64_t>(number);
    if (record.type == UtmpType::kBootTime) {
      add_boot(number, record);
    }
    facts_.add_last(std::move(row));
  }

  void add_boot(uint64_t number, const UtmpRecord& record) {
    model::Event event;
    event.time = event.last_time = record.time;
    event.certainty = to_string(base::Certainty::kExact);
    event.kind = "boot";
    event.action = "system_boot";
    event.source = part_.source;
    event.path = part_.log->path;
    event.line = line_code(part_.number, number);
    event.subject = text_of(record.host);  // the kernel's release
    event.count = 1;
    event.message = "the machine started";
    facts_.events.add(std::move(event));
  }

  void end_wiped(int64_t next_time) {
    if (wiped_ > 0 && facts_.anomalies.size() < kMostWiped) {
      model::LogAnomaly row;
      row.source = part_.source;
      row.path = part_.log->path;
      row.line = line_code(part_.number, wiped_from_);
      row.kind = "wiped_records";
      if (last_time_ != 0) {
        row.from_time = base::Timestamp{last_time_};
      }
      if (next_time != 0) {
        row.to_time = base::Timestamp{next_time};
      }
      row.count = wiped_;
      facts_.anomalies.push_back(std::move(row));
    }
    wiped_ = 0;
  }

  const Part& part_;
  PartFacts& facts_;
  Attempts& attempts_;
  bool failed_;
  int64_t wiped_ = 0;
  uint64_t wiped_from_ = 0;
  int64_t last_time_ = 0;
};

// A database and its write-ahead log; nothing when it cannot be read.
std::optional<std::string> read_database(const Part& part, const Surroundings& surroundings,
                                         PartFacts& facts) {
  auto bytes = surroundings.host.read_file(part.log->path, kDatabaseLimit);
  if (!bytes) {
    facts.error = bytes.error();
    return std::nullopt;
  }
  facts.bytes = static_cast<int64_t>(bytes->bytes.size());
  facts.truncated = bytes->truncated;
  std::string database = std::move(bytes->bytes);
  if (auto wal = surroundings.host.read_file(part.log->path + "-wal", kDatabaseLimit);
      wal && !wal->bytes.empty()) {
    database = parse::apply_sqlite_wal(std::move(database), wal->bytes, facts.notes);
  }
  return database;
}

}  // namespace

void read_utmp(const Part& part, const Surroundings& surroundings, PartFacts& facts,
               Attempts& attempts) {
  UtmpPart reader(part, facts, attempts);
  if (part.log->compression != parse::Compression::kNone) {
    const auto bytes = read_head(surroundings.host, part.log->path, kDatabaseLimit);
    if (!bytes) {
      facts.error = bytes.error();
      return;
    }
    const std::string_view content = bytes->bytes;
    reader.read(
        [content](uint64_t offset, std::span<char> buffer) -> base::Result<size_t> {
          const size_t from = std::min<uint64_t>(offset, content.size());
          const size_t count = std::min(buffer.size(), content.size() - from);
          std::copy_n(content.data() + from, count, buffer.data());
          return count;
        },
        content.size(), surroundings.deadline);
    facts.truncated = bytes->truncated || !bytes->notes.empty();
    if (bytes->truncated) {
      facts.notes.push_back({std::string(part.log->path), kDatabaseLimit, 0,
                             "more than 64 MiB after decompression; its beginning is read"});
    }
    facts.notes.insert(facts.notes.end(), bytes->notes.begin(), bytes->notes.end());
    return;
  }
  const auto file = surroundings.host.open_file(part.log->path);
  if (!file) {
    facts.error = file.error();
    return;
  }
  reader.read(
      [&file](uint64_t offset, std::span<char> buffer) { return (*file)->read_at(offset, buffer); },
      (*file)->status().size, surroundings.deadline);
}

void read_lastlog(const Part& part, const Surroundings& surroundings, PartFacts& facts) {
  const auto file = surroundings.host.open_file(part.log->path);
  if (!file) {
    facts.error = file.error();
    return;
  }
  const auto add = [&](const parse::LastlogRecord& record) {
    if (record.time.nanoseconds == 0) {
      return;
    }
    ++facts.lines;
    model::LastLogin row;
    row.uid = record.uid;
    const auto user = surroundings.usernames.find(record.uid);
    if (user != surroundings.usernames.end()) {
      row.username = user->second;
    }
    row.time = record.time;
    row.tty = text_of(record.line);
    row.host = text_of(record.host);
    row.path = part.log->path;
    facts.add_lastlog(std::move(row));
  };
  const uint64_t size = (*file)->status().size;
  std::string buffer(std::min(size, kLastlogLimit), '\0');
  const auto got = (*file)->read_at(0, buffer);
  if (!got) {
    facts.error = got.error();
    return;
  }
  buffer.resize(*got);
  facts.bytes = static_cast<int64_t>(*got);
  const parse::LastlogLayout layout = parse::detect_lastlog_layout(buffer, 0, size);
  const size_t whole = buffer.size() / layout.record_size * layout.record_size;
  const std::string_view records =
      size > buffer.size() ? std::string_view(buffer).substr(0, whole) : std::string_view(buffer);
  parse::parse_lastlog(records, 0, layout, add, facts.notes);
  // Behind it only accounts that exist: the file is 1.2 TB long for the last user id.
  std::string record(layout.record_size, '\0');
  for (const auto& [uid, username] : surroundings.usernames) {
    const uint64_t offset = static_cast<uint64_t>(uid) * layout.record_size;
    if (uid < 0 || offset < records.size() || offset >= size) {
      continue;
    }
    if (const auto more = (*file)->read_at(offset, record); more && *more == record.size()) {
      parse::parse_lastlog(record, offset, layout, add, facts.notes);
    }
  }
}

void read_lastlog2(const Part& part, const Surroundings& surroundings, PartFacts& facts) {
  const auto database = read_database(part, surroundings, facts);
  if (!database) {
    return;
  }
  const auto add = [&](parse::Lastlog2Record&& record) {
    ++facts.lines;
    if (!record.time) {
      return;
    }
    model::LastLogin row;
    row.username = std::move(record.name);
    row.time = record.time->time;
    row.tty = std::move(record.tty);
    row.host = std::move(record.remote_host);
    row.path = part.log->path;
    facts.add_lastlog(std::move(row));
  };
  const auto table = parse::parse_lastlog2(*database, add, facts.notes);
  if (!table) {
    facts.error = table.error();
    return;
  }
  facts.truncated = facts.truncated || !table->is_whole;
}

namespace {

void add_wtmpdb_row(const Part& part, parse::WtmpdbRecord&& record, PartFacts& facts) {
  model::Last row;
  row.username = std::move(record.user);
  row.tty = std::move(record.tty);
  row.pid = record.pid;
  const int64_t type = record.type.value_or(0);
  const UtmpType as_utmp = type == parse::kWtmpdbBoot       ? UtmpType::kBootTime
                           : type == parse::kWtmpdbRunLevel ? UtmpType::kRunLevel
                           : type == parse::kWtmpdbUser     ? UtmpType::kUserProcess
                                                            : UtmpType::kAccounting;
  row.type = static_cast<int64_t>(as_utmp);
  row.type_name = type_name(as_utmp);
  if (record.login) {
    row.time = record.login->time;
    facts.rhythm.add(record.login->time.nanoseconds / 1'000'000'000,
                     line_code(part.number, static_cast<uint64_t>(record.id)));
  }
  if (record.logout) {
    row.logout_time = record.logout->time;
  }
  row.host = std::move(record.remote_host);
  row.source = part.source;
  row.path = part.log->path;
  row.record = record.id;
  facts.add_last(std::move(row));
}

}  // namespace

void read_wtmpdb(const Part& part, const Surroundings& surroundings, PartFacts& facts) {
  const auto database = read_database(part, surroundings, facts);
  if (!database) {
    return;
  }
  const auto add = [&](parse::WtmpdbRecord&& record) {
    ++facts.lines;
    add_wtmpdb_row(part, std::move(record), facts);
  };
  const auto table = parse::parse_wtmpdb(*database, add, facts.notes);
  if (!table) {
    facts.error = table.error();
    return;
  }
  facts.truncated = facts.truncated || !table->is_whole;
  facts.settle_last();
  for (const parse::IdHole& hole : table->holes) {
    if (hole.from == 1 || !table->is_whole) {
      continue;  // rotation takes the oldest rows away; damage takes any
    }
    model::LogAnomaly row;
    row.source = part.source;
    row.path = part.log->path;
    row.line = line_code(part.number, static_cast<uint64_t>(hole.to));
    row.kind = "record_hole";
    row.count = hole.to - hole.from + 1;
    facts.anomalies.push_back(std::move(row));
  }
}

}  // namespace genba::collect::logs
