// SPDX-License-Identifier: Apache-2.0
#include "app/logs.h"

#include "base/moment.h"
#include "cli/common.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba logs",
     {"Who tried to log in, who got in, what they did, and what is missing of the logs.",
      "ログインの試みと成功、その後の操作、欠けている記録を表示します。"}},
    {"genba logs --since 3d --user root",
     {"Only what concerns root, in the last three days.",
      "直近3日間の、root に関わる記録だけを表示します。"}},
    {"genba logs --ip 203.0.113.0/24", {"Only one network.", "1つのネットワークに絞ります。"}},
    {"genba logs --root /mnt/disk --json",
     {"The logs of a mounted disk, as JSON lines.",
      "マウントしたディスクのログを JSON 行で出力します。"}},
};

constexpr Option kOptions[] = {
    {"user", "NAME", {"Only this account.", "このアカウントに絞ります。"}},
    {"ip",
     "ADDRESS",
     {"Only this address, or network (203.0.113.0/24).",
      "このアドレスまたはネットワーク（203.0.113.0/24）に絞ります。"}},
    {"since",
     "TIME",
     {"Only from then on: 2026-11-21, \"2026-11-21 03:12\" (UTC), or 3d ago as 3d.",
      "この時刻以降に絞ります：2026-11-21、\"2026-11-21 03:12\"（UTC）、3d（3日前）。"}},
    {"until", "TIME", {"Only until then.", "この時刻までに絞ります。"}},
    {"summary",
     "",
     {"Only the first screen, without findings and coverage in full.",
      "最初の画面だけを表示します（所見と確認範囲の詳細を省きます）。"}},
};

base::Result<app::LogsOptions> options_of(const Invocation& invocation, const Terminal& terminal) {
  app::LogsOptions options;
  GENBA_TRY(options.observe, observe_options(invocation));
  GENBA_TRY(options.style, style_of(invocation, terminal));
  options.observe.depth = collect::Depth::kAsked;
  options.program = terminal.program;
  GENBA_TRY(options.filter.since, moment_of(invocation, "since"));
  GENBA_TRY(options.filter.until, moment_of(invocation, "until"));
  GENBA_TRY_VOID(check_span(options.filter.since, options.filter.until));
  if (const auto user = invocation.value("user")) {
    options.filter.user = std::string(*user);
  }
  if (const auto ip = invocation.value("ip")) {
    options.filter.network = base::parse_network(base::plain_address(*ip));
    if (!options.filter.network) {
      return base::fail(base::ErrorCode::kInvalid,
                        "--ip must be an address or a network, such as 203.0.113.7 or "
                        "203.0.113.0/24");
    }
  }
  options.rule_directories = values_of(invocation, "rules");
  options.format = invocation.has("json") ? app::Format::kJson : app::Format::kTable;
  return options;
}

Exit run(const Invocation& invocation, const Terminal& terminal) {
  const auto options = options_of(invocation, terminal);
  if (!options) {
    return complain(options.error(), terminal.language);
  }
  app::Progress progress(progress_mode(invocation, terminal), options->style.language);
  return exit_of(app::run_logs(*options, progress), progress, terminal);
}

}  // namespace

const Command& logs_command() {
  static constexpr Command kCommand{
      "logs",
      {"Who tried, who got in, what they did, and what is missing of the logs",
       "ログインの試みと成功、その後の操作、欠けた記録を調べる"},
      kExamples,
      {},
      kOptions,
      run};
  return kCommand;
}

}  // namespace genba::cli
