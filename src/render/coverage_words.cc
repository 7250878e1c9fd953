// SPDX-License-Identifier: Apache-2.0
#include "render/coverage_words.h"

#include "render/phrases.h"

namespace genba::render {

namespace {

constexpr Phrase kEntries[] = {
    // What helps.
    {"run as root", "rootで実行してください"},
    {"--deep", "--deep を付けて実行してください"},
    {"--allow-module-load", "--allow-module-load を付けて実行してください"},
    {"run again without --no-walk", "--no-walk を付けずに実行してください"},
    {"look at it on the machine that holds these files",
     "そのファイルを持つ機器の上で調べてください"},
    {"read that program, and ask its source for the keys",
     "そのプログラムを読み、鍵の取得元を確認してください"},
    {"ask that directory for its accounts", "そのディレクトリーサービスにアカウントを照会します"},
    {"compare with another copy of the case", "別に保管した証拠の複製と照合してください"},

    // The walk, hashes and comparisons.
    {"the time for the walk is over", "走査の制限時間に達しました"},
    {"the table of files is full", "ファイルの表が上限に達しました"},
    {"the table of packaged files is full", "パッケージのファイルの表が上限に達しました"},
    {"the table is full", "表が上限に達しました"},
    {"stopped after * entries", "{0}件で打ち切りました"},
    {"only * files were looked into", "中身を調べたのは{0}ファイルだけです"},
    {"'*' has more than * entries", "{0} には{1}件を超える項目があります"},
    {"directories below * bytes of path are not entered",
     "パスが{0}バイトを超えるディレクトリには入りません"},
    {"* of * files were not hashed: the time or the bytes for it are used up",
     "{1}ファイルのうち{0}件は、時間か読み取り量の上限に達し、ハッシュ値を計算していません"},
    {"* of * files were not compared: the time for it is over",
     "{1}ファイルのうち{0}件は、時間切れのため照合していません"},
    {"left out by --no-walk", "--no-walk により省略しました"},
    {"* (and * more such places)", "{0}（同様の場所がほか{1}か所）"},
    {"*: a network, FUSE or automount filesystem is not entered*",
     "{0}：ネットワーク、FUSE、自動マウントのファイルシステムには入りません{1}"},
    {"*: the root of a container is not entered*", "{0}：コンテナのルートには入りません{1}"},
    {"*: a filesystem of unknown type is not entered*",
     "{0}：種類の分からないファイルシステムには入りません{1}"},
    {"'*' lies on *, which is not entered", "{0} は {1} 上にあるため読んでいません"},

    // What was too large.
    {"'*' is larger than * MiB; the rest was not read",
     "{0} は{1} MiBより大きく、残りは読んでいません"},
    {"the file is larger than the limit for one read", "ファイルが一度に読める上限を超えています"},
    {"a command line is longer than 256 KiB; its beginning is kept",
     "256 KiBを超えるコマンドラインは先頭だけを記録しました"},
    {"an environment is larger than 1 MiB; its beginning is read",
     "1 MiBを超える環境変数は先頭だけを読みました"},
    {"a list of mappings is larger than 16 MiB; its beginning is kept",
     "16 MiBを超えるメモリマップは先頭だけを記録しました"},
    {"a list of mounts is larger than 32 MiB; its beginning is kept",
     "32 MiBを超えるマウント一覧は先頭だけを記録しました"},
    {"utmp is larger than 16 MiB; its beginning is read",
     "16 MiBを超えるutmpは先頭だけを読みました"},
    {"the routing table is larger than 64 MiB", "経路表が64 MiBを超えています"},
    {"there are more than a million sockets", "ソケットが100万個を超えています"},
    {"too many keys; the rest was not recorded", "鍵が多すぎるため、残りは記録していません"},
    {"process * has more than * open descriptors*",
     "プロセス{0}は{1}個を超えるファイルを開いています"},
    {"process * has more than * executable mappings*",
     "プロセス{0}には{1}個を超える実行可能なメモリマップがあります"},

    // What is not there, or somewhere else.
    {"/proc does not show PID 1: it is mounted with hidepid, or PID 1 is hidden",
     "/proc にPID 1が見えません。hidepid付きのマウントか、PID 1の隠蔽です"},
    {"rpm databases are not read by this version", "この版はrpmデータベースを読めません"},
    {"no package database tells what the files should be",
     "本来の内容を示すパッケージデータベースがありません"},
    {"this system keeps no utmp", "このシステムはutmpを記録していません"},
    {"only a running system has it", "稼働中のシステムにしかありません"},
    {"* belongs to no directly connected network, so its interface is not known",
     "{0} は直接つながるネットワークに属さず、インターフェースが分かりません"},
    {"nsswitch.conf names '*' as a source of *; what only it knows is not seen",
     "nsswitch.conf は {1} の取得元に {0} を指定しています。そこにしかない情報は見えません"},
    {"* line *: sshd also asks '*' for keys; these are not seen",
     "{0} の{1}行目：sshdは {2} からも鍵を取得しますが、その鍵は見えません"},
    {"the log is cut: no seal", "記録が途中で切れています（封印なし）"},
    {"the log was altered", "記録が改変されています"},

    {"AuthorizedKeysFile '*' is not understood", "AuthorizedKeysFile の '{0}' を解釈できません"},
    {"sshd's Include files are nested too deeply, or too many",
     "sshdのIncludeファイルの入れ子が深すぎるか、数が多すぎます"},
    {"*, though os-release says that the host is of Debian's family",
     "{0}（os-releaseではDebian系のホスト）"},
    {"there is no dpkg database", "dpkgのデータベースがありません"},
    {"the dpkg database is empty", "dpkgのデータベースが空です"},
    {"there is no package's file list", "パッケージのファイル一覧がありません"},
    {"the package * is installed but has no file list",
     "インストール済みのパッケージ {0} にファイル一覧がありません"},
    {"--root * holds no system (no etc, usr, bin or var with anything in it): is it mounted?",
     "--root {0} "
     "にはシステムがありません（etc、usr、bin、varが無いか空です）。マウントされていますか"},
    {"--root *: *; run as root", "--root {0}：{1}。rootで実行してください"},

    // Helpers and the kernel.
    {"no answer from the reading helper", "読み取り用の補助プロセスから応答がありません"},
    {"reading '*': no answer from the kernel in * ms",
     "{0} を読もうとしましたが、カーネルが{1}ミリ秒以内に応答しません"},
    {"sock_diag in the namespace of process *: no answer from the kernel in * ms",
     "sock_diag：プロセス{0}の名前空間で、カーネルが{1}ミリ秒以内に応答しません"},
    {"reading '*': the helper ended", "{0} を読む間に補助プロセスが終了しました"},
    {"not tried: * reads have hung in the kernel already",
     "読み取りがすでに{0}件、カーネル内で止まったため、試していません"},
    {"the process that starts helpers has ended", "補助プロセスを起動する親が終了しました"},
    {"no helper process could be forked", "補助プロセスを起動できません"},
    {"a helper's answer is damaged", "補助プロセスの応答が壊れています"},
    {"sock_diag: the kernel would have to load a module; --allow-module-load lets it",
     "sock_diag：カーネルモジュールの読み込みが必要です（--allow-module-load で許可します）"},
    {"sock_diag: not in this kernel", "sock_diag：このカーネルにはありません"},
    {"sock_diag: a message of impossible length", "sock_diag：応答の長さが不正です"},
    {"sock_diag: the helper ended", "sock_diag：補助プロセスが終了しました"},
    {"sock_diag: the dump ended early", "sock_diag：一覧が途中で終わりました"},
    {"sock_diag: only a running kernel has sockets", "sock_diag：稼働中のカーネルにしかありません"},
    {"uname: only a running kernel has these names", "uname：稼働中のカーネルにしかありません"},
    {"'*': only a live host has magic links", "{0} は稼働中のホストにしかありません"},
    {"no procfs at /proc, and none could be made", "/proc にprocfsがなく、用意もできません"},
    {"not cloned", "複製できませんでした"},
    {"no procfs to open it through", "開くためのprocfsがありません"},

    // What a path turned out to be.
    {"lies on * mounted at '*', which is not entered",
     "{1} にマウントされた {0} の上にあるため読んでいません"},
    {"listing '*': it is a symbolic link", "{0} はシンボリックリンクです"},
    {"not a directory but a *", "ディレクトリではありません（{0}）"},
    {"not a regular file but a *", "通常のファイルではありません（{0}）"},
    {"not a symbolic link", "シンボリックリンクではありません"},
    {"'*' is no directory", "{0} はディレクトリではありません"},
    {"no magic link of /proc/PID", "/proc/PID のマジックリンクではありません"},
    {"a magic link of procfs", "procfsのマジックリンクです"},
    {"only paths below /proc/PID/root can be followed", "/proc/PID/root の下しかたどれません"},
    {"replaced while it was being opened", "開く間に置き換えられました"},
    {"vanished while it was being opened", "開く間に消えました"},
    {"a directory was moved while the path was being resolved",
     "パスをたどる間にディレクトリが移動しました"},
    {"reading it would take messages from the kernel's trace",
     "読むとカーネルのトレースが失われるため、読んでいません"},
    {"reading it would take messages from the kernel's log",
     "読むとカーネルのログが失われるため、読んでいません"},
    {"a path must be absolute and hold no NUL", "絶対パスでないか、NULを含んでいます"},
    {"an entry of '*' has no status", "{0} に状態を取得できない項目があります"},
    {"a namespace link without an inode: *", "名前空間のリンクが不正です：{0}"},
    {"'*' changes while it is read", "{0} は読む間に変わり続けています"},
    {"hashing took longer than the run allows", "ハッシュ値の計算が時間内に終わりませんでした"},
    {"the bytes for hashing are used up", "ハッシュ値の計算で読める量の上限に達しました"},
    {"no more is known", "詳しい理由は不明です"},

    // Errors: their own words stay behind.
    {"refused by the kernel even to root: *", "rootでもカーネルに拒否されました（{0}）"},
    {"*: permission denied", "アクセスを拒否されました（{0}）"},
    {"*: operation not permitted", "操作を拒否されました（{0}）"},
    {"*: no such file or directory", "見つかりません（{0}）"},
    {"*: input/output error", "入出力エラー（{0}）"},
    {"*: connection timed out", "制限時間内に応答がありません（{0}）"},
    {"reading '*': *", "{0} の読み取り：{1}"},
    {"opening '*': *", "{0} を開く操作：{1}"},
    {"listing '*': *", "{0} の一覧：{1}"},
    {"* at byte * of *", "データの破損：{2} の{1}バイト目（{0}）"},
};

}  // namespace

std::string coverage_text(std::string_view english, model::Language language) {
  return language == model::Language::kJapanese ? say_in_japanese(kEntries, english)
                                                : std::string(english);
}

}  // namespace genba::render
