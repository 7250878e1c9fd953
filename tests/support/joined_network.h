// SPDX-License-Identifier: Apache-2.0
//
// Several network namespaces in one test, joined as containers and virtual machines are. Only
// inside in_private_network(): the calling process moves between them, and has one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sys/fd.h"

namespace genba::test {

/// The network namespace of the calling thread, held open.
sys::Fd own_network();
/// A new one, loopback up, held open; the caller stays where it is. Skips the test when refused.
sys::Fd make_network();
/// Runs `body` inside `network`, and comes back.
void inside(const sys::Fd& network, const std::function<void()>& body);
/// The inode by which a namespace is known.
int64_t inode_of(const sys::Fd& network);

/// A veth pair, both up, whose second end is in `network`. The index of the first; 0 when refused.
int add_veth_into(const std::string& name, const std::string& peer, const sys::Fd& network);
/// A macvlan on a device of this namespace, in `network`, up. False when refused.
bool add_macvlan_into(const std::string& name, int lower, const sys::Fd& network);
/// A route that swallows what is sent to `network`.
bool add_blackhole(std::string_view network);
/// IPv4 and IPv6 packets are passed on between devices of this namespace.
bool turn_on_forwarding();
/// A device that says nothing by itself: no neighbour discovery, no multicast reports.
bool silence_ipv6(const std::string& name);
/// The device's neighbours have to be found anew.
void forget_neighbours(const std::string& device);
/// The raw bytes of a device's hardware address.
std::string hardware_address_of(const std::string& name);

}  // namespace genba::test
