// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/route_plan.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "act/ladder/ladder_notes.h"
#include "fmt/format.h"

namespace genba::act {

using base::AddressFamily;
using base::AddressScope;
using base::Network;
using model::AllowedFlow;
using model::FlowDirection;

namespace {

using Key = std::tuple<base::Address, int>;

std::string text_of(const Network& network) {
  return fmt::format("{}/{}", base::to_text(network.address), network.bits);
}

bool is_single(const Network& network) {
  return network.bits == (network.address.family == AddressFamily::kIpv6 ? 128 : 32);
}

// The address with the bits behind the network's end taken off, as the kernel wants destinations.
Network masked(Network network) {
  for (size_t bit = static_cast<size_t>(network.bits); bit < 128; ++bit) {
    network.address.bytes[bit / 8] &= static_cast<uint8_t>(~(0x80U >> (bit % 8)));
  }
  return network;
}

// Whether the kernel asks the tables that we stand before when it sends there.
bool is_routed(const AllowedFlow& flow) {
  if (flow.direction == FlowDirection::kIn) {
    return false;  // nothing is sent
  }
  const auto scope = base::scope_of(flow.remote.address);
  const bool broadcast = base::to_text(flow.remote.address) == "255.255.255.255";
  return scope != AddressScope::kMulticast && !broadcast &&
         !(flow.protocol == IPPROTO_ICMPV6 && flow.remote.bits == 0);
}

class Ways {
 public:
  void add(sys::Route route, const Network& destination) {
    route.destination = masked(destination);
    route.table = kRoutesTable;
    route.protocol = kContainProtocol;
    route.metric = 0;
    // One way is enough; which of several the kernel would take is not ours to say.
    if (route.hops.size() > 1) {
      route.hops.resize(1);
    }
    routes_.emplace(Key{route.destination.address, route.destination.bits}, std::move(route));
  }
  std::vector<sys::Route> take() {
    std::vector<sys::Route> routes;
    for (auto& [key, route] : routes_) {
      routes.push_back(std::move(route));
    }
    return routes;
  }

 private:
  std::map<Key, sys::Route> routes_;
};

// The routes below the network, and the narrowest that holds all of it.
bool add_network(const Network& network, const std::vector<sys::Route>& routes, Ways& ways) {
  const sys::Route* whole = nullptr;
  bool any = false;
  for (const sys::Route& route : routes) {
    const Network& to = route.destination;
    if (route.type != RTN_UNICAST || to.address.family != network.address.family) {
      continue;
    }
    if (to.bits > network.bits && network.contains(to.address)) {
      ways.add(route, to);
      any = true;
    } else if (to.bits <= network.bits && to.contains(network.address) &&
               (whole == nullptr || to.bits > whole->destination.bits ||
                (to.bits == whole->destination.bits && route.metric < whole->metric))) {
      whole = &route;
    }
  }
  if (whole != nullptr) {
    ways.add(*whole, network);
  }
  return any || whole != nullptr;
}

}  // namespace

KeptWays keep_ways(const model::ContainmentPlan& plan, const std::vector<sys::Route>& routes,
                   const WayTo& way_to) {
  KeptWays kept;
  Ways ways;
  std::set<std::string> said;
  const auto say = [&](std::string_view id, const std::string& detail) {
    if (said.insert(std::string(id) + detail).second) {
      kept.notes.push_back(ladder_note(id, detail));
    }
  };
  // Cloud metadata inside of an allowed network stays unreachable.
  for (const Network& blocked : plan.blocked) {
    const bool allowed =
        std::any_of(plan.flows.begin(), plan.flows.end(), [&](const AllowedFlow& flow) {
          return flow.remote.bits > 0 && !is_single(flow.remote) &&
                 flow.remote.contains(blocked.address);
        });
    if (allowed) {
      sys::Route route;
      route.type = RTN_BLACKHOLE;
      ways.add(route, blocked);
    }
  }
  for (const AllowedFlow& flow : plan.flows) {
    if (!is_routed(flow)) {
      continue;
    }
    if (flow.remote.bits == 0) {
      say("not_by_address", flow.id);
      continue;
    }
    bool found = false;
    if (is_single(flow.remote)) {
      auto way = way_to(flow.remote.address, flow.local.address, flow.device);
      // A way over the loopback device is in the table of local ones, which stays before ours.
      found = way.has_value();
      if (way && way->type == RTN_UNICAST) {
        ways.add(*std::move(way), flow.remote);
      }
    } else {
      found = add_network(flow.remote, routes, ways);
    }
    if (!found) {
      say("no_way", text_of(flow.remote));
    }
  }
  kept.routes = ways.take();
  return kept;
}

}  // namespace genba::act
