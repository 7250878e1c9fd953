// SPDX-License-Identifier: Apache-2.0
#include "app/contain_plan.h"

#include <algorithm>
#include <optional>

#include "act/contain/gather.h"
#include "act/contain/redirection.h"
#include "app/output.h"
#include "host/kernel_part.h"
#include "model/tables/login_attempts.h"
#include "model/tables/logins.h"
#include "model/tables/processes.h"
#include "sys/process.h"

namespace genba::app {

using base::ErrorCode;
using base::Result;

namespace {

// Columns of processes that no plan reads, and that cost a file, a helper or a second reading for
// each process: with thousands of them, most of the time.
constexpr std::string_view kCostly[] = {"argv0", "cgroup_path", "cmdline",    "cpu_percent",
                                        "cwd",   "on_disk",     "replaced_by"};

bool is_costly(const model::TableInfo& table, std::string_view column) {
  return &table == &model::tables::processes() &&
         std::find(std::begin(kCostly), std::end(kCostly), column) != std::end(kCostly);
}

// Looking asks the kernel for nothing that could load a module or a program, so it cannot tell
// which rung apply will stand on; only that nf_tables may be missing.
void tell_of_rungs(const host::Host& host, bool allow_module_load, act::Plan& plan) {
  if (allow_module_load || host::kernel_has(host, "nf_tables", "nf_tables_newtable")) {
    return;
  }
  plan.warnings.push_back(
      {"lower_rung",
       {"nf_tables is not known to be in this kernel: apply will use BPF programs or routes, which "
        "leave more open, and says so before it asks; --allow-module-load uses nf_tables, and the "
        "kernel then runs this machine's own modprobe",
        "このカーネルにnf_tablesがあるか分かりません。applyは確認の前に知らせたうえで、防げない範囲"
        "が広いBPFプログラムか経路で遮断します。--allow-module-loadを付けるとnf_tablesを使えます"
        "（カーネルがこのマシンのmodprobeを実行します）"}});
}

}  // namespace

collect::Wanted contain_wanted(ReadLogs logs) {
  collect::Wanted wanted;
  for (const model::TableInfo* table : act::contain_tables()) {
    const bool of_logs =
        table == &model::tables::logins() || table == &model::tables::login_attempts();
    if (of_logs && logs == ReadLogs::kNo) {
      continue;
    }
    for (const model::ColumnInfo& column : table->columns) {
      if (!is_costly(*table, column.name)) {
        wanted.add(table->name, column.name);
      }
    }
  }
  return wanted;
}

Result<act::Found> find_for_plan(const host::Host& host, const model::Facts& facts) {
  if (host.euid() != 0) {
    return base::fail(ErrorCode::kDenied,
                      "only root can see whose session this is, and contain a machine: run it as "
                      "root, or with sudo");
  }
  if (!facts.has(model::tables::processes())) {
    return base::fail(ErrorCode::kDenied,
                      "the processes of this machine could not be read, so nothing can be planned: "
                      "is /proc mounted?");
  }
  return act::gather_found(host, facts, sys::getpid(), {});
}

Result<ContainPlanOutcome> run_contain_plan(const ContainPlanOptions& options, Progress& progress) {
  std::optional<act::Plan> plan;
  GENBA_TRY(const Observation observation,
            observe(options.observe, contain_wanted(options.logs), progress,
                    [&](collect::Context& context) -> Result<void> {
                      progress.show("plan");
                      GENBA_TRY(act::Found found, find_for_plan(context.host, context.facts));
                      // The sandbox that only looks has no socket of netfilter.
                      act::find_redirection(context.host, act::Netfilter::kForbidden,
                                            sys::ModuleLoading::kForbidden, found);
                      plan = act::plan_containment(found, options.contain);
                      tell_of_rungs(context.host, options.observe.allow_module_load, *plan);
                      return {};
                    }));
  if (!plan) {
    return base::fail(ErrorCode::kUnsupported, "only a running machine can be contained");
  }
  progress.wipe();
  const std::string text = options.format == Format::kJson
                               ? render::render_plan_json(*plan, options.view.style.language)
                               : render::render_plan(*plan, options.view);
  GENBA_TRY(const Reader reader, print_result(text));
  GENBA_TRY_VOID(observation.kept);
  if (reader == Reader::kGone) {
    return ContainPlanOutcome::kReaderGone;
  }
  return plan->refusals.empty() ? ContainPlanOutcome::kCanBeApplied : ContainPlanOutcome::kRefused;
}

}  // namespace genba::app
