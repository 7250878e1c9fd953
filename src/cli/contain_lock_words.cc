// SPDX-License-Identifier: Apache-2.0
#include "cli/contain_lock_words.h"

namespace genba::cli {

namespace {

constexpr render::Phrase kPhrases[] = {
    // The command line.
    {"'genba contain *' is about this running machine: leave out --*",
     "'genba contain {0}' は稼働中のこのマシンだけが対象です。--{1} を外してください"},
    {"'genba contain *' does not take --*", "'genba contain {0}' に --{1} は使えません"},
    {"'genba contain *' does not take '*'", "'genba contain {0}' に '{1}' は使えません"},
    {"'genba contain *' needs an address or a network; 'genba help contain' shows examples",
     "'genba contain {0}' にはアドレスかネットワークを指定してください。'genba help contain' で例を"
     "表示します"},
    {"this changes the machine and nobody can be asked: give --yes, or run it on a terminal",
     "マシンの状態を変更する操作ですが、確認を求める相手がいません。--yes を付けるか、端末から実行"
     "してください"},
    {"nobody reads the plan (standard output is closed): nothing was done",
     "計画の出力先が閉じられているため（標準出力）、何も実行していません"},
    {"'*' is no process id: a number, or --finding F",
     "'{0}' はプロセス ID ではありません。数か --finding F を指定してください"},
    {"'*' is no time for a ban: write 10m, 1h, 1d, 1w or permanent",
     "'{0}' は遮断の時間ではありません。10m、1h、1d、1w、permanent のように指定してください"},
    {"'*' is no address or network: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64 (names are not "
     "resolved)",
     "'{0}' はアドレスでもネットワークでもありません。192.0.2.7、192.0.2.0/24、2001:db8::/64 "
     "のように"
     "指定してください（名前は解決しません）"},
    {"'*' has bits behind its prefix: write * for the network, or the address alone",
     "'{0}' はプレフィックスより後のビットが 0 ではありません。ネットワークなら {1}、そうでなければ"
     "アドレスだけを指定してください"},

    // What stands in the way.
    {"containing a machine needs root: use sudo",
     "マシンの封じ込めには root 権限が必要です。sudo を使ってください"},
    {"nf_tables is not known to be in this kernel (*); asking would run the host's modprobe, which "
     "--allow-module-load permits",
     "このカーネルに nf_tables があるか分かりません（{0}）。確認するとホストの modprobe が実行され"
     "ます。許可するには --allow-module-load を付けてください"},
    {"this part of nf_tables is not known to be loaded: *; asking would run the host's modprobe, "
     "which --allow-module-load permits",
     "nf_tables のこの部分が読み込まれているか分かりません：{0}。確認するとホストの modprobe が実行"
     "されます。許可するには --allow-module-load を付けてください"},
    {"this kernel has no nf_tables", "このカーネルには nf_tables がありません"},
    {"nf_tables needs CAP_NET_ADMIN over this network namespace; run as root",
     "nf_tables の操作には、このネットワーク名前空間に対する CAP_NET_ADMIN が必要です。root で実行"
     "してください"},
    {"* is contained already, since * (*): see genba contain status, lengthen it with genba "
     "contain "
     "extend, or end it with genba contain undo",
     "{0} は {1} からすでに封じ込められています（{2}）。genba contain status で確認し、genba "
     "contain "
     "extend で延長するか、genba contain undo で元に戻してください"},
    {"this host is not contained", "このホストは封じ込められていません"},
    {"this host is not contained: there is nothing to undo",
     "このホストは封じ込められていないため、元に戻すものはありません"},
    {"the timer has run out and the kernel has opened the host: apply it again",
     "制限時間が過ぎ、カーネルがホストを開放しました。もう一度適用してください"},
    {"a reboot has opened this host: apply the containment again",
     "再起動によりホストは開放されています。もう一度適用してください"},
    {"the rules are gone: the timer ran out, or somebody deleted them; see genba contain status, "
     "and apply it again",
     "ルールがなくなっています（制限時間が過ぎたか、誰かが削除しました）。genba contain status で"
     "確認し、もう一度適用してください"},
    {"your session is not proven to pass the rules: not confirmed (--force confirms all the same; "
     "without it the timer opens the host)",
     "セッションがルールを通過することを実証できないため、確定しませんでした（--force で強行できま"
     "す。確定しなければ、制限時間後に開放されます）"},
    {"this containment has no timer: it holds until genba contain undo",
     "この封じ込めにタイマーはありません。genba contain undo まで維持されます"},
    {"name between one second and a year to extend by",
     "延長する時間は 1 秒から 1 年の範囲で指定してください"},
    {"the guard (process *) does not end", "監視プロセス（PID {0}）が終了しません"},
    {"the guard did not start", "監視プロセスを起動できませんでした"},

    // Tables that are not ours, and what the kernel says.
    {"* has a table '*' that is not Genba's: look at it, and delete it with genba contain undo "
     "--force",
     "{0}に、genba のものではないテーブル '{1}' があります。内容を確認し、genba contain undo "
     "--force で削除してください"},
    {"the table * has not Genba's comment: --force deletes it all the same",
     "テーブル {0} に genba のコメントがありません。--force を付けると削除します"},
    {"the table * is there, but Genba did not make it (it says '*'): whoever made it must delete "
     "it first",
     "テーブル {0} がすでにありますが、genba "
     "が作成したものではありません（コメント：'{1}'）。作成者"
     "が先に削除する必要があります"},
    {"nothing was changed: *", "何も変更していません：{0}"},
    {"*; another socket owns the table", "{0}。テーブルは別のプロセスが所有しています"},
    {"*; it needs CAP_NET_ADMIN, so run as root",
     "{0}。CAP_NET_ADMIN が必要です。root で実行してください"},
    {"*; what it names is not there", "{0}。指定されたものがありません"},
    {"*: the ruleset has changed since it was read; read it again",
     "{0}：読み取った後にルールが変更されました。もう一度実行してください"},
    {"nf_tables: the kernel is silent", "nf_tables：カーネルから応答がありません"},
    {"this kernel has no nfnetlink, so no nf_tables",
     "このカーネルには nfnetlink がないため、nf_tables も使えません"},

    // Namespaces.
    {"opening our own network namespace: *", "自身のネットワーク名前空間を開けません：{0}"},
    {"entering a network namespace: *", "ネットワーク名前空間に入れません：{0}"},
    {"network namespace *: no process lives in it any more",
     "ネットワーク名前空間 {0} にはもうプロセスがありません"},
    {"network namespace *", "ネットワーク名前空間 {0}"},
    {"our network namespace", "genba のネットワーク名前空間"},

    // What the journal holds.
    {"the journal's object * was altered", "操作の記録のオブジェクト {0} が改ざんされています"},
    {"not the record of a containment that this version writes",
     "このバージョンの genba の封じ込めの記録ではありません"},
    {"the journal of actions is larger than any that Genba writes",
     "操作の記録が、genba が書くものとしては大きすぎます"},
    {"without a journal nothing can be kept; name a directory with --journal DIR",
     "操作の記録がないと何も保存できません。--journal DIR でディレクトリを指定してください"},
};

}  // namespace

render::Phrases contain_lock_phrases() {
  return kPhrases;
}

}  // namespace genba::cli
