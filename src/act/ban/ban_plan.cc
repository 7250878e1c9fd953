// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_plan.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "base/moment.h"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::act {

using base::Network;
using model::BanFate;
using model::BanLength;
using model::BanNote;
using model::BanStep;
using model::StandingBan;

namespace {

constexpr int64_t kSecond = 1'000'000'000;
// Wider than these no network belongs to one attacker: IANA gives out /8 and registries /16 or so.
constexpr int kWidest4 = 8;
constexpr int kWidest6 = 16;

BanNote too_wide(const Network& network) {
  const int widest = network.address.family == base::AddressFamily::kIpv6 ? kWidest6 : kWidest4;
  const std::string cidr = model::to_cidr(network);
  return network.bits == 0
             ? BanNote{"everything",
                       {fmt::format("{} is everybody: contain apply cuts this machine off", cidr),
                        fmt::format("{} は全アドレスです。隔離には contain apply を使ってください",
                                    cidr)}}
             : BanNote{"too_wide",
                       {fmt::format("{} is wider than /{}: millions would lose this machine", cidr,
                                    widest),
                        fmt::format("{} は /{} より広く、無関係な多数の利用者に影響します", cidr,
                                    widest)}};
}

bool is_wide(const Network& network) {
  return network.bits <
         (network.address.family == base::AddressFamily::kIpv6 ? kWidest6 : kWidest4);
}

BanNote hit(const Protection& protection) {
  const int all = address_bits(protection.network.address.family);
  const std::string name = protection.network.bits == all
                               ? base::to_text(protection.network.address)
                               : model::to_cidr(protection.network);
  return {protection.id,
          {fmt::format("{} is {}", name, protection.what.en),
           fmt::format("{} は{}です", name, protection.what.ja)}};
}

StandingBan standing(const Network& network, const BanLength& length) {
  return {network, length ? std::optional(std::chrono::milliseconds(*length)) : std::nullopt,
          std::nullopt};
}

// Whether `remaining` of a ban reaches further than `length` from now. The kernel counts in steps
// of up to 10 ms: a ban of this very moment has its whole time left.
bool outlasts(const std::optional<std::chrono::milliseconds>& remaining, const BanLength& length) {
  return !remaining || (length && *remaining > *length);
}

class BanPlanner {
 public:
  BanPlanner(const BanFound& found, const BanTable& table, const std::optional<BanTime>& time,
             BanForce force)
      : found_(found), time_(time), force_(force), now_(table.bans) {
    plan_.warnings = found.protections.warnings;
    if (force == BanForce::kYes) {
      plan_.warnings.insert(plan_.warnings.end(), found.protections.unread.begin(),
                            found.protections.unread.end());
    }
    plan_.warnings.insert(plan_.warnings.end(), table.altered.begin(), table.altered.end());
  }

  BanPlan plan(std::span<const BanTarget> targets) {
    plan_.steps.resize(targets.size());
    std::vector<size_t> order(targets.size());
    std::iota(order.begin(), order.end(), size_t{0});
    // The largest first, so that no smaller one is set and then taken away again.
    std::stable_sort(order.begin(), order.end(), [&](size_t one, size_t other) {
      return targets[one].network.bits < targets[other].network.bits;
    });
    for (const size_t index : order) {
      plan_.steps[index] = step_for(targets[index]);
    }
    return std::move(plan_);
  }

 private:
  BanStep step_for(const BanTarget& target) {
    BanStep step;
    step.asked = target.asked;
    step.network = target.network;
    step.widened = target.widened;
    if (protect(step)) {
      step.fate = BanFate::kRefused;
      return step;
    }
    choose_length(step);
    const auto cover = find_cover(now_, step.network);
    const bool renews = cover != now_.end() && same(cover->first, step.network);
    const bool stays = renews && !time_ && outlasts(cover->second.remaining, step.length);
    if (cover != now_.end() && (!renews || stays || seen_.count(step.network) != 0)) {
      step.fate = BanFate::kCovered;
      step.cover = cover->second;
      step.length = {};
      return step;
    }
    set(step, renews);
    return step;
  }

  // Notes why the ban must not be. True when it is refused.
  bool protect(BanStep& step) const {
    const bool forced = force_ == BanForce::kYes;
    bool always = false;
    if (is_wide(step.network)) {
      step.notes.push_back(too_wide(step.network));
    }
    NetworkMap<bool> told;
    for (const Protection& protection : found_.protections.protections) {
      if (!overlap(step.network, protection.network)) {
        continue;
      }
      always = always || protection.strength == Protection::Strength::kAlways;
      if (told.emplace(protection.network, true).second) {
        step.notes.push_back(hit(protection));
      }
    }
    if (!forced) {
      step.notes.insert(step.notes.end(), found_.protections.unread.begin(),
                        found_.protections.unread.end());
    }
    const bool refused = always || (!forced && !step.notes.empty());
    step.force_helps = refused && !always;
    return refused;
  }

  // What the journal knows of the network, or of a larger one that it was in.
  const BanHistory* history_of(const Network& network) const {
    const BanHistory* latest = nullptr;
    for (int bits = network.bits; bits >= 0; --bits) {
      const auto found = found_.memory.networks.find(normal({network.address, bits}));
      if (found != found_.memory.networks.end() &&
          (latest == nullptr || found->second.action > latest->action)) {
        latest = &found->second;
      }
    }
    return latest;
  }

  void choose_length(BanStep& step) const {
    const BanHistory* history = history_of(step.network);
    step.times_before = history == nullptr ? 0 : history->times;
    if (time_) {
      step.length = time_->length;
      return;
    }
    // What still stands has not ended yet, so nobody came back: the same time again.
    const bool stands = now_.count(step.network) != 0;
    step.length = stands && history != nullptr && history->times > 0 ? history->last.length
                                                                     : next_length(history);
    step.escalated = !stands && step.times_before > 0;
  }

  void set(BanStep& step, bool renews) {
    step.fate = renews ? BanFate::kRenewed : BanFate::kBanned;
    if (step.length) {
      step.until = base::Timestamp{found_.now.nanoseconds + step.length->count() * kSecond};
    }
    for (const Network& inner : find_within(now_, step.network)) {
      if (same(inner, step.network)) {
        continue;
      }
      const StandingBan& smaller = now_[inner];
      if (outlasts(smaller.remaining, step.length) && step.length) {
        step.notes.push_back(
            {"shortens",
             {fmt::format("{} was banned for longer than that, and now ends with it",
                          model::to_cidr(inner)),
              fmt::format("{} はより長く ban されていましたが、今後は同時に解除されます",
                          model::to_cidr(inner))}});
      }
      step.replaces.push_back(inner);
      plan_.change.lift.push_back(inner);
      now_.erase(inner);
    }
    const StandingBan ban = standing(step.network, step.length);
    plan_.change.set.push_back(ban);
    now_[step.network] = ban;
    seen_[step.network] = true;
  }

  const BanFound& found_;
  const std::optional<BanTime>& time_;
  BanForce force_;
  NetworkMap<StandingBan> now_;  ///< what stands, and what this plan sets
  NetworkMap<bool> seen_;        ///< set by this plan
  BanPlan plan_;
};

BanNote inside(const StandingBan& cover) {
  const std::string cidr = model::to_cidr(cover.network);
  return {"inside",
          {fmt::format("it is part of {}, which is banned as a whole: unban that", cidr),
           fmt::format("{} の一部として ban されています。{} を解除してください", cidr, cidr)}};
}

BanNote holds(const std::vector<Network>& within) {
  std::string first = model::to_cidr(within.front());
  const size_t more = within.size() - 1;
  return {"holds",
          {fmt::format("it is not banned itself, but {}{} in it is: unban that", first,
                       more == 0 ? "" : fmt::format(" and {} more", more)),
           fmt::format("この範囲自体は ban されていません。{}{}が個別に ban されています", first,
                       more == 0 ? "" : fmt::format(" ほか{}件", more))}};
}

// The network that is meant, of those that stand.
std::optional<Network> find_standing(const NetworkMap<StandingBan>& bans, const BanTarget& target) {
  if (bans.count(target.network) != 0) {
    return target.network;
  }
  const auto address = target.widened ? base::parse_address(target.asked) : std::nullopt;
  if (address && bans.count(only(*address)) != 0) {
    return only(*address);
  }
  return std::nullopt;
}

}  // namespace

base::Result<BanTime> parse_ban_time(std::string_view text) {
  if (text == "permanent") {
    return BanTime{};
  }
  const auto nanoseconds = base::parse_duration(text);
  if (!nanoseconds || *nanoseconds < kSecond) {
    return base::fail(base::ErrorCode::kInvalid,
                      fmt::format("'{}' is no time for a ban: write 10m, 1h, 1d, 1w or permanent",
                                  base::escape_for_terminal(text)));
  }
  return BanTime{std::chrono::seconds(*nanoseconds / kSecond)};
}

BanPlan plan_ban(const BanFound& found, const BanTable& table, std::span<const BanTarget> targets,
                 const std::optional<BanTime>& time, BanForce force) {
  return BanPlanner(found, table, time, force).plan(targets);
}

BanPlan plan_unban(const BanTable& table, std::span<const BanTarget> targets) {
  BanPlan plan;
  plan.warnings = table.altered;
  NetworkMap<StandingBan> bans = table.bans;
  for (const BanTarget& target : targets) {
    BanStep step;
    step.asked = target.asked;
    step.network = target.network;
    step.fate = BanFate::kNotBanned;
    if (const auto network = find_standing(bans, target)) {
      step.network = *network;
      step.widened = target.widened && same(*network, target.network);
      step.fate = BanFate::kLifted;
      plan.change.lift.push_back(*network);
      bans.erase(*network);
    } else if (const auto cover = find_cover(bans, target.network); cover != bans.end()) {
      step.notes.push_back(inside(cover->second));
    } else if (const auto within = find_within(bans, target.network); !within.empty()) {
      step.notes.push_back(holds(within));
    }
    plan.steps.push_back(std::move(step));
  }
  return plan;
}

}  // namespace genba::act
