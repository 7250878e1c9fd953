// SPDX-License-Identifier: Apache-2.0
//
// The two ways to a journal's entries. The Walker goes from object to object; where none can be, it
// seeks the next DATA, FIELD or ENTRY whose hash agrees with its contents, from behind the last
// object that could not vouch for itself. The Lister follows the chain of entry arrays, which may
// only lead forward. Both give offsets in ascending order and end in time proportional to the file.
// Covered by journal_damage_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "parse/journal/journal_data.h"
#include "parse/journal/journal_objects.h"

namespace genba::parse::journal {

/// Whether the entry's checksum is that of its fields' checksums, all of which must be known.
/// journald leaves out a field that was sent twice, whose checksums cancelled each other: one or
/// two such fields are allowed for.
bool agrees_with_checksum(uint64_t checksum, const std::vector<uint64_t>& parts);

/// How far the walk believes the sizes of objects. Where no list tells what a damaged size makes it
/// pass over, only when the object's hash covers them, or when nothing else is inside.
enum class SizeTrust : uint8_t { kPlausible, kOnlyByHash };

class Walker {
 public:
  Walker(Pages& pages, DataStore& store, const Layout& layout, const JournalHeader& header,
         SizeTrust trust, DamageLog& log, JournalFindings& findings);

  /// Offset of the ENTRY that it stands at; kNoOffset at the end.
  uint64_t current() const { return current_; }
  /// Goes to the next ENTRY.
  void advance();
  void trust_sizes(SizeTrust trust) { trust_ = trust; }

 private:
  bool can_walk_on(const ObjectHeader& object);
  void pass_blank();
  void regain();
  uint64_t scan(uint64_t from, uint64_t until);
  bool vouches_for_itself(uint64_t offset);
  bool is_entry_whole(uint64_t offset);

  Pages& pages_;
  DataStore& store_;
  const Layout& layout_;
  DamageLog& log_;
  JournalFindings& findings_;
  uint64_t tail_;
  uint64_t at_;
  uint64_t previous_ = kNoOffset;
  uint64_t current_ = kNoOffset;
  bool lost_ = false;
  SizeTrust trust_;
  EntryObject scratch_;
  std::vector<uint64_t> checksums_;
};

class Lister {
 public:
  Lister(Pages& pages, const Layout& layout, uint64_t first_array, DamageLog& log,
         JournalFindings& findings);

  uint64_t current() const { return current_; }
  void advance();

 private:
  uint64_t next_entry();
  bool fill();
  bool open_array(uint64_t offset);
  bool leads_to_entry(uint64_t offset);
  void break_chain(const char* reason);

  Pages& pages_;
  const Layout& layout_;
  DamageLog& log_;
  JournalFindings& findings_;
  uint64_t next_array_;
  uint64_t array_ = 0;
  uint64_t items_at_ = 0;
  uint64_t items_end_ = 0;
  std::vector<uint64_t> items_;
  size_t next_item_ = 0;
  uint64_t last_ = 0;
  uint64_t current_ = 0;
  uint64_t ahead_ = 0;
  uint64_t loads_left_;  // pages that may be read to look at what is listed
  bool given_up_ = false;
};

}  // namespace genba::parse::journal
