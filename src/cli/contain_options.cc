// SPDX-License-Identifier: Apache-2.0
#include "cli/contain_options.h"

#include <algorithm>
#include <array>

#include "base/moment.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/common.h"
#include "fmt/format.h"
#include "judge/words.h"
#include "render/log_words.h"

namespace genba::cli {

namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;
// Shorter than this nobody can try a second login; longer, it is no trial.
constexpr int64_t kShortestTrial = 30;
constexpr int64_t kLongestTrial = 24 * 3600;

// The options of which a plan is made, in the order of the help.
constexpr std::array<std::string_view, 8> kPlanOptions{
    "admin", "allow", "dns", "hold", "timeout", "force-storage", "force-admin", "keep"};

base::Error usage(std::string what) {
  return {base::ErrorCode::kInvalid, 0, std::move(what)};
}

std::optional<int64_t> parse_seconds(std::string_view text) {
  if (const auto plain = base::parse_number<int64_t>(text)) {
    return *plain;
  }
  const auto span = base::parse_duration(text);
  return span ? std::optional(*span / kNanoseconds) : std::nullopt;
}

}  // namespace

base::Result<std::optional<int64_t>> seconds_of(const Invocation& invocation,
                                                std::string_view option, int64_t least,
                                                int64_t most) {
  const auto text = invocation.value(option);
  if (!text) {
    return std::optional<int64_t>();
  }
  const auto seconds = parse_seconds(*text);
  if (!seconds || *seconds < least || *seconds > most) {
    return base::fail(usage(fmt::format(
        "--{} takes a span such as 300, 5m or 1h, from {} to {}, not '{}'", option,
        render::span_words(least, model::Language::kEnglish),
        render::span_words(most, model::Language::kEnglish), base::escape_for_terminal(*text))));
  }
  return seconds;
}

base::Result<std::vector<base::Network>> networks_of(const Invocation& invocation,
                                                     std::string_view option) {
  std::vector<base::Network> networks;
  for (const std::string& text : values_of(invocation, option)) {
    const auto network = base::parse_network(text);
    if (!network) {
      return base::fail(usage(fmt::format(
          "--{} takes an address or a network, such as 203.0.113.7 or 2001:db8::/64, not '{}'",
          option, base::escape_for_terminal(text))));
    }
    networks.push_back(*network);
  }
  return networks;
}

base::Result<act::ContainOptions> contain_options(const Invocation& invocation) {
  act::ContainOptions options;
  GENBA_TRY(options.admins, networks_of(invocation, "admin"));
  for (const std::string& text : values_of(invocation, "allow")) {
    auto peer = act::parse_allowed_peer(text);
    if (!peer) {
      return base::fail(usage("--allow: " + base::escape_for_terminal(peer.error().what)));
    }
    options.allowed.push_back(*peer);
  }
  options.kept_namespaces = values_of(invocation, "keep");
  options.dns = invocation.has("dns");
  options.hold = invocation.has("hold");
  options.force_storage = invocation.has("force-storage");
  options.force_admin = invocation.has("force-admin");
  GENBA_TRY(const auto timeout, seconds_of(invocation, "timeout", kShortestTrial, kLongestTrial));
  if (timeout && options.hold) {
    return base::fail(usage("--hold has no timer: leave out --timeout, or --hold"));
  }
  options.timeout = timeout.value_or(options.timeout);
  return options;
}

std::string plan_options_text(const Invocation& invocation) {
  std::string text;
  for (const std::string_view wanted : kPlanOptions) {
    for (const auto& [name, value] : invocation.options) {
      if (name == wanted) {
        text += value.empty() ? fmt::format(" --{}", name)
                              : fmt::format(" --{} {}", name, judge::quote_for_shell(value));
      }
    }
  }
  return text;
}

base::Result<render::ContainmentView> containment_view(const Invocation& invocation,
                                                       const Terminal& terminal) {
  render::ContainmentView view;
  GENBA_TRY(view.style, style_of(invocation, terminal));
  view.program = judge::quote_for_shell(terminal.program);
  view.apply_options = plan_options_text(invocation);
  return view;
}

base::Result<app::ActOptions> act_options(const Invocation& invocation) {
  app::ActOptions options;
  GENBA_TRY(const app::ObserveOptions observe, observe_options(invocation));
  options.allow_module_load = observe.allow_module_load;
  options.jobs = observe.jobs;
  options.version = observe.version;
  options.journal_directory = invocation.value("journal").value_or(options.journal_directory);
  options.why = invocation.value("why").value_or("");
  return options;
}

base::Result<void> check_this_machine(const ContainWord& word, const Invocation& invocation) {
  const bool finds = std::any_of(word.options.begin(), word.options.end(),
                                 [](std::string_view name) { return name == "finding"; });
  for (const std::string_view option : {"root", "case", "rules", "save"}) {
    if (invocation.has(option) && (!finds || option == "root")) {
      return base::fail(usage(fmt::format(
          "'genba contain {}' is about this running machine: leave out --{}", word.name, option)));
    }
  }
  return {};
}

}  // namespace genba::cli
