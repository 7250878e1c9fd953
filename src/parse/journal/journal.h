// SPDX-License-Identifier: Apache-2.0
//
// systemd journal files: what was logged, by whom (the fields that journald itself vouches for
// start with '_'), and whether the file was changed afterwards. Entries are found twice, by walking
// all objects and by the chain of entry arrays that journalctl reads, and both are merged by
// offset: an entry that was unlinked to hide it still comes, and so does one behind a damaged
// object. After damage the walk goes on at the next object whose hash agrees with its contents, so
// that bytes of a message cannot pose as an entry. Every hash is checked (siphash24 or lookup3 of
// each DATA object, and the entry's XOR of them). Where it does not hold: a field beyond 2 MiB is
// given by its head and its hash stays unchecked, forward secure sealing (TAG objects) is not
// verified, and files are read one by one, not interleaved. Source of truth: systemd
// docs/JOURNAL_FILE_FORMAT.md. Covered by journal_test.cc,
// journal_tampering_test.cc, journal_damage_test.cc and journal_real_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// Where the bytes of a journal come from. The reader asks in pieces of 128 KiB and keeps 8 MiB.
class JournalSource {
 public:
  virtual ~JournalSource() = default;
  virtual uint64_t size() const = 0;
  /// Fills as much of `buffer` as there is at `offset`, and returns how much; fewer bytes only at
  /// the end (or where the file shrank).
  virtual size_t read_at(uint64_t offset, std::span<char> buffer) = 0;
};

using JournalId = std::array<uint8_t, 16>;

/// The ID as 32 hex digits, as journalctl prints it.
std::string to_text(const JournalId& id);

enum class JournalState : uint8_t { kOffline = 0, kOnline = 1, kArchived = 2, kUnknown = 255 };

/// The header as it stands in the file, true or not. What an older version did not have is 0.
struct JournalHeader {
  JournalId file_id{};
  JournalId machine_id{};
  JournalId tail_entry_boot_id{};
  JournalId seqnum_id{};
  JournalState state = JournalState::kUnknown;
  uint32_t compatible_flags = 0;
  uint32_t incompatible_flags = 0;
  uint64_t header_size = 0;
  uint64_t arena_size = 0;
  uint64_t tail_object_offset = 0;
  uint64_t entry_array_offset = 0;
  uint64_t n_objects = 0;
  uint64_t n_entries = 0;
  uint64_t n_data = 0;
  uint64_t n_tags = 0;
  uint64_t head_seqnum = 0;
  uint64_t tail_seqnum = 0;
  int64_t head_realtime = 0;   ///< µs since 1970
  int64_t tail_realtime = 0;   ///< µs since 1970
  int64_t tail_monotonic = 0;  ///< µs since the boot tail_entry_boot_id

  bool is_sealed() const { return (compatible_flags & 1U) != 0; }
  bool has_keyed_hash() const { return (incompatible_flags & 4U) != 0; }
  bool is_compact() const { return (incompatible_flags & 16U) != 0; }
  /// Incompatible flags that this reader does not know; 0 in every file up to systemd 256.
  uint32_t unknown_flags() const { return incompatible_flags & ~31U; }
  /// The compressions its flags announce: "", or words of "xz lz4 zstd".
  std::string compression() const;
};

/// Which of the two ways led to an entry. journalctl shows only what is listed.
enum class JournalOrigin : uint8_t { kWalkedAndListed, kWalkedOnly, kListedOnly };

/// What the hashes say of an entry's fields.
enum class JournalIntegrity : uint8_t {
  kGood,       ///< every DATA object and the entry's own checksum agree
  kChanged,    ///< a field does not agree with its hash: edited afterwards, or damaged
  kOdd,        ///< the fields agree with their hashes, but not with the entry's checksum
  kUnchecked,  ///< something is missing, too large, or the key is lost
};

/// One entry. Views live until the next entry. A text that the entry does not have is empty (its
/// data() is null), a number is -1. Of several values of one field the first counts, as with
/// sd_journal_get_data. Values are kept up to 64 KiB.
struct JournalEntry {
  uint64_t offset = 0;
  uint64_t seqnum = 0;
  int64_t realtime = 0;   ///< µs since 1970, when journald took it; 0 when damaged
  int64_t monotonic = 0;  ///< µs since boot; 0 when damaged
  JournalId boot_id{};
  JournalOrigin origin = JournalOrigin::kWalkedAndListed;
  JournalIntegrity integrity = JournalIntegrity::kUnchecked;
  uint32_t lost_items = 0;  ///< fields that the entry had and that could not be read

  std::string_view message;
  /// Whole length of MESSAGE, also when it was cut. At least this where an xz stream has more than
  /// 2 MiB or unpacks to more than 64.
  uint64_t message_size = 0;
  std::string_view message_id;
  std::string_view identifier;  ///< SYSLOG_IDENTIFIER: whatever the sender claimed
  std::string_view comm;        ///< _COMM, and all below that start with '_': set by journald
  std::string_view exe;
  std::string_view cmdline;
  std::string_view transport;
  std::string_view unit;          ///< _SYSTEMD_UNIT: the sender's
  std::string_view user_unit;     ///< _SYSTEMD_USER_UNIT
  std::string_view subject_unit;  ///< UNIT: the one that systemd speaks of
  std::string_view hostname;
  int64_t priority = -1;
  int64_t syslog_facility = -1;
  int64_t syslog_pid = -1;       ///< SYSLOG_PID: whatever the sender claimed
  int64_t pid = -1;              ///< _PID
  int64_t uid = -1;              ///< _UID
  int64_t loginuid = -1;         ///< _AUDIT_LOGINUID
  int64_t source_realtime = -1;  ///< _SOURCE_REALTIME_TIMESTAMP, µs since 1970
};

/// One field of an entry, for those that want all of them.
struct JournalField {
  std::string_view name;
  std::string_view value;   ///< up to 64 KiB of it, any bytes
  uint64_t value_size = 0;  ///< whole length, as message_size
};

/// Sequence numbers that the file passes over. Normal where several files share a seqnum_id (user
/// journals beside the system's): only all of them together tell what was removed.
struct JournalSeqnumHole {
  uint64_t first_missing = 0;
  uint64_t last_missing = 0;
  int64_t realtime_before = 0;
  int64_t realtime_after = 0;
};

/// The wall clock went back between two entries of one boot whose monotonic clock went on.
struct JournalClockStep {
  uint64_t offset = 0;  ///< of the entry after the step
  uint64_t seqnum = 0;
  int64_t realtime_before = 0;
  int64_t realtime_after = 0;
};

/// An entry whose integrity is kChanged or kOdd.
struct JournalChangedEntry {
  uint64_t offset = 0;
  uint64_t seqnum = 0;
  int64_t realtime = 0;
  uint64_t data_offset = 0;  ///< the first DATA object that does not agree; 0 for kOdd
};

/// What the file says about itself and about those who handled it. Complete when next() has
/// returned false. Lists hold at most kMaxJournalFindings; the counts go on.
struct JournalFindings {
  uint64_t entries = 0;  ///< delivered: the union of both ways
  uint64_t entries_walked = 0;
  uint64_t entries_listed = 0;
  uint64_t walked_only = 0;         ///< journalctl does not see them
  uint64_t listed_only = 0;         ///< the walk missed them, because of damage before them
  uint64_t entries_after_tail = 0;  ///< behind the header's last object: appended while we read,
                                    ///< or the header was set back; of no account for mismatches
  uint64_t entries_damaged = 0;     ///< delivered without all of their fields or times
  uint64_t damaged_items = 0;       ///< references to fields that could not be read
  uint64_t damaged_objects = 0;     ///< places where the walk lost its way
  uint64_t damaged_bytes = 0;       ///< passed over until it was found again
  uint64_t blank_bytes = 0;         ///< of them zero: a wiped stretch
  uint64_t bad_array_items = 0;     ///< listed offsets where no entry is, or out of order
  uint64_t objects = 0;             ///< walked
  uint64_t tags = 0;                ///< seals met
  uint64_t changed_entries = 0;     ///< integrity kChanged
  uint64_t odd_entries = 0;         ///< integrity kOdd
  uint64_t unchecked_entries = 0;
  uint64_t seqnum_holes = 0;
  uint64_t seqnums_missing = 0;  ///< in all holes together
  uint64_t seqnums_back = 0;     ///< entries numbered not above the one before
  uint64_t clock_steps = 0;
  uint64_t monotonic_back = 0;  ///< the monotonic clock of one boot went back
  uint64_t values_cut = 0;      ///< decoded by their head only, to end in bounded time
  uint64_t first_seqnum = 0;
  uint64_t last_seqnum = 0;
  bool signature_damaged = false;
  bool flags_contradicted = false;   ///< compact or keyed: the objects say otherwise, and were
                                     ///< believed
  bool hashes_unverifiable = false;  ///< no hash agrees with any key: file_id was changed
  bool unknown_flags = false;        ///< a newer format: read as far as it can be understood
  bool array_chain_broken = false;
  bool walk_given_up = false;       ///< too costly after damage; the listed entries went on
  bool cut = false;                 ///< the file is shorter than its header says
  uint64_t missing_bytes = 0;       ///< by how much
  bool n_entries_mismatch = false;  ///< header against entries up to its last object
  bool head_seqnum_mismatch = false;
  bool tail_seqnum_mismatch = false;
  bool tail_realtime_mismatch = false;
  std::vector<JournalSeqnumHole> hole_list;
  std::vector<JournalClockStep> clock_step_list;
  std::vector<JournalChangedEntry> changed_list;
};

inline constexpr size_t kMaxJournalFindings = 1024;

/// Reads the entries of one journal in the order of the file, which is that of writing. Needs about
/// 16 MiB, at most 32 with hostile files, and time proportional to the file's size.
class JournalReader {
 public:
  /// `source` must outlive the reader. kWrongType when this is no journal, kDamaged when it breaks
  /// off within its header.
  static base::Result<JournalReader> open(JournalSource& source);
  JournalReader(JournalReader&& other) noexcept;
  JournalReader& operator=(JournalReader&& other) noexcept;
  ~JournalReader();

  const JournalHeader& header() const;
  /// The next entry; false at the end.
  bool next(JournalEntry& entry);
  /// Calls `found` with each field of the entry that next() gave last, in the file's order; the
  /// views live during the call.
  void visit_fields(const std::function<void(const JournalField&)>& found);
  const JournalFindings& findings() const;
  /// Damage met so far, at most 64 notes; the last one counts the bytes of the rest.
  const std::vector<base::Note>& notes() const;

 private:
  class Implementation;
  explicit JournalReader(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace genba::parse
