// SPDX-License-Identifier: Apache-2.0
//
// What the numbers of an audit log mean: record types and system calls. Only types and calls that
// this table knows get a word; the others keep their number. Sources: linux/audit.h,
// audit-userspace's audit-records.h, the kernel's unistd headers. Covered by audit_record_test.cc.
#pragma once

#include <cstdint>
#include <string_view>

namespace genba::parse {

/// Which record of an event names it: the highest rank wins, and the first among equals.
enum class AuditRank : uint8_t {
  kPart,  ///< PATH, CWD, PROCTITLE …: never stands for an event by itself
  kSyscall,
  kExecve,
  kHead,  ///< everything else
};

/// Bits of AuditEvent::types.
enum class AuditRecordBit : uint8_t {
  kOther,  ///< any type without a bit of its own
  kSyscall,
  kExecve,
  kPath,
  kCwd,
  kProctitle,
  kSockaddr,
  kEoe,
  kLogin,
  kUserAuth,
  kUserAcct,
  kUserMgmt,
  kCredentials,  ///< CRED_ACQ, CRED_DISP, CRED_REFR
  kUserStart,
  kUserEnd,
  kUserLogin,
  kUserLogout,
  kUserCmd,
  kUserChauthtok,
  kAddUser,
  kDelUser,
  kAddGroup,
  kDelGroup,
  kServiceStart,
  kServiceStop,
  kDaemon,  ///< DAEMON_START and its siblings
  kConfigChange,
  kKernelModule,
  kBpf,
  kNetfilterConfig,
  kTty,         ///< TTY, USER_TTY
  kTimeChange,  ///< TIME_INJOFFSET, TIME_ADJNTPVAL
  kAvc,
  kUserAvc,
  kSeccomp,
  kPromiscuous,
  kAbend,
  kSystemBoot,
  kSystemShutdown,
  kMac,        ///< SELinux's and Landlock's other records (1401-1499)
  kApparmor,   ///< 1500-1599; on most kernels AppArmor writes AVC
  kAnomaly,    ///< other ANOM_ records
  kIntegrity,  ///< IMA and EVM
};

/// One record type.
struct AuditType {
  std::string_view name;  ///< "USER_LOGIN"
  std::string_view kind;  ///< AuditEvent::kind: "user_login"
  int32_t number = -1;
  AuditRank rank = AuditRank::kHead;
  AuditRecordBit bit = AuditRecordBit::kOther;
};

/// The type called `name`, or with this number; nullptr when it is not in the table.
const AuditType* find_audit_type(std::string_view name);
const AuditType* find_audit_type(int32_t number);

/// True for types that programs send (their own text stands in msg='…') and that make an event
/// alone: 1005, 1100-1299, 2100-2999.
constexpr bool is_program_type(int32_t number) {
  return number == 1005 || (number >= 1100 && number < 1300) || (number >= 2100 && number < 3000);
}
/// True for auditd's own records (1200-1299). Their serials are auditd's, not the kernel's.
constexpr bool is_daemon_type(int32_t number) {
  return number >= 1200 && number < 1300;
}

/// Whether a system call matters even when no rule gave it a key.
enum class AuditWeight : uint8_t { kPlain, kNotable };

struct AuditSyscall {
  std::string_view name;  ///< empty when the table does not know the number
  AuditWeight weight = AuditWeight::kPlain;
};

/// The call behind `arch` (AUDIT_ARCH_ value: 0xc000003e x86_64 with x32, 0x40000003 i386,
/// 0xc00000b7 aarch64, 0xc00000f3 riscv64) and number.
AuditSyscall find_audit_syscall(uint32_t arch, int64_t number);

}  // namespace genba::parse
