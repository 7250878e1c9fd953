// SPDX-License-Identifier: Apache-2.0
#include "cli/error_words.h"

#include "cli/contain_lock_words.h"
#include "cli/contain_stop_words.h"
#include "render/coverage_words.h"
#include "render/stopping_words.h"

namespace genba::cli {

namespace {

constexpr render::Phrase kPhrases[] = {
    // The command line.
    {"unknown verb '*'; *", "コマンド '{0}' はありません。{1}"},
    {"there is no verb '*'; *", "コマンド '{0}' はありません。{1}"},
    {"unknown option '*' for '*'; *", "'{1}' にオプション '{0}' はありません。{2}"},
    {"the verb comes before options such as '*'; try '*'",
     "コマンドは '{0}' などのオプションより前に書きます。例：'{1}'"},
    {"'*' is given more than once", "'{0}' が二度以上指定されています"},
    {"'genba *' does not know what to do with '*'; *", "'genba {0}' では '{1}' を使いません。{2}"},
    {"'genba query' needs a SELECT statement, or --tables; *",
     "'genba query' には SELECT 文か --tables が必要です。{0}"},
    {"'genba *' needs *; *", "'genba {0}' には {1} が必要です。{2}"},
    {"* needs a value: *", "{0} には値が必要です（{1}）"},
    {"--root and --case exclude each other: give one of them",
     "--root と --case は同時に使えません。どちらか一方を指定してください"},
    {"--save keeps what was looked at now; with --case there is nothing new to keep: leave one of "
     "them out",
     "--save は今回確認した内容を保存するものです。--case "
     "では保存する新しい内容がないため、どちらか"
     "を外してください"},
    {"--jobs takes a number from 1 to *, not '*'",
     "--jobs には1から{0}までの数を指定してください（'{1}' は使えません）"},
    {"--* takes a time in UTC, such as 2026-11-21, '2026-11-21 03:12' or 3d, not '*'",
     "--{0} には UTC の時刻（2026-11-21、'2026-11-21 03:12'、3d など）を指定してください（'{1}' "
     "は使えません）"},
    {"--ip must be an address or a network, such as 203.0.113.7 or 203.0.113.0/24",
     "--ip にはアドレスかネットワーク（203.0.113.7、203.0.113.0/24 など）を指定してください"},
    {"--until is earlier than --since: exchange them",
     "--until が --since より前です。入れ替えてください"},
    {"--window needs --around: give both", "--window は --around と合わせて指定してください"},
    {"a bodyfile holds files with all their times; only --path and --grep narrow it",
     "bodyfile はファイルの全時刻を含みます。絞り込めるのは --path と --grep だけです"},
    {"--json is --format jsonl: leave one of them out",
     "--json は --format jsonl と同じ意味です。どちらか一方を指定してください"},
    {"--histogram is for people: leave out --json and --format",
     "--histogram は人が読むための表示です。--json や --format を外してください"},
    {"--window takes a span such as 30m, 2h or 1d",
     "--window には 30m、2h、1d のような幅を指定してください"},
    {"--around excludes --since and --until: give one or the other",
     "--around は --since や --until と同時に使えません。どちらか一方を指定してください"},
    {"--* takes one of *; not '*'",
     "--{0} には {1} のいずれかを指定してください（'{2}' は使えません）"},
    {"--limit takes a number, not '*'", "--limit には数を指定してください（'{0}' は使えません）"},
    {"--lang takes en or ja, not '*'",
     "--lang には en か ja を指定してください（'{0}' は使えません）"},
    {"--format takes man, bash, zsh, fish, verbs, tables or rules, not '*'",
     "--format には man、bash、zsh、fish、verbs、tables、rules のいずれかを指定してください（'{0}' "
     "は"
     "使えません）"},

    {"'genba *' takes one of *, not '*'; *",
     "'genba {0}' には {1} のいずれかを指定してください（'{2}' は使えません）。{3}"},
    {"'genba case' does not take --*: name the directory behind *",
     "'genba case' では --{0} を使いません。ディレクトリは {1} の後に書いてください"},
    {"--chain takes 64 hex digits, with 'genba case verify DIR'",
     "--chain には16進数64桁を、'genba case verify DIR' と合わせて指定してください"},

    {"--* takes a span such as 300, 5m or 1h, from * to *, not '*'",
     "--{0} には 300、5m、1h のような時間を指定してください（'{3}' は使えません。範囲：{1} から "
     "{2}）"},
    {"--* takes an address or a network, such as 203.0.113.7 or 2001:db8::/64, not '*'",
     "--{0} にはアドレスかネットワーク（203.0.113.7、2001:db8::/64 など）を指定してください（'{1}' "
     "は"
     "使えません）"},
    {"--allow: '*' is no ADDRESS:PORT: write 192.0.2.1:443 or [2001:db8::1]:443 (names are not "
     "resolved)",
     "--allow：'{0}' はアドレスとポートではありません。192.0.2.1:443 や [2001:db8::1]:443 のように"
     "指定してください（名前は解決しません）"},
    {"--hold has no timer: leave out --timeout, or --hold",
     "--hold にタイマーはありません。--timeout か --hold のどちらかを外してください"},
    {"only root can see whose session this is, and contain a machine: run it as root, or with sudo",
     "セッションの持ち主の確認とマシンの封じ込めには root 権限が必要です。root か sudo で実行して"
     "ください"},
    {"the processes of this machine could not be read, so nothing can be planned: is /proc "
     "mounted?",
     "このマシンのプロセスを読み取れないため、計画できません。/proc がマウントされているか確認して"
     "ください"},

    // Directories and files that were named.
    {"--root: *; give a directory that holds the root of a system",
     "--root：{0}。システムのルートを含むディレクトリを指定してください"},
    {"--case: *; give a directory that --save has made",
     "--case：{0}。--save で作成したディレクトリを指定してください"},
    {"--save: *; give a directory that does not exist yet",
     "--save：{0}。まだ存在しないディレクトリを指定してください"},
    {"'*': *; give the directory of a case, or of the journal that an action named",
     "'{0}'：{1}。ケースか、操作時に示された記録のディレクトリを指定してください"},
    {"there is no journal of actions in it", "操作の記録がありません"},
    {"there is no log in it", "記録がありません"},
    {"no action is recorded on this machine (in *); a journal that was kept elsewhere is read by "
     "naming its directory",
     "このマシンでの操作の記録（{0}）はありません。別の場所の記録は、そのディレクトリを指定して読み"
     "ます"},

    // The journal of actions.
    {"the journal in '*': *; nothing was done: name a directory with room, which you may write to, "
     "with --journal DIR",
     "'{0}' "
     "に操作を記録できません（{1}）。何も実行していません。書き込みでき、空きのあるディレクトリ"
     "を --journal DIR で指定してください"},
    {"the journal in '*': *; nothing was done",
     "'{0}' に操作を記録できません（{1}）。何も実行していません"},
    {"'*' is being written by another Genba (*); wait until it has ended",
     "'{0}' には別の genba（{1}）が記録中です。終わるまで待ってください"},
    {"'*' was altered at byte * (*); keep it as evidence and name a new directory",
     "'{0}' は {1} "
     "バイト目で改ざんされています（{2}）。証拠として残し、新しいディレクトリを指定して"
     "ください"},
    {"'*' was changed by another program while it was written; keep it as evidence and name a new "
     "directory",
     "'{0}' が記録中に別のプログラムに変更されました。証拠として残し、新しいディレクトリを指定して"
     "ください"},
    {"others may write into '*'; name another one",
     "'{0}' には他のユーザーも書き込めます。別のディレクトリを指定してください"},
    {"the outcome of action * could not be recorded: *; copy this line and what was printed before "
     "it",
     "操作 {0} の結果を記録できません（{1}）。この行と、この前に出力された行を控えてください"},
    {"--rules *: there is no rule file (*.yaml) in it",
     "--rules {0}：ルールのファイル（*.yaml）がありません"},
    {"--rules *: *; give a directory of rule files (*.yaml)",
     "--rules {0}：{1}。ルールのファイル（*.yaml）を置いたディレクトリを指定してください"},
    {"--rules *: *", "--rules {0}：ルールに誤りがあります（{1}）"},
    {"--report: *; name a file in a directory that you may write to",
     "--report：{0}。書き込みできるディレクトリにあるファイル名を指定してください"},
    {"writing '*': it belongs to another user; name a new file",
     "'{0}' は別のユーザーのファイルです。新しいファイル名を指定してください"},
    {"writing '*': it is also known under another name (hard link); name a new file",
     "'{0}' には別の名前（ハードリンク）があります。新しいファイル名を指定してください"},
    {"'*' belongs to another user", "'{0}' は別のユーザーのディレクトリです"},
    {"writing the result to standard output: *; what was written is incomplete: send it to where "
     "there is room",
     "結果を標準出力に書けません（{0}）。出力は途中までです。空きのある場所へ出力してください"},

    // SQL.
    {"the query does not compile: *; *", "SQL文に誤りがあります（{0}）。{1}"},
    {"only SELECT and pure functions are permitted; refused: *; *",
     "SELECT と副作用のない関数だけを使えます（拒否：{0}）。{1}"},
    {"only SELECT is permitted; *", "SELECT 文だけを使えます。{0}"},
    {"one statement only: something follows the first one; *",
     "文は1つだけ指定してください（2つ目があります）。{0}"},
    {"the query is empty; *", "SQL文が空です。{0}"},
    {"the query is longer than 1 MiB; *", "SQL文が1 MiBを超えています。{0}"},
    {"the query holds a NUL byte; *", "SQL文にNULバイトがあります。{0}"},

    // Hints.
    {"did you mean '*'?", "'{0}' のことですか"},
    {"'genba help' lists the verbs", "'genba help' で一覧を表示します"},
    {"'genba help' lists them", "'genba help' で一覧を表示します"},
    {"'genba help *' lists them", "'genba help {0}' で一覧を表示します"},
    {"'genba help *' shows examples", "'genba help {0}' で例を表示します"},
    {"'genba query --tables' lists tables and columns",
     "'genba query --tables' で表と列の一覧を表示します"},
    {"*; 'genba help *' shows examples", "{0}。'genba help {1}' で例を表示します"},

    // What the system said.
    {"the log does not begin with a case's header", "log.jsonl が保存した記録の形式ではありません"},
    {"reading log.jsonl: there is no whole line in it", "log.jsonl に完全な行がありません"},
};

}  // namespace

std::string error_words(std::string_view english, model::Language language) {
  return language == model::Language::kJapanese
             ? render::say_in_japanese({kPhrases, contain_lock_phrases(), contain_stop_phrases(),
                                        render::stopping_phrases(), render::coverage_phrases()},
                                       english)
             : std::string(english);
}

}  // namespace genba::cli
