// SPDX-License-Identifier: Apache-2.0
#include "parse/lastlog/lastlog.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace genba::parse {
namespace {

constexpr size_t kMaxNotes = 64;
// Records looked at, and records with something in them that are enough for a verdict.
constexpr size_t kMaxRecordsForDetection = 65536;
constexpr int kMaxScoredRecords = 64;
constexpr size_t kLineSize = 32;   // UT_LINESIZE, glibc bits/utmp.h
constexpr size_t kHostSize = 256;  // UT_HOSTSIZE

uint64_t load(std::string_view field, ByteOrder order) {
  uint64_t value = 0;
  for (size_t i = 0; i < field.size(); ++i) {
    const size_t from = order == ByteOrder::kLittle ? field.size() - 1 - i : i;
    value = value << 8 | static_cast<uint8_t>(field[from]);
  }
  return value;
}

bool is_zero(std::string_view bytes) {
  return bytes.empty() || (bytes.front() == '\0' &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

std::string_view text_of(std::string_view field) {
  return field.substr(0, field.find('\0'));
}

// ll_time is read as unsigned: no login happened before 1970, and this reads on until 2106.
int64_t time_of(std::string_view record, LastlogLayout layout) {
  return static_cast<int64_t>(
      load(record.substr(0, layout.record_size == 296 ? 8 : 4), layout.order));
}

std::string_view line_of(std::string_view record, LastlogLayout layout) {
  return text_of(record.substr(layout.record_size - kHostSize - kLineSize, kLineSize));
}

std::string_view host_of(std::string_view record, LastlogLayout layout) {
  return text_of(record.substr(layout.record_size - kHostSize, kHostSize));
}

bool is_plain_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// A host may hold any bytes that a resolver let through; a terminal's name may not.
bool makes_sense(std::string_view record, LastlogLayout layout) {
  constexpr int64_t kYear3000 = 32503680000;
  const int64_t time = time_of(record, layout);
  return time >= 0 && time < kYear3000 && is_plain_text(line_of(record, layout));
}

// How well a record with something in it fits. The years that logins are from decide between the
// byte orders: the wrong one throws most times far off.
int score_record(std::string_view record, LastlogLayout layout) {
  constexpr int64_t kYear1990 = 631152000;
  constexpr int64_t kYear2100 = 4102444800;
  if (!makes_sense(record, layout)) {
    return -4;
  }
  const int64_t time = time_of(record, layout);
  const int years = time == 0 ? 0 : time >= kYear1990 && time < kYear2100 ? 2 : -1;
  const int texts = is_plain_text(host_of(record, layout)) ? 1 : -1;
  return years + texts + (line_of(record, layout).empty() ? 0 : 1);
}

int score(std::string_view bytes, uint64_t first_offset, LastlogLayout layout) {
  const size_t size = layout.record_size;
  const size_t skip = static_cast<size_t>((size - first_offset % size) % size);
  bytes.remove_prefix(std::min(skip, bytes.size()));
  int result = 0;
  int scored = 0;
  for (size_t i = 0;
       i < kMaxRecordsForDetection && scored < kMaxScoredRecords && bytes.size() >= size; ++i) {
    if (!is_zero(bytes.substr(0, size))) {
      result += score_record(bytes.substr(0, size), layout);
      ++scored;
    }
    bytes.remove_prefix(size);
  }
  return result;
}

void note(std::vector<base::Note>& notes, uint64_t offset, uint64_t bytes, const char* reason) {
  if (!notes.empty() && notes.back().offset + notes.back().bytes == offset &&
      notes.back().reason == reason) {
    notes.back().bytes += bytes;
  } else if (notes.size() < kMaxNotes) {
    notes.push_back({"lastlog", offset, bytes, reason});
  } else {
    notes.back().bytes += bytes;
  }
}

void note_part(std::vector<base::Note>& notes, uint64_t offset, std::string_view part) {
  if (!is_zero(part)) {
    note(notes, offset, part.size(), "only a part of a record");
  }
}

}  // namespace

LastlogLayout detect_lastlog_layout(std::string_view bytes, uint64_t first_offset,
                                    uint64_t file_size) {
  static constexpr std::array<LastlogLayout, 4> kCandidates = {{{292, ByteOrder::kLittle},
                                                                {296, ByteOrder::kLittle},
                                                                {292, ByteOrder::kBig},
                                                                {296, ByteOrder::kBig}}};
  LastlogLayout best = kCandidates.front();
  int best_score = 0;
  for (const LastlogLayout candidate : kCandidates) {
    const int fit = file_size != 0 && file_size % candidate.record_size == 0 ? 1 : 0;
    const int sense = score(bytes, first_offset, candidate);
    if (sense > 0 && 2 * sense + fit > best_score) {
      best = candidate;
      best_score = 2 * sense + fit;
    }
  }
  return best;
}

void parse_lastlog(std::string_view bytes, uint64_t first_offset, LastlogLayout layout,
                   const std::function<void(const LastlogRecord&)>& found,
                   std::vector<base::Note>& notes) {
  const size_t size = layout.record_size == 296 ? 296 : 292;
  layout.record_size = size;
  const size_t skip = static_cast<size_t>((size - first_offset % size) % size);
  size_t at = std::min(skip, bytes.size());
  note_part(notes, first_offset, bytes.substr(0, at));
  for (; bytes.size() - at >= size; at += size) {
    const std::string_view record = bytes.substr(at, size);
    if (is_zero(record)) {
      continue;
    }
    const uint64_t offset = first_offset + at;
    const uint64_t uid = offset / size;
    if (uid > UINT32_MAX) {
      note(notes, offset, bytes.size() - at, "beyond the last user id");
      return;
    }
    if (!makes_sense(record, layout)) {
      note(notes, offset, size, "not a last login record");
      continue;
    }
    found({static_cast<uint32_t>(uid), base::timestamp_from_unix(time_of(record, layout)),
           line_of(record, layout), host_of(record, layout)});
  }
  note_part(notes, first_offset + at, bytes.substr(at));
}

}  // namespace genba::parse
