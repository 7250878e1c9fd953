// SPDX-License-Identifier: Apache-2.0
#include "parse/utmp/utmp.h"

#include <algorithm>
#include <array>

namespace genba::parse {
namespace {

constexpr size_t kMaxNotes = 64;
constexpr size_t kMaxRecordsForDetection = 64;
// Offsets that all layouts share (glibc bits/utmp.h).
constexpr size_t kPidOffset = 4;
constexpr size_t kLineOffset = 8;
constexpr size_t kIdOffset = 40;
constexpr size_t kUserOffset = 44;
constexpr size_t kHostOffset = 76;
constexpr size_t kExitOffset = 332;
constexpr size_t kSessionOffset = 336;

template <class Integer>
Integer load(const char* at, ByteOrder order) {
  using Unsigned = std::make_unsigned_t<Integer>;
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    const size_t from = order == ByteOrder::kLittle ? sizeof(Integer) - 1 - i : i;
    value = value << 8 | static_cast<uint8_t>(at[from]);
  }
  return static_cast<Integer>(static_cast<Unsigned>(value));
}

struct Times {
  int64_t session = 0;
  int64_t seconds = 0;
  int64_t microseconds = 0;
  size_t address_offset = 0;
};

Times load_times(const char* record, UtmpLayout layout) {
  if (layout.record_size == 400) {
    return {load<int64_t>(record + 336, layout.order), load<int64_t>(record + 344, layout.order),
            load<int64_t>(record + 352, layout.order), 360};
  }
  // Read as unsigned: no login happened before 1970, and this reads on until 2106.
  return {load<int32_t>(record + kSessionOffset, layout.order),
          load<uint32_t>(record + 340, layout.order), load<int32_t>(record + 344, layout.order),
          348};
}

bool makes_sense(const char* record, UtmpLayout layout) {
  // PID_MAX_LIMIT is 2^22 (include/linux/threads.h); some writers store larger counters.
  constexpr int32_t kHighestPid = 1 << 30;
  constexpr int64_t kYear3000 = 32503680000;
  const auto type = load<int16_t>(record, layout.order);
  const auto pid = load<int32_t>(record + kPidOffset, layout.order);
  const Times times = load_times(record, layout);
  return type >= 0 && type <= 9 && pid >= 0 && pid < kHighestPid && times.microseconds >= 0 &&
         times.microseconds < 1'000'000 && times.seconds >= 0 && times.seconds < kYear3000 &&
         times.session >= INT32_MIN && times.session <= INT32_MAX;
}

bool is_zero(std::string_view record) {
  return record.find_first_not_of('\0') == std::string_view::npos;
}

std::string_view text_at(const char* at, size_t capacity) {
  const std::string_view field(at, capacity);
  return field.substr(0, field.find('\0'));
}

bool is_plain_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Sense enough to say that the records go on here after a piece that was out of step.
bool is_convincing(std::string_view record, UtmpLayout layout) {
  const char* at = record.data();
  return makes_sense(at, layout) && load<int16_t>(at, layout.order) != 0 &&
         load_times(at, layout).seconds != 0 && is_plain_text(text_at(at + kLineOffset, 32)) &&
         is_plain_text(text_at(at + kUserOffset, 32)) &&
         !(text_at(at + kLineOffset, 32).empty() && text_at(at + kUserOffset, 32).empty());
}

UtmpRecord load_record(std::string_view record, UtmpLayout layout) {
  const char* at = record.data();
  const Times times = load_times(at, layout);
  UtmpRecord result;
  result.type = static_cast<UtmpType>(load<int16_t>(at, layout.order));
  result.pid = load<int32_t>(at + kPidOffset, layout.order);
  result.line = text_at(at + kLineOffset, 32);
  result.id = text_at(at + kIdOffset, 4);
  result.user = text_at(at + kUserOffset, 32);
  result.host = text_at(at + kHostOffset, 256);
  result.exit_termination = load<int16_t>(at + kExitOffset, layout.order);
  result.exit_status = load<int16_t>(at + kExitOffset + 2, layout.order);
  result.session = times.session;
  result.time = base::timestamp_from_unix(times.seconds, times.microseconds * 1000);
  // ut_addr_v6 is in network order on every machine; IPv4 uses its first word alone.
  const std::string_view raw = record.substr(times.address_offset, 16);
  if (!is_zero(raw)) {
    result.address = base::address_from_bytes(is_zero(raw.substr(4)) ? raw.substr(0, 4) : raw);
  }
  return result;
}

int score(std::string_view head, UtmpLayout layout) {
  int result = 0;
  for (size_t i = 0; i < kMaxRecordsForDetection && head.size() >= layout.record_size; ++i) {
    if (!is_zero(head.substr(0, layout.record_size))) {
      result += makes_sense(head.data(), layout) ? 1 : -2;
    }
    head.remove_prefix(layout.record_size);
  }
  return result;
}

// Where the records go on after nonsense at `offset`: the next record when that convinces, else the
// first convincing place before it, else the next record all the same.
size_t resume_offset(std::string_view bytes, size_t offset, UtmpLayout layout) {
  const size_t size = layout.record_size;
  const size_t aligned = offset + size;
  if (aligned + size > bytes.size() || is_convincing(bytes.substr(aligned, size), layout)) {
    return aligned;
  }
  for (size_t at = offset + 1; at < aligned && at + size <= bytes.size(); ++at) {
    if (is_convincing(bytes.substr(at, size), layout)) {
      return at;
    }
  }
  return aligned;
}

void note(std::vector<base::Note>& notes, uint64_t offset, uint64_t bytes, const char* reason) {
  if (!notes.empty() && notes.back().offset + notes.back().bytes == offset &&
      notes.back().reason == reason) {
    notes.back().bytes += bytes;
  } else if (notes.size() < kMaxNotes) {
    notes.push_back({"utmp", offset, bytes, reason});
  } else {
    notes.back().bytes += bytes;
  }
}

}  // namespace

UtmpLayout detect_utmp_layout(std::string_view head, uint64_t file_size) {
  static constexpr std::array<UtmpLayout, 4> kCandidates = {{{384, ByteOrder::kLittle},
                                                             {400, ByteOrder::kLittle},
                                                             {384, ByteOrder::kBig},
                                                             {400, ByteOrder::kBig}}};
  UtmpLayout best = kCandidates.front();
  int best_score = 0;
  for (const UtmpLayout candidate : kCandidates) {
    const int fit = file_size != 0 && file_size % candidate.record_size == 0 ? 1 : 0;
    const int sense = score(head, candidate);
    if (sense > 0 && 2 * sense + fit > best_score) {
      best = candidate;
      best_score = 2 * sense + fit;
    }
  }
  return best;
}

void parse_utmp(std::string_view bytes, UtmpLayout layout,
                const std::function<void(uint64_t offset, const UtmpRecord&)>& found,
                std::vector<base::Note>& notes) {
  const size_t size = layout.record_size == 400 ? 400 : 384;
  layout.record_size = size;
  size_t offset = 0;
  while (offset + size <= bytes.size()) {
    const std::string_view record = bytes.substr(offset, size);
    if (makes_sense(record.data(), layout)) {
      found(offset, load_record(record, layout));
      offset += size;
      continue;
    }
    const size_t next = resume_offset(bytes, offset, layout);
    note(notes, offset, next - offset, "not a login record");
    offset = next;
  }
  if (offset < bytes.size()) {
    note(notes, offset, bytes.size() - offset, "the last record breaks off");
  }
}

}  // namespace genba::parse
