// SPDX-License-Identifier: Apache-2.0
#include "model/ban.h"

#include <algorithm>

namespace genba::model {

std::string to_cidr(const base::Network& network) {
  return base::to_text(network.address) + "/" + std::to_string(network.bits);
}

std::string_view to_string(BanFate fate) {
  switch (fate) {
    case BanFate::kBanned: return "banned";
    case BanFate::kRenewed: return "renewed";
    case BanFate::kCovered: return "covered";
    case BanFate::kRefused: return "refused";
    case BanFate::kFailed: return "failed";
    case BanFate::kLifted: return "lifted";
    case BanFate::kNotBanned: return "not_banned";
  }
  return "failed";
}

std::string_view to_string(LostBan::Cause cause) {
  return cause == LostBan::Cause::kOtherBoot ? "other_boot" : "taken_away";
}

bool BanReport::holds_all() const {
  return error.empty() && std::none_of(steps.begin(), steps.end(), [](const BanStep& step) {
           return step.fate == BanFate::kRefused || step.fate == BanFate::kFailed;
         });
}

}  // namespace genba::model
