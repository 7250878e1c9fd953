// SPDX-License-Identifier: Apache-2.0
#include "act/contain/prove.h"

#include <linux/if.h>
#include <linux/if_arp.h>

#include <algorithm>
#include <ctime>
#include <list>

#include "act/contain/prove_parts.h"
#include "fmt/format.h"
#include "host/kernel_part.h"
#include "sys/process.h"

namespace genba::act {

using base::AddressFamily;
using base::Result;
using model::PathProof;
using model::ProofOutcome;

namespace {

constexpr size_t kPayload = 16;
constexpr size_t kEthernetAddress = 6;

const model::Text kNoIpv6{"This kernel has no IPv6.", "このカーネルにはIPv6がありません。"};
const model::Text kNoPacketSockets{
    "This kernel has no packet sockets, and none are loaded: a frame could not be sent.",
    "このカーネルにはパケットソケットがなく、モジュールも読み込まないため、"
    "フレームを送信できません。"};

ProofMeans read_means(const host::Host& host, const sys::NftKernel& kernel, Enforcer enforcer) {
  ProofMeans means{kernel, enforcer, false, false, 0, {}};
  means.packet_sockets = host::kernel_has(host, "af_packet", "packet_bind_spkt");
  // Asking for a family that is a module would make the kernel run modprobe.
  means.ipv6 = host.read_file("/proc/net/if_inet6").has_value();
  const auto moment = static_cast<uint64_t>(sys::clock_nanoseconds(CLOCK_MONOTONIC));
  // Fibonacci hashing: neighbouring moments give marks that are far from each other.
  means.mark = static_cast<uint32_t>((moment * 0x9E3779B97F4A7C15U) >> 32);
  means.payload = sys::mark_bytes(means.mark);
  means.payload.resize(kPayload, '\0');
  return means;
}

std::string nobody(size_t length) {
  std::string address("\x02\0\x5e\x10\0\x01", kEthernetAddress);
  address.resize(length, '\x01');
  return length == 0 ? std::string() : address;
}

bool is_up_and_leads_out(const sys::Link& link) {
  return link.type != ARPHRD_LOOPBACK && (link.flags & IFF_UP) != 0;
}

// What stands in one namespace: counters, taps, devices.
struct Place {
  std::optional<DropCounters> counters;
  std::optional<sys::PacketTap> taps[2];  // in the order of kFamilies
  std::vector<sys::Link> links;
  std::vector<sys::LinkAddress> addresses;

  sys::PacketTap* tap(AddressFamily family) {
    auto& one = taps[family == AddressFamily::kIpv4 ? 0 : 1];
    return one ? &*one : nullptr;
  }
};

// Of the namespace that the thread is in now.
Place look_around(const ProofMeans& means) {
  Place place;
  if (means.enforcer == Enforcer::kNfTables) {
    if (auto counters = DropCounters::open(means.kernel)) {
      place.counters = std::move(*counters);
    }
  }
  for (size_t i = 0; means.packet_sockets && i < 2; ++i) {
    if (auto tap = sys::PacketTap::open({sys::TapSide::kLeaving, kFamilies[i], means.mark})) {
      place.taps[i] = std::move(*tap);
    }
  }
  if (const auto rtnetlink = sys::open_rtnetlink()) {
    place.links = sys::dump_links(*rtnetlink).value_or(std::vector<sys::Link>());
    place.addresses = sys::dump_addresses(*rtnetlink).value_or(std::vector<sys::LinkAddress>());
  }
  return place;
}

class Prover {
 public:
  Prover(ProofMeans means, const ProofRequest& request)
      : means_(std::move(means)), request_(request), home_(look_around(means_)) {}

  Result<std::vector<PathProof>> run() {
    std::vector<PathProof> own = prove_ip_paths(home_, {});
    for (const model::HookedDevice& device : request_.devices) {
      own.push_back(prove_device(device));
    }
    std::vector<PathProof> others;
    for (const ProofNamespace& one : request_.namespaces) {
      GENBA_TRY_VOID(prove_namespace(one, others));
    }
    std::vector<PathProof> all;
    const auto take = [&](std::string_view path) {
      for (PathProof& proof : own) {
        if (proof.path == path) {
          all.push_back(std::move(proof));
        }
      }
    };
    take("out_v4");
    take("out_v6");
    append(all, prove_in());
    append(all, prove_forward());
    take("raw_v4");
    take("raw_v6");
    for (PathProof& proof : own) {
      if (proof.path.starts_with("link:")) {
        all.push_back(std::move(proof));
      }
    }
    append(all, std::move(others));
    return all;
  }

 private:
  static void append(std::vector<PathProof>& all, std::vector<PathProof> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }

  // Whatever stops a packet, in the namespace or behind it, is seen; so is one that leaves both.
  Witnesses witnesses(Place& place, AddressFamily family) {
    Witnesses all;
    for (Place* const one : {&place, &home_}) {
      const bool twice = one == &home_ && &place == &home_;
      if (one->counters && (!twice || all.counters.empty())) {
        all.counters.push_back(&*one->counters);
      }
    }
    if (sys::PacketTap* tap = home_.tap(family)) {
      all.taps.push_back(tap);
    }
    return all;
  }

  // out_* and raw_*, for the namespace that the thread is in.
  std::vector<PathProof> prove_ip_paths(Place& place, const std::string& prefix) {
    // A tap inside sees what leaves a namespace, which may still be stopped by us; only a device
    // with nothing of ours behind it makes that the end.
    const bool ends_here =
        &place != &home_ &&
        std::any_of(place.links.begin(), place.links.end(), [](const sys::Link& link) {
          return is_up_and_leads_out(link) && !link.lower_elsewhere;
        });
    std::vector<PathProof> proofs;
    for (const auto& [kind, send] :
         {std::pair{"out", &sys::send_datagram}, std::pair{"raw", &sys::send_raw_packet}}) {
      for (const AddressFamily family : kFamilies) {
        std::string path = fmt::format("{}{}_{}", prefix, kind, path_suffix(family));
        if (!means_.has(family)) {
          proofs.push_back(not_tried(std::move(path), kNoIpv6));
          continue;
        }
        Witnesses watching = witnesses(place, family);
        if (ends_here && place.tap(family) != nullptr) {
          watching.taps.push_back(place.tap(family));
        }
        const base::Address target = probe_target(family);
        Trial trial = try_packets(
            watching, [&, send = send] { return send(target, sys::kDiscardPort, means_.payload); },
            StoppedBy::kAnyRule);
        trial.target = base::to_text(target);
        proofs.push_back(judge_trial(std::move(path), trial, means_.enforcer));
      }
    }
    return proofs;
  }

  // Frames of both families, through the device's queue and around it.
  PathProof prove_frames(Place& place, const sys::Link& link, std::string path) {
    std::vector<PathProof> proofs;
    for (const AddressFamily family : kFamilies) {
      for (const sys::FrameQueue queue : {sys::FrameQueue::kUsed, sys::FrameQueue::kBypassed}) {
        const std::string packet = frame_packet(means_, probe_target(family), sys::kDiscardPort);
        const sys::FrameTarget target{link.index, nobody(link.hardware_address.size()), queue};
        Witnesses watching = witnesses(place, family);
        if (&place != &home_ && !link.lower_elsewhere && place.tap(family) != nullptr) {
          watching.taps.push_back(place.tap(family));
        }
        Trial trial = try_packets(
            watching, [&] { return sys::send_frame(target, packet); }, StoppedBy::kDeviceRule);
        trial.target = link.name;
        proofs.push_back(judge_trial(path, trial, means_.enforcer));
      }
    }
    return join_proofs(std::move(path), proofs);
  }

  PathProof prove_device(const model::HookedDevice& device) {
    std::string path = "link:" + device.name;
    if (!means_.packet_sockets) {
      return not_tried(std::move(path), kNoPacketSockets);
    }
    for (const sys::Link& link : home_.links) {
      if (link.index == device.index && link.name == device.name) {
        return prove_frames(home_, link, std::move(path));
      }
    }
    return not_tried(std::move(path), {fmt::format("There is no device {} now.", device.name),
                                       fmt::format("デバイス{}は現在ありません。", device.name)});
  }

  // In: to an address of ours behind the joint, where a socket waits. Forward: to a probe target.
  struct Crossing {
    Joint joint;
    AddressFamily family = AddressFamily::kIpv4;
    std::optional<sys::ProbeReceiver> receiver;
    base::Address to;
    uint16_t port = sys::kDiscardPort;
  };

  std::list<Crossing> prepare_crossings(const std::vector<Joint>& joints) {
    std::list<Crossing> crossings;
    for (const Joint& joint : joints) {
      for (const AddressFamily family : kFamilies) {
        crossings.push_back({joint, family, std::nullopt, probe_target(family)});
      }
      for (const sys::LinkAddress& address : home_.addresses) {
        if (address.index != joint.outer ||
            base::scope_of(address.address) == base::AddressScope::kLinkLocal) {
          continue;
        }
        if (auto receiver = sys::ProbeReceiver::open(address.address)) {
          const uint16_t port = receiver->port();
          crossings.push_back(
              {joint, address.address.family, std::move(*receiver), address.address, port});
        }
      }
    }
    return crossings;
  }

  void try_crossing(const Crossing& crossing, Place& inside) {
    const bool in = crossing.receiver.has_value();
    Witnesses watching;
    if (in) {
      // What was stopped where it came from says nothing about what comes in here.
      watching.receiver = &*crossing.receiver;
      watching.payload = means_.payload;
      if (home_.counters) {
        watching.counters.push_back(&*home_.counters);
      }
    } else {
      watching = witnesses(inside, crossing.family);
    }
    const std::string packet = frame_packet(means_, crossing.to, crossing.port);
    const sys::FrameTarget target{crossing.joint.inner, crossing.joint.hardware_address};
    Trial trial = try_packets(
        watching, [&] { return sys::send_frame(target, packet); }, StoppedBy::kAnyRule);
    trial.target = base::to_text(crossing.to);
    const size_t which = crossing.family == AddressFamily::kIpv4 ? 0 : 1;
    auto& proofs = in ? crossed_in_[which] : crossed_forward_[which];
    proofs.push_back(judge_crossing({}, trial, means_.enforcer));
  }

  Result<void> prove_namespace(const ProofNamespace& one, std::vector<PathProof>& proofs) {
    const std::string prefix = fmt::format("namespace:{}:", one.inode);
    if (const auto entered = sys::enter_network_namespace(*one.door); !entered) {
      proofs.push_back(
          not_tried(prefix + "out_v4",
                    {fmt::format("The namespace could not be entered: {}.", entered.error().what),
                     fmt::format("名前空間に入れませんでした：{}。", entered.error().what)}));
      return {};
    }
    Place inside = look_around(means_);
    append(proofs, prove_ip_paths(inside, prefix));
    const std::vector<Joint> joints =
        means_.packet_sockets ? find_joints(home_.links, inside.links) : std::vector<Joint>();
    for (const sys::Link& link : inside.links) {
      const bool joined = std::any_of(joints.begin(), joints.end(), [&](const Joint& joint) {
        return joint.inner == link.index;
      });
      if (is_up_and_leads_out(link) && !joined) {
        proofs.push_back(prove_inner_device(inside, link, prefix + "link:" + link.name));
      }
    }
    return cross(joints, one, inside);
  }

  PathProof prove_inner_device(Place& inside, const sys::Link& link, std::string path) {
    if (!means_.packet_sockets) {
      return not_tried(std::move(path), kNoPacketSockets);
    }
    if (link.kind == "veth" && link.lower_elsewhere) {
      return not_tried(std::move(path), {"It leads into another network namespace, not out.",
                                         "別のネットワーク名前空間につながっており、"
                                         "外部には直接出ません。"});
    }
    return prove_frames(inside, link, std::move(path));
  }

  // From inside `one`, where the thread is, and back home. Receivers are opened at home.
  Result<void> cross(const std::vector<Joint>& joints, const ProofNamespace& one, Place& inside) {
    GENBA_TRY_VOID(go_home());
    const std::list<Crossing> crossings = prepare_crossings(joints);
    if (crossings.empty() || !sys::enter_network_namespace(*one.door)) {
      return {};
    }
    for (const Crossing& crossing : crossings) {
      try_crossing(crossing, inside);
    }
    return go_home();
  }

  Result<void> go_home() {
    const auto back = sys::enter_network_namespace(*request_.home);
    if (!back) {
      return base::fail(back.error().with_context("going back to our own network namespace"));
    }
    return {};
  }

  // Frames from a joined namespace say more than waiting; what they do not prove is waited for.
  std::vector<PathProof> prove_in() {
    const bool uses_ipv6 = std::any_of(
        home_.addresses.begin(), home_.addresses.end(), [](const sys::LinkAddress& one) {
          return one.address.family == AddressFamily::kIpv6 &&
                 base::scope_of(one.address) != base::AddressScope::kLoopback;
        });
    std::vector<PathProof> crossed;
    bool settled = true;
    for (size_t i = 0; i < 2; ++i) {
      crossed.push_back(
          join_proofs(fmt::format("in_{}", path_suffix(kFamilies[i])), crossed_in_[i]));
      settled = settled && crossed[i].outcome != ProofOutcome::kAsserted;
    }
    if (settled) {
      return crossed;
    }
    std::vector<PathProof> watched = prove_arriving(
        means_, home_.counters ? &*home_.counters : nullptr, uses_ipv6, request_.listen);
    for (size_t i = 0; i < 2; ++i) {
      const bool watching_says_more = crossed[i].outcome == ProofOutcome::kAsserted ||
                                      watched[i].outcome == ProofOutcome::kFailed;
      if (!watching_says_more) {
        watched[i] = std::move(crossed[i]);
      }
    }
    return watched;
  }

  std::vector<PathProof> prove_forward() {
    std::vector<PathProof> proofs;
    for (size_t i = 0; i < 2; ++i) {
      std::string path = fmt::format("forward_{}", path_suffix(kFamilies[i]));
      proofs.push_back(
          crossed_forward_[i].empty()
              ? not_tried(std::move(path),
                          {"No other network namespace is joined to this host, so nothing could "
                           "be sent through it.",
                           "このホストに接続された別のネットワーク名前空間がなく、"
                           "転送を試験できませんでした。"})
              : join_proofs(std::move(path), crossed_forward_[i]));
    }
    return proofs;
  }

  ProofMeans means_;
  const ProofRequest& request_;
  Place home_;
  std::vector<PathProof> crossed_in_[2];
  std::vector<PathProof> crossed_forward_[2];
};

}  // namespace

Result<std::vector<PathProof>> prove_containment(const host::Host& host,
                                                 const sys::NftKernel& kernel,
                                                 const ProofRequest& request) {
  if (!request.namespaces.empty() && request.home == nullptr) {
    return base::fail(base::ErrorCode::kInvalid,
                      "proving other network namespaces needs the way back to ours");
  }
  return Prover(read_means(host, kernel, request.enforcer), request).run();
}

}  // namespace genba::act
