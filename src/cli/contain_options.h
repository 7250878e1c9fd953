// SPDX-License-Identifier: Apache-2.0
//
// What the words behind 'genba contain' share: their options as values, each mistake told with the
// right form. Covered by tests/whole/contain_plan_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/contain/plan.h"
#include "app/act_scene.h"
#include "base/result.h"
#include "cli/command.h"
#include "cli/contain_words.h"
#include "render/containment.h"

namespace genba::cli {

/// A span in seconds: "300", "5m", "1h"; nothing without the option, kInvalid when it is no span or
/// lies outside of `least` and `most`.
base::Result<std::optional<int64_t>> seconds_of(const Invocation& invocation,
                                                std::string_view option, int64_t least,
                                                int64_t most);

/// All networks that a repeatable option names ("192.0.2.0/24", "2001:db8::1"); kInvalid for what
/// is none.
base::Result<std::vector<base::Network>> networks_of(const Invocation& invocation,
                                                     std::string_view option);

/// --admin, --allow, --dns, --hold, --timeout, --force-storage, --force-admin.
base::Result<act::ContainOptions> contain_options(const Invocation& invocation);

/// The options of a plan as they were given, quoted for a shell, each behind a blank.
std::string plan_options_text(const Invocation& invocation);

base::Result<render::ContainmentView> containment_view(const Invocation& invocation,
                                                       const Terminal& terminal);

/// --journal, --why, --allow-module-load, --jobs.
base::Result<app::ActOptions> act_options(const Invocation& invocation);

/// kInvalid for the global options that point anywhere but to this machine, or add rules; --case,
/// --save and --rules are for those that look for a finding and keep its evidence.
base::Result<void> check_this_machine(const ContainWord& word, const Invocation& invocation);

}  // namespace genba::cli
