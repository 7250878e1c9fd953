// SPDX-License-Identifier: Apache-2.0
//
// The write-ahead log of SQLite, applied to the bytes of its database. Source of truth:
// https://sqlite.org/fileformat2.html#walformat. Covered by sqlite_rows_test.cc.
#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "parse/sqlite_rows/sqlite_rows.h"

namespace genba::parse {

namespace {

constexpr size_t kHeaderSize = 32;
constexpr size_t kFrameHeaderSize = 24;
constexpr uint32_t kMagic = 0x377f0682;  // the lowest bit tells the byte order of the checksums
constexpr uint32_t kVersion = 3007000;
// Pages that were added and never written stand in no log.
constexpr uint64_t kUnwritten = uint64_t{16} << 20;

constexpr uint32_t kOldestGeneration = 1'000'000;

enum class ByteOrder : uint8_t { kLittle, kBig };

uint32_t load(std::string_view bytes, size_t at, ByteOrder order) {
  const auto* const b = reinterpret_cast<const unsigned char*>(bytes.data()) + at;
  return order == ByteOrder::kBig
             ? uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | uint32_t{b[3]}
             : uint32_t{b[3]} << 24 | uint32_t{b[2]} << 16 | uint32_t{b[1]} << 8 | uint32_t{b[0]};
}

uint32_t load_be(std::string_view bytes, size_t at) {
  return load(bytes, at, ByteOrder::kBig);
}

struct Checksum {
  uint32_t first = 0;
  uint32_t second = 0;

  friend bool operator==(const Checksum&, const Checksum&) = default;
};

// `bytes` is a multiple of 8 long. Each sum takes in the other, so order counts.
Checksum add_to(Checksum sum, std::string_view bytes, ByteOrder order) {
  for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    sum.first += load(bytes, at, order) + sum.second;
    sum.second += load(bytes, at + 4, order) + sum.first;
  }
  return sum;
}

struct Wal {
  std::string_view bytes;
  ByteOrder order = ByteOrder::kBig;
  size_t page_size = 0;
  std::string_view salts;
  Checksum sum;
};

// Nothing when the header is none, with the reason.
std::optional<Wal> open_wal(std::string_view bytes, const char*& reason) {
  reason = "not a write-ahead log";
  if (bytes.size() < kHeaderSize || (load_be(bytes, 0) & ~1U) != kMagic ||
      load_be(bytes, 4) != kVersion) {
    return std::nullopt;
  }
  Wal wal;
  wal.bytes = bytes;
  wal.order = (load_be(bytes, 0) & 1) != 0 ? ByteOrder::kBig : ByteOrder::kLittle;
  wal.page_size = load_be(bytes, 8);
  wal.salts = bytes.substr(16, 8);
  wal.sum = add_to({}, bytes.substr(0, 24), wal.order);
  if (wal.page_size < 512 || wal.page_size > 65536 || (wal.page_size & (wal.page_size - 1)) != 0) {
    return std::nullopt;
  }
  reason = "the write-ahead log's header has a wrong checksum";
  if (wal.sum != Checksum{load_be(bytes, 24), load_be(bytes, 28)}) {
    return std::nullopt;
  }
  return wal;
}

// What of the log counts: the bytes up to the end of the last whole transaction, and the size of
// the database that it says.
struct Committed {
  size_t end = 0;
  uint64_t pages = 0;
};

void note(std::vector<base::Note>& notes, uint64_t offset, uint64_t bytes, const char* reason) {
  notes.push_back({"sqlite-wal", offset, bytes, reason});
}

Committed find_committed(const Wal& wal, std::vector<base::Note>& notes) {
  const size_t frame_size = kFrameHeaderSize + wal.page_size;
  Committed committed;
  Checksum sum = wal.sum;
  size_t at = kHeaderSize;
  for (; wal.bytes.size() - at >= frame_size; at += frame_size) {
    const std::string_view frame = wal.bytes.substr(at, frame_size);
    if (frame.substr(8, 8) != wal.salts) {
      // Left over from before the log began anew, which adds one to the first salt.
      const uint32_t age = load_be(wal.salts, 0) - load_be(frame, 8);
      if (age == 0 || age > kOldestGeneration) {
        note(notes, at, wal.bytes.size() - at,
             "a frame that is of no earlier log either: it and all behind it is not applied");
      }
      break;
    }
    sum = add_to(sum, frame.substr(0, 8), wal.order);
    sum = add_to(sum, frame.substr(kFrameHeaderSize), wal.order);
    if (sum != Checksum{load_be(frame, 16), load_be(frame, 20)} || load_be(frame, 0) == 0) {
      note(notes, at, wal.bytes.size() - at,
           "a frame with a wrong checksum: it and all behind it is not applied");
      break;
    }
    if (load_be(frame, 4) != 0) {
      committed = {at + frame_size, load_be(frame, 4)};
    }
  }
  if (at < wal.bytes.size() && wal.bytes.size() - at < frame_size) {
    note(notes, at, wal.bytes.size() - at, "the last frame breaks off");
  }
  const size_t from = std::max(committed.end, kHeaderSize);
  if (from < at) {
    note(notes, from, at - from, "a transaction without its end is not applied");
  }
  return committed;
}

uint64_t page_size_of(std::string_view database) {
  const auto* const b = reinterpret_cast<const unsigned char*>(database.data());
  const uint64_t size = uint64_t{b[16]} << 8 | b[17];
  return size == 1 ? 65536 : size;
}

void apply(std::string& database, const Wal& wal, std::vector<base::Note>& notes) {
  const Committed committed = find_committed(wal, notes);
  if (committed.end == 0) {
    return;
  }
  const uint64_t size = committed.pages * wal.page_size;
  if (size > database.size() + wal.bytes.size() + kUnwritten) {
    note(notes, 0, wal.bytes.size(), "the write-ahead log says a size that its pages cannot fill");
    return;
  }
  database.resize(static_cast<size_t>(size));
  const size_t frame_size = kFrameHeaderSize + wal.page_size;
  for (size_t at = kHeaderSize; at < committed.end; at += frame_size) {
    const uint64_t page = load_be(wal.bytes, at);
    if (page <= committed.pages) {
      std::memcpy(database.data() + (page - 1) * wal.page_size,
                  wal.bytes.data() + at + kFrameHeaderSize, wal.page_size);
    }
  }
}

}  // namespace

std::string apply_sqlite_wal(std::string database, std::string_view wal,
                             std::vector<base::Note>& notes) {
  const char* reason = nullptr;
  if (!wal.empty()) {
    const std::optional<Wal> opened = open_wal(wal, reason);
    if (!opened) {
      note(notes, 0, wal.size(), reason);
    } else if (database.size() >= 100 && page_size_of(database) != opened->page_size) {
      note(notes, 0, wal.size(), "the write-ahead log belongs to another database");
    } else {
      apply(database, *opened, notes);
    }
  }
  // The file format versions for writing and reading: 2 is WAL, 1 legacy.
  if (database.size() >= 100) {
    for (const size_t at : {size_t{18}, size_t{19}}) {
      database[at] = database[at] == 2 ? '\1' : database[at];
    }
  }
  return database;
}

}  // namespace genba::parse
