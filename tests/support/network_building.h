// SPDX-License-Identifier: Apache-2.0
//
// Devices, addresses and routes for tests, made over rtnetlink in the network namespace of the
// calling process. Only inside in_private_network().
#pragma once

#include <string>
#include <string_view>

#include "base/address.h"

namespace genba::test {

/// Waits until the device carries packets. The kernel gives it its queue a little after its carrier
/// (net/core/link_watch.c), on a busy machine later, and drops what is sent before, without a word.
void wait_for_queue(const std::string& name);

/// Two ends of a veth pair, both up. Returns the index of the first; 0 when refused.
int add_veth(const std::string& name, const std::string& peer);
/// A bridge, up. 0 when refused.
int add_bridge(const std::string& name);
bool set_master(int index, int master);
/// "192.0.2.1/24"; IPv6 without duplicate address detection, so that it can be used at once.
bool add_address(int index, std::string_view network);
/// "0.0.0.0/0" through a gateway on a device.
bool add_route(std::string_view network, std::string_view gateway, int index);
/// A permanent neighbour with the hardware address 02:00:00:00:00:01.
bool add_neighbour(int index, std::string_view address);

}  // namespace genba::test
