// SPDX-License-Identifier: Apache-2.0
#include "app/triage.h"

#include "cli/common.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba triage",
     {"Look at this machine and say what is wrong, since when, and what to do next.",
      "このマシンを調べ、何が、いつから起きていて、次に何をすべきかを述べます。"}},
    {"genba triage --report report.html --save case",
     {"Also write a page for others to read, and keep what was seen as a case.",
      "共有用の HTML を書き出し、確認した内容を記録として保存します。"}},
    {"genba triage --root /mnt/disk",
     {"Look at a mounted disk; nothing outside of it is opened.",
      "マウントしたディスクを調べます。その外のファイルは開きません。"}},
    {"genba triage --case case --lang ja",
     {"Judge a stored case again, in Japanese.", "保存済みの記録を日本語で判定し直します。"}},
    {"ssh root@victim ./genba triage --json > victim.jsonl",
     {"Machine-readable result; nothing is written on the victim.",
      "プログラム向けの結果を手元に保存します。対象マシンには何も書きません。"}},
};

constexpr Option kOptions[] = {
    {"report",
     "FILE",
     {"Write one self-contained HTML page to FILE.", "単独で読める HTML を FILE に書き出します。"}},
    {"deep",
     "",
     {"Look at everything however long it takes: every package file, the whole walk.",
      "時間をかけてすべて確認します（全パッケージのファイル、ファイル走査の全範囲）。"}},
    {"no-walk",
     "",
     {"Leave out the walk over the filesystem: faster, sees less.",
      "ファイルシステムの走査を省きます。速くなりますが、確認範囲は狭くなります。"}},
    {"summary",
     "",
     {"Only the first screen: verdict, story, what to do now, what could not be looked at.",
      "最初の画面だけを表示します（判定、経緯、次にすること、確認できなかった項目）。"}},
};

base::Result<app::TriageOptions> options_of(const Invocation& invocation,
                                            const Terminal& terminal) {
  app::TriageOptions options;
  GENBA_TRY(options.observe, observe_options(invocation));
  GENBA_TRY(options.style, style_of(invocation, terminal));
  options.program = terminal.program;
  options.observe.depth = invocation.has("deep") ? collect::Depth::kDeep : collect::Depth::kDefault;
  options.observe.walk = invocation.has("no-walk") ? app::Walk::kNo : app::Walk::kYes;
  options.rule_directories = values_of(invocation, "rules");
  if (const auto report = invocation.value("report")) {
    options.report = std::string(*report);
    options.observe.writing = sys::Writing::kAllowed;
  }
  options.format = invocation.has("json") ? app::Format::kJson : app::Format::kTable;
  return options;
}

Exit run(const Invocation& invocation, const Terminal& terminal) {
  const auto options = options_of(invocation, terminal);
  if (!options) {
    return complain(options.error(), terminal.language);
  }
  app::Progress progress(progress_mode(invocation, terminal), options->style.language);
  return exit_of(app::run_triage(*options, progress), progress, terminal);
}

}  // namespace

const Command& triage_command() {
  static constexpr Command kCommand{
      "triage",
      {"Look at a live server, a tree or a case and say what is wrong",
       "稼働中のサーバー、ディスク、記録を調べ、問題を述べる"},
      kExamples,
      {},
      kOptions,
      run};
  return kCommand;
}

}  // namespace genba::cli
