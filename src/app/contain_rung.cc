// SPDX-License-Identifier: Apache-2.0
#include "app/contain_rung.h"

#include <string>
#include <utility>

#include "app/contain_proof.h"
#include "base/digest.h"
#include "fmt/format.h"

namespace genba::app {

using base::Result;
using model::ContainmentChange;

namespace {

act::LadderOptions ladder_options(const ContainRunOptions& options, const ContainScene& scene,
                                  act::Rung rung) {
  act::LadderOptions ladder;
  ladder.open = [host = scene.host.get(), rung] { return act::open_rung(rung, *host); };
  ladder.version = options.act.version;
  ladder.guard = options.guard;
  ladder.journal_directory = options.act.journal_directory;
  return ladder;
}

// Why the rung above is not to be had.
const act::RungOffer* nf_tables_of(const act::RungChoice& choice) {
  for (const act::RungOffer& offer : choice.offers) {
    if (offer.rung == act::Rung::kNftablesInet) {
      return &offer;
    }
  }
  return nullptr;
}

model::PlanNote lower_rung_note(const ContainScene& scene, const act::RungOffer& above,
                                act::Rung rung) {
  const bool programs = rung == act::Rung::kCgroupBpf;
  model::Text text{
      fmt::format("{}: this machine will be cut off by {}, which leave more open (see what it does "
                  "not cover)",
                  above.evidence.en,
                  programs ? "BPF programs at the root of the cgroups" : "policy routes"),
      fmt::format(
          "{}。代わりに{}で遮断しますが、防げない範囲が広くなります（「防げないもの」を参照）",
          above.evidence.ja, programs ? "cgroupルートのBPFプログラム" : "ポリシールーティング")};
  if (!scene.kernel.may_ask() && scene.loading == sys::ModuleLoading::kForbidden) {
    text.en +=
        "; if nf_tables is only not loaded, --allow-module-load uses it, and the kernel then runs "
        "this machine's own modprobe";
    text.ja +=
        "。nf_tablesが未ロードなだけなら、--allow-module-loadで使えます（カーネルがこのマシンの"
        "modprobeを実行します）";
  }
  return {"lower_rung", std::move(text)};
}

CountSession count_by(const act::LadderState& state, const act::OpenRung& open) {
  return [state, open]() -> std::optional<SessionCount> {
    const auto counts = act::read_rung_counts(state, open);
    return counts ? std::optional(SessionCount{counts->session_in, counts->session_out, {}})
                  : std::nullopt;
  };
}

std::vector<act::ContainedNamespace> others_of(const act::Plan& plan) {
  std::vector<act::ContainedNamespace> others;
  for (const model::OtherNamespace& other : plan.namespaces) {
    act::ContainedNamespace where;
    where.inode = other.inode;
    where.path = other.path;
    others.push_back(std::move(where));
  }
  return others;
}

}  // namespace

void choose_rung(const ContainScene& scene, act::Plan& plan) {
  const act::RungChoice choice = act::choose_rung(*scene.host, scene.kernel, scene.loading);
  const act::RungOffer* above = nf_tables_of(choice);
  const act::RungOffer* chosen = choice.chosen();
  if (chosen == nullptr) {
    std::string en;
    std::string ja;
    for (const act::RungOffer& offer : choice.offers) {
      en += (en.empty() ? "" : "; ") + offer.evidence.en;
      ja += (ja.empty() ? "" : "、") + offer.evidence.ja;
    }
    plan.refusals.push_back(
        {"no_rung",
         {"this kernel offers nothing to cut the machine off with (" + en +
              "): use the provider's firewall, or pull its network",
          "このカーネルには遮断の手段がありません（" + ja +
              "）。プロバイダーのファイアウォールを使うか、ネットワークから切り離してください"}});
    plan.rung = act::Rung::kNone;
    return;
  }
  plan.rung = chosen->rung;
  plan.kernel_timer = chosen->timer_in_kernel;
  if (!act::claims(chosen->rung, "link:")) {
    plan.devices.clear();
  }
  plan.not_covered.insert(plan.not_covered.end(), chosen->not_covered.begin(),
                          chosen->not_covered.end());
  if (above != nullptr && !above->offered) {
    plan.warnings.push_back(lower_rung_note(scene, *above, chosen->rung));
  }
}

std::optional<act::StandingRung> find_standing_rung(const ContainRunOptions& options,
                                                    const ContainScene& scene,
                                                    const model::ActionLog& log) {
  return act::find_standing_rung(*scene.host, log, options.act.journal_directory);
}

Result<model::ContainmentReport> apply_on_rung(const ContainRunOptions& options,
                                               const ContainScene& scene, const act::Plan& plan,
                                               act::Journal& journal) {
  act::LadderOptions ladder = ladder_options(options, scene, plan.rung);
  ladder.plan_sha256 = base::sha256_of(act::to_json(plan));
  GENBA_TRY(act::LadderReport applied, act::apply_rung(*scene.host, plan, ladder, journal));
  model::ContainmentReport& report = applied.report;
  if (auto paths = prove_paths(*scene.host, scene.kernel, plan.rung, others_of(plan), {})) {
    report.paths = *std::move(paths);
  } else {
    report.failures.push_back({"proof", {paths.error().what, paths.error().what}});
  }
  if (scene.session() != nullptr) {
    report.session = prove_own_session(*scene.host, scene.session(), scene.session_index(),
                                       count_by(applied.state, ladder.open), options.view);
  }
  record_proof(journal, applied.action, act::to_json(applied.state), report);
  return std::move(report);
}

Result<ContainOutcome> confirm_on_rung(const ContainRunOptions& options, const ContainScene& scene,
                                       const act::StandingRung& standing) {
  const model::PathProof session =
      prove_own_session(*scene.host, scene.session(), scene.session_index(),
                        count_by(standing.state.value_or(act::LadderState()),
                                 ladder_options(options, scene, standing.rung).open),
                        options.view);
  GENBA_TRY(act::Journal journal, open_act_journal(options.act, scene.session_address()));
  GENBA_TRY(ContainmentChange change,
            act::confirm_rung(*scene.host, standing, session_proof(scene, session), options.force,
                              ladder_options(options, scene, standing.rung), journal));
  if (scene.session() != nullptr) {
    change.session = session;
  }
  return tell_change(change, options);
}

Result<ContainOutcome> extend_on_rung(const ContainRunOptions& options, const ContainScene& scene,
                                      const act::StandingRung& standing) {
  GENBA_TRY(act::Journal journal, open_act_journal(options.act, {}));
  GENBA_TRY(const ContainmentChange change,
            act::extend_rung(*scene.host, standing, options.seconds,
                             ladder_options(options, scene, standing.rung), journal));
  return tell_change(change, options);
}

Result<ContainOutcome> undo_on_rung(const ContainRunOptions& options, const ContainScene& scene,
                                    const act::StandingRung& standing) {
  GENBA_TRY(act::Journal journal, open_act_journal(options.act, {}));
  GENBA_TRY(const ContainmentChange change,
            act::undo_rung(*scene.host, standing, ladder_options(options, scene, standing.rung),
                           journal));
  return tell_change(change, options);
}

Result<ContainOutcome> status_on_rung(const ContainRunOptions& options, const ContainScene& scene,
                                      const act::StandingRung& standing) {
  GENBA_TRY(const model::ContainmentStatus status,
            act::read_rung_status(*scene.host, standing,
                                  ladder_options(options, scene, standing.rung).open));
  return tell_status(status, options);
}

}  // namespace genba::app
