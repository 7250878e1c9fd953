// SPDX-License-Identifier: Apache-2.0
//
// The terminal summary. The first screen (24 lines of 80 columns) answers what a tired person
// asks: is it bad, what happened, what do I do, what was not seen. Below it: incidents, findings,
// weaknesses, coverage, footprint. It never says that a host is clean. Covered by terminal_test.cc
// against samples/*.txt.
#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "render/brief.h"
#include "render/screen.h"
#include "render/terminal_parts.h"

namespace genba::render {

namespace {

using model::Language;

constexpr size_t kScreenLines = 24;

Paint paint_of(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::kCompromised: return Paint::kRed;
    case model::Verdict::kSuspicious: return Paint::kYellow;
    case model::Verdict::kNothingFound: return Paint::kBold;
  }
  return Paint::kBold;
}

void put_verdict(Screen& screen, const Report& report, const Brief& brief) {
  const Language language = screen.language();
  const model::Verdict verdict = report.judgement->verdict;
  screen.text(screen.pair(Word::kVerdict, screen.say(word_of(verdict))), 0, paint_of(verdict));
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

// As many of the things as fit on one line, and how many more there are.
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

void put_actors(Screen& screen, const Actors& actors) {
  size_t width = 0;
  for (const auto& [kind, things] : actors) {
    width = std::max(width, base::display_width(screen.say(kind)));
  }
  for (const auto& [kind, things] : actors) {
    const size_t room = screen.columns() - std::min(screen.columns() / 2, width + 4);
    screen.labelled_line(screen.say(kind), fitting(screen, things, room), 2, width);
  }
}

void put_story(Screen& screen, const Brief& brief) {
  const auto leading = leading_findings(brief);
  screen.heading(story_heading(screen, brief));
  if (!brief.incidents.empty()) {
    screen.text(one_line(brief.incidents.front()->says.in(screen.language())), 2, Paint::kPlain, 3);
  } else {
    for (size_t i = 0; i < leading.size() && i < 3; ++i) {
      screen.text(one_line(leading[i]->says.in(screen.language())), 2, Paint::kPlain, 1);
    }
  }
  put_actors(screen, actors_of(leading));
}

// Steps until `lines` lines are full; a step that does not fit whole is counted instead.
void put_steps(Screen& screen, const std::vector<Step>& steps, size_t lines) {
  screen.heading(screen.say(Word::kWhatToDo));
  if (steps.empty()) {
    screen.text(screen.say(Word::kNothingToDo), 2);
    return;
  }
  size_t used = 0;
  size_t number = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const bool sentence = steps[i].kind == Step::Kind::kSentence;
    const size_t height = sentence ? screen.height(steps[i].text, 5) : 1;
    const size_t reserve = i + 1 < steps.size() ? 1 : 0;
    if (i > 0 && used + height + reserve > lines) {
      screen.text(screen.say(Word::kMoreSteps, {with_commas(steps.size() - i)}), 5, Paint::kDim);
      return;
    }
    used += height;
    if (sentence) {
      screen.numbered(++number, steps[i].text, 2);
    } else {
      screen.command(steps[i].text, 5);
    }
  }
}

// The gaps in brief: how many, and the names of the first ones on `lines` lines.
void put_gaps(Screen& screen, const Report& report, const Brief& brief, size_t lines) {
  screen.heading(screen.say(Word::kNotLookedAt));
  if (!report.judgement->not_judged.empty()) {
    screen.text(
        screen.say(Word::kRulesNotJudgedCount, {with_commas(report.judgement->not_judged.size())}),
        2);
  }
  std::string names;
  for (const auto* gap : brief.gaps) {
    names += names.empty() ? "" : screen.say(Word::kComma);
    names += gap->subject;
  }
  const std::string text =
      names.empty()
          ? std::string(screen.say(Word::kAllRead))
          : screen.say(Word::kNotLookedAtCount,
                       {with_commas(brief.gaps.size()), with_commas(brief.sources_asked), names});
  screen.text(text, 2, Paint::kPlain, lines);
}

void put_nothing_found(Screen& screen, const Report& report, const Brief& brief) {
  const std::string sources = with_commas(brief.sources_read);
  const std::string rules = with_commas(report.judgement->rules_applied);
  screen.heading(screen.say(Word::kReach));
  screen.text(screen.say(brief.live ? Word::kReachLive : Word::kReachTree, {sources, rules}), 2);
  put_gaps(screen, report, brief, 8);
  screen.blank();
  screen.text(screen.say(brief.live ? Word::kLimit : Word::kLimitTree), 2);
}

void put_first_screen(Screen& screen, const Report& report, const Brief& brief) {
  put_verdict(screen, report, brief);
  if (report.judgement->verdict == model::Verdict::kNothingFound) {
    put_nothing_found(screen, report, brief);
    return;
  }
  put_story(screen, brief);
  // Before the steps come a blank line and a heading; behind them the same and three lines of gaps.
  const size_t others = screen.line_count() + 7;
  put_steps(screen, steps_of(brief, report, screen.language()),
            std::max<size_t>(kScreenLines > others ? kScreenLines - others : 0, 4));
  put_gaps(screen, report, brief, 2);
}

}  // namespace

std::string render_terminal(const Report& report, const TerminalStyle& style) {
  Screen screen(style);
  const Brief brief = make_brief(report);
  put_first_screen(screen, report, brief);
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
