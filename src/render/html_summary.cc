// SPDX-License-Identifier: Apache-2.0
#include "fmt/format.h"
#include "model/tables/host_info.h"
#include "render/actors.h"
#include "render/gaps.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

constexpr size_t kBudget = 100'000;
constexpr size_t kMaxThings = 8;
constexpr size_t kMaxSteps = 30;

// One pair of the list of facts; left out when the fact is absent.
void write_fact(Page& page, Word label, std::string_view value) {
  if (!value.empty()) {
    page.element("dt", page.say(label));
    page.element("dd", value, "", kCellBytes);
  }
}

std::string source_words(const Page& page, std::string_view source) {
  for (const auto& [start, which] : {std::pair{std::string_view("root "), Word::kSourceTree},
                                     std::pair{std::string_view("case "), Word::kSourceCase}}) {
    if (source.starts_with(start)) {
      return page.say(which, {source.substr(start.size())});
    }
  }
  return std::string(source == "live" ? page.say(Word::kSourceLive) : source);
}

void write_host_facts(Page& page, const Report& report) {
  const model::Language language = page.language();
  const auto fact = [&](std::string_view name) { return host_fact(report, name, language); };
  page.markup("<div><dl class=\"facts\">\n");
  write_fact(page, Word::kHost, fact("hostname"));
  write_fact(page, Word::kSystem, fact("os_name"));
  const std::string release = fact("kernel_release");
  write_fact(page, Word::kKernel,
             release.empty() ? release : fmt::format("{} {}", release, fact("architecture")));
  write_fact(page, Word::kBoot, fact("boot_time"));
  write_fact(page, Word::kClock, fact("clock_realtime"));
  write_fact(page, Word::kSource, source_words(page, report.run.source));
  write_fact(page, Word::kRun,
             page.say(Word::kRunSays, {base::to_display(report.run.started),
                                       fmt::format("{:.1f}", report.run.seconds)}));
  const std::string euid = fact("euid");
  if (!euid.empty()) {
    write_fact(page, Word::kPrivilege,
               euid == "0" ? std::string(page.say(Word::kPrivilegeRoot))
                           : page.say(Word::kPrivilegeOther, {euid}));
  }
  const auto& hosts = report.facts->read<model::HostInfo>();
  if (!hosts.empty() && hosts.front().is_container.value_or(false)) {
    write_fact(page, Word::kContainer, page.say(Word::kContainerYes));
  }
  write_fact(page, Word::kCommand, report.run.command);
  page.markup("</dl></div>\n");
}

void write_actors(Page& page, const Report& report, const Brief& brief) {
  const Actors actors = actors_of(leading_findings(brief), *report.facts, page.language());
  if (actors.empty()) {
    return;
  }
  page.markup("<div><dl class=\"facts\">\n");
  for (const auto& [kind, summary, things] : actors) {
    page.element("dt", page.say(kind));
    page.markup("<dd><ul>");
    if (!summary.empty()) {
      page.element("li", summary);
    }
    for (size_t i = 0; i < things.size() && i < kMaxThings; ++i) {
      page.markup("<li><code>");
      page.text(things[i]);
      page.markup("</code></li>");
    }
    if (things.size() > kMaxThings) {
      page.element("li", page.say(Word::kAndMore, {with_commas(things.size() - kMaxThings)}));
    }
    page.markup("</ul></dd>\n");
  }
  page.markup("</dl></div>\n");
}

void write_story(Page& page, const Brief& brief) {
  if (brief.incidents.empty()) {
    const auto leading = leading_findings(brief);
    for (size_t i = 0; i < leading.size() && i < 3; ++i) {
      page.element("p", leading[i]->says.in(page.language()), "class=\"lead\"");
    }
    return;
  }
  const model::Incident& worst = *brief.incidents.front();
  std::string since = worst.from ? page.say(Word::kSince, {base::to_display(*worst.from)})
                                 : std::string(page.say(Word::kTimeUnknown));
  if (brief.incidents.size() > 1) {
    since += page.say(Word::kComma);
    since += page.say(Word::kWorstOf, {with_commas(brief.incidents.size())});
  }
  page.element("h3", page.say(Word::kRemark, {page.say(Word::kWhatHappened), since}));
  page.element("p", worst.says.in(page.language()), "class=\"lead\"");
}

}  // namespace

void write_summary(Page& page, const Report& report, const Brief& brief) {
  page.open_section("summary", Word::kSummary, kBudget);
  const model::Verdict verdict = report.judgement->verdict;
  if (verdict == model::Verdict::kCouldNotLook) {
    page.element("p", page.say(Word::kReachNone), "class=\"lead\"");
  } else if (verdict == model::Verdict::kNothingFound) {
    page.element(
        "p",
        page.say(brief.live ? Word::kReachLive : Word::kReachTree,
                 {with_commas(brief.sources_read), with_commas(report.judgement->rules_applied)}),
        "class=\"lead\"");
    page.element("p", page.as_started(page.say(brief.live ? Word::kLimit : Word::kLimitTree)));
  } else {
    write_story(page, brief);
  }
  page.markup("<div class=\"two\">\n");
  if (verdict > model::Verdict::kNothingFound) {
    write_actors(page, report, brief);
  }
  write_host_facts(page, report);
  page.markup("</div>\n");
  page.close_section();
}

void write_steps(Page& page, const Report& report, const Brief& brief) {
  page.open_section("now", Word::kWhatToDo, kBudget);
  const auto steps = steps_of(brief, report, page.language());
  if (steps.empty()) {
    page.element("p", page.say(Word::kNothingToDo));
  }
  // Sentences stand first, commands behind them.
  size_t shown = 0;
  const auto write = [&](Step::Kind kind, std::string_view open, std::string_view close) {
    if (shown == steps.size() || steps[shown].kind != kind || shown == kMaxSteps || page.full()) {
      return;
    }
    if (kind == Step::Kind::kCommand) {
      page.element("h3", page.say(Word::kCommands));
    }
    page.markup(open);
    for (; shown < steps.size() && steps[shown].kind == kind && shown < kMaxSteps && !page.full();
         ++shown) {
      page.markup(kind == Step::Kind::kCommand ? "<li><code>" : "<li>");
      page.prose(page.as_started(steps[shown].text));
      page.markup(kind == Step::Kind::kCommand ? "</code></li>\n" : "</li>\n");
    }
    page.markup(close);
  };
  write(Step::Kind::kSentence, "<ol class=\"steps\">\n", "</ol>\n");
  write(Step::Kind::kCommand, "<ul class=\"commands\">\n", "</ul>\n");
  page.showing(shown, steps.size());
  page.close_section();
}

void write_gaps(Page& page, const Report& report, const Brief& brief) {
  page.open_section("gaps", Word::kNotLookedAt, kBudget);
  for (const std::string& limit : limits_of_view(report, page.language())) {
    page.element("p", limit);
  }
  if (brief.gaps.empty()) {
    page.element("p", page.say(Word::kAllRead));
  } else {
    page.element("p", gaps_sentence(report, brief, page.language()));
    page.markup("<ul>\n");
    size_t shown = 0;
    for (; shown < brief.gaps.size() && shown < kMaxThings && !page.full(); ++shown) {
      const model::Coverage& row = *brief.gaps[shown];
      page.markup("<li><code>");
      page.text(row.subject);
      page.markup("</code> ");
      page.text(page.say(Word::kLabelled, {status_word(row.status, page.language()),
                                           coverage_reason(row, page.language())}));
      page.markup("</li>\n");
    }
    page.markup("</ul>\n");
    page.showing(shown, brief.gaps.size());
  }
  page.close_section();
}

}  // namespace genba::render
