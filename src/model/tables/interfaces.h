// SPDX-License-Identifier: Apache-2.0
//
// How much does this machine send, and where is it connected? From /proc/net/dev, /sys/class/net
// and rtnetlink(7), in Genba's own network namespace; rates come from two readings of this run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Network interfaces with their traffic.
struct Interface {
  std::string interface;
  std::optional<std::string> mac;
  std::optional<std::string> addresses;
  std::optional<int64_t> mtu;
  std::optional<int64_t> flags;
  int64_t ibytes = 0;
  int64_t ipackets = 0;
  int64_t obytes = 0;
  int64_t opackets = 0;
  int64_t ierrors = 0;
  int64_t oerrors = 0;
  std::optional<double> ipackets_per_second;
  std::optional<double> opackets_per_second;
  std::optional<double> obytes_per_second;
};

template <>
struct TableOf<Interface> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Interface::interface>("interface", "Name."),
      column<&Interface::mac>("mac", "Hardware address."),
      column<&Interface::addresses>("addresses",
                                    "Addresses with prefix length, separated by spaces."),
      column<&Interface::mtu>("mtu", "MTU in bytes."),
      column<&Interface::flags>("flags", "Interface flags (netdevice(7)); 0x100 is promiscuous."),
      column<&Interface::ibytes>("ibytes", "Bytes received."),
      column<&Interface::ipackets>("ipackets", "Packets received."),
      column<&Interface::obytes>("obytes", "Bytes sent."),
      column<&Interface::opackets>("opackets", "Packets sent."),
      column<&Interface::ierrors>("ierrors", "Receive errors."),
      column<&Interface::oerrors>("oerrors", "Transmit errors."),
      column<&Interface::ipackets_per_second>("ipackets_per_second",
                                              "Packets received a second between two readings."),
      column<&Interface::opackets_per_second>("opackets_per_second",
                                              "Packets sent a second between two readings."),
      column<&Interface::obytes_per_second>("obytes_per_second",
                                            "Bytes sent a second between two readings."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<Interface>(
        "interfaces", "Network interfaces with their traffic.", TableScope::kLiveOnly, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& interfaces() {
  return TableOf<Interface>::info();
}
}  // namespace tables

}  // namespace genba::model
