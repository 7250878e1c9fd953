// SPDX-License-Identifier: Apache-2.0
#include "parse/process_stat/process_stat.h"

#include "base/number.h"
#include "base/split.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

// Reads consecutive numbers and remembers whether any was missing.
class Numbers {
 public:
  explicit Numbers(std::string_view rest) : rest_(rest) {}

  template <class Integer>
  Integer next() {
    const auto value = base::parse_number<Integer>(next_field(rest_));
    complete_ = complete_ && value.has_value();
    return value.value_or(Integer{});
  }
  void skip(int count) {
    for (int i = 0; i < count; ++i) {
      complete_ = complete_ && !next_field(rest_).empty();
    }
  }
  bool complete() const { return complete_; }

 private:
  std::string_view rest_;
  bool complete_ = true;
};

}  // namespace

base::Result<ProcessStat> parse_process_stat(std::string_view bytes) {
  const size_t open = bytes.find('(');
  const size_t close = bytes.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return base::fail(base::ErrorCode::kDamaged, "stat line without a command name");
  }
  ProcessStat stat;
  const auto pid = base::parse_number<int64_t>(base::trim(bytes.substr(0, open)));
  stat.name.assign(bytes.substr(open + 1, close - open - 1));
  std::string_view rest = bytes.substr(close + 1);
  const std::string_view state = next_field(rest);
  if (!pid || state.size() != 1) {
    return base::fail(base::ErrorCode::kDamaged, "stat line without a process id or state");
  }
  stat.pid = *pid;
  stat.state = state.front();

  Numbers numbers(base::trim(rest));
  stat.parent = numbers.next<int64_t>();
  stat.pgroup = numbers.next<int64_t>();
  stat.session = numbers.next<int64_t>();
  stat.tty_number = numbers.next<int64_t>();
  numbers.skip(1);  // tpgid
  stat.flags = numbers.next<uint64_t>();
  numbers.skip(4);  // minflt, cminflt, majflt, cmajflt
  stat.user_ticks = numbers.next<uint64_t>();
  stat.system_ticks = numbers.next<uint64_t>();
  numbers.skip(3);  // cutime, cstime, priority
  stat.nice = numbers.next<int64_t>();
  stat.threads = numbers.next<int64_t>();
  numbers.skip(1);  // itrealvalue
  stat.start_ticks = numbers.next<uint64_t>();
  stat.virtual_size = numbers.next<uint64_t>();
  if (!numbers.complete()) {
    return base::fail(base::ErrorCode::kDamaged, "stat line breaks off");
  }
  return stat;
}

std::string tty_name(int64_t tty_number) {
  if (tty_number == 0) {
    return {};
  }
  // new_encode_dev (include/linux/kdev_t.h): 8 low minor bits, 12 major bits, 12 high minor bits.
  const auto device = static_cast<uint32_t>(tty_number);
  const uint32_t major = device >> 8 & 0xfff;
  const uint32_t minor = (device & 0xff) | (device >> 12 & 0xfff00);
  // Documentation/admin-guide/devices.txt
  if (major >= 136 && major <= 143) {
    return "pts/" + std::to_string((major - 136) * 256 + minor);
  }
  if (major == 4) {
    return minor < 64 ? "tty" + std::to_string(minor) : "ttyS" + std::to_string(minor - 64);
  }
  if (major == 5 && minor <= 2) {
    static constexpr const char* kNames[] = {"tty", "console", "ptmx"};
    return kNames[minor];
  }
  if (major == 229) {
    return "hvc" + std::to_string(minor);
  }
  if (major == 204 && minor >= 64 && minor < 80) {
    return "ttyAMA" + std::to_string(minor - 64);
  }
  return std::to_string(major) + ":" + std::to_string(minor);
}

}  // namespace genba::parse
