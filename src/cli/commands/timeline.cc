// SPDX-License-Identifier: Apache-2.0
#include "app/timeline.h"

#include <algorithm>
#include <array>

#include "base/moment.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/common.h"
#include "fmt/format.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba timeline --around \"2026-11-21 03:12\"",
     {"Everything within half an hour of that moment: log lines, logins, files, processes.",
      "その前後30分の出来事（ログ、ログイン、ファイル、プロセス）をすべて表示します。"}},
    {"genba timeline --since 2d --only files --path /usr/bin",
     {"Files below /usr/bin that came or changed in the last two days.",
      "直近2日間に /usr/bin で作成または変更されたファイルを表示します。"}},
    {"genba timeline --root /mnt/disk --format timesketch > disk.jsonl",
     {"A mounted disk, for Timesketch.",
      "マウントしたディスクの時系列を Timesketch 用に出力します。"}},
    {"genba timeline --since 1d --histogram hour",
     {"How much happened in each hour.", "1時間ごとの件数を表示します。"}},
};

constexpr Option kOptions[] = {
    {"around",
     "TIME",
     {"From --window before this time to as much after it.",
      "この時刻の前後（--window の幅）に絞ります。"}},
    {"window",
     "SPAN",
     {"With --around: 30m (default), 2h, 1d.", "--around の幅：30m（既定）、2h、1d。"}},
    {"since",
     "TIME",
     {"Only from then on: 2026-11-21, \"2026-11-21 03:12\" (UTC), or 3d ago as 3d.",
      "この時刻以降に絞ります：2026-11-21、\"2026-11-21 03:12\"（UTC）、3d（3日前）。"}},
    {"until", "TIME", {"Only until then.", "この時刻までに絞ります。"}},
    {"grep",
     "TEXT",
     {"Only what holds TEXT, in either case.",
      "TEXT を含むものに絞ります（大文字小文字は区別しません）。"}},
    {"path",
     "TEXT",
     {"Only files and logs whose path holds TEXT.", "パスに TEXT を含むものに絞ります。"}},
    {"only",
     "SOURCE",
     {"Only logs, logins, files, processes or histories; may be given several times.",
      "logs、logins、files、processes、histories のいずれかに絞ります。複数回指定できます。"},
     true},
    {"limit", "N", {"At most N events, the newest.", "新しいものから N 件に絞ります。"}},
    {"format",
     "FORMAT",
     {"text, jsonl, csv, bodyfile (files only) or timesketch.",
      "text、jsonl、csv、bodyfile（ファイルのみ）、timesketch のいずれか。"}},
    {"histogram",
     "STEP",
     {"Only how many events, by hour or minute.",
      "件数だけを hour または minute 単位で表示します。"}},
    {"deep",
     "",
     {"Walk over all files, not only the places that matter.",
      "重要な場所だけでなく、全ファイルを走査します。"}},
};

template <class Value, size_t kCount>
base::Result<Value> one_of(const Invocation& invocation, std::string_view option,
                           const std::array<std::pair<std::string_view, Value>, kCount>& values,
                           Value otherwise) {
  const auto given = invocation.value(option);
  if (!given) {
    return otherwise;
  }
  std::string known;
  for (const auto& [name, value] : values) {
    if (name == *given) {
      return value;
    }
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  return base::fail(base::ErrorCode::kInvalid,
                    fmt::format("--{} takes one of {}; not '{}'", option, known,
                                base::escape_for_terminal(*given)));
}

base::Result<void> read_times(const Invocation& invocation, app::TimelineOptions& options) {
  GENBA_TRY(options.since, moment_of(invocation, "since"));
  GENBA_TRY(options.until, moment_of(invocation, "until"));
  GENBA_TRY(const auto around, moment_of(invocation, "around"));
  const auto span = base::parse_duration(invocation.value("window").value_or("30m"));
  if (!span) {
    return base::fail(base::ErrorCode::kInvalid, "--window takes a span such as 30m, 2h or 1d");
  }
  GENBA_TRY_VOID(check_span(options.since, options.until));
  if (invocation.has("window") && !around) {
    return base::fail(base::ErrorCode::kInvalid, "--window needs --around: give both");
  }
  if (around && (options.since || options.until)) {
    return base::fail(base::ErrorCode::kInvalid,
                      "--around excludes --since and --until: give one or the other");
  }
  if (around) {
    options.since = base::Timestamp{around->nanoseconds - *span};
    options.until = base::Timestamp{around->nanoseconds + *span};
  }
  return {};
}

base::Result<app::TimelineOptions> options_of(const Invocation& invocation,
                                              const Terminal& terminal) {
  using app::Histogram;
  using app::TimelineFormat;
  static constexpr std::array<std::pair<std::string_view, TimelineFormat>, 5> kFormats = {
      {{"text", TimelineFormat::kText},
       {"jsonl", TimelineFormat::kJson},
       {"csv", TimelineFormat::kCsv},
       {"bodyfile", TimelineFormat::kBodyfile},
       {"timesketch", TimelineFormat::kTimesketch}}};
  static constexpr std::array<std::pair<std::string_view, Histogram>, 2> kSteps = {
      {{"hour", Histogram::kByHour}, {"minute", Histogram::kByMinute}}};
  static constexpr std::array<std::string_view, 5> kSources = {"logs", "logins", "files",
                                                               "processes", "histories"};
  app::TimelineOptions options;
  GENBA_TRY(options.observe, observe_options(invocation));
  GENBA_TRY(options.style, style_of(invocation, terminal));
  options.style.columns = terminal.stdout_is_terminal ? terminal.columns : 0;
  options.observe.depth = invocation.has("deep") ? collect::Depth::kDeep : collect::Depth::kAsked;
  GENBA_TRY_VOID(read_times(invocation, options));
  options.grep = std::string(invocation.value("grep").value_or(""));
  options.path = std::string(invocation.value("path").value_or(""));
  options.only = values_of(invocation, "only");
  for (const std::string& source : options.only) {
    if (std::find(kSources.begin(), kSources.end(), source) == kSources.end()) {
      return base::fail(
          base::ErrorCode::kInvalid,
          fmt::format("--only takes one of logs, logins, files, processes, histories; not '{}'",
                      base::escape_for_terminal(source)));
    }
  }
  if (const auto limit = invocation.value("limit")) {
    options.limit = base::parse_number<size_t>(*limit);
    if (!options.limit) {
      return base::fail(base::ErrorCode::kInvalid, fmt::format("--limit takes a number, not '{}'",
                                                               base::escape_for_terminal(*limit)));
    }
  }
  GENBA_TRY(options.format,
            one_of(invocation, "format", kFormats,
                   invocation.has("json") ? TimelineFormat::kJson : TimelineFormat::kText));
  GENBA_TRY(options.histogram, one_of(invocation, "histogram", kSteps, Histogram::kNone));
  const bool narrowed = options.since || options.until || options.limit || !options.only.empty() ||
                        options.histogram != Histogram::kNone;
  if (options.format == TimelineFormat::kBodyfile && narrowed) {
    return base::fail(base::ErrorCode::kInvalid,
                      "a bodyfile holds files with all their times; only --path and --grep narrow "
                      "it");
  }
  if (invocation.has("json") && options.format != TimelineFormat::kJson) {
    return base::fail(base::ErrorCode::kInvalid, "--json is --format jsonl: leave one of them out");
  }
  if (options.histogram != Histogram::kNone && options.format != TimelineFormat::kText) {
    return base::fail(base::ErrorCode::kInvalid,
                      "--histogram is for people: leave out --json and --format");
  }
  options.quiet = invocation.has("quiet");
  return options;
}

Exit run(const Invocation& invocation, const Terminal& terminal) {
  const auto options = options_of(invocation, terminal);
  if (!options) {
    return complain(options.error(), terminal.language);
  }
  app::Progress progress(progress_mode(invocation, terminal), options->style.language);
  const auto outcome = app::run_timeline(*options, progress);
  progress.wipe();
  if (!outcome) {
    return complain(outcome.error(), terminal.language);
  }
  return outcome->could_not_look ? Exit::kCouldNotLook : Exit::kNothingFound;
}

}  // namespace

const Command& timeline_command() {
  static constexpr Command kCommand{
      "timeline",
      {"What happened when: logs, logins, files, processes and histories in one order",
       "ログ、ログイン、ファイル、プロセス、履歴を時系列に並べる"},
      kExamples,
      {},
      kOptions,
      run};
  return kCommand;
}

}  // namespace genba::cli
