// SPDX-License-Identifier: Apache-2.0
#include "render/stopping_words.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/number.h"
#include "fmt/format.h"

namespace genba::render {

namespace {

using model::Language;

constexpr Phrase kReasons[] = {
    {"the process that was named", "指定されたプロセス"},
    {"Genba itself", "genba 自身"},
    {"an ancestor of Genba: this very session runs in it",
     "genba の祖先プロセス（このセッション自体が動いています）"},
    {"part of this very session", "このセッション自体の一部"},
    {"an ancestor of this very session", "このセッションの祖先プロセス"},
    {"it may carry your own session", "自分のセッションを担っている可能性があります"},
    {"it may serve the filesystem that the journal or the case is written to",
     "操作の記録またはケースの書き込み先のファイルシステムを担っている可能性があります"},
    {"PID 1, without which the machine stops", "PID 1（停止するとマシンが止まります）"},
    {"a thread of the kernel", "カーネルスレッド"},
    {"runs *, a program of the system", "システムのプログラム {0} を実行しています"},
    {"runs *, which lies where programs of the system lie; packages are not known here",
     "{0} を実行しています。システムのプログラムがある場所ですが、ここではパッケージの情報が"
     "ありません"},
    {"is connected to it by a socket with a name, as a service and its clients are",
     "名前付きソケットで接続しています（サービスと利用者の関係と見られます）"},
    {"runs *, as the family does", "対象と同じファイル {0} を実行しています"},
    {"is older, and may only have passed the socket on",
     "より前に起動しており、ソケットを渡しただけの可能性があります"},
    {"process * (*) was born meanwhile and may belong: it is not frozen; look at it",
     "プロセス {0}（{1}）は作業中に起動され、関連する可能性があります。凍結していないため、確認して"
     "ください"},
    {"found too late", "見つけるのが間に合いませんでした"},
    {"does not stop: state D (waits for the kernel)", "停止しません：状態 D（カーネル内で待機中）"},
    {"does not stop: state R (runs)", "停止しません：状態 R（実行中）"},
    {"the family grew faster than it could be caught: some may run",
     "対象の増殖に追いつけませんでした。動作中のものが残っている可能性があります"},
    {"stopped by SIGSTOP, which a parent can see and undo: no cgroup could freeze here",
     "SIGSTOP で停止しました。親プロセスから見え、解除もできます（ここでは cgroup "
     "で凍結できません）"},
    {"process * could not be moved (*): stopped by SIGSTOP, which its parent can see",
     "プロセス {0} を移動できないため（{1}）、SIGSTOP で停止しました。親プロセスから見えます"},
    {"process * must not be touched: it is *", "プロセス {0} は操作できません：{1}"},
    {"process * must not be frozen: it is *", "プロセス {0} は凍結できません：{1}"},
    {"process * must not be killed: it is *", "プロセス {0} は強制終了できません：{1}"},
    {"no cgroup2 hierarchy that can freeze is mounted",
     "凍結できる cgroup v2 の階層がマウントされていません"},
    {"no cgroup1 hierarchy that can freeze is mounted",
     "凍結できる cgroup v1 の階層がマウントされていません"},
    {"cgroups of this kernel cannot freeze (cgroup.freeze came with Linux 5.2)",
     "このカーネルの cgroup では凍結できません（cgroup.freeze は Linux 5.2 以降）"},
    {"the cgroup lies outside of what is mounted", "cgroup がマウントされた範囲の外にあります"},
    {"cgroup * was frozen before and stays so",
     "cgroup {0} は以前から凍結されており、そのままにします"},
    {"cgroup * could not be removed: *", "cgroup {0} を削除できません：{1}"},
    {"process *: its group * is gone or takes nobody; it is in * now",
     "プロセス {0}：元のグループ {1} がないか受け入れないため、{2} に移しました"},
    {"process *, a child of *, was born into the frozen group: killed too",
     "プロセス {0}（{1} の子）は凍結中のグループ内で生まれたため、一緒に終了させました"},
    {"process * is in cgroup * but was not frozen by this freeze: not killed",
     "プロセス {0} は cgroup {1} にいますが、この凍結の対象ではないため終了させません"},
    {"does not die yet: state D, waits for the kernel",
     "まだ終了しません：状態 D（カーネル内で待機中）"},
    {"does not die yet: state *", "まだ終了しません：状態 {0}"},
    {"a kill was refused, so the family stays frozen: run as root, or thaw it",
     "終了を拒否されたため、凍結したままです。root で実行するか、凍結を解除してください"},
    {"the machine has been booted since this freeze: nothing of it is left",
     "この凍結の後にマシンが再起動されました。凍結は残っていません"},
    {"process * could not be put back: *", "プロセス {0} を元のグループに戻せません：{1}"},
    {"none of these processes lives any more: nothing was frozen",
     "対象のプロセスはすべて終了しており、凍結しませんでした"},
    {"no member lives any more with the start that was recorded: look again",
     "確認した対象のプロセスはすべて終了しました。もう一度実行してください"},
    {"freezing, which was taken back: *", "凍結に失敗し、元に戻しました：{0}"},
    {"no way to freeze that was allowed works on this kernel (*)",
     "このカーネルで使える凍結の方法がありません（{0}）"},
    {"a limit cut it", "上限で打ち切りました"},
};

struct TieWord {
  std::string_view name;
  std::string_view en;
  std::string_view ja;
};

// {0}: the member it leads to.
constexpr TieWord kTies[] = {
    {"named", "named", "指定されたプロセス"},
    {"descendant", "started by {0}", "{0} の子孫"},
    {"executable", "runs the same file as {0}", "{0} と同じファイルを実行"},
    {"command", "same command line as {0}", "{0} と同じコマンドライン"},
    {"launcher", "started {0}", "{0} を起動"},
    {"cgroup", "in the unit of {0}", "{0} と同じユニット内"},
    {"pipe", "pipe with {0}", "{0} とパイプで接続"},
    {"socket", "socket with {0}", "{0} とソケットを共有"},
    {"shared_file", "shares a file with {0}", "{0} とファイルを共有"},
    {"shared_code", "shares code with {0}", "{0} とコードを共有"},
    {"tracer", "traces, or is traced by, {0}", "{0} とトレース関係"},
};

constexpr TieWord kLikenesses[] = {
    {"file", "same file", "同じファイル"},   {"path", "same path", "同じパス"},
    {"content", "same content", "同じ内容"}, {"command", "same command line", "同じコマンドライン"},
    {"cgroup", "same unit", "同じユニット"},
};

}  // namespace

std::string link_words(const model::FamilyLink& link, Language language) {
  const auto* word = std::find_if(std::begin(kTies), std::end(kTies),
                                  [&](const TieWord& each) { return each.name == link.tie; });
  const bool ja = language == Language::kJapanese;
  std::string words = word == std::end(kTies)
                          ? fmt::format("{} {}", link.tie, link.through)
                          : fmt::format(fmt::runtime(ja ? word->ja : word->en), link.through);
  if (!link.detail.empty()) {
    words += fmt::format(fmt::runtime(ja ? "（{}）" : " ({})"), link.detail);
  }
  return words;
}

namespace {

// "executable of 900 (/tmp/x)", as the journal has it.
std::optional<model::FamilyLink> parse_link(std::string_view text) {
  constexpr std::string_view kOf = " of ";
  const size_t of = text.find(kOf);
  if (of == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(of + kOf.size());
  const size_t space = rest.find(' ');
  const auto through = base::parse_number<int64_t>(rest.substr(0, space));
  const std::string_view detail = space == std::string_view::npos ? "" : rest.substr(space + 1);
  const bool closed = detail.empty() || (detail.starts_with('(') && detail.ends_with(')'));
  if (!through || !closed) {
    return std::nullopt;
  }
  return model::FamilyLink{std::string(text.substr(0, of)), *through,
                           detail.empty() ? "" : std::string(detail.substr(1, detail.size() - 2))};
}

}  // namespace

Phrases stopping_phrases() {
  return kReasons;
}

std::string stop_words(std::string_view english, Language language) {
  if (language != Language::kJapanese) {
    return std::string(english);
  }
  std::string words = say_in_japanese({Phrases(kReasons)}, english);
  if (words != english) {
    return words;
  }
  words.clear();
  for (std::string_view rest = english; !rest.empty();) {
    const size_t comma = rest.find(", ");
    const auto link = parse_link(rest.substr(0, comma));
    if (!link) {
      return std::string(english);
    }
    words += words.empty() ? "" : "、";
    words += link_words(*link, language);
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 2);
  }
  return words;
}

std::string_view respawn_word(model::RespawnKind kind, Language language) {
  const bool ja = language == Language::kJapanese;
  switch (kind) {
    case model::RespawnKind::kCron: return "cron";
    case model::RespawnKind::kSystemdUnit: return ja ? "systemd ユニット" : "systemd unit";
    case model::RespawnKind::kSystemdTrigger:
      return ja ? "systemd のタイマーなど" : "systemd timer, path or socket";
    case model::RespawnKind::kService: return ja ? "サービス" : "service";
    case model::RespawnKind::kBoot: return ja ? "起動時の設定" : "start-up item";
    case model::RespawnKind::kProfile: return ja ? "ログイン時の設定" : "login profile";
    case model::RespawnKind::kPreload: return "ld.so.preload";
    case model::RespawnKind::kContainer: return ja ? "コンテナ" : "container";
    case model::RespawnKind::kWatchdog: return ja ? "プロセス" : "process";
    case model::RespawnKind::kKernelHelper: return ja ? "カーネル" : "kernel helper";
  }
  return "";
}

std::string likeness_word(std::string_view likeness, Language language) {
  const auto* word = std::find_if(std::begin(kLikenesses), std::end(kLikenesses),
                                  [&](const TieWord& each) { return each.name == likeness; });
  if (word == std::end(kLikenesses)) {
    return std::string(likeness);
  }
  return std::string(language == Language::kJapanese ? word->ja : word->en);
}

std::string_view method_word(std::string_view method) {
  if (method == "cgroup2") {
    return "cgroup v2";
  }
  return method == "cgroup1" ? "cgroup v1" : "SIGSTOP";
}

}  // namespace genba::render
