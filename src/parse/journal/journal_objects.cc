// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal_objects.h"

#include <algorithm>
#include <array>

namespace genba::parse::journal {
namespace {

constexpr size_t kMaxNotes = 64;
constexpr uint64_t kVotesWanted = 64;
// systemd's own limit for a time that can be true (VALID_REALTIME, VALID_MONOTONIC): year 3111.
constexpr uint64_t kLatestTime = uint64_t{1} << 55;

JournalId load_id(const char* at) {
  JournalId id{};
  std::memcpy(id.data(), at, id.size());
  return id;
}

int64_t load_time(const char* at) {
  return static_cast<int64_t>(std::min<uint64_t>(load_u64(at), INT64_MAX));
}

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "NAME=", the name up to 64 bytes long as journald demands.
bool starts_with_name(std::string_view payload) {
  size_t length = 0;
  while (length < payload.size() && length <= 64 && is_name_character(payload[length])) {
    ++length;
  }
  return length > 0 && length < payload.size() && payload[length] == '=';
}

// What the first DATA objects say.
struct Votes {
  uint64_t regular = 0;
  uint64_t compact = 0;
  uint64_t keyed = 0;
  uint64_t unkeyed = 0;

  uint64_t total() const { return regular + compact; }
  void take(std::string_view object, const JournalId& file_id) {
    const bool is_regular = starts_with_name(object.substr(64));
    const bool is_compact = object.size() > 72 && starts_with_name(object.substr(72));
    if (is_regular == is_compact) {
      return;
    }
    ++(is_compact ? compact : regular);
    const std::string_view payload = object.substr(is_compact ? 72 : 64);
    const uint64_t stored = load_u64(object.data() + kObjectHeaderSize);
    keyed += siphash24(payload, file_id) == stored ? 1U : 0U;
    unkeyed += jenkins_hash(payload) == stored ? 1U : 0U;
  }
};

Votes count_votes(Pages& pages, const JournalHeader& header) {
  Votes votes;
  const bool start_known = header.header_size >= kSmallestHeader && header.header_size <= 4096 &&
                           header.header_size % 8 == 0;
  uint64_t at = start_known ? header.header_size : kSmallestHeader;
  while (at + kEntryFixedSize < pages.size() && votes.total() < kVotesWanted) {
    const ObjectHeader object = read_object_header(pages, at);
    const bool known = object.type >= 1 && object.type <= 7 && object.flags <= 7;
    if (!known || object.size < 32 || object.size > pages.size() - at) {
      at += 8;
      continue;
    }
    if (object.is(ObjectType::kData) && object.flags == 0 && object.size > 64 &&
        object.size <= kMaxValue) {
      const std::string_view bytes = pages.view(at, static_cast<size_t>(object.size));
      if (bytes.size() == object.size) {  // it is less where the file shrank
        votes.take(bytes, header.file_id);
      }
    }
    at += align8(object.size);
  }
  return votes;
}

bool has_sound_numbers(std::string_view fixed) {
  const uint64_t realtime = load_u64(fixed.data() + 24);
  return load_u64(fixed.data() + 16) > 0 && realtime > 0 && realtime < kLatestTime &&
         load_u64(fixed.data() + 32) < kLatestTime;
}

// Whether one of the first items leads to a field.
bool leads_to_data(Pages& pages, uint64_t items_at, const Layout& layout) {
  constexpr size_t kItemsTried = 3;
  for (size_t i = 0; i < kItemsTried; ++i) {
    const std::string_view item = pages.view(items_at + i * layout.item_size(), 8);
    if (item.size() < 8) {
      return false;
    }
    const uint64_t offset = layout.compact ? load_u32(item.data()) : load_u64(item.data());
    if (offset % 8 == 0 && offset >= kSmallestHeader) {
      const ObjectHeader object = read_object_header(pages, offset);
      if (object.is(ObjectType::kData) && is_plausible(object, offset, pages.size(), layout)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

JournalHeader parse_header(std::string_view bytes) {
  std::array<char, 272> padded{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), padded.size()), padded.begin());
  const char* at = padded.data();
  JournalHeader header;
  header.compatible_flags = load_u32(at + 8);
  header.incompatible_flags = load_u32(at + 12);
  const auto state = static_cast<uint8_t>(at[16]);
  header.state = state <= 2 ? static_cast<JournalState>(state) : JournalState::kUnknown;
  header.file_id = load_id(at + 24);
  header.machine_id = load_id(at + 40);
  header.tail_entry_boot_id = load_id(at + 56);
  header.seqnum_id = load_id(at + 72);
  header.header_size = load_u64(at + 88);
  header.arena_size = load_u64(at + 96);
  header.tail_object_offset = load_u64(at + 136);
  header.n_objects = load_u64(at + 144);
  header.n_entries = load_u64(at + 152);
  header.tail_seqnum = load_u64(at + 160);
  header.head_seqnum = load_u64(at + 168);
  header.entry_array_offset = load_u64(at + 176);
  header.head_realtime = load_time(at + 184);
  header.tail_realtime = load_time(at + 192);
  header.tail_monotonic = load_time(at + 200);
  if (header.header_size >= 216) {
    header.n_data = load_u64(at + 208);
  }
  if (header.header_size >= 232) {
    header.n_tags = load_u64(at + 224);
  }
  return header;
}

Layout detect_layout(Pages& pages, const JournalHeader& header) {
  Layout layout;
  layout.file_id = header.file_id;
  layout.compact = header.is_compact();
  layout.keyed = header.has_keyed_hash();
  const Votes votes = count_votes(pages, header);
  layout.data_votes = votes.total();
  if (votes.total() == 0) {
    return layout;
  }
  if (votes.compact != votes.regular) {
    layout.compact = votes.compact > votes.regular;
  }
  if (votes.keyed != votes.unkeyed) {
    layout.keyed = votes.keyed > votes.unkeyed;
  }
  layout.hash_known =
      std::max(votes.keyed, votes.unkeyed) >= std::max<uint64_t>(1, votes.total() / 4);
  return layout;
}

ObjectHeader read_object_header(Pages& pages, uint64_t offset) {
  const std::string_view bytes = pages.view(offset, kObjectHeaderSize);
  if (bytes.size() < kObjectHeaderSize) {
    return {};
  }
  return {static_cast<uint8_t>(bytes[0]), static_cast<uint8_t>(bytes[1]), load_u64(&bytes[8])};
}

bool is_plausible(const ObjectHeader& object, uint64_t offset, uint64_t file_size,
                  const Layout& layout) {
  const uint64_t size = object.size;
  if (size < kObjectHeaderSize || offset > file_size || size > file_size - offset) {
    return false;
  }
  switch (static_cast<ObjectType>(object.type)) {
    case ObjectType::kUnused: return false;
    case ObjectType::kData: return size > layout.payload_offset();
    case ObjectType::kField: return size > kFieldFixedSize;
    case ObjectType::kEntry:
      return size > kEntryFixedSize && (size - kEntryFixedSize) % layout.item_size() == 0;
    case ObjectType::kDataHashTable:
    case ObjectType::kFieldHashTable: return size > kObjectHeaderSize && size % 16 == 0;
    case ObjectType::kEntryArray:
      return size > kArrayFixedSize && (size - kArrayFixedSize) % layout.array_item_size() == 0;
    case ObjectType::kTag: return size == 64;
  }
  return true;
}

bool is_entry(Pages& pages, uint64_t offset, const Layout& layout) {
  // 2001. Where other objects have an offset an entry has its time, above all offsets.
  constexpr uint64_t kAboveAllOffsets = 1'000'000'000'000'000;
  const std::string_view fixed = pages.view(offset, kEntryFixedSize);
  if (fixed.size() < kEntryFixedSize || fixed[0] != static_cast<char>(ObjectType::kEntry)) {
    return false;
  }
  const ObjectHeader object{3, 0, load_u64(fixed.data() + 8)};
  const bool sized = is_plausible(object, offset, pages.size(), layout);
  const bool sound = has_sound_numbers(fixed);
  if (!sized && (!sound || load_u64(fixed.data()) != 3)) {
    return false;
  }
  return (sound && load_u64(fixed.data() + 24) >= kAboveAllOffsets) ||
         leads_to_data(pages, offset + kEntryFixedSize, layout);
}

bool read_entry_object(Pages& pages, uint64_t offset, const Layout& layout, EntryObject& entry,
                       size_t most_items) {
  if (!is_entry(pages, offset, layout)) {
    return false;
  }
  std::string_view bytes = pages.view(offset, kEntryFixedSize);
  const char* at = bytes.data();
  entry.sound = has_sound_numbers(bytes);
  entry.seqnum = load_u64(at + 16);
  const int64_t realtime = load_time(at + 24);
  const int64_t monotonic = load_time(at + 32);
  entry.realtime = static_cast<uint64_t>(realtime) < kLatestTime ? realtime : 0;
  entry.monotonic = static_cast<uint64_t>(monotonic) < kLatestTime ? monotonic : 0;
  entry.boot_id = load_id(at + 40);
  entry.checksum = load_u64(at + 56);
  const uint64_t size = load_u64(at + 8);
  entry.sized = is_plausible({3, 0, size}, offset, pages.size(), layout);
  const uint64_t promised =
      size > kEntryFixedSize ? (size - kEntryFixedSize) / layout.item_size() : 0;
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(promised, most_items));
  entry.items.clear();
  bytes = pages.view(offset + kEntryFixedSize, wanted * layout.item_size());
  const size_t count = bytes.size() / layout.item_size();
  for (size_t i = 0; i < count; ++i) {
    const char* const item = bytes.data() + i * layout.item_size();
    entry.items.push_back(layout.compact ? EntryItem{load_u32(item), 0}
                                         : EntryItem{load_u64(item), load_u64(item + 8)});
  }
  entry.items_beyond = entry.sized ? promised - count : 0;
  return true;
}

void DamageLog::add(uint64_t offset, uint64_t bytes, const char* reason) {
  if (notes_.size() < kMaxNotes) {
    notes_.push_back({"journal", offset, bytes, reason});
  } else {
    notes_.back().bytes += bytes;
  }
}

}  // namespace genba::parse::journal
