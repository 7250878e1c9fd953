// SPDX-License-Identifier: Apache-2.0
#include "render/gaps.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "model/tables/host_info.h"
#include "render/coverage_words.h"

namespace genba::render {

namespace {

using model::Coverage;
using model::Language;

constexpr std::string_view kRunAsRoot = "run as root";
constexpr std::string_view kEvenToRoot = "refused by the kernel even to root";
constexpr std::string_view kDeep = "--deep";

// In the order in which they are told.
enum class Cause : uint8_t { kRefused, kTime, kFailed, kRefusedToRoot, kLeftOut, kUnsupported };
constexpr std::array kCauseWords = {Word::kGapRefused, Word::kGapTime,
                                    Word::kGapFailed,  Word::kGapRefusedToRoot,
                                    Word::kGapLeftOut, Word::kGapUnsupported};

bool was_root(const Report& report) {
  return host_fact(report, "euid", Language::kEnglish) == "0";
}

Cause cause_of(const Coverage& row, bool root) {
  const std::string_view remedy = row.remedy ? std::string_view(*row.remedy) : std::string_view();
  if (row.area == "case") {
    return Cause::kFailed;  // a log that was cut or altered is damage, whatever counts
  }
  if (row.status == "unsupported") {
    return Cause::kUnsupported;
  }
  if (remedy.find(kDeep) != std::string_view::npos) {
    return Cause::kTime;
  }
  if (row.denied > 0 || remedy == kRunAsRoot) {
    // A tree has no euid; the collectors have told whether root was refused.
    const bool even_root =
        root || (row.reason && row.reason->find(kEvenToRoot) != std::string::npos);
    return even_root ? Cause::kRefusedToRoot : Cause::kRefused;
  }
  return row.failed > 0 || row.status == "failed" ? Cause::kFailed : Cause::kLeftOut;
}

bool sees_only_a_container(const Report& report) {
  const auto& hosts = report.facts->read<model::HostInfo>();
  return !hosts.empty() && hosts.front().is_container.value_or(false);
}

// "Rules: 20 applied, 25 need a running host."; empty when all were applied.
std::string rules_sentence(const model::Judgement& judgement, Language language) {
  if (judgement.not_judged.empty()) {
    return {};
  }
  size_t need_host = 0;
  size_t lack_facts = 0;
  for (const model::NotJudged& rule : judgement.not_judged) {
    need_host += rule.reason == "not_applicable" ? 1 : 0;
    lack_facts += rule.reason == "not_read" ? 1 : 0;
  }
  const std::pair<Word, size_t> counts[] = {
      {Word::kRulesApplied, judgement.rules_applied},
      {Word::kRulesNeedHost, need_host},
      {Word::kRulesLackFacts, lack_facts},
      {Word::kRulesFailed, judgement.not_judged.size() - need_host - lack_facts}};
  std::string parts;
  for (const auto& [which, count] : counts) {
    if (count > 0 || which == Word::kRulesApplied) {
      parts += parts.empty() ? "" : word(Word::kComma, language);
      parts += fill(which, language, {with_commas(count)});
    }
  }
  return fill(Word::kRules, language, {parts});
}

}  // namespace

std::vector<std::string> limits_of_view(const Report& report, Language language) {
  std::vector<std::string> limits;
  if (sees_only_a_container(report)) {
    limits.emplace_back(word(Word::kContainerYes, language));
  }
  if (std::string rules = rules_sentence(*report.judgement, language); !rules.empty()) {
    limits.push_back(std::move(rules));
  }
  return limits;
}

std::string_view case_warning(const Report& report, Language language) {
  switch (report.run.case_state) {
    case CaseState::kNone:
    case CaseState::kSealed: return {};
    case CaseState::kCut: return word(Word::kCaseCut, language);
    case CaseState::kAltered: return word(Word::kCaseAltered, language);
  }
  return {};
}

std::string gaps_sentence(const Report& report, const Brief& brief, Language language) {
  if (brief.gaps.empty()) {
    return std::string(word(Word::kAllRead, language));
  }
  const bool root = was_root(report);
  std::array<size_t, kCauseWords.size()> counts{};
  for (const Coverage* row : brief.gaps) {
    ++counts[static_cast<size_t>(cause_of(*row, root))];
  }
  std::string causes;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) {
      causes += causes.empty() ? "" : word(Word::kComma, language);
      causes += fill(kCauseWords[i], language, {with_commas(counts[i])});
    }
  }
  return fill(Word::kGapsByCause, language,
              {with_commas(brief.gaps.size()), with_commas(brief.sources_asked), causes});
}

void sort_gaps(std::vector<const Coverage*>& gaps, const Report& report) {
  const bool root = was_root(report);
  std::stable_sort(gaps.begin(), gaps.end(), [root](const Coverage* a, const Coverage* b) {
    return std::pair(cause_of(*a, root), a->status == "partial") <
           std::pair(cause_of(*b, root), b->status == "partial");
  });
}

std::string coverage_reason(const Coverage& row, Language language) {
  return row.reason ? coverage_text(*row.reason, language) : std::string();
}

std::string coverage_remedy(const Coverage& row, const Report& report, Language language) {
  if (!row.remedy || (*row.remedy == kRunAsRoot && was_root(report))) {
    return {};
  }
  return coverage_text(*row.remedy, language);
}

}  // namespace genba::render
