// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal.h"

#include <algorithm>

#include "parse/journal/journal_data.h"
#include "parse/journal/journal_objects.h"
#include "parse/journal/journal_pages.h"
#include "parse/journal/journal_walk.h"

namespace genba::parse {
namespace {

using journal::Data;
using journal::Field;
using journal::kFieldCount;
using journal::kNoOffset;

// Where in an entry a field goes: to a text or to a number.
struct Place {
  std::string_view JournalEntry::*text = nullptr;
  int64_t JournalEntry::*number = nullptr;
};

// In the order of journal::Field.
constexpr std::array<Place, kFieldCount> kPlaces = {{{},
                                                     {&JournalEntry::message, nullptr},
                                                     {&JournalEntry::message_id, nullptr},
                                                     {&JournalEntry::identifier, nullptr},
                                                     {&JournalEntry::comm, nullptr},
                                                     {&JournalEntry::exe, nullptr},
                                                     {&JournalEntry::cmdline, nullptr},
                                                     {&JournalEntry::transport, nullptr},
                                                     {&JournalEntry::unit, nullptr},
                                                     {&JournalEntry::user_unit, nullptr},
                                                     {&JournalEntry::subject_unit, nullptr},
                                                     {&JournalEntry::hostname, nullptr},
                                                     {nullptr, &JournalEntry::priority},
                                                     {nullptr, &JournalEntry::syslog_facility},
                                                     {nullptr, &JournalEntry::syslog_pid},
                                                     {nullptr, &JournalEntry::pid},
                                                     {nullptr, &JournalEntry::uid},
                                                     {nullptr, &JournalEntry::loginuid},
                                                     {nullptr, &JournalEntry::source_realtime}}};

template <class Value>
void append(std::vector<Value>& list, const Value& value) {
  if (list.size() < kMaxJournalFindings) {
    list.push_back(value);
  }
}

}  // namespace

std::string to_text(const JournalId& id) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : id) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string JournalHeader::compression() const {
  std::string words;
  const auto add = [&](uint32_t flag, const char* word) {
    if ((incompatible_flags & flag) != 0) {
      words += words.empty() ? "" : " ";
      words += word;
    }
  };
  add(1, "xz");
  add(2, "lz4");
  add(8, "zstd");
  return words;
}

class JournalReader::Implementation {
 public:
  Implementation(JournalSource& source, bool signature_good)
      : pages_(source),
        header_(journal::parse_header(pages_.view(0, 272))),
        layout_(journal::detect_layout(pages_, header_)),
        store_(pages_, layout_),
        items_left_(2 * (pages_.size() / layout_.item_size())),
        texts_(std::make_unique_for_overwrite<char[]>(kFieldCount * journal::kMaxValue)) {
    findings_.signature_damaged = !signature_good;
    compare_header_with_file();
  }

  const JournalHeader& header() const { return header_; }
  const journal::Layout& layout() const { return layout_; }
  const JournalFindings& findings() const { return findings_; }
  const std::vector<base::Note>& notes() const { return log_.notes(); }

  bool next(JournalEntry& entry);
  void visit_fields(const std::function<void(const JournalField&)>& found);

 private:
  void compare_header_with_file();
  uint64_t take_nearest(JournalOrigin& origin);
  bool read_object(uint64_t offset);
  void fill(JournalEntry& entry);
  void put(const Data& data, JournalEntry& entry);
  std::string_view keep(std::string_view text);
  void judge_integrity(JournalEntry& entry, uint64_t changed_data, uint64_t unchecked);
  void compare_with_previous(const JournalEntry& entry);
  void finish();

  journal::Pages pages_;
  JournalHeader header_;
  journal::Layout layout_;
  journal::DataStore store_;
  journal::DamageLog log_;
  JournalFindings findings_;
  std::unique_ptr<journal::Walker> walker_;
  std::unique_ptr<journal::Lister> lister_;
  journal::EntryObject object_;
  std::vector<uint64_t> checksums_;
  uint64_t items_left_;
  std::unique_ptr<char[]> texts_;
  size_t texts_used_ = 0;
  bool finished_ = false;

  // The last entry with sound numbers.
  bool has_previous_ = false;
  uint64_t previous_seqnum_ = 0;
  int64_t previous_realtime_ = 0;
  int64_t previous_monotonic_ = 0;
  JournalId previous_boot_{};
  int64_t last_realtime_ = 0;
};

void JournalReader::Implementation::compare_header_with_file() {
  findings_.unknown_flags = header_.unknown_flags() != 0;
  findings_.hashes_unverifiable = !layout_.hash_known;
  findings_.flags_contradicted =
      layout_.compact != header_.is_compact() || layout_.keyed != header_.has_keyed_hash();
  const uint64_t size = pages_.size();
  const uint64_t promised = header_.header_size + header_.arena_size;
  if (promised >= header_.header_size && promised > size) {
    findings_.cut = true;
    findings_.missing_bytes = promised - size;
    log_.add(size, findings_.missing_bytes, "the file is shorter than its header says");
  }
  if (findings_.unknown_flags) {
    log_.add(0, 0, "a newer format: read as far as it can be understood");
  }
}

uint64_t JournalReader::Implementation::take_nearest(JournalOrigin& origin) {
  const uint64_t walked = walker_->current();
  const uint64_t listed = lister_->current();
  if (listed == kNoOffset) {
    walker_->trust_sizes(journal::SizeTrust::kOnlyByHash);
  }
  if (walked == kNoOffset && listed == kNoOffset) {
    return kNoOffset;
  }
  findings_.entries_walked += walked <= listed ? 1U : 0U;
  findings_.entries_listed += listed <= walked ? 1U : 0U;
  if (walked <= listed) {
    walker_->advance();
  }
  if (listed <= walked) {
    lister_->advance();
  }
  if (walked == listed) {
    origin = JournalOrigin::kWalkedAndListed;
  } else if (walked < listed) {
    origin = JournalOrigin::kWalkedOnly;
    ++findings_.walked_only;
  } else {
    origin = JournalOrigin::kListedOnly;
    ++findings_.listed_only;
  }
  return std::min(walked, listed);
}

bool JournalReader::Implementation::next(JournalEntry& entry) {
  if (walker_ == nullptr) {
    lister_ = std::make_unique<journal::Lister>(pages_, layout_, header_.entry_array_offset, log_,
                                                findings_);
    const auto trust = lister_->current() == kNoOffset ? journal::SizeTrust::kOnlyByHash
                                                       : journal::SizeTrust::kPlausible;
    walker_ =
        std::make_unique<journal::Walker>(pages_, store_, layout_, header_, trust, log_, findings_);
  }
  entry = JournalEntry{};
  entry.offset = take_nearest(entry.origin);
  while (entry.offset != kNoOffset && !read_object(entry.offset)) {
    entry.offset = take_nearest(entry.origin);
  }
  if (entry.offset == kNoOffset) {
    object_.items.clear();
    finish();
    return false;
  }
  fill(entry);
  if (object_.sound) {
    compare_with_previous(entry);
  }
  ++findings_.entries;
  findings_.entries_damaged += entry.lost_items > 0 || !object_.sound ? 1U : 0U;
  findings_.damaged_items += entry.lost_items;
  findings_.values_cut = store_.values_cut();
  return true;
}

bool JournalReader::Implementation::read_object(uint64_t offset) {
  // Entries that overlap could have more items than the file has room for; honest ones cannot.
  // Past the budget each item still costs a look.
  constexpr size_t kFewItems = 32;
  const size_t most = items_left_ > 0 && !store_.is_over_budget() ? journal::kMaxItems : kFewItems;
  const bool found = journal::read_entry_object(pages_, offset, layout_, object_, most);
  items_left_ -= std::min<uint64_t>(items_left_, object_.items.size());
  return found;
}

void JournalReader::Implementation::fill(JournalEntry& entry) {
  entry.seqnum = object_.seqnum;
  entry.realtime = object_.realtime;
  entry.monotonic = object_.monotonic;
  entry.boot_id = object_.boot_id;
  texts_used_ = 0;
  checksums_.clear();
  uint64_t lost = object_.items_beyond;
  uint64_t changed = 0;
  uint64_t unchecked = 0;
  for (const journal::EntryItem& item : object_.items) {
    const Data* const data = store_.get(item.offset);
    if (data == nullptr) {
      ++lost;
      if (object_.sized) {
        continue;
      }
      break;
    }
    const bool hash_moved = !layout_.compact && item.hash != data->stored_hash;
    if (changed == 0 && (!data->agrees || hash_moved)) {
      changed = item.offset;
    }
    unchecked += data->summed ? 0U : 1U;
    checksums_.push_back(data->checksum);
    if (data->field != Field::kNone) {
      put(*data, entry);
    }
  }
  if (!object_.sized) {
    lost = std::max<uint64_t>(lost, 1);
  }
  entry.lost_items = static_cast<uint32_t>(std::min<uint64_t>(lost, UINT32_MAX));
  judge_integrity(entry, changed, unchecked);
}

void JournalReader::Implementation::put(const Data& data, JournalEntry& entry) {
  const Place& place = kPlaces[static_cast<size_t>(data.field)];
  if (place.text != nullptr) {
    std::string_view& text = entry.*place.text;
    if (text.data() == nullptr) {
      text = keep(data.text);
      if (data.field == Field::kMessage) {
        entry.message_size = data.value_size;
      }
    }
  } else if (entry.*place.number == -1) {
    entry.*place.number = data.number;
  }
}

std::string_view JournalReader::Implementation::keep(std::string_view text) {
  // Each text field is kept once and none is longer than kMaxValue: there is always room.
  char* const at = texts_.get() + texts_used_;
  std::copy(text.begin(), text.end(), at);
  texts_used_ += text.size();
  return {at, text.size()};
}

void JournalReader::Implementation::judge_integrity(JournalEntry& entry, uint64_t changed_data,
                                                    uint64_t unchecked) {
  if (changed_data != 0) {
    entry.integrity = JournalIntegrity::kChanged;
    ++findings_.changed_entries;
  } else if (entry.lost_items > 0 || unchecked > 0) {
    ++findings_.unchecked_entries;
    return;
  } else if (!journal::agrees_with_checksum(object_.checksum, checksums_)) {
    entry.integrity = JournalIntegrity::kOdd;
    ++findings_.odd_entries;
  } else {
    // The entry's checksum needs no key: it vouches also where the file's ID is lost.
    entry.integrity = JournalIntegrity::kGood;
    return;
  }
  append(findings_.changed_list,
         JournalChangedEntry{entry.offset, entry.seqnum, entry.realtime, changed_data});
}

void JournalReader::Implementation::compare_with_previous(const JournalEntry& entry) {
  const bool after_tail = entry.offset > header_.tail_object_offset;
  findings_.entries_after_tail += after_tail ? 1U : 0U;
  if (!has_previous_) {
    findings_.first_seqnum = entry.seqnum;
  } else {
    if (entry.seqnum <= previous_seqnum_) {
      ++findings_.seqnums_back;
    } else if (entry.seqnum - previous_seqnum_ > 1) {
      ++findings_.seqnum_holes;
      findings_.seqnums_missing += entry.seqnum - previous_seqnum_ - 1;
      append(findings_.hole_list, JournalSeqnumHole{previous_seqnum_ + 1, entry.seqnum - 1,
                                                    previous_realtime_, entry.realtime});
    }
    if (entry.boot_id == previous_boot_) {
      if (entry.monotonic < previous_monotonic_) {
        ++findings_.monotonic_back;
      } else if (entry.realtime < previous_realtime_) {
        ++findings_.clock_steps;
        append(findings_.clock_step_list,
               JournalClockStep{entry.offset, entry.seqnum, previous_realtime_, entry.realtime});
      }
    }
  }
  has_previous_ = true;
  previous_seqnum_ = entry.seqnum;
  previous_realtime_ = entry.realtime;
  previous_monotonic_ = entry.monotonic;
  previous_boot_ = entry.boot_id;
  if (!after_tail) {
    findings_.last_seqnum = entry.seqnum;
    last_realtime_ = entry.realtime;
  }
}

void JournalReader::Implementation::finish() {
  if (finished_) {
    return;
  }
  finished_ = true;
  findings_.n_entries_mismatch =
      findings_.entries - findings_.entries_after_tail != header_.n_entries;
  findings_.head_seqnum_mismatch = findings_.first_seqnum != header_.head_seqnum;
  findings_.tail_seqnum_mismatch = findings_.last_seqnum != header_.tail_seqnum;
  findings_.tail_realtime_mismatch = last_realtime_ != header_.tail_realtime;
}

void JournalReader::Implementation::visit_fields(
    const std::function<void(const JournalField&)>& found) {
  journal::Payload payload;
  for (const journal::EntryItem& item : object_.items) {
    // A name is at most 64 bytes long, so the value's 64 KiB are within this.
    constexpr size_t kLimit = journal::kMaxValue + 65;
    if (!store_.read_payload(item.offset, store_.is_over_budget() ? 1024 : kLimit, payload)) {
      continue;
    }
    store_.charge(payload.bytes.size());
    const size_t name = payload.bytes.find('=');
    if (name == std::string_view::npos) {
      continue;
    }
    found({payload.bytes.substr(0, name), payload.bytes.substr(name + 1, journal::kMaxValue),
           payload.whole_size - name - 1});
  }
}

base::Result<JournalReader> JournalReader::open(JournalSource& source) {
  std::array<char, journal::kSmallestHeader> head{};
  const size_t got = source.read_at(0, head);
  const std::string_view bytes(head.data(), got);
  const bool signature_good = bytes.starts_with(journal::kSignature);
  if (got < head.size()) {
    return signature_good
               ? base::fail(base::ErrorCode::kDamaged, "the journal breaks off in its header")
               : base::fail(base::ErrorCode::kWrongType, "not a systemd journal");
  }
  auto implementation = std::make_unique<Implementation>(source, signature_good);
  if (!signature_good &&
      (implementation->layout().data_votes == 0 || !implementation->layout().hash_known)) {
    return base::fail(base::ErrorCode::kWrongType, "not a systemd journal");
  }
  return JournalReader(std::move(implementation));
}

JournalReader::JournalReader(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
JournalReader::JournalReader(JournalReader&& other) noexcept = default;
JournalReader& JournalReader::operator=(JournalReader&& other) noexcept = default;
JournalReader::~JournalReader() = default;

const JournalHeader& JournalReader::header() const {
  return implementation_->header();
}

bool JournalReader::next(JournalEntry& entry) {
  return implementation_->next(entry);
}

void JournalReader::visit_fields(const std::function<void(const JournalField&)>& found) {
  implementation_->visit_fields(found);
}

const JournalFindings& JournalReader::findings() const {
  return implementation_->findings();
}

const std::vector<base::Note>& JournalReader::notes() const {
  return implementation_->notes();
}

}  // namespace genba::parse
