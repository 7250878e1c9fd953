// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/memory_dump.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "parse/memory_map/memory_map.h"
#include "sys/process.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr uint64_t kMostAddresses = 64ULL << 30;
constexpr size_t kEntry = 8;                // of pagemap, bytes a page
constexpr size_t kPagesAtOnce = 64U << 10;  // pagemap entries in one read
constexpr size_t kBytesAtOnce = 1U << 20;
constexpr uint64_t kPresent = 1ULL << 63;  // pagemap.rst
constexpr uint64_t kSwapped = 1ULL << 62;
constexpr uint64_t kOfFile = 1ULL << 61;  // or shared; since Linux 3.5
constexpr size_t kMostIndexBytes = 64U << 20;

class Dumper {
 public:
  Dumper(EvidenceWriter& evidence, uint64_t limit) : evidence_(evidence), limit_(limit) {}

  Result<void> open(const host::Host& host, int64_t pid);
  Result<void> add(const parse::MemoryMapping& mapping);
  MemoryDump finish() { return std::move(dump_); }

 private:
  Result<void> add_pages(const parse::MemoryMapping& mapping, uint64_t first, size_t count);
  Result<void> add_run(const parse::MemoryMapping& mapping, uint64_t start, uint64_t end);
  void fill(uint64_t address, std::span<char> bytes);

  EvidenceWriter& evidence_;
  uint64_t limit_;
  uint64_t page_ = sys::page_size();
  uint64_t looked_at_ = 0;
  std::unique_ptr<host::FileReader> pagemap_;
  std::unique_ptr<host::FileReader> memory_;
  std::vector<char> entries_ = std::vector<char>(kEntry * kPagesAtOnce);
  std::vector<char> buffer_ = std::vector<char>(kBytesAtOnce);
  MemoryDump dump_;
};

Result<void> Dumper::open(const host::Host& host, int64_t pid) {
  auto pagemap = host.open_file(fmt::format("/proc/{}/pagemap", pid));
  if (!pagemap) {
    if (pagemap.error().code == ErrorCode::kNotFound) {
      return fail(ErrorCode::kUnsupported,
                  "the kernel does not tell which pages are there (no pagemap)");
    }
    return fail(pagemap.error());
  }
  pagemap_ = *std::move(pagemap);
  GENBA_TRY(memory_, host.open_file(fmt::format("/proc/{}/mem", pid)));
  return {};
}

// Page by page where a whole piece cannot be read; what cannot be read is zero.
void Dumper::fill(uint64_t address, std::span<char> bytes) {
  const auto whole = memory_->read_at(address, bytes);
  if (whole && *whole == bytes.size()) {
    return;
  }
  std::memset(bytes.data(), 0, bytes.size());
  for (size_t at = 0; at < bytes.size(); at += page_) {
    const auto page = bytes.subspan(at, std::min<size_t>(page_, bytes.size() - at));
    const auto got = memory_->read_at(address + at, page);
    if (!got || *got != page.size()) {
      dump_.unreadable += page.size();
    }
  }
}

Result<void> Dumper::add_run(const parse::MemoryMapping& mapping, uint64_t start, uint64_t end) {
  const uint64_t room = (limit_ - dump_.bytes) / page_ * page_;
  if (end - start > room || dump_.index.size() > kMostIndexBytes) {
    dump_.truncated = true;
    end = dump_.index.size() > kMostIndexBytes ? start : start + room;
  }
  if (start == end) {
    return {};
  }
  dump_.index += fmt::format("{:x}-{:x} {} {:x} {}\n", start, end, mapping.permissions, dump_.bytes,
                             mapping.raw_path);
  while (start < end) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(kBytesAtOnce, end - start));
    fill(start, std::span(buffer_).first(size));
    if (const auto written = evidence_.append({buffer_.data(), size}); !written) {
      return fail(ErrorCode::kOutput, written.error().what);
    }
    dump_.bytes += size;
    start += size;
  }
  return {};
}

Result<void> Dumper::add_pages(const parse::MemoryMapping& mapping, uint64_t first, size_t count) {
  const auto wanted = std::span(entries_).first(count * kEntry);
  const auto got = pagemap_->read_at(first * kEntry, wanted);
  const size_t known = got ? *got / kEntry : 0;
  const auto is_there = [&](size_t index) {
    uint64_t entry = 0;
    std::memcpy(&entry, entries_.data() + index * kEntry, kEntry);
    // Of a page that was never written the file has the bytes.
    return (entry & (kPresent | kSwapped)) != 0 && (entry & kOfFile) == 0;
  };
  for (size_t i = 0; i < known && !dump_.truncated;) {
    size_t end = i;
    while (end < known && is_there(end)) {
      ++end;
    }
    if (end > i) {
      GENBA_TRY_VOID(add_run(mapping, (first + i) * page_, (first + end) * page_));
    }
    i = end + 1;
  }
  return {};
}

Result<void> Dumper::add(const parse::MemoryMapping& mapping) {
  // Writable or not now: code is unpacked into writable pages, which then become executable only.
  if (mapping.permissions.size() != 4 || mapping.permissions[3] != 'p') {
    return {};
  }
  for (uint64_t page = mapping.start / page_; page < mapping.end / page_ && !dump_.truncated;) {
    const auto count =
        static_cast<size_t>(std::min<uint64_t>(kPagesAtOnce, mapping.end / page_ - page));
    looked_at_ += count * page_;
    if (looked_at_ > kMostAddresses) {
      dump_.truncated = true;
      return {};
    }
    GENBA_TRY_VOID(add_pages(mapping, page, count));
    page += count;
  }
  return {};
}

}  // namespace

Result<MemoryDump> dump_memory(const host::Host& host, int64_t pid, std::string_view maps,
                               uint64_t limit, EvidenceWriter& evidence) {
  Dumper dumper(evidence, limit);
  GENBA_TRY_VOID(dumper.open(host, pid));
  std::vector<base::Note> notes;
  for (const parse::MemoryMapping& mapping : parse::parse_mappings(maps, notes)) {
    GENBA_TRY_VOID(dumper.add(mapping));
  }
  return dumper.finish();
}

}  // namespace genba::act
