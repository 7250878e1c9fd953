// SPDX-License-Identifier: Apache-2.0
//
// See incident_words.h.
#include "judge/incident_words.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "fmt/format.h"

namespace genba::judge {
namespace {

using model::Finding;
using model::Subject;
using model::Text;

/// More names than this make no sentence.
constexpr size_t kMaxNames = 3;

std::string list_of(const std::vector<std::string>& names, std::string_view between,
                    std::string_view last, std::string_view more) {
  std::string out;
  const size_t shown = std::min(names.size(), kMaxNames);
  for (size_t i = 0; i < shown; ++i) {
    const bool ends = i + 1 == names.size();
    out += fmt::format("{}{}", i == 0 ? "" : ends ? last : between, names[i]);
  }
  if (names.size() > shown) {
    out += fmt::format(fmt::runtime(more), names.size() - shown);
  }
  return out;
}

std::string english(const std::vector<std::string>& names) {
  return list_of(names, ", ", " and ", " and {} more");
}

std::string japanese(const std::vector<std::string>& names) {
  return list_of(names, "、", "、", " ほか{}件");
}

std::string counted(size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

Text lead_of(model::Confidence confidence, const IncidentContents& contents) {
  const bool tree = contents.tree;
  switch (confidence) {
    case model::Confidence::kProven:
      return {tree ? "This system was broken into" : "This host has been broken into",
              "侵害が確認されました。"};
    case model::Confidence::kLikely:
      return {tree ? "This system was very likely broken into"
                   : "This host has very likely been broken into",
              "侵害されている可能性が高い状態です。"};
    case model::Confidence::kHint: break;
  }
  return {tree ? "This system may have been broken into" : "This host may have been broken into",
          "侵害を疑わせる手がかりがあります。"};
}

/// What starts programs: "1 cron entry, 1 systemd unit".
Text entries_of(const IncidentContents& contents) {
  std::vector<std::string> en;
  std::vector<std::string> ja;
  if (contents.cron_entries > 0) {
    en.push_back(counted(contents.cron_entries, "cron entry", "cron entries"));
    ja.push_back(fmt::format("cron設定{}件", contents.cron_entries));
  }
  if (contents.units > 0) {
    en.push_back(counted(contents.units, "systemd unit", "systemd units"));
    ja.push_back(fmt::format("systemdユニット{}件", contents.units));
  }
  if (contents.startup_items > 0) {
    en.push_back(counted(contents.startup_items, "start-up entry", "start-up entries"));
    ja.push_back(fmt::format("その他の自動起動設定{}件", contents.startup_items));
  }
  return {english(en), japanese(ja)};
}

/// What the story says: clauses of one English sentence, whole sentences in Japanese.
struct Clauses {
  std::vector<std::string> en;
  std::string ja;
};

void add_programs(const IncidentContents& contents, Clauses& clauses) {
  const Text owners = {
      contents.owners.empty() ? "" : " as " + english(contents.owners),
      contents.owners.empty() ? "" : "アカウント " + japanese(contents.owners) + " で "};
  if (!contents.programs.empty()) {
    const size_t count = contents.programs.size();
    clauses.en.push_back(fmt::format("{} {} {}{} ({})", count == 1 ? "the program" : "the programs",
                                     english(contents.programs), count == 1 ? "runs" : "run",
                                     owners.en,
                                     counted(contents.processes, "process", "processes")));
    clauses.ja += fmt::format("{}{} が動作しています（プロセス{}件）。", owners.ja,
                              japanese(contents.programs), contents.processes);
  } else if (contents.processes > 0) {
    clauses.en.push_back(fmt::format("{}{} without a known file",
                                     counted(contents.processes, "process runs", "processes run"),
                                     owners.en));
    clauses.ja += fmt::format("{}実行ファイル不明のプロセス{}件が動作しています。", owners.ja,
                              contents.processes);
  }
}

// How they came in, and whom they made.
void add_ways_in(const IncidentContents& contents, Clauses& clauses) {
  for (size_t i = 0; i < std::min<size_t>(contents.ways_in.size(), kMaxNames); ++i) {
    const WayIn& way = contents.ways_in[i];
    const std::string time = base::to_display(way.time);
    const std::string method_en = way.method.empty() ? "" : " by " + way.method;
    const std::string method_ja = way.method.empty() ? "" : fmt::format("（{}）", way.method);
    if (way.failures > 0) {
      clauses.en.push_back(fmt::format("{} failed {} times and got in as {} at {}{}", way.address,
                                       way.failures, way.username, time, method_en));
      clauses.ja += fmt::format("{} が{}回失敗した後、{} に {} としてログインしました{}。",
                                way.address, way.failures, time, way.username, method_ja);
    } else {
      clauses.en.push_back(
          fmt::format("{} got in as {} at {}{}", way.address, way.username, time, method_en));
      clauses.ja += fmt::format("{} が {} に {} としてログインしました{}。", way.address, time,
                                way.username, method_ja);
    }
  }
  if (!contents.new_accounts.empty()) {
    const bool one = contents.new_accounts.size() == 1;
    clauses.en.push_back(fmt::format("the {} {} {} made", one ? "account" : "accounts",
                                     english(contents.new_accounts), one ? "was" : "were"));
    clauses.ja += fmt::format("アカウント {} が作成されました。", japanese(contents.new_accounts));
  }
}

void add_altered_logs(const IncidentContents& contents, Clauses& clauses) {
  if (contents.altered_logs.empty()) {
    return;
  }
  const bool one = contents.altered_logs.size() == 1;
  clauses.en.push_back(fmt::format("the {} {} {} marks of being altered", one ? "log" : "logs",
                                   english(contents.altered_logs), one ? "bears" : "bear"));
  clauses.ja += fmt::format("ログ {} に改変の痕跡があります。", japanese(contents.altered_logs));
}

Clauses clauses_of(const IncidentContents& contents) {
  Clauses clauses;
  add_ways_in(contents, clauses);
  add_programs(contents, clauses);
  const Text entries = entries_of(contents);
  if (!entries.en.empty()) {
    const size_t count = contents.cron_entries + contents.units + contents.startup_items;
    clauses.en.push_back(
        fmt::format("{} {} programs automatically", entries.en, count == 1 ? "starts" : "start"));
    clauses.ja += entries.ja + "がプログラムを自動起動します。";
  }
  if (contents.keys > 0) {
    clauses.en.push_back(fmt::format("{} {} a way in",
                                     counted(contents.keys, "SSH key", "SSH keys"),
                                     contents.keys == 1 ? "opens" : "open"));
    clauses.ja += fmt::format("登録済みのSSH鍵{}件でログインできます。", contents.keys);
  }
  if (!contents.files.empty()) {
    clauses.en.push_back(
        fmt::format("{} {} {} suspicious", contents.files.size() == 1 ? "the file" : "the files",
                    english(contents.files), contents.files.size() == 1 ? "is" : "are"));
    clauses.ja += fmt::format("ファイル {} が不審です。", japanese(contents.files));
  }
  add_altered_logs(contents, clauses);
  return clauses;
}

/// "a, b and c" of whole clauses.
std::string join(const std::vector<std::string>& clauses, std::string_view between,
                 std::string_view last) {
  std::string out;
  for (size_t i = 0; i < clauses.size(); ++i) {
    out += fmt::format("{}{}", i == 0 ? "" : i + 1 == clauses.size() ? last : between, clauses[i]);
  }
  return out;
}

Text since(const model::Incident& incident) {
  if (!incident.from) {
    return {" Nothing found here tells when it began.", "始まった時刻を示す痕跡はありません。"};
  }
  const std::string time = base::to_display(*incident.from);
  return {
      fmt::format(" The earliest trace is of {}; times can be forged, so it may have begun "
                  "earlier.",
                  time),
      fmt::format(
          "最も早い痕跡は {} です。時刻は偽装できるため、実際の開始はさらに前の可能性があります。",
          time)};
}

Text connections_of(const IncidentContents& contents) {
  const size_t outside = contents.connections;
  const size_t local = contents.local_connections;
  if (outside + local == 0) {
    return {};
  }
  const std::string all = counted(outside + local, "connection", "connections");
  const std::string addresses = counted(contents.remote_addresses, "address", "addresses");
  if (local == 0) {
    return {fmt::format(" Its processes hold {} to {}.", all, addresses),
            fmt::format("関係するプロセスの通信は{}件、相手のアドレスは{}件です。", outside,
                        contents.remote_addresses)};
  }
  if (outside == 0) {
    return {fmt::format(" Its processes hold {}, {}to this host itself.", all,
                        local == 1 ? "" : "all "),
            fmt::format("関係するプロセスの通信は{}件で、相手はすべてこのホスト自身です。", local)};
  }
  return {
      fmt::format(" Its processes hold {}: {} to {}, {} to this host itself.", all, outside,
                  addresses, local),
      fmt::format("関係するプロセスの通信は{}件です（外部のアドレス{}件と{}件、このホスト自身と{}"
                  "件）。",
                  outside + local, contents.remote_addresses, outside, local)};
}

Text preserve(const IncidentContents& contents) {
  if (contents.tree) {
    return {"Keep the original disk or image unchanged, note its hash, and work on a copy.",
            "元のディスクやイメージは変更せず、ハッシュ値を記録し、複製で作業します。"};
  }
  return {
      "Do not reboot, power off or delete anything yet: running programs and deleted files exist "
      "only in memory. First keep what Genba saw (genba triage --save DIR), on a disk that is "
      "not this host's.",
      "まだ再起動、電源断、削除をしないでください。動作中のプログラムと削除済みファイルは、今しか"
      "取得できません。先に genba triage --save DIR "
      "で、このホスト以外のディスクに証拠を保存します。"};
}

Text take_away_persistence(const IncidentContents& contents) {
  const std::string where_en =
      contents.persistence.empty() ? "" : " (" + english(contents.persistence) + ")";
  const std::string where_ja =
      contents.persistence.empty() ? "" : "（" + japanese(contents.persistence) + "）";
  return {
      fmt::format("Once the evidence is kept, take away what starts it again{} before you end any "
                  "process: otherwise it comes back.",
                  where_en),
      fmt::format(
          "証拠保全が済んだら、プロセスを終了する前に自動起動の設定{}を取り除きます。順序が逆だと"
          "再び起動します。",
          where_ja)};
}

/// More advice than this from the rules is not read by anybody; each finding holds its own.
constexpr size_t kMaxRuleAdvice = 6;

/// The processes of all findings of the rule that run what the first one's process runs.
std::vector<int64_t> family_of(const Finding& first, const std::vector<const Finding*>& findings,
                               std::string& path) {
  std::vector<int64_t> pids;
  for (const Finding* finding : findings) {
    for (const Subject& subject : finding->subjects) {
      const model::OwnedValue* pid = subject.find("pid");
      const auto* number = pid == nullptr ? nullptr : std::get_if<int64_t>(pid);
      if (finding->rule != first.rule || subject.kind != "process" || number == nullptr) {
        continue;
      }
      if (pids.empty()) {
        path = text_at(subject, "path");
      }
      if (text_at(subject, "path") == path &&
          std::find(pids.begin(), pids.end(), *number) == pids.end()) {
        pids.push_back(*number);
      }
    }
  }
  return pids;
}

/// What a rule advises about its first process, said for all of that program.
Text for_the_family(Text advice, const std::string& path, const std::vector<int64_t>& pids) {
  const bool of_one = pids.size() > 1 && !path.empty() &&
                      advice.en.find(fmt::format("{}", pids.front())) != std::string::npos;
  if (!of_one) {
    return advice;
  }
  const Text list = pid_list(pids);
  advice.en += fmt::format(" The same goes for all {} processes that run {}: pids {}.", pids.size(),
                           path, list.en);
  advice.ja += fmt::format("{} を実行しているプロセス{}件（PID {}）すべてに当てはまります。", path,
                           pids.size(), list.ja);
  return advice;
}

/// Advice of the findings, most severe first. A rule speaks through its first finding only: its
/// words about each of fifty processes would bury everybody else's.
std::vector<Text> findings_advice(const std::vector<const Finding*>& findings) {
  std::vector<Text> advice;
  std::set<std::string_view> rules;
  std::set<std::string_view> said;
  for (const Finding* finding : findings) {
    if (!rules.insert(finding->rule).second) {
      continue;
    }
    std::string path;
    const std::vector<int64_t> pids = family_of(*finding, findings, path);
    for (const Text& text : finding->advice) {
      if (advice.size() < kMaxRuleAdvice && said.insert(text.en).second) {
        advice.push_back(for_the_family(text, path, pids));
      }
    }
  }
  return advice;
}

}  // namespace

Text pid_list(const std::vector<int64_t>& pids) {
  constexpr size_t kMaxPids = 10;
  Text list;
  for (size_t i = 0; i < pids.size() && i < kMaxPids; ++i) {
    list.en += fmt::format("{}{}", i == 0 ? "" : ", ", pids[i]);
    list.ja += fmt::format("{}{}", i == 0 ? "" : "、", pids[i]);
  }
  if (pids.size() > kMaxPids) {
    list.en += fmt::format(" and {} more", pids.size() - kMaxPids);
    list.ja += fmt::format(" ほか{}件", pids.size() - kMaxPids);
  }
  return list;
}

Text words_of(const IncidentContents& contents, const model::Incident& incident) {
  Text words = lead_of(incident.confidence, contents);
  const Clauses clauses = clauses_of(contents);
  if (clauses.en.empty()) {
    const size_t count = incident.findings.size();
    const std::string accounts =
        contents.accounts.empty() ? "" : " about " + english(contents.accounts);
    words.en += fmt::format(": {}{} {}", counted(count, "finding", "findings"), accounts,
                            count == 1 ? "says so" : "belong together");
    words.ja += fmt::format("{}件の所見がこの事案に関係します。", count);
  } else {
    words.en += ": " + join(clauses.en, ", ", ", and ");
    words.ja += clauses.ja;
  }
  const Text time = since(incident);
  const Text traffic = connections_of(contents);
  words.en += "." + traffic.en + time.en;
  words.ja += traffic.ja + time.ja;
  return words;
}

std::vector<Text> advice_of(const IncidentContents& contents, const model::Incident& incident,
                            const std::vector<const Finding*>& findings) {
  std::vector<Text> advice = {preserve(contents)};
  if (incident.confidence == model::Confidence::kHint) {
    advice.push_back(
        {"Ask whether a colleague or your own automation did this; each finding says how "
         "to tell.",
         "同僚や自社の自動化による変更でないか確認します。見分け方は各所見に書かれています。"});
  }
  if (!contents.tree) {
    advice.push_back(
        {"Ask the hosting provider for a snapshot of the disk, with the memory if they "
         "offer it.",
         "ホスティング事業者に、ディスク（可能ならメモリーも）のスナップショット取得を依頼します"
         "。"});
    advice.push_back(
        {"Then isolate the host from the network at the provider's firewall, and let only "
         "your own address in.",
         "次に、事業者側のファイアウォールでホストをネットワークから隔離し、自分の接続元だけを"
         "許可します。"});
  }
  if (contents.cron_entries + contents.units + contents.startup_items > 0 && !contents.tree) {
    advice.push_back(take_away_persistence(contents));
  }
  for (Text& text : findings_advice(findings)) {
    advice.push_back(std::move(text));
  }
  advice.push_back(
      {"From another machine that you trust, change every password, SSH key and token that "
       "was used or kept on this host.",
       "信頼できる別の端末から、このホストで使った、または保存していたパスワード、SSH鍵、トークンを"
       "すべて変更します。"});
  advice.push_back(
      {"Plan to rebuild from a known-good image and to bring back only data: no tool can "
       "show that an intruder who was root has left.",
       "既知の正常なイメージから再構築し、データだけを戻す計画を立てます。管理者権限を得た攻撃者が"
       "残っていないことは、どのツールでも証明できません。"});
  return advice;
}

}  // namespace genba::judge
