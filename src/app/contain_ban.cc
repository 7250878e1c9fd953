// SPDX-License-Identifier: Apache-2.0
#include "app/contain_ban.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "act/ban/ban_run.h"
#include "act/journal/self.h"
#include "base/text.h"
#include "fmt/format.h"
#include "host/host.h"
#include "render/bans.h"
#include "sys/process.h"
#include "sys/process_setup.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr size_t kLargestObject = 64U << 20;

Result<std::vector<act::BanTarget>> parse_targets(const std::vector<std::string>& texts) {
  if (texts.empty()) {
    return fail(ErrorCode::kInvalid, "name an address or a network: 192.0.2.7, 2001:db8::/64");
  }
  std::vector<act::BanTarget> targets;
  for (const std::string& text : texts) {
    GENBA_TRY(act::BanTarget target, act::parse_ban_target(text));
    targets.push_back(std::move(target));
  }
  return targets;
}

Result<std::optional<act::BanTime>> parse_time(const BanOptions& options) {
  if (!options.time) {
    return std::optional<act::BanTime>();
  }
  GENBA_TRY(const act::BanTime time, act::parse_ban_time(*options.time));
  return std::optional(time);
}

Result<sys::NfTables> open_tables(const BanOptions& options) {
  return sys::NfTables::open(sys::nf_tables_present(), options.act.allow_module_load
                                                           ? sys::ModuleLoading::kAllowed
                                                           : sys::ModuleLoading::kForbidden);
}

// The journal's directory, to read what stands in it; none yet is fine.
std::shared_ptr<const host::Host> open_journal_tree(const BanOptions& options) {
  auto tree = host::open_tree_host(options.act.journal_directory);
  return tree ? std::shared_ptr<const host::Host>(*std::move(tree)) : nullptr;
}

act::ReadObject object_reader(std::shared_ptr<const host::Host> tree) {
  return [tree = std::move(tree)](std::string_view sha256) -> Result<std::string> {
    if (tree == nullptr) {
      return fail(ErrorCode::kNotFound, "the journal has no objects");
    }
    GENBA_TRY(auto read, tree->read_file(fmt::format("/objects/{}", sha256), kLargestObject));
    return std::string(std::move(read.bytes));
  };
}

act::Protections look(const BanOptions& options, const host::Host& host, Progress& progress) {
  collect::Wanted wanted;
  for (const model::TableInfo* table : act::ban_tables()) {
    wanted.add(table->name, "");
  }
  model::Facts facts;
  gather_to_act(host, wanted, options.act, progress, facts);
  progress.wipe();
  return act::gather_protections(host, facts, sys::getpid(), options.admins);
}

Result<BanOutcome> tell(std::string_view text, bool holds) {
  GENBA_TRY(const Reader reader, print_result(text));
  return reader == Reader::kGone ? BanOutcome::kReaderGone
         : holds                 ? BanOutcome::kHolds
                                 : BanOutcome::kDoesNotHold;
}

// Whoever reads it or not: what failed is a failure.
Result<BanOutcome> tell_report(const BanOptions& options, const model::BanReport& report) {
  GENBA_TRY(const BanOutcome outcome,
            tell(options.json ? render::render_ban_report_json(report, options.style.language)
                              : render::render_ban_report(report, options.style, options.program),
                 report.holds_all()));
  return report.holds_all() ? outcome : BanOutcome::kDoesNotHold;
}

Result<std::unique_ptr<host::Host>> open_host(const BanOptions& options) {
  host::LiveOptions live;
  live.module_load = options.act.allow_module_load ? host::LiveOptions::ModuleLoad::kAllowed
                                                   : host::LiveOptions::ModuleLoad::kNever;
  return host::open_live_host(live);
}

}  // namespace

Result<BanOutcome> run_ban(const BanOptions& options, Progress& progress) {
  act::BanRequest request;
  GENBA_TRY(request.targets, parse_targets(options.networks));
  GENBA_TRY(request.time, parse_time(options));
  request.force = options.force ? act::BanForce::kYes : act::BanForce::kNo;
  request.why = options.act.why;
  GENBA_TRY(const auto host, open_host(options));  // forks, so before anything is held
  GENBA_TRY(auto tables, open_tables(options));
  auto read_object = object_reader(open_journal_tree(options));
  GENBA_TRY_VOID(enter_act_sandbox());  // that of looking forbids to speak of connection tracking
  request.protections = look(options, *host, progress);
  const auto& session = request.protections.session;
  GENBA_TRY(auto journal, open_act_journal(options.act, session ? base::to_text(*session) : ""));
  act::BanWork work{tables, journal, std::move(read_object), act::cut_means(*host), {}};
  GENBA_TRY(const model::BanReport report, act::ban(work, request));
  return tell_report(options, report);
}

Result<BanOutcome> run_unban(const BanOptions& options) {
  GENBA_TRY(const auto targets, parse_targets(options.networks));
  GENBA_TRY(auto tables, open_tables(options));
  auto read_object = object_reader(open_journal_tree(options));
  GENBA_TRY_VOID(sys::enter_look_sandbox(sys::Writing::kAllowed));
  ActOptions lifting = options.act;
  lifting.unrecorded = act::Unrecorded::kAllowed;
  GENBA_TRY(auto journal, open_act_journal(lifting, {}));
  act::BanWork work{tables, journal, std::move(read_object), {}, {}};
  GENBA_TRY(const model::BanReport report, act::unban(work, targets));
  return tell_report(options, report);
}

Result<BanOutcome> run_bans(const BanOptions& options) {
  GENBA_TRY(auto tables, open_tables(options));
  const auto tree = open_journal_tree(options);
  GENBA_TRY_VOID(sys::enter_look_sandbox(sys::Writing::kForbidden));
  GENBA_TRY(const act::BanTable table, act::read_ban_table(tables));
  const model::ActionTime now = act::read_action_time();
  const auto log = tree ? act::read_journal(*tree, now.boot_id)
                        : Result<model::ActionLog>(fail(ErrorCode::kNotFound, "no journal"));
  const act::BanMemory memory =
      log ? act::remember_bans(*log, object_reader(tree)) : act::BanMemory();
  model::BanListing listing = act::list_bans(table, memory, now);
  if (!log || memory.unreadable > 0) {
    const std::string directory = base::escape_for_terminal(options.act.journal_directory);
    listing.notes.push_back(
        log ? model::BanNote{"journal_damaged",
                             {fmt::format("{} entries of the journal in {} could not be read",
                                          memory.unreadable, directory),
                              fmt::format("{} の記録のうち {}件を読めませんでした", directory,
                                          memory.unreadable)}}
            : model::BanNote{
                  "no_journal",
                  {fmt::format("there is no journal to read in {}: why these are banned "
                               "is not known",
                               directory),
                   fmt::format("{} に読める記録がないため、ban の理由は分かりません", directory)}});
  }
  const bool tampered =
      !table.altered.empty() ||
      std::any_of(listing.lost.begin(), listing.lost.end(), [](const model::LostBan& lost) {
        return lost.cause == model::LostBan::Cause::kTakenAway;
      });
  return tell(options.json ? render::render_bans_json(listing, options.style.language)
                           : render::render_bans(listing, options.style),
              !tampered);
}

}  // namespace genba::app
