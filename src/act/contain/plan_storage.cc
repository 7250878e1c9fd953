// SPDX-License-Identifier: Apache-2.0
//
// A filesystem whose server is cut off hangs every process that touches it, and a root on the
// network takes the machine with it. Servers are told by mount options (addr=), or by the source.
#include <algorithm>
#include <array>
#include <set>

#include "act/contain/plan_parts.h"
#include "act/contain/system_program.h"
#include "act/words.h"
#include "base/number.h"
#include "base/split.h"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::act {

namespace {

struct NetworkFilesystem {
  std::string_view type;
  uint16_t port;  // 0: several or unknown, all ports of the server
};
// Types of FUSE are not among them: any user can mount one under any name and source.
// Ports: IANA; of Ceph its monitors and daemons use many.
constexpr std::array<NetworkFilesystem, 10> kFilesystems{{{"nfs", 2049},
                                                          {"nfs4", 2049},
                                                          {"cifs", 445},
                                                          {"smb3", 445},
                                                          {"9p", 564},
                                                          {"ceph", 0},
                                                          {"afs", 0},
                                                          {"ocfs2", 0},
                                                          {"gfs2", 0},
                                                          {"lustre", 988}}};

constexpr std::array<std::string_view, 4> kNetworkDevices{"/dev/nbd", "/dev/drbd", "/dev/rbd",
                                                          "/dev/disk/by-path/ip-"};
constexpr std::array<std::string_view, 1> kIscsi{"iscsid"};
constexpr int64_t kIscsiPort = 3260;

std::string option(std::string_view options, std::string_view name) {
  for (const std::string_view word : base::split(options, ',')) {
    if (word.starts_with(name) && word.substr(name.size()).starts_with('=')) {
      return std::string(word.substr(name.size() + 1));
    }
  }
  return {};
}

// "192.0.2.5:/export", "[2001:db8::5]:/export", "//192.0.2.5/share"
std::optional<base::Address> address_in_source(std::string_view source) {
  if (source.starts_with("//")) {
    source.remove_prefix(2);
    return base::parse_address(source.substr(0, source.find('/')));
  }
  if (source.starts_with('[')) {
    return base::parse_address(source.substr(1, source.find(']') - 1));
  }
  return base::parse_address(source.substr(0, source.find(':')));
}

std::optional<base::Address> server_of(const model::Mount& mount) {
  const std::string text = option(mount.super_options.value_or(""), "addr");
  const auto address = base::parse_address(text.substr(0, text.find('%')));
  return address ? address : address_in_source(mount.device);
}

void allow_server(const Found& found, const base::Address& address, uint16_t port,
                  const model::Text& reason, Plan& plan) {
  const base::Network server = one(unmapped(address));
  // An intruder who is root can mount a share of his own to be let out.
  for (const SuspectAddress& suspect : found.suspects) {
    if (suspect.network.contains(server.address)) {
      plan.breaks.push_back(
          {"storage_is_suspect", words("{}, but {} is a suspect ({}): it is cut off",
                                       "{}。ただし {} は不審なアドレスのため（{}）、遮断します",
                                       reason, base::to_text(server.address), suspect.why)});
      return;
    }
  }
  const bool known =
      std::any_of(plan.flows.begin(), plan.flows.end(), [&](const AllowedFlow& flow) {
        return flow.id == "storage" && flow.remote.address == server.address &&
               flow.remote_ports.first == port;
      });
  for (const uint8_t protocol : {kTcp, kUdp}) {
    if (known || (protocol == kUdp && port == 445)) {
      continue;
    }
    AllowedFlow flow;
    flow.id = "storage";
    flow.reason = reason;
    flow.protocol = protocol;
    flow.local = any_of(server.address.family);
    flow.remote = server;
    flow.remote_ports = port == 0 ? PortRange{} : PortRange{port, port};
    plan.flows.push_back(flow);
  }
}

void refuse_root(const Found& found, const model::Mount& mount, const ContainOptions& options,
                 Plan& plan) {
  if (mount.path != "/" ||
      (found.mnt_namespace != 0 && mount.mnt_namespace != found.mnt_namespace)) {
    return;
  }
  PlanNote note{
      "root_on_network",
      words("the root of this machine is on the network ({}): cutting it off can stop "
            "everything, this program too{}",
            "このマシンのルートはネットワーク上にあります（{}）。遮断すると、genba も含めて"
            "すべてが止まる可能性があります{}",
            mount.device,
            options.force_storage
                ? model::Text()
                : words("; insist with --force-storage when its server stands among those who "
                        "stay",
                        "。サーバーが許可の一覧にあることを確かめ、承知の上なら "
                        "--force-storage を指定してください"))};
  (options.force_storage ? plan.warnings : plan.refusals).push_back(std::move(note));
}

void plan_mount(const Found& found, const model::Mount& mount, const NetworkFilesystem& filesystem,
                Plan& plan) {
  const model::Text what = words("{} at {}", "{1} の {0}", mount.type, mount.path);
  const auto server = server_of(mount);
  if (!server) {
    plan.breaks.push_back(
        {"storage_unknown",
         words("{}: its server could not be told, so it may hang: name it with --allow",
               "{}：サーバーを特定できないため、停止する可能性があります。--allow "
               "で指定してください",
               what)});
    return;
  }
  const auto port = base::parse_number<uint16_t>(option(mount.super_options.value_or(""), "port"));
  allow_server(found, *server, port.value_or(0) != 0 ? *port : filesystem.port,
               words("{} would hang without its server", "{} がサーバーなしでは停止するため", what),
               plan);
}

// The initiator's connections are made, and held, by iscsid.
bool is_iscsid(const Found& found, std::optional<int64_t> pid) {
  return std::any_of(found.processes.begin(), found.processes.end(), [&](const auto& process) {
    return process.pid == pid && process.euid == 0 && is_system_program(process.path, kIscsi);
  });
}

void plan_iscsi(const Found& found, Plan& plan) {
  for (const model::ProcessOpenSocket& socket : found.sockets) {
    const auto remote = base::parse_address(socket.remote_address.value_or(""));
    if (socket.protocol == "tcp" && socket.state == "ESTABLISHED" && remote &&
        socket.remote_port == kIscsiPort && is_iscsid(found, socket.pid)) {
      allow_server(found, *remote, kIscsiPort,
                   words("an iSCSI disk would hang without its server",
                         "iSCSI ディスクがサーバーなしでは停止するため"),
                   plan);
    }
  }
}

}  // namespace

void plan_storage(const Found& found, const ContainOptions& options, Plan& plan) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const model::Mount& mount : found.mounts) {
    if (!seen.emplace(mount.path, mount.device).second) {
      continue;
    }
    const auto filesystem =
        std::find_if(kFilesystems.begin(), kFilesystems.end(),
                     [&](const NetworkFilesystem& row) { return row.type == mount.type; });
    const bool device =
        std::any_of(kNetworkDevices.begin(), kNetworkDevices.end(),
                    [&](const std::string_view start) { return mount.device.starts_with(start); });
    if (filesystem != kFilesystems.end()) {
      plan_mount(found, mount, *filesystem, plan);
      refuse_root(found, mount, options, plan);
    } else if (device) {
      plan.breaks.push_back(
          {"storage_unknown",
           words("{} lies on {}, a disk on the network whose server is not known here: name it "
                 "with --allow",
                 "{} はネットワーク上のディスク {} にあり、サーバーを特定できません。--allow "
                 "で指定して"
                 "ください",
                 mount.path, mount.device)});
      refuse_root(found, mount, options, plan);
    }
  }
  plan_iscsi(found, plan);
}

}  // namespace genba::act
