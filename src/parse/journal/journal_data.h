// SPDX-License-Identifier: Apache-2.0
//
// The fields of entries, decoded once: most entries of a journal share most of their DATA objects
// (_HOSTNAME, _TRANSPORT, _PID), so what is known of one is kept by its offset: its value when it
// is short and wanted, else only that it is of no interest, and its checksum. What one entry alone
// refers to is not kept. All that is decoded is counted against a budget proportional to the
// file, what then proves to be damaged too; past it values are read by their first KiB only.
// Covered by journal_test.cc and journal_damage_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parse/journal/journal_objects.h"
#include "parse/journal/journal_unpack.h"

namespace genba::parse::journal {

/// The fields that JournalEntry has.
enum class Field : uint8_t {
  kNone,
  kMessage,
  kMessageId,
  kIdentifier,
  kComm,
  kExe,
  kCmdline,
  kTransport,
  kUnit,
  kUserUnit,
  kSubjectUnit,
  kHostname,
  kPriority,
  kFacility,
  kSyslogPid,
  kPid,
  kUid,
  kLoginuid,
  kSourceRealtime,
};
inline constexpr size_t kFieldCount = 19;

/// Which field "NAME=value" is.
Field recognize(std::string_view payload);

/// One DATA object, decoded.
struct Data {
  std::string_view text;    ///< value without its name, up to kMaxValue; empty for kNone
  uint64_t value_size = 0;  ///< whole length of the value
  uint64_t stored_hash = 0;
  uint64_t checksum = 0;  ///< lookup3 of the payload, what an entry's checksum is made of
  int64_t number = -1;    ///< the text of a field that is a number, from kPriority on
  Field field = Field::kNone;
  bool checked = false;  ///< false: too large, past the budget, or the key is lost
  bool agrees = true;    ///< with its stored hash, if checked
  bool summed = false;   ///< `checksum` is known
};

/// A payload "NAME=value", up to the size that was asked for.
struct Payload {
  std::string_view bytes;
  uint64_t whole_size = 0;
  uint64_t stored_hash = 0;
  bool shared = false;  ///< more entries than one refer to it, as it says
};

class DataStore {
 public:
  DataStore(Pages& pages, const Layout& layout);

  /// The DATA object at `offset`; null when there is none or it cannot be unpacked. Valid until
  /// the next call.
  const Data* get(uint64_t offset);
  /// Its payload, read anew; false as above. `payload` is valid until the next call.
  bool read_payload(uint64_t offset, size_t limit, Payload& payload);

  /// Counts work; false once the budget is used up.
  bool charge(uint64_t bytes);
  bool is_over_budget() const { return budget_ == 0; }
  uint64_t values_cut() const { return values_cut_; }

 private:
  static constexpr size_t kWays = 4;
  static constexpr size_t kShortText = 72;
  static constexpr size_t kLongTexts = 64;
  static constexpr size_t kLongText = size_t{16} << 10;

  struct Slot {
    Data data;
    std::array<char, kShortText> text;
  };
  struct LongText {
    uint64_t offset = 0;
    Data data;
    std::string text;
  };

  bool read_bytes(uint64_t offset, size_t limit, Payload& payload);
  const Data* decode(uint64_t offset);
  const Data* keep(uint64_t offset);
  LongText& long_text(uint64_t offset);
  size_t set_of(uint64_t offset) const;

  Pages& pages_;
  const Layout& layout_;
  Unpacker unpacker_;
  uint64_t budget_;
  uint64_t values_cut_ = 0;
  unsigned set_bits_;
  std::vector<uint64_t> tags_;
  std::vector<Slot> slots_;
  size_t next_victim_ = 0;
  std::vector<LongText> long_texts_;
  Data decoded_;
};

}  // namespace genba::parse::journal
