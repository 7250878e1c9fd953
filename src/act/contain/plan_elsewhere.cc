// SPDX-License-Identifier: Apache-2.0
//
// What packet rules of this host cannot reach, and what only somebody else can do.
#include <algorithm>
#include <string_view>

#include "act/contain/plan_parts.h"
#include "act/words.h"

namespace genba::act {

namespace {

struct Channel {
  std::string_view id;
  std::string_view en;
  std::string_view ja;
};

constexpr Channel kOutOfReach[] = {
    {"vsock", "AF_VSOCK and virtio-serial: channels to the hypervisor",
     "AF_VSOCK、virtio-serial（ハイパーバイザーとの通信路）"},
    {"ipmi", "the management controller (BMC), reached from inside by /dev/ipmi*",
     "管理コントローラー（BMC）。内部から /dev/ipmi* で届きます"},
    {"bluetooth", "Bluetooth", "Bluetooth"},
    {"rdma", "RDMA, DPDK, VFIO and SmartNICs: packets that do not pass the kernel",
     "RDMA、DPDK、VFIO、SmartNIC（カーネルを通らないパケット）"},
    {"tagged_frames",
     "Ethernet frames that carry no IP packet, or hide one behind a VLAN tag made by hand: only a "
     "switch stops these",
     "IPパケットでないイーサネットフレームと、手作りのVLANタグの後ろに隠したもの（止められるのは"
     "スイッチだけです）"},
    {"xdp", "XDP and tc programs, which see packets before, or redirect them past, these rules",
     "XDP と tc のプログラム（ルールより前にパケットを受け取り、または迂回させます）"},
    {"shared_disk", "disks shared with other machines", "他のマシンと共有しているディスク"},
    {"bridge", "other virtual machines on the same bridge, if they are not this host's",
     "同じブリッジにある、このホストのものでない仮想マシン"},
    {"control_plane", "the cloud's control plane: user data, agents, serial console",
     "クラウドの管理機能（ユーザーデータ、エージェント、シリアルコンソール）"},
    {"sniffer", "packet sockets still receive; their answers do not leave",
     "パケットソケットは受信を続けます（応答は外に出ません）"},
};

void note_out_of_reach(const Found& found, Plan& plan) {
  for (const Channel& channel : kOutOfReach) {
    const auto known = std::find_if(found.out_of_reach.begin(), found.out_of_reach.end(),
                                    [&](const OutOfReach& row) { return row.id == channel.id; });
    const bool told = known != found.out_of_reach.end() && known->present.has_value();
    if (told && !*known->present) {
      continue;
    }
    plan.not_covered.push_back(
        {std::string(channel.id),
         words("{}{}", "{}{}", model::Text{std::string(channel.en), std::string(channel.ja)},
               told ? words("; it is there", "。このマシンにあります") : model::Text())});
  }
}

// Programs whose bytes are nowhere but in memory.
model::Text lost_programs(const Found& found) {
  const auto only_in_memory = [](const model::Process& process) {
    return process.deleted.value_or(false);
  };
  const auto first = std::find_if(found.processes.begin(), found.processes.end(), only_in_memory);
  if (first == found.processes.end()) {
    return {};
  }
  const auto count = std::count_if(found.processes.begin(), found.processes.end(), only_in_memory);
  const model::Text which = words("process {}, {}", "プロセス {}、{}", first->pid, first->name);
  return count == 1 ? words("; one process here runs a file that is on no disk ({})",
                            "。実行ファイルがディスク上にないプロセスが 1個あります（{}）", which)
                    : words("; {} processes here run files that are on no disk ({}, and others)",
                            "。実行ファイルがディスク上にないプロセスが {}個あります（{} など）",
                            count, which);
}

}  // namespace

void plan_elsewhere(const Found& found, Plan& plan) {
  note_out_of_reach(found, plan);
  if (found.redirection_unknown) {
    plan.not_covered.push_back(
        {"redirection",
         words("a session that NAT of this host redirects (REDIRECT, DNAT) to sshd: {}",
               "このホストのNAT（REDIRECT、DNAT）がsshdに転送しているセッション：{}",
               *found.redirection_unknown)});
  }
  plan.elsewhere = {
      {"provider_firewall",
       words("only the provider or a switch stops packets before this machine: ask for it if the "
             "kernel itself cannot be trusted",
             "マシンの手前でパケットを止められるのは、事業者のファイアウォールかスイッチだけです。"
             "カーネル自体が信頼できない場合は依頼してください")},
      {"provider_console",
       words("get a console at the provider before you apply this",
             "適用する前に、事業者のコンソールを使えるようにしておいてください")},
      {"provider_snapshot",
       words("only the provider can copy disk and memory from outside: ask for both now",
             "ディスクとメモリを外から複製できるのは事業者だけです。今のうちに両方を依頼してくださ"
             "い")},
      {"reboot_opens", words("a reboot opens this machine again: these rules are not kept",
                             "再起動するとルールは失われ、このマシンは再び開放されます")},
      {"power_loses",
       words("a reboot or a pulled plug loses what only memory holds: processes, keys, "
             "connections{}",
             "再起動や電源断で、メモリにしかないもの（プロセス、鍵、接続）は失われます{}",
             lost_programs(found))},
  };
}

}  // namespace genba::act
