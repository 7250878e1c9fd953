// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "cli/common.h"
#include "cli/contain_options.h"
#include "cli/contain_words.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba contain plan",
     {"Who would stay connected and why, what breaks, what is not covered; changes nothing.",
      "誰の接続がなぜ残り、何が使えなくなり、何を防げないかを示します。何も変更しません。"}},
    {"genba contain apply",
     {"Shows the plan, asks, cuts the machine off and proves it; opens again in 5 minutes.",
      "計画を示して確認し、隔離して実証します。5 分後に自動で開放されます。"}},
    {"genba contain confirm",
     {"Now it stays closed; refused while your session is not proven.",
      "隔離を確定します。セッションが実証されていなければ拒否します。"}},
    {"genba contain undo",
     {"Takes it back: the rules of others are as before, bit for bit.",
      "元に戻します。ほかのルールは以前とまったく同じ状態です。"}},
    {"genba contain apply --admin 203.0.113.0/24 --allow 198.51.100.9:443 --yes",
     {"Also let this network log in, and this machine reach one collector; asks nothing.",
      "このネットワークからのログインと指定先への通信も許可し、確認なしで実行します。"}},
    {"genba contain freeze 4242",
     {"Saves the evidence and freezes the whole family of process 4242 together.",
      "証拠を保存し、プロセス 4242 の一族をまとめて凍結します。"}},
    {"genba contain kill --id 4242-20261129T031205",
     {"Ends what was frozen, and watches for two minutes who brings it back.",
      "凍結したプロセスを強制終了し、再起動するものがないか 2 分間監視します。"}},
    {"genba contain ban 198.51.100.0/24 --for 1d",
     {"Drops this network for a day, containers included, and cuts what is going on with it.",
      "このネットワークとの通信を 1 日遮断します（コンテナを含む。既存の接続も切断）。"}},
};

constexpr Argument kArguments[] = {
    {"plan|apply|confirm|extend|status|undo|freeze|kill|thaw|ban|unban|bans",
     {"The machine: plan, apply, confirm, extend, status, undo. Processes: freeze, kill, thaw. "
      "Addresses: ban, unban, bans.",
      "マシン：plan、apply、confirm、extend、status、undo。プロセス：freeze、kill、thaw。"
      "アドレス：ban、unban、bans。"},
     true},
    {"TARGET",
     {"A process for freeze, kill and thaw; an address or a network for ban and unban.",
      "freeze、kill、thaw ではプロセス、ban、unban ではアドレスまたはネットワーク。"},
     false},
};

constexpr Option kOptions[] = {
    {"admin",
     "CIDR",
     {"Who else may log in: an address or a network, at the ports of sshd.",
      "ほかにログインを許可するアドレスまたはネットワーク（sshd のポート）。"},
     true},
    {"allow",
     "HOST:PORT",
     {"A machine that stays reachable at that port, by its address: 192.0.2.1:443, "
      "[2001:db8::1]:443.",
      "通信を維持する相手のアドレスとポート（192.0.2.1:443、[2001:db8::1]:443）。"},
     true},
    {"dns",
     "",
     {"Keep the resolvers of /etc/resolv.conf. Names can carry data out: better without.",
      "/etc/resolv.conf のリゾルバーを維持します。データ持ち出しに使われうるため、非推奨です。"}},
    {"timeout",
     "TIME",
     {"When it opens again unless confirmed: 300, 5m, 1h (5m). With extend: how much longer (10m).",
      "確定しない場合に開放されるまでの時間（300、5m、1h。既定は 5m）。extend "
      "では延長時間（10m）。"}},
    {"hold",
     "",
     {"No timer: closed until it is taken back, whatever happens to your session.",
      "タイマーなし。セッションがどうなっても、元に戻すまで閉じたままです。"}},
    {"logs",
     "",
     {"Read the logs too: who guessed passwords, who else came from your address.",
      "ログも読みます（パスワードを推測したアドレス、同じアドレスからの他のログイン）。"}},
    {"force-storage",
     "",
     {"Contain although the root of this machine is on the network.",
      "このマシンのルートがネットワーク上にあっても封じ込めます。"}},
    {"force-admin",
     "",
     {"Contain although an admin's address is also an intruder's.",
      "管理者のアドレスが侵入者のものでもある場合でも封じ込めます。"}},
    {"keep",
     "NAMESPACE",
     {"A network namespace that keeps its network: a process in it, or where it is mounted.",
      "通信を維持するネットワーク名前空間（中のプロセス、またはマウント先）。"},
     true},
    {"no-guard",
     "",
     {"Leave no guard process behind: any root process can then flush the rules.",
      "監視プロセスを残しません。root のプロセスがルールを消去できる状態になります。"}},
    {"finding",
     "F",
     {"The processes of a finding (f-…): of now, of the newest cases in /var/lib/genba/cases, or "
      "of "
      "the one behind --case.",
      "検出（f-…）のプロセス。現在の検出、/var/lib/genba/cases の新しいケース、または --case で"
      "指定したケースから探します。"}},
    {"id",
     "ID",
     {"An earlier freeze, as freeze and 'genba case log' name it.",
      "以前の凍結の ID（freeze と 'genba case log' が表示します）。"}},
    {"memory", "", {"Save the memory of the processes too.", "プロセスのメモリも保存します。"}},
    {"without-evidence",
     "",
     {"With kill --id: end it although nothing more can be kept (a full disk).",
      "kill --id：証拠をこれ以上保存できない場合（空きなしなど）でも終了させます。"}},
    {"watch",
     "TIME",
     {"After a kill: how long to watch who brings it back (2m); 0 does not.",
      "kill の後、再起動するものを監視する時間（既定は 2m、0 で監視しない）。"}},
    {"for",
     "TIME",
     {"How long a ban lasts: 10m, 1h, 1d, permanent (1h, longer for one that comes again).",
      "遮断する時間（10m、1h、1d、permanent。既定は 1h、再犯なら延長）。"}},
    {"force",
     "",
     {"Confirm without a proven session; undo tables that are not known; ban what is protected.",
      "実証なしの確定、不明なテーブルの削除、保護対象の遮断を強行します。"}},
    {"journal",
     "DIR",
     {"Where the actions are recorded (/var/lib/genba/actions).",
      "操作を記録するディレクトリ（/var/lib/genba/actions）。"}},
    {"why", "TEXT", {"Your words for the record.", "記録に残す理由。"}},
    {"yes", "", {"Ask nothing.", "確認を求めません。"}},
};

const ContainWord* find_word(std::string_view name) {
  for (const auto& words : {lock_words(), stop_words(), ban_words()}) {
    for (const ContainWord& word : words) {
      if (word.name == name) {
        return &word;
      }
    }
  }
  return nullptr;
}

Exit run(const Invocation& invocation, const Terminal& terminal) {
  const ContainWord& word = *find_word(invocation.arguments[0]);
  auto checked = check_word(word, invocation);
  if (checked) {
    checked = check_this_machine(word, invocation);
  }
  return checked ? word.run(invocation, terminal) : complain(checked.error(), terminal.language);
}

}  // namespace

const Command& contain_command() {
  static constexpr Command kCommand{
      "contain",
      {"Cut this machine off and keep your session; freeze malware; ban addresses",
       "このマシンを隔離し（自分のセッションは維持）、マルウェアを凍結し、アドレスを遮断する"},
      kExamples,
      kArguments,
      kOptions,
      run};
  return kCommand;
}

}  // namespace genba::cli
