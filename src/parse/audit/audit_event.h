// SPDX-License-Identifier: Apache-2.0
//
// One audit event: what the records of one (time, serial, node) say together. Texts are raw bytes
// of the host, decoded from quotes and hex; who may show them must escape them. Covered by
// audit_joiner_test.cc and audit_data_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/audit/audit_types.h"

namespace genba::parse {

inline constexpr size_t kMaxAuditCommand = size_t{64} * 1024;
inline constexpr size_t kMaxAuditText = 4096;  ///< PATH_MAX; every other text of an event
inline constexpr size_t kMaxAuditPaths = 16;

/// A PATH record.
struct AuditPath {
  std::string name;      ///< as the call had it: relative to cwd when it does not start with '/'
  std::string nametype;  ///< NORMAL, PARENT, CREATE, DELETE, UNKNOWN; empty on old kernels
  int64_t mode = -1;     ///< st_mode; -1 when not told
  int64_t ouid = -1;
};

struct AuditEvent {
  int64_t seconds = 0;  ///< since 1970, UTC
  int32_t millisecond = 0;
  uint64_t serial = 0;
  std::string node;       ///< of node=, empty in a local log
  uint64_t offset = 0;    ///< the caller's, of the first record
  uint32_t records = 0;   ///< joined here
  uint64_t types = 0;     ///< bits of AuditRecordBit
  int32_t type = -1;      ///< number of the record that gave `kind`
  std::string_view kind;  ///< lower-case type name ("user_login", "service_start", "avc" …) with
                          ///< these exceptions: "cred" (CRED_*), "tty" (USER_TTY too),
                          ///< "time_change", "execve" and "module_load"/"module_unload" (by record
                          ///< or system call), "fragment" (parts without their head), "other"
                          ///< (a type not in the table)
  bool closed = false;    ///< EOE or PROCTITLE was seen, or the type stands alone
  bool cut = false;       ///< some text or list passed its cap, or broke off in the log
  bool repeated = false;  ///< a program's text held a field twice: forged, or an old format
  std::optional<bool> success;  ///< res=, else the call's success=, else false for a denial
  std::optional<int64_t> exit;  ///< of the system call; negative is an errno
  int64_t pid = -1;
  int64_t ppid = -1;
  int64_t uid = -1;  ///< of a program's record: of the program that sent it
  int64_t euid = -1;
  int64_t auid = -1;  ///< login uid; -1 when nobody logged in
  int64_t ses = -1;
  std::string uid_name;   ///< as auditd looked it up then (enriched logs only)
  std::string auid_name;  ///< likewise; empty for "unset"
  std::string syscall;    ///< name, or the number as text when arch or number are not in the table
  std::string exe;
  std::string comm;
  std::string command_line;  ///< EXECVE's arguments with blanks between; else proctitle, its NULs
                             ///< as blanks (the kernel cuts it at 128 bytes); else cmd= or data=
  std::string cwd;
  std::string account;   ///< acct=; else the name or number of id=
  std::string terminal;  ///< terminal=, else tty=
  std::string address;   ///< addr=, else the address of SOCKADDR
  int32_t port = -1;     ///< of SOCKADDR
  std::string hostname;
  std::string key;        ///< of the rule; several with commas between
  std::string result;     ///< res= as written; "denied", "granted" or AppArmor's word for AVC
  std::string operation;  ///< op= ("PAM:session_open", "adding user"); what an AVC was about
  std::string object;     ///< unit, module, device, table, BPF program, package, denied path or
                          ///< UNIX socket, according to `kind`
  std::string detail;     ///< raw fields of the naming record, for kinds without a field here;
                          ///< at most 1 KiB
  std::vector<AuditPath> paths;

  bool has(AuditRecordBit bit) const { return (types >> static_cast<unsigned>(bit) & 1U) != 0; }
};

}  // namespace genba::parse
