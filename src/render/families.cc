// SPDX-License-Identifier: Apache-2.0
#include "render/families.h"

#include <map>
#include <tuple>

#include "fmt/format.h"

namespace genba::render {

namespace {

using model::Finding;
using model::Language;

constexpr size_t kMaxPids = 10;
constexpr int64_t kNanosecondsInSecond = 1'000'000'000;

std::string text_of(const model::Subject& subject, std::string_view key) {
  const model::OwnedValue* value = subject.find(key);
  return value == nullptr ? std::string()
                          : cell_text(*value, model::ColumnType::kText, Language::kEnglish);
}

std::string path_of(const Finding& finding) {
  for (const auto& subject : finding.subjects) {
    if (subject.kind == "process") {
      return text_of(subject, "path");
    }
  }
  return {};
}

void add_member(Family& family, const Finding& finding) {
  family.members.push_back(&finding);
  for (const auto& subject : finding.subjects) {
    if (subject.kind != "process") {
      continue;
    }
    std::string pid = text_of(subject, "pid");
    if (!pid.empty() && text_of(subject, "path") == family.path &&
        family.known_pids.insert(pid).second) {
      family.pids.push_back(std::move(pid));
    }
  }
}

std::string pid_list(const Family& family, Language language) {
  std::string out;
  for (size_t i = 0; i < family.pids.size() && i < kMaxPids; ++i) {
    out += out.empty() ? "" : word(Word::kComma, language);
    out += family.pids[i];
  }
  if (family.pids.size() > kMaxPids) {
    out += word(Word::kComma, language);
    out += fill(Word::kAndMore, language, {with_commas(family.pids.size() - kMaxPids)});
  }
  return out;
}

// A finding about processes speaks of them in its own sentence; the file's moment is told apart.
using MomentKey = std::tuple<int64_t, std::string_view, std::string, std::string_view>;

}  // namespace

std::vector<Family> families_of(const std::vector<const Finding*>& findings) {
  using Key = std::tuple<std::string_view, std::string_view, model::About, model::Severity,
                         model::Confidence, std::string>;
  std::vector<Family> families;
  std::map<Key, size_t> known;
  for (const Finding* finding : findings) {
    std::string path = path_of(*finding);
    size_t index = families.size();
    if (!path.empty()) {
      index = known
                  .try_emplace(Key{finding->area, finding->rule, finding->about, finding->severity,
                                   finding->confidence, path},
                               index)
                  .first->second;
    }
    if (index == families.size()) {
      families.emplace_back().path = std::move(path);
    }
    add_member(families[index], *finding);
  }
  return families;
}

std::string processes_line(const Family& family, Language language) {
  if (family.members.size() < 2 || family.pids.empty()) {
    return {};
  }
  return fill(Word::kFamily, language,
              {with_commas(family.pids.size()), pid_list(family, language)});
}

std::vector<Moment> moments_of(const Brief& brief, const model::Incident& incident,
                               Language language) {
  std::vector<Moment> moments;
  std::vector<Family> families;
  std::map<MomentKey, size_t> known;
  for (const auto& event : incident.story) {
    const auto found = brief.by_id.find(event.finding);
    const Finding* finding = found == brief.by_id.end() ? nullptr : found->second;
    std::string path = finding == nullptr ? std::string() : path_of(*finding);
    if (!path.empty()) {
      const bool own = event.says.en == finding->says.en;
      const MomentKey key{event.time.nanoseconds / kNanosecondsInSecond, finding->rule, path,
                          own ? std::string_view() : std::string_view(event.says.en)};
      const auto [at, is_new] = known.try_emplace(key, moments.size());
      if (!is_new) {
        Family& family = families[at->second];
        add_member(family, *finding);
        if (own && family.pids.size() > 1) {
          moments[at->second].says =
              fill(Word::kFamilyMoment, language,
                   {with_commas(family.pids.size()), path, pid_list(family, language),
                    one_line(finding->title.in(language))});
        }
        continue;
      }
    }
    moments.push_back({event.time, one_line(event.says.in(language))});
    families.emplace_back().path = path;
    if (finding != nullptr) {
      add_member(families.back(), *finding);
    }
  }
  return moments;
}

}  // namespace genba::render
