// SPDX-License-Identifier: Apache-2.0
//
// The rung routes: two policy rules a family, right behind the one for local addresses: look up a
// table of ours, which has the ways to the allowed, then drop. It is a rule that drops, not a
// route: a route is passed over by sockets that are bound to a device. The order of the steps keeps
// the session at each moment: first the table, which nobody asks; then the rule that asks it; last
// the rule that drops, which closes its family at once. Undoing goes the other way round. The rule
// for local addresses is never touched: where a host has moved it back (VRFs), a copy of ours comes
// before. Sources: ip-rule(8), net/core/fib_rules.c, net/ipv4/route.c, net/ipv6/fib6_rules.c.
// Covered by routes_test.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "act/ladder/ladder.h"
#include "act/ladder/route_plan.h"
#include "sys/fd.h"
#include "sys/policy_routing.h"

namespace genba::act {

class Routes : public LadderRung {
 public:
  /// Told after each change of the kernel; for tests, which end the process there.
  using AfterStep = std::function<void(std::string_view step)>;

  /// In the network namespace that `rtnetlink` was opened in.
  explicit Routes(sys::Fd rtnetlink, AfterStep after_step = {})
      : rtnetlink_(std::move(rtnetlink)), after_step_(std::move(after_step)) {}

  Rung kind() const override { return Rung::kRoutes; }
  std::vector<LadderNote> not_covered() const override;
  base::Result<LadderApplied> apply(const model::ContainmentPlan& plan,
                                    TimerKeeper keeper) override;
  base::Result<LadderState> confirm(const LadderState& state) override;
  base::Result<LadderState> extend(const LadderState& state, int64_t seconds) override;
  base::Result<LadderUndone> undo(const LadderState* state) override;
  base::Result<LadderStatus> status(const LadderState& state) const override;
  base::Result<bool> stands() const override;
  int fd() const override { return rtnetlink_.get(); }

 private:
  // The rules and routes of this namespace, ours apart.
  struct Picture {
    std::vector<sys::PolicyRule> rules;  ///< all, in order
    std::vector<sys::Route> ours;        ///< routes in our table
    std::string rules_digest;            ///< of all but ours
    std::string routes_digest;           ///< of all but ours and those that come by themselves
    std::string table_digest;            ///< of ours
  };
  base::Result<Picture> look() const;
  base::Result<KeptWays> find_ways(const model::ContainmentPlan& plan) const;
  base::Result<void> close(const std::vector<sys::Route>& routes,
                           const std::vector<sys::PlainRule>& rules);
  base::Result<uint32_t> remove();
  void stepped(std::string_view step) const;

  sys::Fd rtnetlink_;
  AfterStep after_step_;
};

/// Which rules to add, in their order; kUnsupported where a rule that is not ours would come before
/// them. Pure.
base::Result<std::vector<sys::PlainRule>> plan_rules(const std::vector<sys::PolicyRule>& present);

}  // namespace genba::act
