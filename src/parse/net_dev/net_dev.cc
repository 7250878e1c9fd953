// SPDX-License-Identifier: Apache-2.0
#include "parse/net_dev/net_dev.h"

#include <array>
#include <optional>

#include "base/number.h"
#include "base/split.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

constexpr size_t kMaxNotes = 16;

std::optional<InterfaceCounters> parse_line(std::string_view line) {
  // Names with ':' are old alias spellings; the counters never hold one.
  const size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  InterfaceCounters counters;
  counters.interface.assign(base::trim(line.substr(0, colon)));
  std::string_view rest = line.substr(colon + 1);
  std::array<int64_t, 11> numbers{};
  for (int64_t& number : numbers) {
    const auto value = base::parse_number<uint64_t>(next_field(rest));
    if (!value) {
      return std::nullopt;
    }
    number = static_cast<int64_t>(*value);
  }
  // Receive: bytes packets errs drop fifo frame compressed multicast; transmit: bytes packets errs
  counters.ibytes = numbers[0];
  counters.ipackets = numbers[1];
  counters.ierrors = numbers[2];
  counters.obytes = numbers[8];
  counters.opackets = numbers[9];
  counters.oerrors = numbers[10];
  return counters.interface.empty() ? std::nullopt : std::optional(counters);
}

}  // namespace

std::vector<InterfaceCounters> parse_net_dev(std::string_view bytes,
                                             std::vector<base::Note>& notes) {
  std::vector<InterfaceCounters> interfaces;
  const size_t size = bytes.size();
  size_t noted = 0;
  while (!bytes.empty()) {
    const size_t offset = size - bytes.size();
    const std::string_view line = next_line(bytes);
    if (auto counters = parse_line(line)) {
      interfaces.push_back(*std::move(counters));
    } else if (!line.empty() && line.find('|') == std::string_view::npos && noted++ < kMaxNotes) {
      notes.push_back({"net/dev", offset, line.size(), "not an interface"});
    }
  }
  return interfaces;
}

}  // namespace genba::parse
