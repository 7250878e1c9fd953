// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal_data.h"

#include <algorithm>

#include "base/number.h"

namespace genba::parse::journal {
namespace {

// Honest files stay far below: each byte of a file would have to be decoded 64 times.
constexpr uint64_t kBudgetPerByte = 64;
constexpr uint64_t kBudgetAtLeast = uint64_t{64} << 20;
constexpr size_t kLongestName = 64;
constexpr size_t kHeadSize = 1024;
constexpr uint64_t kCallCost = 64;
// Of a page that is read. Entries of honest files may need several each, at their worst.
constexpr uint64_t kPageCost = 4096;
// Of packed bytes, when only the value's head is wanted.
constexpr uint64_t kPackedHead = uint64_t{16} << 10;

constexpr std::array<std::string_view, kFieldCount> kNames = {"",
                                                              "MESSAGE=",
                                                              "MESSAGE_ID=",
                                                              "SYSLOG_IDENTIFIER=",
                                                              "_COMM=",
                                                              "_EXE=",
                                                              "_CMDLINE=",
                                                              "_TRANSPORT=",
                                                              "_SYSTEMD_UNIT=",
                                                              "_SYSTEMD_USER_UNIT=",
                                                              "UNIT=",
                                                              "_HOSTNAME=",
                                                              "PRIORITY=",
                                                              "SYSLOG_FACILITY=",
                                                              "SYSLOG_PID=",
                                                              "_PID=",
                                                              "_UID=",
                                                              "_AUDIT_LOGINUID=",
                                                              "_SOURCE_REALTIME_TIMESTAMP="};

constexpr std::string_view name_of(Field field) {
  return kNames[static_cast<size_t>(field)];
}

Field either(std::string_view payload, Field first, Field second = Field::kNone,
             Field third = Field::kNone) {
  for (const Field field : {first, second, third}) {
    if (payload.starts_with(name_of(field))) {
      return field;
    }
  }
  return Field::kNone;
}

// Small files have few fields, and hosts have many small files.
unsigned set_bits_for(uint64_t file_size) {
  if (file_size < uint64_t{64} << 10) {
    return 6;
  }
  return file_size < uint64_t{8} << 20 ? 10 : 13;
}

// Fibonacci hashing of an offset in units of 8, as objects are aligned; its high bits are used.
uint64_t spread(uint64_t offset) {
  return (offset >> 3) * 0x9E3779B97F4A7C15U;
}

}  // namespace

Field recognize(std::string_view payload) {
  if (payload.size() < 2) {
    return Field::kNone;
  }
  switch (payload[0]) {
    case 'M': return either(payload, Field::kMessage, Field::kMessageId);
    case 'P': return either(payload, Field::kPriority);
    case 'S': return either(payload, Field::kIdentifier, Field::kFacility, Field::kSyslogPid);
    case 'U': return either(payload, Field::kSubjectUnit);
    case '_': break;
    default: return Field::kNone;
  }
  switch (payload[1]) {
    case 'A': return either(payload, Field::kLoginuid);
    case 'C': return either(payload, Field::kComm, Field::kCmdline);
    case 'E': return either(payload, Field::kExe);
    case 'H': return either(payload, Field::kHostname);
    case 'P': return either(payload, Field::kPid);
    case 'S': return either(payload, Field::kSourceRealtime, Field::kUnit, Field::kUserUnit);
    case 'T': return either(payload, Field::kTransport);
    case 'U': return either(payload, Field::kUid);
    default: return Field::kNone;
  }
}

DataStore::DataStore(Pages& pages, const Layout& layout)
    : pages_(pages),
      layout_(layout),
      budget_(kBudgetAtLeast + kBudgetPerByte * std::min(pages.size(), UINT64_MAX / 256)),
      set_bits_(set_bits_for(pages.size())),
      tags_((size_t{1} << set_bits_) * kWays),
      slots_((size_t{1} << set_bits_) * kWays),
      long_texts_(kLongTexts) {}

size_t DataStore::set_of(uint64_t offset) const {
  return static_cast<size_t>(spread(offset) >> (64 - set_bits_));
}

bool DataStore::charge(uint64_t bytes) {
  budget_ -= std::min(budget_, bytes);
  return budget_ > 0;
}

bool DataStore::read_payload(uint64_t offset, size_t limit, Payload& payload) {
  const uint64_t loads = pages_.loads();
  const bool is_read = read_bytes(offset, limit, payload);
  charge((pages_.loads() - loads) * kPageCost);
  return is_read;
}

bool DataStore::read_bytes(uint64_t offset, size_t limit, Payload& payload) {
  if (offset % 8 != 0 || offset < kSmallestHeader) {
    return false;
  }
  const size_t fixed_size = layout_.payload_offset();
  std::string_view bytes = pages_.rest_of_page(offset);
  if (bytes.size() < fixed_size) {
    bytes = pages_.view(offset, fixed_size);
    if (bytes.size() < fixed_size) {
      return false;
    }
  }
  const char* at = bytes.data();
  const ObjectHeader object{static_cast<uint8_t>(at[0]), static_cast<uint8_t>(at[1]),
                            load_u64(at + 8)};
  if (!object.is(ObjectType::kData) || !is_plausible(object, offset, pages_.size(), layout_)) {
    return false;
  }
  payload.stored_hash = load_u64(at + 16);
  payload.shared = load_u64(at + 56) > 1;
  const uint64_t size = object.size - fixed_size;
  const unsigned packing = object.flags & 7U;
  const bool hurried = is_over_budget();
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(size, packing == 0 ? limit
                                                                   : hurried    ? kPackedHead
                                                                                : kMaxWhole));
  payload.bytes = bytes.size() - fixed_size >= wanted ? bytes.substr(fixed_size, wanted)
                                                      : pages_.view(offset + fixed_size, wanted);
  payload.whole_size = size;
  if (payload.bytes.size() < wanted) {
    return false;
  }
  if (packing != 0) {
    if ((packing & (packing - 1)) != 0) {
      return false;
    }
    // Of packed bytes that were not read whole only the head can be had.
    const size_t most = wanted == size ? limit : std::min(limit, kMaxValue + kLongestName + 1);
    const auto unpacked = unpacker_.unpack(static_cast<Packing>(packing), payload.bytes, most,
                                           hurried ? PackedRest::kLeft : PackedRest::kCounted);
    charge(wanted + unpacker_.work());
    if (!unpacked) {
      return false;
    }
    payload.bytes = unpacked->bytes;
    payload.whole_size = unpacked->whole_size;
  }
  return true;
}

const Data* DataStore::get(uint64_t offset) {
  const size_t set = set_of(offset);
  const uint64_t* const tags = &tags_[set * kWays];
  for (size_t way = 0; way < kWays; ++way) {
    if (tags[way] == offset && offset != 0) {
      return &slots_[set * kWays + way].data;
    }
  }
  const LongText& kept = long_text(offset);
  if (kept.offset == offset && offset != 0) {
    charge(kCallCost + kept.text.size() / 8);
    return &kept.data;
  }
  return decode(offset);
}

DataStore::LongText& DataStore::long_text(uint64_t offset) {
  return long_texts_[static_cast<size_t>(spread(offset) >> 58)];
}

const Data* DataStore::decode(uint64_t offset) {
  const bool hurried = is_over_budget();
  Payload payload;
  // A payload too large to be checked is wanted for its value alone.
  if (!read_payload(offset, hurried ? kHeadSize : kMaxWhole, payload)) {
    charge(kCallCost);
    return nullptr;
  }
  charge(kCallCost + payload.bytes.size());
  const bool whole = payload.bytes.size() == payload.whole_size;
  values_cut_ += hurried && !whole ? 1U : 0U;
  decoded_ = Data{};
  decoded_.stored_hash = payload.stored_hash;
  decoded_.summed = whole;
  if (whole) {
    decoded_.checksum = jenkins_hash(payload.bytes);
    decoded_.checked = layout_.hash_known;
    const uint64_t hash =
        layout_.keyed ? siphash24(payload.bytes, layout_.file_id) : decoded_.checksum;
    decoded_.agrees = !decoded_.checked || hash == payload.stored_hash;
  }
  decoded_.field = recognize(payload.bytes.substr(0, kLongestName));
  if (decoded_.field != Field::kNone) {
    const size_t name = name_of(decoded_.field).size();
    decoded_.text = payload.bytes.substr(name, kMaxValue);
    decoded_.value_size = payload.whole_size - name;
    if (decoded_.field >= Field::kPriority) {
      decoded_.number = base::parse_number<int64_t>(decoded_.text).value_or(-1);
    }
  }
  return payload.shared ? keep(offset) : &decoded_;
}

const Data* DataStore::keep(uint64_t offset) {
  const size_t size = decoded_.text.size();
  if (size > kLongText) {
    return &decoded_;
  }
  if (size > kShortText) {
    LongText& kept = long_text(offset);
    kept.offset = offset;
    kept.text.assign(decoded_.text);
    kept.data = decoded_;
    kept.data.text = kept.text;
    return &kept.data;
  }
  const size_t set = set_of(offset);
  size_t way = 0;
  while (way < kWays && tags_[set * kWays + way] != 0) {
    ++way;
  }
  if (way == kWays) {
    way = next_victim_++ % kWays;
  }
  tags_[set * kWays + way] = offset;
  Slot& slot = slots_[set * kWays + way];
  slot.data = decoded_;
  std::copy(decoded_.text.begin(), decoded_.text.end(), slot.text.begin());
  slot.data.text = std::string_view(slot.text.data(), size);
  return &slot.data;
}

}  // namespace genba::parse::journal
