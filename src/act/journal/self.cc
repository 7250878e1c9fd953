// SPDX-License-Identifier: Apache-2.0
#include "act/journal/self.h"

#include <linux/magic.h>

#include <array>
#include <limits>
#include <string_view>

#include "base/number.h"
#include "sys/file.h"
#include "sys/process.h"

namespace genba::act {

namespace {

// The first line of a small file of procfs; empty when it cannot be read, or /proc is none.
std::string first_line(const char* path) {
  const auto file = sys::openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (!file || sys::filesystem_magic(file->get()).value_or(0) != PROC_SUPER_MAGIC) {
    return {};
  }
  std::array<char, 256> buffer{};
  const auto count = sys::read(file->get(), buffer);
  const std::string_view text(buffer.data(), count.value_or(0));
  return std::string(text.substr(0, text.find('\n')));
}

// "pts/0" of the first standard stream that is a terminal.
std::string terminal_name() {
  constexpr std::string_view kDevices = "/dev/";
  for (const char* link : {"/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"}) {
    const auto target = sys::readlinkat(AT_FDCWD, link);
    if (target && (target->starts_with("/dev/pts/") || target->starts_with("/dev/tty"))) {
      return target->substr(kDevices.size());
    }
  }
  return {};
}

}  // namespace

std::string read_boot_id() {
  return first_line("/proc/sys/kernel/random/boot_id");
}

model::ActionTime read_action_time() {
  return {{sys::clock_nanoseconds(CLOCK_REALTIME)},
          read_boot_id(),
          sys::clock_nanoseconds(CLOCK_BOOTTIME)};
}

model::ActionActor read_actor() {
  model::ActionActor actor;
  actor.uid = sys::geteuid();
  const auto loginuid = base::parse_number<uint32_t>(first_line("/proc/self/loginuid"));
  // (uid_t)-1: nobody logged in (audit's unset).
  if (loginuid && *loginuid != std::numeric_limits<uint32_t>::max()) {
    actor.loginuid = *loginuid;
  }
  actor.tty = terminal_name();
  return actor;
}

}  // namespace genba::act
