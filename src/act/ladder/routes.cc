// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/routes.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <time.h>

#include <algorithm>

#include "act/journal/self.h"
#include "act/ladder/ladder_notes.h"
#include "base/digest.h"
#include "base/number.h"
#include "fmt/format.h"
#include "sys/file.h"
#include "sys/process.h"

namespace genba::act {

using base::AddressFamily;
using base::ErrorCode;
using base::fail;
using base::Result;
using model::ContainmentPlan;
using sys::PlainRule;
using sys::PolicyRule;

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr AddressFamily kFamilies[] = {AddressFamily::kIpv4, AddressFamily::kIpv6};

int64_t now() {
  return sys::clock_nanoseconds(CLOCK_MONOTONIC);
}

bool asks_our_table(const PolicyRule& rule) {
  return rule.action == FR_ACT_TO_TBL && rule.table == kRoutesTable;
}

// A rule that apply made. Before Linux 4.17 the kernel does not tell who made a rule: then one that
// drops all counts while a rule asks our table, which is made before it and deleted after it.
bool is_ours(const PolicyRule& rule, const std::vector<PolicyRule>& all) {
  if (asks_our_table(rule)) {
    return true;
  }
  if (rule.priority != 0 || !rule.matches_all) {
    return false;
  }
  return rule.protocol == kContainProtocol ||
         (rule.action == FR_ACT_BLACKHOLE &&
          std::any_of(all.begin(), all.end(), [&](const PolicyRule& other) {
            return other.family == rule.family && asks_our_table(other);
          }));
}

bool any_of_ours(const std::vector<PolicyRule>& rules) {
  return std::any_of(rules.begin(), rules.end(),
                     [&](const PolicyRule& rule) { return is_ours(rule, rules); });
}

bool is_local_lookup(const PolicyRule& rule) {
  return rule.action == FR_ACT_TO_TBL && rule.table == RT_TABLE_LOCAL && rule.matches_all;
}

bool is_same(const PolicyRule& present, const PlainRule& made) {
  const bool drops = present.action == FR_ACT_BLACKHOLE;
  return present.family == made.family && present.priority == made.priority &&
         present.matches_all &&
         (made.table == 0 ? drops : present.action == FR_ACT_TO_TBL && present.table == made.table);
}

std::string digest_of(const std::vector<std::string>& parts) {
  base::Sha256 sum;
  for (const std::string& part : parts) {
    sum.add(fmt::format("{}:", part.size()));
    sum.add(part);
  }
  return sum.hex();
}

// Routes that follow from addresses and from what routers tell: they come and go unasked.
bool comes_by_itself(const sys::RouteBytes& route) {
  return route.protocol == RTPROT_KERNEL || route.protocol == RTPROT_RA ||
         route.protocol == RTPROT_REDIRECT;
}

int64_t own_net_namespace() {
  const auto link = sys::readlinkat(AT_FDCWD, "/proc/self/ns/net");  // "net:[4026531840]"
  if (!link || link->size() < 7) {
    return 0;
  }
  return base::parse_number<int64_t>(std::string_view(*link).substr(5, link->size() - 6))
      .value_or(0);
}

Result<void> refuse_elsewhere(const RoutesState& state) {
  if (state.net_namespace != own_net_namespace()) {
    return fail(ErrorCode::kInvalid, "this is another network namespace than the contained one");
  }
  return {};
}

// The first of ours that does not stand where it must: at the front, a plain local rule excepted.
std::optional<RuleState> misplaced(const std::vector<PolicyRule>& present,
                                   const RoutesState& state) {
  for (const AddressFamily family : kFamilies) {
    auto at = std::find_if(present.begin(), present.end(),
                           [&](const PolicyRule& rule) { return rule.family == family; });
    for (const RuleState& made : state.rules) {
      if (made.family != family) {
        continue;
      }
      while (at != present.end() && at->family == family && at->priority == 0 &&
             is_local_lookup(*at) && made.table != RT_TABLE_LOCAL) {
        ++at;
      }
      if (at == present.end() || !is_same(*at, {family, 0, made.table, 0})) {
        return made;
      }
      ++at;
    }
  }
  return std::nullopt;
}

std::vector<RuleState> states_of(const std::vector<PlainRule>& rules) {
  std::vector<RuleState> states;
  for (const PlainRule& rule : rules) {
    states.push_back({rule.family, rule.table});
  }
  return states;
}

std::string rule_text(const RuleState& rule) {
  return fmt::format(
      "{}, {}", base::to_string(rule.family),
      rule.table == 0 ? std::string("blackhole") : fmt::format("lookup {}", rule.table));
}

}  // namespace

Result<std::vector<PlainRule>> plan_rules(const std::vector<PolicyRule>& present) {
  std::vector<PlainRule> rules;
  for (const AddressFamily family : kFamilies) {
    bool any = false;
    bool local_first = false;
    bool tells_maker = false;
    for (const PolicyRule& rule : present) {
      if (rule.family != family) {
        continue;
      }
      any = true;
      tells_maker = tells_maker || rule.protocol != 0;
      if (rule.priority == 0 && !is_local_lookup(rule)) {
        return fail(ErrorCode::kUnsupported,
                    fmt::format("an {} policy rule of priority 0 would come before containment: "
                                "give it another priority",
                                base::to_string(family)));
      }
      local_first = local_first || rule.priority == 0;
    }
    if (!any) {
      continue;  // the kernel lacks the family
    }
    if (!local_first && !tells_maker) {
      return fail(ErrorCode::kUnsupported,
                  "this kernel cannot tell our rule for local addresses from the host's own "
                  "(Linux 4.17): give the host's rule for the table local priority 0");
    }
    if (!local_first) {
      rules.push_back({family, 0, RT_TABLE_LOCAL, kContainProtocol});
    }
    rules.push_back({family, 0, kRoutesTable, kContainProtocol});
    rules.push_back({family, 0, 0, kContainProtocol});
  }
  if (rules.empty()) {
    return fail(ErrorCode::kUnsupported, "this kernel has no policy rules");
  }
  return rules;
}

std::vector<LadderNote> Routes::not_covered() const {
  return not_covered_by(Rung::kRoutes);
}

void Routes::stepped(std::string_view step) const {
  if (after_step_) {
    after_step_(step);
  }
}

Result<Routes::Picture> Routes::look() const {
  Picture picture;
  GENBA_TRY(picture.rules, sys::dump_policy_rules(rtnetlink_));
  std::vector<std::string> rules;
  for (const PolicyRule& rule : picture.rules) {
    if (!is_ours(rule, picture.rules)) {
      rules.push_back(rule.bytes);
    }
  }
  GENBA_TRY(const auto routes, sys::dump_route_bytes(rtnetlink_));
  std::vector<std::string> ours;
  std::vector<std::string> others;
  for (const sys::RouteBytes& route : routes) {
    if (route.table == kRoutesTable) {
      ours.push_back(route.bytes);
    } else if (!comes_by_itself(route)) {
      others.push_back(route.bytes);
    }
  }
  // Rules are asked in their order; routes by their length, so theirs says nothing.
  std::sort(ours.begin(), ours.end());
  std::sort(others.begin(), others.end());
  picture.rules_digest = digest_of(rules);
  picture.routes_digest = digest_of(others);
  picture.table_digest = digest_of(ours);
  GENBA_TRY(picture.ours, sys::dump_routes(rtnetlink_));
  std::erase_if(picture.ours, [](const sys::Route& route) { return route.table != kRoutesTable; });
  return picture;
}

Result<KeptWays> Routes::find_ways(const ContainmentPlan& plan) const {
  GENBA_TRY(const auto links, sys::dump_links(rtnetlink_));
  GENBA_TRY(auto routes, sys::dump_routes(rtnetlink_));
  std::erase_if(routes, [](const sys::Route& route) { return route.table != RT_TABLE_MAIN; });
  const WayTo way_to = [&](const base::Address& peer, const base::Address& local,
                           const std::string& device) -> std::optional<sys::Route> {
    const auto link = std::find_if(links.begin(), links.end(),
                                   [&](const sys::Link& one) { return one.name == device; });
    if (!device.empty() && link == links.end()) {
      return std::nullopt;
    }
    const auto way = sys::route_to(rtnetlink_, peer, local, link == links.end() ? 0 : link->index);
    return way ? std::optional(*way) : std::nullopt;
  };
  return keep_ways(plan, routes, way_to);
}

Result<void> Routes::close(const std::vector<sys::Route>& routes,
                           const std::vector<PlainRule>& rules) {
  for (const sys::Route& route : routes) {
    auto added = sys::add_route(rtnetlink_, route);
    if (!added) {
      return fail(added.error().with_context(base::to_text(route.destination.address)));
    }
    stepped("route");
  }
  for (const PlainRule& rule : rules) {
    GENBA_TRY_VOID(sys::add_plain_rule(rtnetlink_, rule));
    stepped("rule");
  }
  return {};
}

Result<LadderApplied> Routes::apply(const ContainmentPlan& plan, TimerKeeper keeper) {
  if (!plan.hold && keeper == TimerKeeper::kNobody) {
    return fail(ErrorCode::kUnsupported,
                "routes have no timer in the kernel, so nothing would open the host again: use "
                "--hold, or leave the guard on");
  }
  GENBA_TRY(const Picture before, look());
  if (!before.ours.empty() || any_of_ours(before.rules)) {
    return fail(ErrorCode::kInvalid,
                "a containment by routes stands already: see status, then extend or undo it");
  }
  GENBA_TRY(const auto rules, plan_rules(before.rules));
  GENBA_TRY(KeptWays ways, find_ways(plan));
  if (auto closed = close(ways.routes, rules); !closed) {
    (void)remove();
    return fail(closed.error());
  }
  const auto looked = look();
  if (!looked) {
    (void)remove();
    return fail(looked.error());
  }
  const Picture& after = *looked;
  LadderApplied applied{{}, std::move(ways.notes)};
  LadderState& state = applied.state;
  state.rung = Rung::kRoutes;
  state.boot_id = read_boot_id();
  state.hold = plan.hold;
  state.deadline = plan.hold ? 0 : now() + plan.timeout * kSecond;
  state.routes = RoutesState{
      own_net_namespace(), states_of(rules),     static_cast<uint32_t>(ways.routes.size()),
      before.rules_digest, before.routes_digest, after.table_digest};
  return applied;
}

// The rules that drop go first, which opens; then the others, which nobody needs any more.
Result<uint32_t> Routes::remove() {
  uint32_t removed = 0;
  GENBA_TRY(const Picture picture, look());
  for (const uint32_t table : {uint32_t{0}, kRoutesTable, uint32_t{RT_TABLE_LOCAL}}) {
    for (const PolicyRule& rule : picture.rules) {
      const PlainRule made{rule.family, rule.priority, table, rule.protocol};
      if (!is_ours(rule, picture.rules) || !is_same(rule, made)) {
        continue;
      }
      auto done = sys::delete_plain_rule(rtnetlink_, made);
      if (!done && done.error().code != ErrorCode::kNotFound) {
        return fail(done.error());
      }
      ++removed;
      stepped("rule");
    }
  }
  for (const sys::Route& route : picture.ours) {
    auto done = sys::delete_route(rtnetlink_, route);
    if (!done && done.error().code != ErrorCode::kGone) {
      return fail(done.error());
    }
    ++removed;
    stepped("route");
  }
  return removed;
}

Result<LadderUndone> Routes::undo(const LadderState* state) {
  if (state != nullptr && state->routes && state->boot_id == read_boot_id()) {
    GENBA_TRY_VOID(refuse_elsewhere(*state->routes));
  }
  LadderUndone undone;
  GENBA_TRY(undone.removed, remove());
  GENBA_TRY(const Picture after, look());
  if (state == nullptr || !state->routes) {
    undone.notes.push_back(ladder_note("before_unknown"));
    return undone;
  }
  const bool same_rules = after.rules_digest == state->routes->rules_before;
  const bool same_routes = after.routes_digest == state->routes->routes_before;
  const bool none_left = after.ours.empty() && !any_of_ours(after.rules);
  if (!same_rules || !none_left) {
    undone.notes.push_back(ladder_note("rules_differ"));
  }
  if (!same_routes) {
    undone.notes.push_back(ladder_note("routes_differ"));
  }
  undone.as_before = same_rules && same_routes && none_left;
  return undone;
}

Result<LadderState> Routes::confirm(const LadderState& state) {
  GENBA_TRY(const LadderStatus is, status(state));
  if (is.standing != LadderStanding::kClosed) {
    return fail(ErrorCode::kGone,
                fmt::format("the containment is not whole any more ({}): undo, then apply again",
                            to_string(is.standing)));
  }
  LadderState changed = state;
  changed.confirmed = true;
  changed.deadline = 0;
  return changed;
}

Result<LadderState> Routes::extend(const LadderState& state, int64_t seconds) {
  if (state.hold || state.confirmed) {
    return fail(ErrorCode::kInvalid, "it has no timer that could be extended: use undo to open");
  }
  GENBA_TRY(LadderState changed, confirm(state));
  changed.confirmed = false;
  changed.deadline = now() + seconds * kSecond;
  return changed;
}

Result<bool> Routes::stands() const {
  GENBA_TRY(const Picture picture, look());
  return !picture.ours.empty() || any_of_ours(picture.rules);
}

Result<LadderStatus> Routes::status(const LadderState& state) const {
  if (!state.routes || state.rung != Rung::kRoutes) {
    return fail(ErrorCode::kInvalid, "not the state of a containment by routes");
  }
  LadderStatus status;
  if (state.boot_id != read_boot_id()) {
    status.standing = LadderStanding::kAfterReboot;
    return status;
  }
  GENBA_TRY_VOID(refuse_elsewhere(*state.routes));
  GENBA_TRY(const Picture picture, look());
  const bool any = any_of_ours(picture.rules);
  const auto wrong = misplaced(picture.rules, *state.routes);
  const bool table_same = picture.table_digest == state.routes->table;
  if (wrong) {
    status.notes.push_back(ladder_note("rule_gone", rule_text(*wrong)));
  }
  if (!table_same) {
    status.notes.push_back(ladder_note("table_changed"));
  }
  status.standing = !any                   ? LadderStanding::kGone
                    : wrong || !table_same ? LadderStanding::kPartly
                                           : LadderStanding::kClosed;
  if (state.deadline != 0 && any) {
    status.remaining = std::max<int64_t>(state.deadline - now(), 0);
  }
  return status;
}

}  // namespace genba::act
