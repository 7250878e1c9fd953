// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "fmt/format.h"
#include "render/families.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

using model::Finding;

constexpr size_t kIncidentsBudget = 500'000;
constexpr size_t kFindingsBudget = 1'100'000;
constexpr size_t kWeaknessesBudget = 300'000;
constexpr size_t kMaxStory = 100;
constexpr size_t kMaxEvidence = 5;
constexpr size_t kMaxFields = 24;
constexpr size_t kMaxSubjects = 12;
constexpr size_t kMaxNames = 50;

void write_badge(Page& page, model::Severity severity) {
  page.element("span", page.say(word_of(severity)), "class=\"badge\"");
}

void write_times(Page& page, const std::optional<base::Timestamp>& from,
                 const std::optional<base::Timestamp>& to) {
  if (!from) {
    page.text(page.say(Word::kTimeUnknown));
  } else if (!to || *to == *from) {
    page.text(base::to_display(*from));
  } else {
    page.text(page.say(Word::kSinceUntil, {base::to_display(*from), base::to_display(*to)}));
  }
}

void write_pair(Page& page, Word label, std::string_view value) {
  page.element("span", page.say(Word::kLabelled, {page.say(label), value}), "", kCellBytes);
}

void write_incident(Page& page, const Brief& brief, const model::Incident& incident) {
  page.markup(fmt::format("<article class=\"{}\">\n<h3>", Page::css_class(incident.severity)));
  write_badge(page, incident.severity);
  write_times(page, incident.from, incident.to);
  page.markup("</h3>\n");
  page.element("p", incident.says.in(page.language()));
  page.markup("<p class=\"meta\">");
  write_pair(page, Word::kConfidence, page.say(word_of(incident.confidence)));
  page.element("span", incident.id);
  page.markup("</p>\n");
  const auto& story = incident.story;
  if (!story.empty()) {
    page.element("h4", page.say(Word::kStory));
    page.markup("<ol class=\"story\">\n");
    size_t shown = 0;
    for (; shown < story.size() && shown < kMaxStory && !page.full(); ++shown) {
      page.markup("<li><time>");
      page.text(base::to_display(story[shown].time));
      page.markup("</time>");
      page.text(story[shown].says.in(page.language()));
      page.markup("</li>\n");
    }
    page.markup("</ol>\n");
    page.showing(shown, story.size());
  }
  // The worst incident's advice stands in "What to do now" already.
  if (!incident.advice.empty() && &incident != brief.incidents.front()) {
    page.element("h4", page.say(Word::kAdvice));
    page.markup("<ol class=\"steps\">\n");
    for (size_t i = 0; i < incident.advice.size() && !page.full(); ++i) {
      page.element("li", page.as_started(incident.advice[i].in(page.language())));
    }
    page.markup("</ol>\n");
  }
  const auto families = families_of(findings_of(brief, incident));
  page.element("h4", page.say(Word::kFindings));
  page.markup("<ul>\n");
  size_t shown = 0;
  for (; shown < families.size() && shown < kMaxNames && !page.full(); ++shown) {
    const Finding& finding = *families[shown].members.front();
    page.markup("<li><a href=\"#");
    page.text(finding.id);
    page.markup("\">");
    page.text(finding.title.in(page.language()));
    page.markup("</a>");
    const std::string processes = processes_line(families[shown], page.language());
    page.text(processes.empty() ? "" : " " + processes);
    page.markup("</li>\n");
  }
  page.markup("</ul>\n");
  page.showing(shown, families.size());
  page.markup("</article>\n");
}

void write_evidence(Page& page, const model::Evidence& evidence) {
  page.markup("<div class=\"scroll\" tabindex=\"0\"><table class=\"evidence\"><caption>");
  std::string source = evidence.table;
  if (!evidence.view.empty()) {
    source += " / " + evidence.view;
  }
  page.text(page.say(Word::kEvidenceFrom, {source}));
  page.markup("</caption><tbody>\n");
  size_t shown = 0;
  size_t left_out = 0;
  for (const auto& field : evidence.row) {
    const std::string value = cell_text(field.value, field.type, page.language());
    if (value.empty()) {
      continue;
    }
    if (shown == kMaxFields) {
      ++left_out;
      continue;
    }
    ++shown;
    page.markup("<tr><th scope=\"row\">");
    page.text(field.key);
    page.markup("</th><td><code>");
    page.text(value);
    page.markup("</code></td></tr>\n");
  }
  page.markup("</tbody></table></div>\n");
  if (left_out > 0) {
    page.note(page.say(Word::kMoreFields, {with_commas(left_out)}));
  }
}

void write_prose(Page& page, Word label, std::string_view prose) {
  if (!prose.empty()) {
    page.element("h4", page.say(label));
    page.element("p", prose);
  }
}

// What all members are about, each thing once.
void write_subjects(Page& page, const Family& family) {
  std::vector<const model::Subject*> subjects;
  std::set<std::string> seen;
  for (const Finding* finding : family.members) {
    for (const auto& subject : finding->subjects) {
      if (seen.insert(subject.identity()).second) {
        subjects.push_back(&subject);
      }
    }
  }
  if (subjects.empty()) {
    return;
  }
  page.element("h4", page.say(Word::kSubjects));
  page.markup("<ul>\n");
  for (size_t i = 0; i < subjects.size() && i < kMaxSubjects; ++i) {
    page.markup("<li>");
    page.text(kind_word(subjects[i]->kind, page.language()));
    page.markup(" <code>");
    page.text(subject_line(*subjects[i]));
    page.markup("</code></li>\n");
  }
  page.markup("</ul>\n");
  page.showing(std::min(kMaxSubjects, subjects.size()), subjects.size());
}

void write_family(Page& page, const Family& family, std::string_view heading) {
  const Finding& finding = *family.members.front();
  const model::Language language = page.language();
  page.markup(fmt::format("<article class=\"{}\" id=\"", Page::css_class(finding.severity)));
  page.text(finding.id);
  page.markup(fmt::format("\">\n<{}>", heading));
  write_badge(page, finding.severity);
  page.text(finding.title.in(language));
  page.markup(fmt::format("</{}>\n", heading));
  if (const std::string processes = processes_line(family, language); !processes.empty()) {
    page.element("p", processes);
  }
  page.element("p", finding.says.in(language));
  page.markup("<p class=\"meta\">");
  write_pair(page, Word::kConfidence, page.say(word_of(finding.confidence)));
  write_pair(page, Word::kRule, finding.area + "/" + finding.rule);
  std::string attack;
  for (const auto& technique : finding.attack) {
    attack += (attack.empty() ? "" : " ") + technique;
  }
  if (!attack.empty()) {
    write_pair(page, Word::kAttack, attack);
  }
  if (finding.from) {
    page.markup("<span>");
    write_times(page, finding.from, finding.to);
    page.markup("</span>");
  }
  page.element("span", finding.id);
  page.markup("</p>\n");
  write_prose(page, Word::kWhy, finding.why.in(language));
  write_prose(page, Word::kBenign, finding.benign.in(language));
  write_subjects(page, family);
  for (size_t i = 0; i < finding.evidence.size() && i < kMaxEvidence; ++i) {
    write_evidence(page, finding.evidence[i]);
  }
  if (finding.evidence.size() > kMaxEvidence) {
    page.note(page.say(Word::kMoreEvidence, {with_commas(finding.evidence.size() - kMaxEvidence)}));
  }
  if (!finding.next.empty()) {
    page.element("h4", page.say(Word::kNext));
    page.markup("<ul class=\"commands\">\n");
    for (size_t i = 0; i < finding.next.size() && i < kMaxSubjects; ++i) {
      page.markup("<li><code>");
      page.prose(page.as_started(finding.next[i]));
      page.markup("</code></li>\n");
    }
    page.markup("</ul>\n");
  }
  page.markup("</article>\n");
}

}  // namespace

void write_incidents(Page& page, const Brief& brief) {
  if (brief.incidents.empty()) {
    return;
  }
  page.open_section("incidents", Word::kIncidents, kIncidentsBudget);
  size_t shown = 0;
  for (; shown < brief.incidents.size() && !page.full(); ++shown) {
    write_incident(page, brief, *brief.incidents[shown]);
  }
  page.showing(shown, brief.incidents.size());
  page.close_section();
}

void write_findings(Page& page, const Brief& brief) {
  if (brief.intrusions.empty()) {
    return;
  }
  page.open_section("findings", Word::kFindings, kFindingsBudget);
  const auto families = families_of(brief.intrusions);
  size_t shown = 0;
  std::optional<model::Severity> group;
  for (; shown < families.size() && !page.full(); ++shown) {
    const model::Severity severity = families[shown].members.front()->severity;
    if (group != severity) {
      group = severity;
      page.element("h3", page.say(Word::kLabelled,
                                  {page.say(Word::kSeverity), page.say(word_of(severity))}));
    }
    write_family(page, families[shown], "h4");
  }
  page.showing(shown, families.size());
  page.close_section();
}

void write_weaknesses(Page& page, const Brief& brief) {
  if (brief.weaknesses.empty()) {
    return;
  }
  page.open_section("weaknesses", Word::kWeaknesses, kWeaknessesBudget);
  page.note(page.say(Word::kWeaknessesMean));
  const auto families = families_of(brief.weaknesses);
  size_t shown = 0;
  for (; shown < families.size() && !page.full(); ++shown) {
    write_family(page, families[shown], "h3");
  }
  page.showing(shown, families.size());
  page.close_section();
}

}  // namespace genba::render
