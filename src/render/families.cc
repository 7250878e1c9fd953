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

}  // namespace genba::render
