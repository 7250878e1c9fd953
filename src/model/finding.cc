// SPDX-License-Identifier: Apache-2.0
#include "model/finding.h"

#include <algorithm>
#include <span>

#include "base/digest.h"
#include "fmt/format.h"

namespace genba::model {

namespace {

constexpr std::string_view kSeverities[] = {"info", "low", "medium", "high", "critical"};
constexpr std::string_view kConfidences[] = {"hint", "likely", "proven"};
constexpr std::string_view kAbouts[] = {"intrusion", "weakness"};
constexpr std::string_view kVerdicts[] = {"could_not_look", "nothing found", "suspicious",
                                          "compromised"};

// 64 bits of the digest: a billion findings before two are likely to share an id.
constexpr size_t kIdDigits = 16;

template <class Enum>
std::optional<Enum> parse_name(std::span<const std::string_view> names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt
                              : std::optional(static_cast<Enum>(found - names.begin()));
}

std::string canonical(const OwnedValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return *text;
  }
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return fmt::to_string(*number);
  }
  return fmt::to_string(std::get<double>(value));
}

// The length goes first, so that no value can look like the start of the next key.
void append_key(std::string& out, std::string_view key, const OwnedValue* value) {
  if (value == nullptr || std::holds_alternative<std::monostate>(*value)) {
    out += fmt::format(" {}=-", key);
    return;
  }
  const std::string text = canonical(*value);
  out += fmt::format(" {}={}:{}", key, text.size(), text);
}

}  // namespace

std::string_view to_string(Severity severity) {
  return kSeverities[static_cast<size_t>(severity)];
}
std::string_view to_string(Confidence confidence) {
  return kConfidences[static_cast<size_t>(confidence)];
}
std::string_view to_string(About about) {
  return kAbouts[static_cast<size_t>(about)];
}
std::string_view to_string(Verdict verdict) {
  return kVerdicts[static_cast<size_t>(verdict)];
}

std::optional<Severity> parse_severity(std::string_view name) {
  return parse_name<Severity>(kSeverities, name);
}
std::optional<Confidence> parse_confidence(std::string_view name) {
  return parse_name<Confidence>(kConfidences, name);
}
std::optional<About> parse_about(std::string_view name) {
  return parse_name<About>(kAbouts, name);
}

const std::vector<SubjectKind>& subject_kinds() {
  static const std::vector<SubjectKind> kKinds = {
      {"process", {"pid", "start_time", "path"}, 2},
      {"file", {"path"}, 1},
      {"socket", {"protocol", "local_address", "local_port", "remote_address", "remote_port"}, 5},
      {"user", {"username", "uid"}, 1},
      {"key", {"fingerprint", "path"}, 2},
      {"module", {"name"}, 1},
      {"bpf_program", {"id"}, 1},
      {"package", {"name"}, 1},
      {"log", {"path", "line"}, 2},
      {"address", {"ip"}, 1},
      {"mount", {"path"}, 1},
      {"host", {}, 0},
  };
  return kKinds;
}

const OwnedValue* Subject::find(std::string_view key) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [key](const auto& field) { return field.key == key; });
  return found == fields.end() ? nullptr : &found->value;
}

std::string Subject::identity() const {
  std::string out = kind;
  const auto& kinds = subject_kinds();
  const auto known = std::find_if(kinds.begin(), kinds.end(),
                                  [this](const SubjectKind& each) { return each.kind == kind; });
  if (known == kinds.end()) {
    for (const auto& field : fields) {
      append_key(out, field.key, &field.value);
    }
    return out;
  }
  for (size_t i = 0; i < known->identifying; ++i) {
    append_key(out, known->keys[i], find(known->keys[i]));
  }
  return out;
}

std::string finding_id(std::string_view rule, const std::vector<Subject>& subjects) {
  base::Sha256 digest;
  digest.add(rule);
  for (const Subject& subject : subjects) {
    digest.add("\n");
    digest.add(subject.identity());
  }
  return "f-" + digest.hex().substr(0, kIdDigits);
}

std::optional<StartUpEntry> start_up_entry(const Finding& finding) {
  constexpr std::string_view kTables[] = {"crontab", "systemd_units", "systemd_unit_commands",
                                          "startup_items"};
  if (finding.evidence.empty()) {
    return std::nullopt;
  }
  const Evidence& evidence = finding.evidence.front();
  const auto* table = std::find(std::begin(kTables), std::end(kTables), evidence.table);
  if (table == std::end(kTables)) {
    return std::nullopt;
  }
  const auto text_of = [](const OwnedValue* value) {
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
    return text == nullptr ? std::string() : *text;
  };
  for (const Subject& subject : finding.subjects) {
    if (subject.kind == "file") {
      return StartUpEntry{*table, text_of(subject.find("path"))};
    }
  }
  for (const std::string_view column : {"source", "fragment_path", "path"}) {
    for (const Field& field : evidence.row) {
      if (field.key == column && std::holds_alternative<std::string>(field.value)) {
        return StartUpEntry{*table, text_of(&field.value)};
      }
    }
  }
  return StartUpEntry{*table, {}};
}

Verdict verdict_of(const std::vector<Finding>& findings) {
  Verdict verdict = Verdict::kNothingFound;
  for (const Finding& finding : findings) {
    if (finding.about != About::kIntrusion || finding.severity < Severity::kMedium) {
      continue;
    }
    verdict = std::max(verdict, finding.confidence == Confidence::kProven ? Verdict::kCompromised
                                                                          : Verdict::kSuspicious);
  }
  return verdict;
}

}  // namespace genba::model
