// SPDX-License-Identifier: Apache-2.0
//
// See incident_story.h.
#include "judge/incident_story.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "judge/incident_contents.h"
#include "judge/incident_words.h"

namespace genba::judge {
namespace {

using model::Field;
using model::Finding;
using model::StoryEvent;
using model::Subject;
using model::Text;

/// A story longer than this is not read; the most severe findings tell it.
constexpr size_t kMaxStory = 200;
constexpr int64_t kSecond = 1'000'000'000;
/// A file that was changed so soon after it was made was being put there: one event.
constexpr int64_t kPuttingInPlace = 60 * kSecond;

/// What is known of one file.
struct FileTimes {
  Text kind = {"file", "ファイル"};
  std::string finding;
  std::set<int64_t> births;
  std::set<int64_t> changes;
};

/// Processes of one program that started within one second.
struct Started {
  int64_t time = 0;
  std::string finding;
  std::vector<int64_t> pids;
};

struct Events {
  std::map<std::string, FileTimes> files;
  std::map<std::pair<int64_t, std::string>, Started> processes;
  std::vector<StoryEvent> others;
};

/// A time that does not count for the finding's own beginning and end is not told as one.
bool counts(const Finding& finding, int64_t time) {
  return finding.from && time >= finding.from->nanoseconds &&
         time <= finding.to.value_or(*finding.from).nanoseconds;
}

std::string subject_path(const Finding& finding, std::string_view kind) {
  for (const Subject& subject : finding.subjects) {
    if (subject.kind == kind) {
      return text_at(subject, "path");
    }
  }
  return {};
}

std::string cell_of(const model::Evidence& evidence, std::string_view column) {
  for (const Field& field : evidence.row) {
    const auto* text = std::get_if<std::string>(&field.value);
    if (field.key == column && text != nullptr) {
      return *text;
    }
  }
  return {};
}

/// The file that a finding is about, and what it is: a cron file, a key file.
std::pair<std::string, Text> main_file(const Finding& finding) {
  if (const std::string key = subject_path(finding, "key"); !key.empty()) {
    return {key, {"key file", "鍵ファイル"}};
  }
  if (const auto entry = model::start_up_entry(finding)) {
    if (entry->table == "crontab") {
      return {entry->path, {"cron file", "cronファイル"}};
    }
    return entry->table == "startup_items"
               ? std::pair{entry->path, Text{"start-up file", "自動起動ファイル"}}
               : std::pair{entry->path, Text{"unit file", "ユニットファイル"}};
  }
  const std::string file = subject_path(finding, "file");
  return {file.empty() ? subject_path(finding, "process") : file, {}};
}

/// The column's name without its ending; nothing when it has another one.
std::optional<std::string_view> stem(std::string_view column, std::string_view ending) {
  return column.size() >= ending.size() && column.substr(column.size() - ending.size()) == ending
             ? std::optional(column.substr(0, column.size() - ending.size()))
             : std::nullopt;
}

void add_file_time(const Finding& finding, const model::Evidence& evidence, const Field& field,
                   Events& events) {
  const auto birth = stem(field.key, "btime");
  const auto change = stem(field.key, "ctime");
  const auto* time = std::get_if<int64_t>(&field.value);
  if ((!birth && !change) || time == nullptr || !counts(finding, *time)) {
    return;
  }
  const std::string_view whose = birth ? *birth : *change;
  auto [path, kind] = whose == "exe_"          ? std::pair{subject_path(finding, "process"), Text{}}
                      : whose == "executable_" ? std::pair{cell_of(evidence, "executable"), Text{}}
                                               : main_file(finding);
  if (path.empty()) {
    return;
  }
  FileTimes& file = events.files[path];
  if (!kind.en.empty()) {
    file.kind = std::move(kind);
  }
  if (file.finding.empty()) {
    file.finding = finding.id;
  }
  (birth ? file.births : file.changes).insert(*time);
}

void add_process(const Finding& finding, const Subject& subject, Events& events) {
  const model::OwnedValue* start = subject.find("start_time");
  const model::OwnedValue* number = subject.find("pid");
  const auto* time = start == nullptr ? nullptr : std::get_if<int64_t>(start);
  const auto* pid = number == nullptr ? nullptr : std::get_if<int64_t>(number);
  if (subject.kind != "process" || time == nullptr || pid == nullptr || !counts(finding, *time)) {
    return;
  }
  Started& started = events.processes[{*time / kSecond, text_at(subject, "path")}];
  if (std::find(started.pids.begin(), started.pids.end(), *pid) != started.pids.end()) {
    return;
  }
  if (started.pids.empty()) {
    started.finding = finding.id;
  }
  started.time = started.pids.empty() ? *time : std::min(started.time, *time);
  started.pids.push_back(*pid);
}

/// A row about something that happened, such as a login: what the finding says is the event.
bool is_about_an_event(const Finding& finding) {
  return std::any_of(
      finding.evidence.begin(), finding.evidence.end(), [](const model::Evidence& evidence) {
        return std::any_of(evidence.row.begin(), evidence.row.end(), [](const Field& field) {
          return (field.key == "time" || field.key == "from_time") &&
                 std::holds_alternative<int64_t>(field.value);
        });
      });
}

Events events_of(const std::vector<const Finding*>& findings) {
  Events events;
  for (const Finding* finding : findings) {
    if (!is_core(*finding)) {
      continue;
    }
    for (const Subject& subject : finding->subjects) {
      add_process(*finding, subject, events);
    }
    for (const model::Evidence& evidence : finding->evidence) {
      for (const Field& field : evidence.row) {
        add_file_time(*finding, evidence, field, events);
      }
    }
    if (finding->from && is_about_an_event(*finding)) {
      events.others.push_back({*finding->from, finding->says, finding->id});
    }
    if (events.files.size() + events.processes.size() + events.others.size() >= kMaxStory) {
      break;
    }
  }
  return events;
}

void tell_file(const std::string& path, const FileTimes& file, std::vector<StoryEvent>& story) {
  const auto tell = [&](int64_t time, std::string_view en, std::string_view ja) {
    story.push_back({base::Timestamp{time},
                     {fmt::format("The {} {} {}.", file.kind.en, path, en),
                      fmt::format("{} {} が{}されました。", file.kind.ja, path, ja)},
                     file.finding});
  };
  for (const int64_t birth : file.births) {
    tell(birth, "appeared", "作成");
  }
  for (const int64_t change : file.changes) {
    const auto made_just_before = [change](int64_t birth) {
      return change >= birth && change - birth <= kPuttingInPlace;
    };
    if (file.births.empty()) {
      tell(change, "appeared or was last changed", "作成または変更");
    } else if (std::none_of(file.births.begin(), file.births.end(), made_just_before)) {
      tell(change, "was last changed", "最後に変更");
    }
  }
}

void tell_processes(const std::string& path, const Started& started,
                    std::vector<StoryEvent>& story) {
  Text says;
  if (started.pids.size() == 1) {
    const int64_t pid = started.pids.front();
    says = path.empty() ? Text{fmt::format("Process {} started.", pid),
                               fmt::format("プロセス {} が起動しました。", pid)}
                        : Text{fmt::format("Process {} ({}) started.", pid, path),
                               fmt::format("プロセス {}（{}）が起動しました。", pid, path)};
  } else {
    const Text pids = pid_list(started.pids);
    const size_t count = started.pids.size();
    says = path.empty()
               ? Text{fmt::format("{} processes started (pids {}).", count, pids.en),
                      fmt::format("プロセス{}件（PID {}）が起動しました。", count, pids.ja)}
               : Text{fmt::format("{} processes of {} started (pids {}).", count, path, pids.en),
                      fmt::format("{} のプロセス{}件（PID {}）が起動しました。", path, count,
                                  pids.ja)};
  }
  story.push_back({base::Timestamp{started.time}, std::move(says), started.finding});
}

}  // namespace

bool is_core(const Finding& finding) {
  return finding.about == model::About::kIntrusion && finding.severity >= model::Severity::kMedium;
}

std::vector<StoryEvent> story_of(const std::vector<const Finding*>& findings) {
  Events events = events_of(findings);
  std::vector<StoryEvent> story;
  for (const auto& [path, file] : events.files) {
    tell_file(path, file, story);
  }
  for (const auto& [when, started] : events.processes) {
    tell_processes(when.second, started, story);
  }
  std::move(events.others.begin(), events.others.end(), std::back_inserter(story));
  // Stable: files were told before processes.
  std::stable_sort(story.begin(), story.end(), [](const StoryEvent& a, const StoryEvent& b) {
    return a.time.nanoseconds / kSecond < b.time.nanoseconds / kSecond;
  });
  if (story.size() > kMaxStory) {
    story.resize(kMaxStory);
  }
  return story;
}

}  // namespace genba::judge
