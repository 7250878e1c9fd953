// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder_notes.h"

#include <array>
#include <string_view>

namespace genba::act {

namespace {

struct Words {
  std::string_view id;
  std::string_view en;
  std::string_view ja;
};

constexpr std::array kCgroup{
    Words{"forwarded",
          "packets that this host only passes on (routing, bridges, virtual machines): they belong "
          "to no socket of it",
          "このホストが中継するだけのパケット（ルーティング、ブリッジ、仮想マシン）。このホストの"
          "ソケットに属さないため、止められません"},
    Words{"raw_frames",
          "frames sent below IP (AF_PACKET, XDP), and what such sockets overhear: find their "
          "processes and freeze them",
          "IPより下で送るフレーム（AF_PACKET、XDP）と、その種のソケットによる盗聴。該当プロセスを"
          "特定して凍結してください"},
    Words{
        "kernel_packets",
        "packets that the kernel sends for itself: the outside of tunnels (WireGuard, VXLAN, GRE, "
        "IPsec), ARP",
        "カーネル自身が送るパケット。トンネルの外側（WireGuard、VXLAN、GRE、IPsec）とARP"},
    Words{"containers_allowed",
          "what is allowed without an address of this host is allowed to containers and other "
          "network namespaces too",
          "自ホストのアドレスを指定しない許可は、コンテナや他のネットワーク名前空間にも及びます"},
    Words{"can_be_detached",
          "root can take the programs off, as we can: status tells when they are gone",
          "root権限があればプログラムを取り外せます。取り外されたことはstatusで分かります"},
    Words{"reboot", "a restart opens this host", "再起動するとこのホストの封じ込めは解けます"},
};

constexpr std::array kRoutes{
    Words{"incoming",
          "everything that comes in is still received; only answers are stopped, so a one-way "
          "command still arrives",
          "届くパケットはすべて受信されます。止まるのは応答だけなので、一方向の指令は届きます"},
    Words{"by_address",
          "who stays allowed is told by address alone: every port and protocol to and from it "
          "passes",
          "許可の判断はアドレスだけで行います。許可した相手とは、すべてのポートとプロトコルが"
          "通ります"},
    Words{"bound_to_device",
          "over IPv4, a root program that binds its socket to a device (SO_BINDTODEVICE), and "
          "multicast, still reach machines on the same link, or all that a router answers for "
          "(proxy ARP)",
          "IPv4では、ソケットをデバイスに固定した（SO_BINDTODEVICE）root権限のプログラムと"
          "マルチキャストは、同じリンク上の機器、またはルーターが代理応答する相手（プロキシARP）に"
          "届きます"},
    Words{
        "other_namespaces",
        "containers and other network namespaces with a way out of their own (macvlan, ipvlan, a "
        "device moved there)",
        "独自の出口（macvlan、ipvlan、移されたデバイス）をもつコンテナや他のネットワーク名前空間"},
    Words{"raw_frames",
          "frames sent below IP (AF_PACKET, XDP), and packets that a bridge passes on",
          "IPより下で送るフレーム（AF_PACKET、XDP）と、ブリッジが中継するパケット"},
    Words{"ipv6_multicast", "IPv6 multicast on the same link", "同じリンク上のIPv6マルチキャスト"},
    Words{"no_timer",
          "the kernel does not open it by itself: without --hold a guard process must live on",
          "カーネルだけでは自動的に解除されません。--holdを使わない場合は監視プロセスが動き続ける"
          "必要があります"},
    Words{"can_be_deleted", "root can delete the rules, as we can: status tells when they are gone",
          "root権限があればルールを削除できます。削除されたことはstatusで分かります"},
    Words{"reboot", "a restart opens this host", "再起動するとこのホストの封じ込めは解けます"},
};

constexpr std::array kNfTablesInet{
    Words{"no_netdev",
          "below IP nothing is stopped: AF_PACKET frames, macvlan containers, bridged machines",
          "IPより下では止まりません。AF_PACKETのフレーム、macvlanのコンテナ、ブリッジ接続の機器"},
};

constexpr std::array kNotes{
    Words{"device_gone", "device {} does not exist: what was allowed there is not",
          "デバイス {} は存在しないため、そこでの許可は無効です"},
    Words{"not_in_journal", "program {} was ours by its name, but the journal does not know it",
          "プログラム {} は名前からGenbaのものですが、記録にありません"},
    Words{kCameBack, "somebody attached the programs again while they were taken off",
          "取り外している間に、何者かがプログラムを再び取り付けました"},
    Words{"ingress_gone", "the program for incoming packets is gone, or is another one",
          "受信側のプログラムがなくなったか、別のものに替わっています"},
    Words{"egress_gone", "the program for outgoing packets is gone, or is another one",
          "送信側のプログラムがなくなったか、別のものに替わっています"},
    Words{"deadline_changed", "the deadline in the kernel is not the one that Genba set",
          "カーネル内の期限が、Genbaの設定した値と異なります"},
    Words{"another_one", "there are more programs of Genba's name than the journal knows",
          "Genbaの名をもつプログラムが、記録より多くあります"},
    Words{"no_way", "there is no route to {}, so it stays unreachable",
          "{} への経路がないため、到達できないままです"},
    Words{"not_by_address", "{} cannot be told by an address and is not kept",
          "{} はアドレスで表せないため、維持できません"},
    Words{"no_ipv6", "this kernel has no IPv6", "このカーネルにはIPv6がありません"},
    Words{"rule_gone", "a rule is gone, or another one stands before it: {}",
          "ルールがなくなったか、前に別のルールが入っています：{}"},
    Words{"table_changed", "the routes of the allowed are not those that Genba made",
          "許可した相手への経路が、Genbaの作ったものと異なります"},
    Words{"rules_differ", "the policy rules are not what they were: somebody else changed them",
          "ポリシールールが元と異なります。ほかの誰かが変更しました"},
    Words{"routes_differ", "the routes are not what they were: somebody else changed them",
          "経路が元と異なります。ほかの誰か（DHCPなど）が変更しました"},
    Words{"as_before", "compared: all is as it was before",
          "照合の結果、適用前の状態に戻っています"},
    Words{"was_gone", "there was nothing of it left to take off",
          "取り外すものは残っていませんでした"},
    Words{
        "not_recorded",
        "the journal does not know this containment, so neither its timer nor its wholeness can be "
        "told: take it back with genba contain undo",
        "この封じ込めは操作の記録になく、期限も欠けの有無も分かりません。genba contain undoで元に"
        "戻してください"},
    Words{"nobody_opens",
          "the guard is gone, so nobody opens the host when the time is up: extend, confirm or "
          "undo it",
          "監視プロセスがないため、期限が来ても自動では解除されません。extend、confirm、undoのいず"
          "れかを"
          "実行してください"},
    Words{"before_unknown", "without the journal it is not known what was there before",
          "記録がないため、元の状態と比べられません"},
};

std::string filled(std::string_view words, const std::string& detail) {
  std::string text(words);
  if (const size_t at = text.find("{}"); at != std::string::npos) {
    text.replace(at, 2, detail);
  }
  return text;
}

template <class List>
std::vector<LadderNote> all_of(const List& list) {
  std::vector<LadderNote> notes;
  for (const Words& words : list) {
    notes.push_back({std::string(words.id), {std::string(words.en), std::string(words.ja)}});
  }
  return notes;
}

}  // namespace

std::vector<LadderNote> not_covered_by(Rung rung) {
  switch (rung) {
    case Rung::kCgroupBpf: return all_of(kCgroup);
    case Rung::kRoutes: return all_of(kRoutes);
    case Rung::kNftablesInet: return all_of(kNfTablesInet);
    case Rung::kNftables:
    case Rung::kNone: break;
  }
  return {};
}

LadderNote ladder_note(std::string_view id, const std::string& detail) {
  for (const Words& words : kNotes) {
    if (words.id == id) {
      return {std::string(id), {filled(words.en, detail), filled(words.ja, detail)}};
    }
  }
  base::check_failed("every note has words", __FILE__, __LINE__);
}

}  // namespace genba::act
