// SPDX-License-Identifier: Apache-2.0
//
// The objects that a journal is made of: the file's header, each object's own, what sizes and
// places can be true, and which variant of the format the objects follow, whatever the header's
// flags say. Source: systemd docs/JOURNAL_FILE_FORMAT.md. Covered by journal_test.cc and
// journal_damage_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parse/journal/journal.h"
#include "parse/journal/journal_hash.h"
#include "parse/journal/journal_pages.h"

namespace genba::parse::journal {

inline constexpr std::string_view kSignature = "LPKSHHRH";
inline constexpr uint64_t kSmallestHeader = 208;  // up to n_data, which systemd 187 added
inline constexpr size_t kObjectHeaderSize = 16;
inline constexpr size_t kEntryFixedSize = 64;
inline constexpr size_t kArrayFixedSize = 24;
inline constexpr size_t kFieldFixedSize = 40;
/// The most fields of one entry that are looked at; journald takes 1024.
inline constexpr size_t kMaxItems = 4096;
/// The most of a value that is kept.
inline constexpr size_t kMaxValue = size_t{64} << 10;
/// Payloads up to this size are decoded whole, and their hash is checked.
inline constexpr size_t kMaxWhole = size_t{2} << 20;

enum class ObjectType : uint8_t {
  kUnused,
  kData,
  kField,
  kEntry,
  kDataHashTable,
  kFieldHashTable,
  kEntryArray,
  kTag
};

struct ObjectHeader {
  uint8_t type = 0;
  uint8_t flags = 0;
  uint64_t size = 0;

  bool is(ObjectType wanted) const { return type == static_cast<uint8_t>(wanted); }
  bool is_blank() const { return type == 0 && size == 0; }
};

/// Which variant of the format the file's objects follow.
struct Layout {
  bool compact = false;
  bool keyed = false;
  bool hash_known = true;  ///< false when no hash agrees with any key
  JournalId file_id{};
  uint64_t data_votes = 0;  ///< DATA objects that it rests on

  size_t payload_offset() const { return compact ? 72 : 64; }
  size_t item_size() const { return compact ? 4 : 16; }
  size_t array_item_size() const { return compact ? 4 : 8; }
  uint64_t hash(std::string_view payload) const {
    return keyed ? siphash24(payload, file_id) : jenkins_hash(payload);
  }
};

constexpr uint64_t align8(uint64_t size) {
  return (size + 7) & ~uint64_t{7};
}

JournalHeader parse_header(std::string_view bytes);

/// How the header's flags would have it, corrected by the first DATA objects of the file.
Layout detect_layout(Pages& pages, const JournalHeader& header);

/// All zero where the file ends before it.
ObjectHeader read_object_header(Pages& pages, uint64_t offset);

/// Whether an object of this type can have this size at this place. Unknown types can, by the
/// format's rule that readers pass over them.
bool is_plausible(const ObjectHeader& object, uint64_t offset, uint64_t file_size,
                  const Layout& layout);

/// Reference to a field in an entry; `hash` only where the layout is not compact.
struct EntryItem {
  uint64_t offset = 0;
  uint64_t hash = 0;
};

/// An ENTRY object as it stands. Times are 0 and `sound` false when they cannot be true.
struct EntryObject {
  uint64_t seqnum = 0;
  int64_t realtime = 0;
  int64_t monotonic = 0;
  JournalId boot_id{};
  uint64_t checksum = 0;
  bool sound = true;
  bool sized = true;  ///< false: its size cannot be true, and `items` runs on past its end
  std::vector<EntryItem> items;
  uint64_t items_beyond = 0;  ///< items that are not in `items`: cut off, or past kMaxItems
};

/// Whether an ENTRY is at `offset`: by its type and its size or numbers, and by a time or a field
/// that no other object whose type was damaged would have.
bool is_entry(Pages& pages, uint64_t offset, const Layout& layout);

/// Fills `entry` with at most `most_items` items; false when no ENTRY is there.
bool read_entry_object(Pages& pages, uint64_t offset, const Layout& layout, EntryObject& entry,
                       size_t most_items = kMaxItems);

/// Damage met, as counted and as notes.
class DamageLog {
 public:
  void add(uint64_t offset, uint64_t bytes, const char* reason);
  const std::vector<base::Note>& notes() const { return notes_; }

 private:
  std::vector<base::Note> notes_;
};

}  // namespace genba::parse::journal
