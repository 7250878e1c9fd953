// SPDX-License-Identifier: Apache-2.0
#include "app/query.h"

#include "cli/common.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba query \"SELECT pid, name, path, cpu_percent FROM processes ORDER BY cpu_percent DESC "
     "LIMIT 10\"",
     {"The busiest programs, as the kernel sees them.",
      "CPU を最も使っているプロセスを表示します。"}},
    {"genba query \"SELECT s.pid, p.path, s.remote_address, s.remote_port FROM "
     "process_open_sockets "
     "s JOIN processes p USING (pid) WHERE s.state = 'ESTABLISHED'\"",
     {"Who talks to whom.", "どのプロセスがどこと通信しているかを表示します。"}},
    {"genba query --root /mnt --json \"SELECT * FROM crontab\"",
     {"Every cron entry of a mounted disk, as JSON lines.",
      "マウントしたディスクの cron エントリをすべて JSON 行で出力します。"}},
    {"genba query --tables", {"The tables and their columns.", "テーブルと列の一覧を表示します。"}},
};

constexpr Argument kArguments[] = {
    {"SQL", {"One SELECT statement.", "SELECT 文を 1つ指定します。"}, false},
};

constexpr Option kOptions[] = {
    {"tables", "", {"List the tables and their columns.", "テーブルと列の一覧を表示します。"}},
    {"deep",
     "",
     {"Look beyond the usual places too: every package file, the whole walk.",
      "通常の範囲を超えて確認します（全パッケージのファイル、ファイル走査の全範囲）。"}},
};

Exit run(const Invocation& invocation, const Terminal& terminal) {
  if (invocation.has("tables")) {
    return tell(app::list_tables(), terminal.language);
  }
  if (invocation.arguments.empty()) {
    return complain(
        {base::ErrorCode::kInvalid, 0,
         "'genba query' needs a SELECT statement, or --tables; 'genba help query' shows "
         "examples"},
        terminal.language);
  }
  app::QueryOptions options;
  auto observe = observe_options(invocation);
  if (!observe) {
    return complain(observe.error(), terminal.language);
  }
  const auto language = language_of(invocation, terminal);
  if (!language) {
    return complain(language.error(), terminal.language);
  }
  options.observe = *std::move(observe);
  options.observe.depth = invocation.has("deep") ? collect::Depth::kDeep : collect::Depth::kAsked;
  options.sql = invocation.arguments[0];
  options.format = invocation.has("json") ? app::Format::kJson : app::Format::kTable;
  if (terminal.stdout_is_terminal) {
    options.columns = terminal.columns;
  }
  options.language = *language;
  options.quiet = invocation.has("quiet");
  app::Progress progress(progress_mode(invocation, terminal), *language);
  const auto outcome = app::run_query(options, progress);
  if (!outcome) {
    progress.wipe();
    return complain(outcome.error(), terminal.language);
  }
  return *outcome == app::QueryOutcome::kCouldNotLook ? Exit::kCouldNotLook : Exit::kNothingFound;
}

}  // namespace

const Command& query_command() {
  static constexpr Command kCommand{"query",
                                    {"Ask the facts of this moment, a tree or a case with SQL",
                                     "現在の状態、ディスク、保存した記録に SQL で問い合わせる"},
                                    kExamples,
                                    kArguments,
                                    kOptions,
                                    run};
  return kCommand;
}

}  // namespace genba::cli
