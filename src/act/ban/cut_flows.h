// SPDX-License-Identifier: Apache-2.0
//
// Ends what is going on with banned networks: packets are dropped from now on, but a flow that was
// offloaded would not be seen, and a program of this machine would hold its socket for minutes.
// Entries of connection tracking are deleted, also those of forwarded flows; sockets of our own
// network namespace are destroyed (their holders get ECONNABORTED), those of other namespaces just
// run dry. Covered by cut_flows_test.cc.
#pragma once

#include <span>

#include "base/address.h"
#include "host/host.h"
#include "model/ban.h"

namespace genba::act {

/// Which parts of the kernel can be asked without loading a module.
struct CutMeans {
  bool conntrack = false;
  bool tcp = false;
  bool udp = false;
};
CutMeans cut_means(const host::Host& host);

/// Cuts the flows with any of `networks`; what could not be done is said, never an error.
model::FlowCut cut_flows(const CutMeans& means, std::span<const base::Network> networks);

}  // namespace genba::act
