// SPDX-License-Identifier: Apache-2.0
#include "cli/common.h"

#include <algorithm>
#include <chrono>

#include "app/output.h"
#include "base/moment.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/error_words.h"
#include "fmt/format.h"
#include "version.h"

namespace genba::cli {

namespace {

constexpr int64_t kMostJobs = 64;

base::Error usage(std::string what) {
  return base::Error{base::ErrorCode::kInvalid, 0, std::move(what)};
}

}  // namespace

base::Result<app::ObserveOptions> observe_options(const Invocation& invocation) {
  app::ObserveOptions options;
  const auto copy = [&](std::string_view name, std::optional<std::string>& target) {
    if (const auto value = invocation.value(name)) {
      target = std::string(*value);
    }
  };
  copy("root", options.root);
  copy("case", options.case_dir);
  copy("save", options.save_dir);
  if (options.root && options.case_dir) {
    return base::fail(usage("--root and --case exclude each other: give one of them"));
  }
  if (options.save_dir && options.case_dir) {
    return base::fail(
        usage("--save keeps what was looked at now; with --case there is nothing new "
              "to keep: leave one of them out"));
  }
  if (options.save_dir) {
    options.writing = sys::Writing::kAllowed;
  }
  if (const auto jobs = invocation.value("jobs")) {
    const auto number = base::parse_number<int64_t>(*jobs);
    if (!number || *number < 1 || *number > kMostJobs) {
      return base::fail(usage(fmt::format("--jobs takes a number from 1 to {}, not '{}'", kMostJobs,
                                          base::escape_for_terminal(*jobs))));
    }
    options.jobs = static_cast<int>(*number);
  }
  options.allow_module_load = invocation.has("allow-module-load");
  options.version = version_text();
  options.command = fmt::format("genba {}", invocation.verb);
  for (const auto& [name, value] : invocation.options) {
    options.command +=
        value.empty() ? fmt::format(" --{}", name) : fmt::format(" --{} {}", name, value);
  }
  return options;
}

std::optional<model::Language> parse_language(std::string_view name) {
  if (name == "en") {
    return model::Language::kEnglish;
  }
  return name == "ja" ? std::optional(model::Language::kJapanese) : std::nullopt;
}

base::Result<model::Language> language_of(const Invocation& invocation, const Terminal& terminal) {
  const auto asked = invocation.value("lang");
  if (!asked) {
    return terminal.language;
  }
  if (const auto language = parse_language(*asked)) {
    return *language;
  }
  return base::fail(
      usage(fmt::format("--lang takes en or ja, not '{}'", base::escape_for_terminal(*asked))));
}

base::Result<std::optional<base::Timestamp>> moment_of(const Invocation& invocation,
                                                       std::string_view option) {
  const auto text = invocation.value(option);
  if (!text) {
    return std::optional<base::Timestamp>();
  }
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const auto moment = base::parse_moment(*text, base::Timestamp{now.count()});
  if (!moment) {
    return base::fail(usage(fmt::format(
        "--{} takes a time in UTC, such as 2026-11-21, '2026-11-21 03:12' or 3d, not '{}'", option,
        base::escape_for_terminal(*text))));
  }
  return moment;
}

base::Result<void> check_span(const std::optional<base::Timestamp>& since,
                              const std::optional<base::Timestamp>& until) {
  if (since && until && *until < *since) {
    return base::fail(usage("--until is earlier than --since: exchange them"));
  }
  return {};
}

Exit exit_of(const base::Result<app::TriageOutcome>& outcome, app::Progress& progress,
             const Terminal& terminal) {
  if (!outcome) {
    progress.wipe();
    return complain(outcome.error(), terminal.language);
  }
  if (outcome->reader == app::Reader::kGone) {
    return Exit::kNothingFound;  // nobody was told, so there is nothing to say by the exit code
  }
  if (outcome->no_system) {
    complain(*outcome->no_system, terminal.language);
  }
  switch (outcome->verdict) {
    case model::Verdict::kCouldNotLook: return Exit::kCouldNotLook;
    case model::Verdict::kNothingFound: return Exit::kNothingFound;
    case model::Verdict::kSuspicious:
    case model::Verdict::kCompromised: return Exit::kFindings;
  }
  return Exit::kCouldNotLook;
}

base::Result<render::TerminalStyle> style_of(const Invocation& invocation,
                                             const Terminal& terminal) {
  render::TerminalStyle style;
  GENBA_TRY(style.language, language_of(invocation, terminal));
  style.colour = terminal.colour && !invocation.has("no-color") ? render::Colour::kAnsi
                                                                : render::Colour::kPlain;
  style.columns = terminal.columns;
  style.detail = invocation.has("summary") ? render::Detail::kSummary : render::Detail::kFull;
  return style;
}

std::vector<std::string> values_of(const Invocation& invocation, std::string_view option) {
  std::vector<std::string> values;
  for (const auto& [name, value] : invocation.options) {
    if (name == option) {
      values.push_back(value);
    }
  }
  return values;
}

app::ProgressMode progress_mode(const Invocation& invocation, const Terminal& terminal) {
  return terminal.can_redraw && !invocation.has("quiet") ? app::ProgressMode::kShown
                                                         : app::ProgressMode::kSilent;
}

std::string version_text() {
  return fmt::format("{} (commit {}, {})", version(), build_commit(), build_type());
}

Exit tell(std::string_view text, model::Language language) {
  const auto told = app::print_result(text);
  return told ? Exit::kNothingFound : complain(told.error(), language);
}

Exit complain(const base::Error& error, model::Language language) {
  const bool ja = language == model::Language::kJapanese;
  const size_t end = error.what.find('\n');
  std::string line = error_words(error.what.substr(0, end), language);
  if (end != std::string::npos) {
    const auto more = std::count(error.what.begin(), error.what.end(), '\n');
    line += fmt::format(fmt::runtime(ja ? "（ほか{}件）" : " (and {} more)"), more);
  }
  app::print(app::Stream::kErrors, fmt::format("genba: {}\n", base::escape_for_terminal(line)));
  if (error.code == base::ErrorCode::kInvalid) {
    return Exit::kUsage;
  }
  return error.code == base::ErrorCode::kOutput ? Exit::kActionFailed : Exit::kCouldNotLook;
}

}  // namespace genba::cli
