// SPDX-License-Identifier: Apache-2.0
#include "render/gaps.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"
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

}  // namespace

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
  return row.reason ? coverage_text(one_line(*row.reason), language) : std::string();
}

std::string coverage_remedy(const Coverage& row, const Report& report, Language language) {
  if (!row.remedy || (*row.remedy == kRunAsRoot && was_root(report))) {
    return {};
  }
  return coverage_text(one_line(*row.remedy), language);
}

}  // namespace genba::render
