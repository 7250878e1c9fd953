// SPDX-License-Identifier: Apache-2.0
//
// The terminal summary. The first screen (24 lines of 80 columns) answers what a tired person
// asks: is it bad, what happened, what do I do, what was not seen. Below it: incidents, findings,
// weaknesses, coverage, footprint. It never says that a host is clean. Covered by terminal_test.cc
// against samples/*.txt.
#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "render/actors.h"
#include "render/brief.h"
#include "render/gaps.h"
#include "render/screen.h"
#include "render/shorten.h"
#include "render/terminal_parts.h"

namespace genba::render {

namespace {

using model::Language;

constexpr size_t kScreenLines = 24;
// On a narrow terminal the story takes this much even if the first screen then grows longer.
constexpr size_t kLeastStoryLines = 2;
constexpr size_t kLeastLines = 6;
// Columns that a wrapped line of names may leave unused.
constexpr size_t kWrapLoss = 16;

Paint paint_of(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::kCompromised: return Paint::kRed;
    case model::Verdict::kSuspicious: return Paint::kYellow;
    case model::Verdict::kCouldNotLook: return Paint::kYellow;
    case model::Verdict::kNothingFound: return Paint::kBold;
  }
  return Paint::kBold;
}

void put_verdict(Screen& screen, const Report& report, const Brief& brief) {
  const Language language = screen.language();
  const model::Verdict verdict = report.judgement->verdict;
  screen.text(screen.pair(Word::kVerdict, screen.say(word_of(verdict))), 0, paint_of(verdict));
  if (const std::string_view warning = case_warning(report, language); !warning.empty()) {
    screen.text(warning, 0, Paint::kRed);
  }
  const std::string_view comma = screen.say(Word::kComma);
  const std::string host = host_fact(report, "hostname", language);
  std::string line = host.empty() ? report.run.source : host;
  line += comma;
  line += base::to_display(report.run.started);
  line += comma;
  line += screen.say(Word::kFindingCounts, {severity_counts(brief.intrusions, language)});
  if (!brief.weaknesses.empty()) {
    line += comma;
    line += screen.say(Word::kWeaknessCount, {with_commas(brief.weaknesses.size())});
  }
  screen.text(line, 0);
}

// "What happened (since …, the worst of 2 incidents)".
std::string story_heading(const Screen& screen, const Brief& brief) {
  const std::string_view heading = screen.say(Word::kWhatHappened);
  if (brief.incidents.empty()) {
    return std::string(heading);
  }
  const model::Incident& worst = *brief.incidents.front();
  std::string remark = worst.from ? screen.say(Word::kSince, {base::to_display(*worst.from)})
                                  : std::string(screen.say(Word::kTimeUnknown));
  if (brief.incidents.size() > 1) {
    remark += screen.say(Word::kComma);
    remark += screen.say(Word::kWorstOf, {with_commas(brief.incidents.size())});
  }
  return screen.say(Word::kRemark, {heading, remark});
}

// As many of the things as fit into so many columns, and how many more there are.
std::string fitting(const Screen& screen, const std::vector<std::string>& things, size_t columns) {
  const std::string_view comma = screen.say(Word::kComma);
  std::string line;
  for (size_t i = 0; i < things.size(); ++i) {
    const size_t left = things.size() - i - 1;
    const std::string tail =
        left == 0 ? ""
                  : fmt::format("{}{}", comma, screen.say(Word::kAndMore, {with_commas(left)}));
    std::string longer = fmt::format("{}{}{}", line, line.empty() ? "" : comma,
                                     base::escape_for_terminal(things[i]));
    if (base::display_width(longer) + base::display_width(tail) > columns) {
      if (!line.empty()) {
        return line + std::string(comma) + screen.say(Word::kAndMore, {with_commas(left + 1)});
      }
      const size_t room =
          columns > base::display_width(tail) ? columns - base::display_width(tail) : 2;
      return base::truncate_to_width(longer, room) + tail;
    }
    line = std::move(longer);
  }
  return line;
}

void put_actors(Screen& screen, const Actors& actors, size_t lines) {
  size_t width = 0;
  for (const Actor& actor : actors) {
    width = std::max(width, base::display_width(screen.say(actor.kind)));
  }
  for (size_t i = 0; i < actors.size() && i < lines; ++i) {
    const Actor& actor = actors[i];
    const std::string head =
        actor.summary.empty() ? "" : screen.say(Word::kLabelled, {actor.summary, ""});
    const size_t room = screen.columns() - std::min(screen.columns() / 2, width + 4);
    const size_t left = room - std::min(room, base::display_width(head));
    screen.labelled_line(screen.say(actor.kind), head + fitting(screen, actor.things, left), 2,
                         width);
  }
}

// Whole sentences or clauses in at most `lines` lines.
void put_shortened(Screen& screen, std::string_view prose, size_t lines) {
  const auto fits = [&](std::string_view part) { return screen.height(part, 2) <= lines; };
  screen.text(shortened(prose, screen.language(), fits), 2, Paint::kPlain, lines);
}

// The story and whom it names, in at most `lines` lines below its heading.
void put_story(Screen& screen, const Report& report, const Brief& brief, size_t lines) {
  const auto leading = leading_findings(brief);
  const Actors actors = actors_of(leading, *report.facts, screen.language());
  screen.heading(story_heading(screen, brief));
  const size_t told = std::max(lines - std::min(lines, actors.size()), kLeastStoryLines);
  if (!brief.incidents.empty()) {
    put_shortened(screen, brief.incidents.front()->says.in(screen.language()), told);
  } else {
    for (size_t i = 0; i < leading.size() && i < told; ++i) {
      put_shortened(screen, leading[i]->says.in(screen.language()), 1);
    }
  }
  put_actors(screen, actors, lines - std::min(lines, kLeastStoryLines));
}

// The start-up entries on the line below their step.
void put_startup(Screen& screen, const Report& report, const Brief& brief) {
  for (const Actor& actor : actors_of(leading_findings(brief), *report.facts, screen.language())) {
    if (actor.kind == Word::kStartup) {
      screen.labelled_line("", fitting(screen, actor.things, screen.columns() - 5), 3, 0);
    }
  }
}

void put_first_steps(Screen& screen, const Report& report, const Brief& brief, Detail detail) {
  const std::string_view rest =
      screen.say(detail == Detail::kFull ? Word::kStepsBelow : Word::kStepsElsewhere);
  screen.heading(screen.say(Word::kRemark, {screen.say(Word::kWhatToDo), rest}));
  size_t number = 0;
  for (const Word step : first_steps_of(brief, report)) {
    screen.numbered(++number, screen.as_started(screen.say(step)), 2);
    if (step == Word::kStepStartup) {
      put_startup(screen, report, brief);
    }
  }
}

// The gaps by meaning, then the first of their names on about `lines` lines.
void put_gaps(Screen& screen, const Report& report, const Brief& brief, size_t lines) {
  screen.heading(screen.say(Word::kNotLookedAt));
  for (const std::string& limit : limits_of_view(report, screen.language())) {
    screen.text(limit, 2);
  }
  screen.text(gaps_sentence(report, brief, screen.language()), 2);
  if (brief.gaps.empty()) {
    return;
  }
  std::vector<std::string> names;
  for (const auto* gap : brief.gaps) {
    if (std::find(names.begin(), names.end(), gap->subject) == names.end()) {
      names.push_back(gap->subject);
    }
  }
  const size_t label = base::display_width(screen.pair(Word::kGapNames, ""));
  const size_t columns = (screen.columns() - 2) * lines - label - (lines - 1) * kWrapLoss;
  screen.text(screen.pair(Word::kGapNames, fitting(screen, names, columns)), 2, Paint::kDim, lines);
}

void put_nothing_found(Screen& screen, const Report& report, const Brief& brief) {
  const std::string sources = with_commas(brief.sources_read);
  const std::string rules = with_commas(report.judgement->rules_applied);
  screen.heading(screen.say(Word::kReach));
  screen.text(screen.say(brief.live ? Word::kReachLive : Word::kReachTree, {sources, rules}), 2);
  put_gaps(screen, report, brief, 4);
  screen.blank();
  screen.text(screen.as_started(screen.say(brief.live ? Word::kLimit : Word::kLimitTree)), 2);
}

void put_could_not_look(Screen& screen, const Report& report, const Brief& brief) {
  screen.blank();
  screen.text(screen.say(Word::kReachNone), 2);
  put_gaps(screen, report, brief, 4);
}

void put_first_screen(Screen& screen, const Report& report, const Brief& brief,
                      const TerminalStyle& style) {
  put_verdict(screen, report, brief);
  if (report.judgement->verdict == model::Verdict::kNothingFound) {
    put_nothing_found(screen, report, brief);
    return;
  }
  if (report.judgement->verdict == model::Verdict::kCouldNotLook) {
    put_could_not_look(screen, report, brief);
    return;
  }
  // What stands below is laid out first: the story gets the lines that are left.
  Screen rest(style, report.run.program);
  put_first_steps(rest, report, brief, style.detail);
  put_gaps(rest, report, brief, 1);
  // A blank line and the heading before the story, a blank line behind it.
  const size_t others = screen.line_count() + rest.line_count() + 3;
  put_story(screen, report, brief,
            std::max(kScreenLines - std::min(kScreenLines, others), kLeastLines));
  screen.append(std::move(rest));
}

}  // namespace

std::string render_terminal(const Report& report, const TerminalStyle& style) {
  Screen screen(style, report.run.program);
  const Brief brief = make_brief(report);
  put_first_screen(screen, report, brief, style);
  if (style.detail == Detail::kFull) {
    put_incidents(screen, brief);
    put_findings(screen, brief);
    put_weaknesses(screen, brief);
    put_coverage(screen, report, brief);
    put_not_judged(screen, report);
    put_footprint(screen, report);
  }
  return screen.take();
}

}  // namespace genba::render
