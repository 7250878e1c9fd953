// SPDX-License-Identifier: Apache-2.0
//
// utmp, wtmp and btmp: who logged in, out, or failed to. Fixed records whose size and byte order
// depend on the machine that wrote them: 384 bytes (x86, x86-64, arm, ppc, riscv) or 400 (aarch64
// and s390x, where session and time are 64 bits wide). The file does not say which, so the layout
// is the one under which most records make sense. Records that make none are passed over and
// noted, and so is a piece that moved the records out of step. Source: utmp(5), glibc
// bits/utmp.h and bits/wordsize.h. Covered by utmp_test.cc, also with real files of nine machines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"

namespace genba::parse {

enum class ByteOrder : uint8_t { kLittle, kBig };

struct UtmpLayout {
  size_t record_size = 384;  ///< 384 or 400
  ByteOrder order = ByteOrder::kLittle;

  friend bool operator==(const UtmpLayout&, const UtmpLayout&) = default;
};

/// Record types of utmp(5).
enum class UtmpType : int16_t {
  kEmpty = 0,
  kRunLevel = 1,
  kBootTime = 2,
  kNewTime = 3,
  kOldTime = 4,
  kInitProcess = 5,
  kLoginProcess = 6,
  kUserProcess = 7,
  kDeadProcess = 8,
  kAccounting = 9
};

/// One record; texts are views into the bytes that were parsed, up to their first NUL.
struct UtmpRecord {
  UtmpType type = UtmpType::kEmpty;
  int32_t pid = 0;
  std::string_view line;
  std::string_view id;
  std::string_view user;
  std::string_view host;
  int16_t exit_termination = 0;
  int16_t exit_status = 0;
  int64_t session = 0;
  base::Timestamp time;                  ///< 1970 when the writer left it zero
  std::optional<base::Address> address;  ///< absent when all zero
};

/// The layout under which the first records of a file make most sense; 384 bytes little-endian
/// when none does. `file_size` breaks ties and may be 0 when unknown.
UtmpLayout detect_utmp_layout(std::string_view head, uint64_t file_size);

/// Calls `found` with each record and its offset, all-zero records (kEmpty at 1970) too: in wtmp
/// they are what a log cleaner leaves behind. Nonsense and a broken last record become notes (at
/// most 64; the last one counts the bytes of the rest).
void parse_utmp(std::string_view bytes, UtmpLayout layout,
                const std::function<void(uint64_t offset, const UtmpRecord&)>& found,
                std::vector<base::Note>& notes);

}  // namespace genba::parse
