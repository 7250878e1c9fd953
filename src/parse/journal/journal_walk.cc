// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal_walk.h"

#include <algorithm>

namespace genba::parse::journal {
namespace {

constexpr size_t kItemsAtOnce = 512;
// Honest lists lead forward, so each page of 128 KiB is read about twice for them.
constexpr uint64_t kLoadsAtLeast = 1024;
constexpr uint64_t kBytesPerLoad = 8192;

bool can_start_at(const JournalHeader& header) {
  return header.header_size >= kSmallestHeader && header.header_size <= 4096 &&
         header.header_size % 8 == 0;
}

// First word of a DATA, FIELD or ENTRY object: type, known flags, reserved bytes zero.
bool may_start_object(uint64_t word) {
  const uint64_t type = word & 0xff;
  return word <= 0x0703 && type >= 1 && type <= 3;
}

}  // namespace

bool agrees_with_checksum(uint64_t checksum, const std::vector<uint64_t>& parts) {
  uint64_t difference = checksum;
  for (const uint64_t part : parts) {
    difference ^= part;
  }
  if (difference == 0) {
    return true;
  }
  if (std::find(parts.begin(), parts.end(), difference) != parts.end()) {
    return true;
  }
  constexpr size_t kFewParts = 64;
  for (size_t i = 0; i < std::min(parts.size(), kFewParts); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if ((parts[i] ^ parts[j]) == difference) {
        return true;
      }
    }
  }
  return false;
}

Walker::Walker(Pages& pages, DataStore& store, const Layout& layout, const JournalHeader& header,
               SizeTrust trust, DamageLog& log, JournalFindings& findings)
    : pages_(pages),
      store_(store),
      layout_(layout),
      log_(log),
      findings_(findings),
      tail_(header.tail_object_offset),
      at_(can_start_at(header) ? header.header_size : kSmallestHeader),
      trust_(trust) {
  lost_ = !can_start_at(header);
  advance();
}

void Walker::advance() {
  current_ = kNoOffset;
  while (at_ < pages_.size() && pages_.size() - at_ >= kObjectHeaderSize) {
    if (lost_) {
      regain();
      continue;
    }
    const ObjectHeader object = read_object_header(pages_, at_);
    if (object.is_blank()) {
      pass_blank();
      continue;
    }
    // An entry whose size is damaged still is one, but does not tell what follows it.
    const bool walkable = can_walk_on(object);
    if (!walkable && !is_entry(pages_, at_, layout_)) {
      regain();
      continue;
    }
    ++findings_.objects;
    findings_.tags += object.is(ObjectType::kTag) ? 1U : 0U;
    previous_ = at_;
    lost_ = !walkable;
    at_ += walkable ? align8(object.size) : 8;
    if (walkable && trust_ == SizeTrust::kOnlyByHash && !store_.is_over_budget() &&
        !vouches_for_itself(previous_)) {
      at_ = std::min(at_, scan(previous_ + 8, at_));
    }
    if (object.is(ObjectType::kEntry)) {
      current_ = previous_;
      return;
    }
  }
}

bool Walker::can_walk_on(const ObjectHeader& object) {
  if (!is_plausible(object, at_, pages_.size(), layout_)) {
    return false;
  }
  if (object.type <= static_cast<uint8_t>(ObjectType::kTag)) {
    return true;
  }
  // A type of the future, or a damaged one: only what follows can tell.
  const uint64_t next = at_ + align8(object.size);
  const ObjectHeader following = read_object_header(pages_, next);
  return following.type <= static_cast<uint8_t>(ObjectType::kTag) &&
         is_plausible(following, next, pages_.size(), layout_);
}

void Walker::pass_blank() {
  const uint64_t start = at_;
  while (at_ < pages_.size()) {
    const std::string_view bytes = pages_.rest_of_page(at_);
    size_t i = 0;
    while (i + 8 <= bytes.size() && load_u64(bytes.data() + i) == 0) {
      i += 8;
    }
    at_ += i;
    if (i + 8 <= bytes.size()) {
      break;
    }
    if (i < bytes.size() || bytes.empty()) {
      at_ = pages_.size();
    }
  }
  // Journals grow by whole blocks: zeros behind the last object are room, elsewhere they are
  // damage.
  if (start <= tail_) {
    ++findings_.damaged_objects;
    findings_.damaged_bytes += at_ - start;
    findings_.blank_bytes += at_ - start;
    log_.add(start, at_ - start, "zeros where objects should be");
  }
  const ObjectHeader object = read_object_header(pages_, at_);
  if (at_ < pages_.size() && !(can_walk_on(object) || vouches_for_itself(at_))) {
    const uint64_t lost_at = at_;
    previous_ = kNoOffset;
    at_ = scan(at_, pages_.size());
    findings_.damaged_objects += start <= tail_ ? 0U : 1U;
    findings_.damaged_bytes += at_ - lost_at;
    log_.add(lost_at, at_ - lost_at, "no object can be here");
  }
}

void Walker::regain() {
  lost_ = false;
  const uint64_t lost_at = at_;
  uint64_t from = at_;
  if (previous_ != kNoOffset && previous_ + 8 < at_ && !vouches_for_itself(previous_)) {
    from = previous_ + 8;
  }
  at_ = scan(from, pages_.size());
  previous_ = kNoOffset;
  const uint64_t start = std::min(from, lost_at);
  ++findings_.damaged_objects;
  findings_.damaged_bytes += at_ - start;
  log_.add(start, at_ - start, "no object can be here");
}

uint64_t Walker::scan(uint64_t from, uint64_t until) {
  uint64_t at = align8(from);
  while (at < until) {
    const std::string_view bytes = pages_.rest_of_page(at);
    size_t i = 0;
    while (i + 8 <= bytes.size() && !may_start_object(load_u64(bytes.data() + i))) {
      i += 8;
    }
    at += i;
    if (i + 8 <= bytes.size()) {
      if (store_.is_over_budget()) {
        findings_.walk_given_up = true;
        return until;
      }
      if (at < until && vouches_for_itself(at)) {
        return at;
      }
      at += 8;
    } else if (i < bytes.size() || bytes.empty()) {
      break;
    }
  }
  return until;
}

bool Walker::vouches_for_itself(uint64_t offset) {
  const ObjectHeader object = read_object_header(pages_, offset);
  if (!is_plausible(object, offset, pages_.size(), layout_)) {
    return false;
  }
  store_.charge(kObjectHeaderSize);
  switch (static_cast<ObjectType>(object.type)) {
    case ObjectType::kData: {
      const Data* data = store_.get(offset);
      return data != nullptr && data->checked && data->agrees;
    }
    case ObjectType::kField: {
      if (!layout_.hash_known || object.size > kMaxValue) {
        return false;
      }
      store_.charge(object.size);
      const std::string_view bytes = pages_.view(offset, static_cast<size_t>(object.size));
      return bytes.size() == object.size &&
             layout_.hash(bytes.substr(kFieldFixedSize)) == load_u64(&bytes[16]);
    }
    case ObjectType::kEntry: return is_entry_whole(offset);
    case ObjectType::kUnused:
    case ObjectType::kDataHashTable:
    case ObjectType::kFieldHashTable:
    case ObjectType::kEntryArray:
    case ObjectType::kTag: break;
  }
  return false;
}

bool Walker::is_entry_whole(uint64_t offset) {
  if (!read_entry_object(pages_, offset, layout_, scratch_) || !scratch_.sound ||
      scratch_.items_beyond != 0) {
    return false;
  }
  checksums_.clear();
  store_.charge(scratch_.items.size() * sizeof(EntryItem));
  for (const EntryItem& item : scratch_.items) {
    const Data* data = store_.get(item.offset);
    if (data == nullptr || !data->summed) {
      return false;
    }
    checksums_.push_back(data->checksum);
  }
  return agrees_with_checksum(scratch_.checksum, checksums_);
}

Lister::Lister(Pages& pages, const Layout& layout, uint64_t first_array, DamageLog& log,
               JournalFindings& findings)
    : pages_(pages),
      layout_(layout),
      log_(log),
      findings_(findings),
      next_array_(first_array),
      loads_left_(kLoadsAtLeast + pages.size() / kBytesPerLoad) {
  ahead_ = next_entry();
  advance();
}

void Lister::advance() {
  last_ = current_;
  current_ = ahead_;
  if (current_ == kNoOffset) {
    return;
  }
  // An offset that leads too far would hide all up to it: of two out of order the nearer one is
  // right.
  for (ahead_ = next_entry(); ahead_ <= current_; ahead_ = next_entry()) {
    ++findings_.bad_array_items;
    if (ahead_ > last_) {
      current_ = ahead_;
    }
  }
}

uint64_t Lister::next_entry() {
  while (true) {
    if (loads_left_ == 0 && !given_up_) {
      break_chain("the entry arrays lead to and fro");
      given_up_ = true;
    }
    if (given_up_ || (next_item_ == items_.size() && !fill())) {
      return kNoOffset;
    }
    const uint64_t offset = items_[next_item_++];
    if (offset == 0) {
      continue;
    }
    if (leads_to_entry(offset)) {
      return offset;
    }
    ++findings_.bad_array_items;
  }
}

bool Lister::leads_to_entry(uint64_t offset) {
  if (offset % 8 != 0 || offset < kSmallestHeader) {
    return false;
  }
  const uint64_t loads = pages_.loads();
  const bool is_there = is_entry(pages_, offset, layout_);
  loads_left_ -= std::min(loads_left_, pages_.loads() - loads);
  return is_there;
}

bool Lister::fill() {
  while (items_at_ >= items_end_) {
    if (next_array_ == 0 || !open_array(next_array_)) {
      return false;
    }
  }
  const size_t width = layout_.array_item_size();
  const auto count =
      static_cast<size_t>(std::min<uint64_t>(kItemsAtOnce, (items_end_ - items_at_) / width));
  const std::string_view bytes = pages_.view(items_at_, count * width);
  if (bytes.size() < width) {
    return false;
  }
  items_.clear();
  for (size_t i = 0; i + width <= bytes.size(); i += width) {
    items_.push_back(layout_.compact ? load_u32(bytes.data() + i) : load_u64(bytes.data() + i));
  }
  items_at_ += items_.size() * width;
  next_item_ = 0;
  return true;
}

bool Lister::open_array(uint64_t offset) {
  const ObjectHeader object = read_object_header(pages_, offset);
  if (offset % 8 != 0 || offset < kSmallestHeader || !object.is(ObjectType::kEntryArray) ||
      !is_plausible(object, offset, pages_.size(), layout_)) {
    break_chain("the chain of entry arrays breaks off");
    return false;
  }
  const std::string_view fixed = pages_.view(offset, kArrayFixedSize);
  if (fixed.size() < kArrayFixedSize) {
    break_chain("the chain of entry arrays breaks off");
    return false;
  }
  const uint64_t next = load_u64(fixed.data() + kObjectHeaderSize);
  if (next != 0 && next <= offset + kArrayFixedSize) {
    break_chain("the chain of entry arrays leads back");
  } else {
    next_array_ = next;
  }
  // Arrays do not overlap: each was made when the one before was full.
  items_at_ = offset + kArrayFixedSize;
  items_end_ = offset + object.size;
  if (next_array_ != 0) {
    items_end_ = std::min(items_end_, next_array_);
  }
  array_ = offset;
  items_end_ -= (items_end_ - items_at_) % layout_.array_item_size();
  return true;
}

void Lister::break_chain(const char* reason) {
  findings_.array_chain_broken = true;
  log_.add(next_array_, 0, reason);
  next_array_ = 0;
}

}  // namespace genba::parse::journal
