// SPDX-License-Identifier: Apache-2.0
//
// Which rows of the facts do findings name? By the subjects' keys, intrusion findings only.
#include <algorithm>

#include "render/html_parts.h"

namespace genba::render {

namespace {

template <class Key>
void raise(std::map<Key, model::Severity, std::less<>>& marks, const Key& key,
           model::Severity severity) {
  auto& mark = marks.try_emplace(key, severity).first->second;
  mark = std::max(mark, severity);
}

void raise_text(std::map<std::string, model::Severity, std::less<>>& marks,
                const model::Subject& subject, std::string_view key, model::Severity severity) {
  const model::OwnedValue* value = subject.find(key);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  if (text != nullptr && !text->empty()) {
    raise(marks, *text, severity);
  }
}

void mark_subject(Marks& marks, const model::Subject& subject, model::Severity severity) {
  if (subject.kind == "process") {
    const model::OwnedValue* pid = subject.find("pid");
    const auto* number = pid == nullptr ? nullptr : std::get_if<int64_t>(pid);
    if (number != nullptr) {
      auto& mark = marks.pids.try_emplace(*number, severity).first->second;
      mark = std::max(mark, severity);
    }
  } else if (subject.kind == "file") {
    raise_text(marks.paths, subject, "path", severity);
  } else if (subject.kind == "user") {
    raise_text(marks.users, subject, "username", severity);
  } else if (subject.kind == "key") {
    raise_text(marks.fingerprints, subject, "fingerprint", severity);
  } else if (subject.kind == "address") {
    raise_text(marks.addresses, subject, "ip", severity);
  }
}

}  // namespace

Marks marks_of(const Report& report) {
  Marks marks;
  for (const auto& finding : report.judgement->findings) {
    if (finding.about != model::About::kIntrusion) {
      continue;
    }
    for (const auto& subject : finding.subjects) {
      mark_subject(marks, subject, finding.severity);
    }
  }
  return marks;
}

std::optional<model::Severity> Marks::path(std::string_view path) const {
  const auto found = paths.find(path);
  return found == paths.end() ? std::nullopt : std::optional(found->second);
}

std::optional<model::Severity> Marks::path_if(const std::optional<std::string>& which) const {
  return which ? path(*which) : std::nullopt;
}

}  // namespace genba::render
