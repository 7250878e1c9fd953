// SPDX-License-Identifier: Apache-2.0
#include "render/log_words.h"

#include <array>
#include <cstdlib>

#include "fmt/format.h"
#include "render/brief.h"
#include "render/words.h"

namespace genba::render {

namespace {

using model::Language;

struct Phrase {
  std::string_view key;
  std::string_view en;
  std::string_view ja;
};

// {0} who, {1} target, {2} what. The longest text stands at the end, where it may be cut.
constexpr Phrase kDeeds[] = {
    {"sudo", "{0} ran as {1} by sudo: {2}", "{0} が sudo で {1} として実行：{2}"},
    {"sudo_refused", "sudo refused {0}: {2}", "sudo が {0} を拒否：{2}"},
    {"su", "{0} became {1} by su", "{0} が su で {1} に切り替え"},
    {"su_failed", "{0} failed to become {1} by su", "{0} が su で {1} への切り替えに失敗"},
    {"account_added", "account or group {1} added {2}", "アカウントまたはグループ {1} を追加 {2}"},
    {"account_removed", "account or group {1} removed {2}",
     "アカウントまたはグループ {1} を削除 {2}"},
    {"account_changed", "account or group {1} changed: {2}",
     "アカウントまたはグループ {1} を変更：{2}"},
    {"password_changed", "password of {1} changed", "{1} のパスワードを変更"},
    {"crontab_changed", "crontab of {0} changed", "{0} の crontab を変更"},
    {"units_reloaded", "systemd read its units again", "systemd がユニットを再読み込み"},
    {"transient_unit", "a transient unit ran: {1}", "一時ユニットを実行：{1}"},
    {"module_taint", "kernel module {1}, which is not the kernel's own, was loaded",
     "カーネル外のモジュール {1} を読み込み"},
    {"module_unsigned", "kernel module {1} without a signature was loaded",
     "署名のないカーネルモジュール {1} を読み込み"},
    {"module_loaded", "kernel module {1} was loaded", "カーネルモジュール {1} を読み込み"},
    {"package_command", "packages, asked by {0}: {2}", "パッケージ操作（{0}）：{2}"},
    {"package_installed", "installed: {2}", "パッケージを導入：{2}"},
    {"package_removed", "removed: {2}", "パッケージを削除：{2}"},
    {"package_purged", "purged: {2}", "パッケージを完全削除：{2}"},
    {"package_reinstalled", "installed again: {2}", "パッケージを再導入：{2}"},
    {"package_downgraded", "downgraded: {2}", "パッケージをダウングレード：{2}"},
    {"web_shell_speaks", "a shell or tool complained to the web server's error log: {2}",
     "シェルやツールが Web サーバーのエラーログに出力：{2}"},
    {"ftp_upload", "{0} uploaded {1} by FTP", "{0} が FTP で {1} をアップロード"},
    {"clock_step", "the clock was set: {2}", "時計を変更：{2}"},
    {"bpf_write_user", "{1} loaded a BPF program that writes to the memory of processes",
     "{1} がプロセスのメモリへ書き込む BPF プログラムを読み込み"},
    {"polkit_exploit", "a trace of an exploit of pkexec: {2}", "pkexec の脆弱性を突いた痕跡：{2}"},
    {"kexec", "another kernel was started by kexec", "kexec で別のカーネルを起動"},
    {"audit_stopped", "auditd stopped", "auditd が停止"},
    {"audit_config", "audit was configured: {2}", "監査の設定を変更：{2}"},
};

// {0} source, {1} span or count, {2} usual span, {3} lines of others, {4} detail, {5} path.
constexpr Phrase kAnomalies[] = {
    {"silence",
     "{0} says nothing for {1}; all but one in a thousand of its silences are within {2}, and "
     "other logs have {3} {3:line|lines} meanwhile",
     "{0} に {1} の空白（通常の空白は {2} 以内、その間に他のログは{3}行）"},
    {"nul_run", "{5} holds {1} NUL {1:byte|bytes} in a row {4}",
     "{5} に NUL バイトが{1}個連続（{4}）"},
    {"time_back", "times in {0} go back {4}", "{0} の時刻が逆戻り {4}"},
    {"serial_hole", "{1} {1:number is|numbers are} missing in {0}", "{0} の通し番号が{1}個欠落"},
    {"record_hole", "{1} {1:record is|records are} missing in {5}", "{5} のレコードが{1}件欠落"},
    {"wiped_records", "{1} {1:record|records} in {5} {1:was|were} overwritten with zeros",
     "{5} のレコード{1}件がゼロで上書き"},
    {"missing_rotation", "{5} is missing between older and newer ones",
     "前後の世代があるのに {5} がない"},
    {"time_conflict", "{0}: {4}", "{0} の時刻が UTC のログと {1} ずれている"},
    {"year_unclear", "{5}: {4}", "{5} の年が決まらない（最後の行がファイルの更新時刻より新しい）"},
    {"journal_changed", "an entry of {5} was changed after it was written: {4}",
     "{5} の記録が書き込み後に改変：{4}"},
    {"journal_unlisted", "{5} holds {1} {1:entry|entries} that journalctl does not show",
     "{5} に journalctl が表示しない記録が{1}件"},
    {"journal_disagrees", "{5}: {4}", "{5} のヘッダーの件数が実際と異なる"},
    {"imitated_line",
     "{1} {1:line|lines} of {5} {1:imitates|imitate} the server's own words; who sent them may be "
     "another than it seems",
     "{5} にサーバーの記録を装った行が{1}件（送信元は見かけと異なる可能性あり）"},
};

template <size_t kCount>
const Phrase* find(const Phrase (&phrases)[kCount], std::string_view key) {
  for (const Phrase& phrase : phrases) {
    if (phrase.key == key) {
      return &phrase;
    }
  }
  return nullptr;
}

}  // namespace

std::string span_words(int64_t seconds, Language language) {
  struct Unit {
    int64_t seconds;
    std::string_view en;
    std::string_view ja;
  };
  static constexpr std::array<Unit, 4> kUnits = {
      {{86'400, " d", "日"}, {3600, " h", "時間"}, {60, " min", "分"}, {1, " s", "秒"}}};
  const bool ja = language == Language::kJapanese;
  seconds = std::abs(seconds);
  for (size_t i = 0; i < kUnits.size(); ++i) {
    const int64_t large = seconds / kUnits[i].seconds;
    if (large == 0 && i + 1 < kUnits.size()) {
      continue;
    }
    std::string text = fmt::format("{}{}", large, ja ? kUnits[i].ja : kUnits[i].en);
    if (i + 1 < kUnits.size()) {
      const int64_t small = seconds % kUnits[i].seconds / kUnits[i + 1].seconds;
      if (small > 0) {
        text +=
            fmt::format("{}{}{}", ja ? "" : " ", small, ja ? kUnits[i + 1].ja : kUnits[i + 1].en);
      }
    }
    return text;
  }
  return {};
}

std::string deed_words(const Deed& deed, Language language) {
  const bool ja = language == Language::kJapanese;
  const std::string unknown = ja ? "不明" : "somebody";
  const Phrase* phrase = find(kDeeds, deed.action);
  std::string text = phrase == nullptr
                         ? fmt::format("{}: {}", deed.action, deed.what)
                         : fill(ja ? phrase->ja : phrase->en,
                                {deed.who.empty() ? unknown : deed.who,
                                 deed.target.empty() ? unknown : deed.target, deed.what});
  while (text.ends_with(' ')) {
    text.pop_back();  // a phrase whose last text is not told
  }
  const bool packages = deed.action.substr(0, 8) == "package_";
  if (packages && deed.count > 1) {
    const std::string count = with_commas(static_cast<uint64_t>(deed.count));
    return ja ? fmt::format("{}（計{}個）", text, count)
              : fmt::format("{} ({} in all)", text, count);
  }
  if (deed.count > 1) {
    const std::string times = with_commas(static_cast<uint64_t>(deed.count));
    text += ja ? fmt::format("（{}回）", times) : fmt::format(" ({} times)", times);
  }
  return text;
}

std::string anomaly_words(const model::LogAnomaly& anomaly, Language language) {
  const bool ja = language == Language::kJapanese;
  const Phrase* phrase = find(kAnomalies, anomaly.kind);
  const bool in_time = anomaly.kind == "silence" || anomaly.kind == "time_conflict";
  const int64_t count = anomaly.count.value_or(0);
  const std::string amount =
      in_time ? span_words(count, language) : with_commas(static_cast<uint64_t>(std::abs(count)));
  std::string detail = anomaly.detail.value_or("");
  if (anomaly.kind == "time_back" && anomaly.from_time && anomaly.to_time) {
    const std::string from = base::to_display(*anomaly.from_time);
    const std::string to = base::to_display(*anomaly.to_time);
    detail = ja ? fmt::format("（{} → {}）", from, to) : fmt::format("from {} to {}", from, to);
  }
  if (phrase == nullptr) {
    return fmt::format("{}: {} {}", anomaly.path, anomaly.kind, detail);
  }
  return fill(
      ja ? phrase->ja : phrase->en,
      {anomaly.source, amount, span_words(anomaly.usual.value_or(0), language),
       with_commas(static_cast<uint64_t>(anomaly.others.value_or(0))), detail, anomaly.path});
}

std::string_view certainty_mark(std::string_view certainty) {
  return certainty == "assumed_zone" ? "~" : certainty == "inferred_year" ? "?" : "";
}

}  // namespace genba::render
