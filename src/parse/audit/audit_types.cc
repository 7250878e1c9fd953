// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_types.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "parse/audit/tables/audit_syscall_rows.h"
#include "parse/audit/tables/audit_type_rows.h"

namespace genba::parse {
namespace {

constexpr bool is_sorted_by_name() {
  for (size_t i = 1; i < kAuditTypes.size(); ++i) {
    if (!(kAuditTypes[i - 1].name < kAuditTypes[i].name)) {
      return false;
    }
  }
  return true;
}
static_assert(is_sorted_by_name());

constexpr size_t kHighestNumber = 2999;
constexpr size_t kLowestNumber = 1000;

// By number: the index into kAuditTypes plus one, 0 for none.
constexpr std::array<uint8_t, kHighestNumber - kLowestNumber + 1> index_by_number() {
  static_assert(kAuditTypes.size() < 255);
  std::array<uint8_t, kHighestNumber - kLowestNumber + 1> index{};
  for (size_t i = 0; i < kAuditTypes.size(); ++i) {
    index[static_cast<size_t>(kAuditTypes[i].number) - kLowestNumber] = static_cast<uint8_t>(i + 1);
  }
  return index;
}
constexpr auto kByNumber = index_by_number();

constexpr size_t kSyscallLimit = 512;
using SyscallIndex = std::array<uint8_t, kSyscallLimit>;

constexpr SyscallIndex index_syscalls(int AuditSyscallRow::*number) {
  static_assert(kAuditSyscalls.size() < 255);
  SyscallIndex index{};
  for (size_t i = 0; i < kAuditSyscalls.size(); ++i) {
    const int value = kAuditSyscalls[i].*number;
    if (value >= 0) {
      index[static_cast<size_t>(value)] = static_cast<uint8_t>(i + 1);
    }
  }
  return index;
}
constexpr SyscallIndex kX8664 = index_syscalls(&AuditSyscallRow::x86_64);
constexpr SyscallIndex kI386 = index_syscalls(&AuditSyscallRow::i386);
constexpr SyscallIndex kGeneric = index_syscalls(&AuditSyscallRow::generic);

const SyscallIndex* index_of(uint32_t arch) {
  // AUDIT_ARCH_ values: ELF machine, 64-bit and little-endian flags (linux/audit.h).
  switch (arch) {
    case 0xc000003e: return &kX8664;
    case 0x40000003: return &kI386;
    case 0xc00000b7:
    case 0xc00000f3: return &kGeneric;
    default: return nullptr;
  }
}

// x32 sets bit 30 and has numbers of its own from 512 on (asm/unistd_x32.h).
int64_t x86_64_number(int64_t number) {
  constexpr int64_t kX32Bit = 0x40000000;
  if ((number & kX32Bit) == 0) {
    return number;
  }
  switch (number & ~kX32Bit) {
    case 520: return 59;   // execve
    case 521: return 101;  // ptrace
    case 528: return 246;  // kexec_load
    case 545: return 322;  // execveat
    default: return number & ~kX32Bit;
  }
}

}  // namespace

const AuditType* find_audit_type(std::string_view name) {
  const auto* const found =
      std::lower_bound(kAuditTypes.begin(), kAuditTypes.end(), name,
                       [](const AuditType& type, std::string_view key) { return type.name < key; });
  return found != kAuditTypes.end() && found->name == name ? &*found : nullptr;
}

const AuditType* find_audit_type(int32_t number) {
  if (number < static_cast<int32_t>(kLowestNumber) ||
      number > static_cast<int32_t>(kHighestNumber)) {
    return nullptr;
  }
  const uint8_t place = kByNumber[static_cast<size_t>(number) - kLowestNumber];
  return place == 0 ? nullptr : &kAuditTypes[place - 1U];
}

AuditSyscall find_audit_syscall(uint32_t arch, int64_t number) {
  const SyscallIndex* index = index_of(arch);
  if (index == &kX8664) {
    number = x86_64_number(number);
  }
  if (index == nullptr || number < 0 || number >= static_cast<int64_t>(kSyscallLimit)) {
    return {};
  }
  const uint8_t place = (*index)[static_cast<size_t>(number)];
  if (place == 0) {
    return {};
  }
  return {kAuditSyscalls[place - 1U].name, kAuditSyscalls[place - 1U].weight};
}

}  // namespace genba::parse
