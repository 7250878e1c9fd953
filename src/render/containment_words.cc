// SPDX-License-Identifier: Apache-2.0
#include "render/containment_words.h"

#include <algorithm>

#include "fmt/format.h"

namespace genba::render {

namespace {

using model::AllowedFlow;
using model::FlowDirection;
using model::Language;
using model::ProofOutcome;

struct Kind {
  std::string_view id;
  std::string_view en;
  std::string_view ja;
  bool has_endpoints;
};

// Flows of the same title are one line. Those without endpoints are what any host needs, and their
// addresses tell nobody anything.
constexpr Kind kKinds[] = {
    {"session", "your session", "現在のセッション", true},
    {"reconnect", "reconnecting", "再接続", true},
    {"admin", "admins", "管理者", true},
    {"allow", "allowed", "許可した相手", true},
    {"dns", "DNS", "DNS", true},
    {"transport", "tunnel", "トンネル", true},
    {"storage", "storage", "ストレージ", true},
    {"neighbour_discovery", "ICMPv6 neighbours", "ICMPv6 近隣探索", false},
    {"multicast_listener", "ICMPv6 neighbours", "ICMPv6 近隣探索", false},
    {"path_mtu", "ICMP packet size", "ICMP パケット長", false},
    {"dhcp4", "DHCP", "DHCP", false},
    {"dhcp6", "DHCP", "DHCP", false},
};

const Kind* kind_of(std::string_view id) {
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const Kind& row) { return row.id == id; });
  return kind == std::end(kKinds) ? nullptr : &*kind;
}

// IPPROTO_… numbers, IANA's protocol registry.
std::string protocol_words(uint8_t protocol) {
  switch (protocol) {
    case 1: return "ICMP";
    case 4: return "IPIP";
    case 6: return "TCP";
    case 17: return "UDP";
    case 41: return "IPv6-in-IP";
    case 47: return "GRE";
    case 58: return "ICMPv6";
    default: return fmt::format("protocol {}", protocol);
  }
}

std::string_view arrow(FlowDirection direction) {
  switch (direction) {
    case FlowDirection::kBoth: return "<->";
    case FlowDirection::kIn: return "<-";
    case FlowDirection::kOut: return "->";
  }
  return "<->";
}

// "here <-> there", without the protocol.
std::string ends(const AllowedFlow& flow, Language language) {
  std::string text = fmt::format("{} {} {}", endpoint_words(flow, false, language),
                                 arrow(flow.direction), endpoint_words(flow, true, language));
  if (!flow.device.empty()) {
    text += fmt::format(fmt::runtime(pick(language, " on {}", "（{}）")), flow.device);
  }
  return text;
}

struct Group {
  std::string title;
  std::string reason;
  bool has_endpoints = true;
  std::vector<std::pair<std::string, std::vector<std::string>>> ends;  // and their protocols
};

void add_ends(const AllowedFlow& flow, Language language, Group& group) {
  const std::string text = ends(flow, language);
  auto known = std::find_if(group.ends.begin(), group.ends.end(),
                            [&](const auto& row) { return row.first == text; });
  if (known == group.ends.end()) {
    known = group.ends.insert(group.ends.end(), {text, {}});
  }
  std::string protocol = protocol_words(flow.protocol);
  if (std::find(known->second.begin(), known->second.end(), protocol) == known->second.end()) {
    known->second.push_back(std::move(protocol));
  }
}

FlowLine line_of(const Group& group) {
  FlowLine line{group.title, {}, group.reason};
  for (const auto& [text, protocols] : group.ends) {
    line.endpoints.push_back(fmt::format("{} ({})", text, fmt::join(protocols, ", ")));
  }
  return line;
}

struct PathName {
  std::string_view path;
  std::string_view en;
  std::string_view ja;
};
constexpr PathName kPaths[] = {
    {"session", "your session", "現在のセッション"},
    {"out", "out", "送信"},
    {"in", "in", "受信"},
    {"forward", "forwarded", "転送"},
    {"raw", "raw sockets", "raw ソケット"},
};

// "out_v4" in words; as it is when it is none of ours.
std::string plain_path_words(std::string_view path, Language language) {
  const size_t bar = path.rfind("_v");
  const bool family = bar != std::string_view::npos && bar + 3 == path.size() &&
                      (path.back() == '4' || path.back() == '6');
  const std::string_view name = family ? path.substr(0, bar) : path;
  for (const PathName& known : kPaths) {
    if (known.path == name) {
      const std::string_view words = pick(language, known.en, known.ja);
      return family ? fmt::format("{}{}IPv{}", words, pick(language, ", ", "、"), path.back())
                    : std::string(words);
    }
  }
  return std::string(path);
}

}  // namespace

std::string path_words(std::string_view path, Language language) {
  constexpr std::string_view kLink = "link:";
  constexpr std::string_view kNamespace = "namespace:";
  if (path.starts_with(kLink)) {
    return fmt::format("{}{}", pick(language, "frames on ", "フレーム "),
                       path.substr(kLink.size()));
  }
  if (path.starts_with(kNamespace)) {
    const std::string_view rest = path.substr(kNamespace.size());
    const size_t colon = rest.find(':');
    const std::string inner =
        colon == std::string_view::npos ? "" : path_words(rest.substr(colon + 1), language);
    return fmt::format("{} {}{}{}", pick(language, "namespace", "名前空間"), rest.substr(0, colon),
                       inner.empty() ? "" : pick(language, ": ", "："), inner);
  }
  return plain_path_words(path, language);
}

std::string_view outcome_words(ProofOutcome outcome, Language language) {
  switch (outcome) {
    case ProofOutcome::kProven: return pick(language, "PROVEN", "実証済み");
    case ProofOutcome::kAsserted: return pick(language, "asserted", "未実証");
    case ProofOutcome::kFailed: return pick(language, "FAILED", "失敗");
  }
  return "";
}

Paint outcome_paint(ProofOutcome outcome) {
  switch (outcome) {
    case ProofOutcome::kProven: return Paint::kBold;
    case ProofOutcome::kAsserted: return Paint::kYellow;
    case ProofOutcome::kFailed: return Paint::kRed;
  }
  return Paint::kPlain;
}

std::string_view rung_words(model::ContainmentRung rung, Language language) {
  switch (rung) {
    case model::ContainmentRung::kNftables:
      return pick(language, "nf_tables, at IP and on the devices below it",
                  "nf_tables（IP 層と、その下のデバイス）");
    case model::ContainmentRung::kNftablesInet:
      return pick(language, "nf_tables at IP only: frames below it are not stopped",
                  "nf_tables（IP 層のみ。その下のフレームは止まりません）");
    case model::ContainmentRung::kCgroupBpf:
      return pick(language, "BPF programs at the root of the cgroups, for there is no nf_tables",
                  "cgroup ルートの BPF プログラム（nf_tables がないため）");
    case model::ContainmentRung::kRoutes:
      return pick(language,
                  "routes that lead nowhere, for there is neither nf_tables nor BPF: what comes in "
                  "is still received",
                  "行き先のない経路（nf_tables も BPF もないため）。受信は続きます");
    case model::ContainmentRung::kNone: return pick(language, "nothing", "なし");
  }
  return "";
}

std::string endpoint_words(const AllowedFlow& flow, bool remote, Language language) {
  const base::Network& network = remote ? flow.remote : flow.local;
  const model::PortRange& ports = remote ? flow.remote_ports : flow.local_ports;
  const bool v6 = network.address.family == base::AddressFamily::kIpv6;
  const bool whole = network.bits == (v6 ? 128 : 32);
  std::string host = base::to_text(network.address);
  if (network.bits == 0) {
    host = remote ? pick(language, "anyone", "任意") : pick(language, "this host", "このホスト");
  } else if (!whole) {
    host += fmt::format("/{}", network.bits);
  }
  const bool any_port = ports.first == 0 && ports.last == UINT16_MAX;
  if (any_port) {
    return host;
  }
  const std::string port = ports.first == ports.last
                               ? fmt::format("{}", ports.first)
                               : fmt::format("{}-{}", ports.first, ports.last);
  return network.bits != 0 && v6 ? fmt::format("[{}]:{}", host, port)
                                 : fmt::format("{}:{}", host, port);
}

std::vector<FlowLine> flow_lines(const std::vector<AllowedFlow>& flows, Language language) {
  std::vector<Group> groups;
  for (const AllowedFlow& flow : flows) {
    const Kind* kind = kind_of(flow.id);
    const std::string title =
        kind != nullptr ? std::string(pick(language, kind->en, kind->ja)) : flow.id;
    const bool has_endpoints = kind == nullptr || kind->has_endpoints;
    const std::string& reason = flow.reason.in(language);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& row) {
      return row.title == title && (!has_endpoints || row.reason == reason);
    });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {title, reason, has_endpoints, {}});
    }
    if (has_endpoints) {
      add_ends(flow, language, *group);
    }
  }
  std::vector<FlowLine> lines;
  lines.reserve(groups.size());
  std::transform(groups.begin(), groups.end(), std::back_inserter(lines), line_of);
  return lines;
}

std::string namespace_words(const model::NamespaceReport& report, Language language) {
  if (report.own) {
    return fmt::format("{} ({})", pick(language, "this host's own", "このホスト自身"),
                       report.inode);
  }
  if (!report.path.empty()) {
    return fmt::format("{} ({})", report.path, report.inode);
  }
  return report.pid == 0
             ? fmt::format("{}", report.inode)
             : fmt::format(fmt::runtime(pick(language, "{} (process {})", "{}（プロセス {}）")),
                           report.inode, report.pid);
}

}  // namespace genba::render
