// SPDX-License-Identifier: Apache-2.0
//
// ban, unban and bans.
#include <array>
#include <string_view>

#include "app/contain_ban.h"
#include "cli/common.h"
#include "cli/contain_options.h"
#include "cli/contain_words.h"
#include "fmt/format.h"
#include "judge/words.h"

namespace genba::cli {

namespace {

base::Result<app::BanOptions> ban_options(const Invocation& invocation, const Terminal& terminal) {
  app::BanOptions options;
  GENBA_TRY(options.act, act_options(invocation));
  GENBA_TRY(options.style, style_of(invocation, terminal));
  GENBA_TRY(options.admins, networks_of(invocation, "admin"));
  options.networks.assign(invocation.arguments.begin() + 1, invocation.arguments.end());
  if (const auto time = invocation.value("for")) {
    options.time = std::string(*time);
  }
  options.force = invocation.has("force");
  options.json = invocation.has("json");
  options.program = judge::quote_for_shell(terminal.program);
  return options;
}

base::Result<void> need_network(const Invocation& invocation) {
  if (invocation.arguments.size() > 1) {
    return {};
  }
  return base::fail(base::ErrorCode::kInvalid,
                    fmt::format("'genba contain {}' needs an address or a network; 'genba help "
                                "contain' shows examples",
                                invocation.arguments[0]));
}

Exit exit_of(const base::Result<app::BanOutcome>& outcome, const Terminal& terminal) {
  if (!outcome) {
    return complain(outcome.error(), terminal.language);
  }
  return *outcome == app::BanOutcome::kDoesNotHold ? Exit::kActionFailed : Exit::kNothingFound;
}

Exit run_ban(const Invocation& invocation, const Terminal& terminal) {
  const auto options = ban_options(invocation, terminal);
  const auto named = need_network(invocation);
  if (!options || !named) {
    return complain(options ? named.error() : options.error(), terminal.language);
  }
  app::Progress progress(progress_mode(invocation, terminal), options->style.language);
  const auto outcome = app::run_ban(*options, progress);
  progress.wipe();
  return exit_of(outcome, terminal);
}

Exit run_unban(const Invocation& invocation, const Terminal& terminal) {
  const auto options = ban_options(invocation, terminal);
  const auto named = need_network(invocation);
  if (!options || !named) {
    return complain(options ? named.error() : options.error(), terminal.language);
  }
  return exit_of(app::run_unban(*options), terminal);
}

Exit run_bans(const Invocation& invocation, const Terminal& terminal) {
  const auto options = ban_options(invocation, terminal);
  return options ? exit_of(app::run_bans(*options), terminal)
                 : complain(options.error(), terminal.language);
}

constexpr std::array<std::string_view, 5> kOfBan{"for", "force", "admin", "journal", "why"};
constexpr std::array<std::string_view, 2> kOfUnban{"journal", "why"};
constexpr std::array<std::string_view, 1> kOfBans{"journal"};

constexpr std::array kWords{ContainWord{"ban", kOfBan, "IP|CIDR", run_ban},
                            ContainWord{"unban", kOfUnban, "IP|CIDR", run_unban},
                            ContainWord{"bans", kOfBans, "", run_bans}};

}  // namespace

std::span<const ContainWord> ban_words() {
  return kWords;
}

}  // namespace genba::cli
