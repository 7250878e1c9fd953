// SPDX-License-Identifier: Apache-2.0
#include "render/coverage_words.h"

#include <optional>
#include <vector>

namespace genba::render {

namespace {

// `*` in `english` stands for a value; `{0}`, `{1}` … in `japanese` for the values in order. The
// first entry that fits the whole sentence counts.
struct Entry {
  std::string_view english;
  std::string_view japanese;
};

constexpr Entry kEntries[] = {
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

    // Errors: their own words stay behind.
    {"refused by the kernel even to root: *", "rootでもカーネルに拒否されました（{0}）"},
    {"*: permission denied", "アクセスを拒否されました（{0}）"},
    {"*: operation not permitted", "操作を拒否されました（{0}）"},
    {"*: no such file or directory", "見つかりません（{0}）"},
    {"*: input/output error", "入出力エラー（{0}）"},
    {"*: connection timed out", "制限時間内に応答がありません（{0}）"},
    {"* at byte * of *", "データの破損：{2} の{1}バイト目（{0}）"},
};

// The values that `pattern` finds in the whole of `text`.
std::optional<std::vector<std::string_view>> match(std::string_view pattern,
                                                   std::string_view text) {
  std::vector<std::string_view> values;
  size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    return pattern == text ? std::optional(values) : std::nullopt;
  }
  if (text.substr(0, star) != pattern.substr(0, star)) {
    return std::nullopt;
  }
  text.remove_prefix(star);
  while (true) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const std::string_view fixed = pattern.substr(0, star);
    // The last fixed part stands at the end, the others at their first place.
    const bool last = star == std::string_view::npos;
    const size_t at = fixed.empty() ? text.size() : last ? text.rfind(fixed) : text.find(fixed);
    if (at == std::string_view::npos || (last && at + fixed.size() != text.size())) {
      return std::nullopt;
    }
    values.push_back(text.substr(0, at));
    if (last) {
      return values;
    }
    text.remove_prefix(at + fixed.size());
  }
}

std::string put_in(std::string_view words, const std::vector<std::string_view>& values) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool place = i + 2 < words.size() && words[i] == '{' && words[i + 2] == '}';
    if (!place) {
      out += words[i];
      continue;
    }
    const auto index = static_cast<size_t>(words[i + 1] - '0');
    out += index < values.size() ? values[index] : std::string_view();
    i += 2;
  }
  return out;
}

}  // namespace

std::string coverage_text(std::string_view english, model::Language language) {
  if (language == model::Language::kJapanese) {
    for (const Entry& entry : kEntries) {
      if (const auto values = match(entry.english, english)) {
        return put_in(entry.japanese, *values);
      }
    }
  }
  return std::string(english);
}

}  // namespace genba::render
