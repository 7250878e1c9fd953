// SPDX-License-Identifier: Apache-2.0
//
// See row_finding.h.
#include "judge/row_finding.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "judge/sql_scan.h"
#include "judge/words.h"

namespace genba::judge {
namespace {

using model::Field;

constexpr int64_t kDay = 86'400'000'000'000;
/// 2000-01-01. Kernel and package files of an image may carry 1970 or 1980; no intrusion does.
constexpr int64_t kEarliest = 946'684'800'000'000'000;
/// A finding keeps the first rows about its subjects; more of them say nothing new.
constexpr size_t kMaxEvidence = 8;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_birth(std::string_view column) {
  return column == "btime" || ends_with(column, "_btime");
}

bool is_change(std::string_view column) {
  return column == "ctime" || ends_with(column, "_ctime");
}

/// Columns that hold when something happened, and not only what a file claims of itself (mtime).
bool is_event(std::string_view column) {
  constexpr std::array<std::string_view, 4> kEvents = {"start_time", "from_time", "to_time",
                                                       "time"};
  return is_birth(column) || is_change(column) ||
         std::find(kEvents.begin(), kEvents.end(), column) != kEvents.end();
}

/// A time that SQL computed (min(ctime) AS first_ctime) has lost its column's type.
bool is_named_like_a_time(std::string_view column) {
  return ends_with(column, "time") || ends_with(column, "_at");
}

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
    return field.key == name && !std::holds_alternative<std::monostate>(field.value);
  });
  return found == fields.end() ? nullptr : &*found;
}

const std::string* text_of(const std::vector<Field>& fields, std::string_view name) {
  const Field* field = find_field(fields, name);
  return field == nullptr ? nullptr : std::get_if<std::string>(&field->value);
}

model::Text filled(const model::Text& text, std::span<const Field> cells) {
  return {fill_text(text.en, cells, model::Language::kEnglish),
          fill_text(text.ja, cells, model::Language::kJapanese)};
}

/// Columns that speak to the judge are not evidence.
bool is_for_the_judge(std::string_view column) {
  return column == "severity" || column == "confidence" || column == "view";
}

/// A row is about its first subject: one of a process is a row of processes, with columns beside it
/// that were counted in other tables.
std::string evidence_table_of(const Rule& rule, const std::set<std::string>& tables) {
  const bool of_process = !rule.subjects.empty() && rule.subjects.front().kind == "process";
  return of_process && tables.count("processes") > 0 ? std::string("processes")
                                                     : main_table(rule.query, tables);
}

}  // namespace

RowFinder::RowFinder(const Rule& rule, const std::vector<store::ResultColumn>& columns,
                     const std::set<std::string>& tables, std::optional<base::Timestamp> now)
    : rule_(rule),
      columns_(columns),
      evidence_table_(evidence_table_of(rule, tables)),
      latest_(now ? base::Timestamp{now->nanoseconds + kDay}
                  : base::Timestamp{std::numeric_limits<int64_t>::max()}) {}

std::vector<Field> RowFinder::fields_of(std::span<const model::Value> row) const {
  std::vector<Field> fields;
  fields.reserve(row.size());
  for (size_t i = 0; i < row.size() && i < columns_.size(); ++i) {
    Field field{columns_[i].name, {}, columns_[i].type};
    if (const auto* number = std::get_if<int64_t>(&row[i])) {
      field.value = *number;
      if (field.type == model::ColumnType::kText || field.type == model::ColumnType::kInteger) {
        field.type = is_named_like_a_time(field.key) && *number >= kEarliest
                         ? model::ColumnType::kTimestamp
                         : model::ColumnType::kInteger;
      }
    } else if (const auto* real = std::get_if<double>(&row[i])) {
      field.value = *real;
      field.type = model::ColumnType::kReal;
    } else if (const auto* text = std::get_if<std::string_view>(&row[i])) {
      field.value = std::string(*text);
      field.type = model::ColumnType::kText;
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::vector<model::Subject> RowFinder::subjects_of(const std::vector<Field>& fields) const {
  std::vector<model::Subject> subjects;
  for (const SubjectTemplate& wanted : rule_.subjects) {
    const auto& kinds = model::subject_kinds();
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(),
                     [&](const model::SubjectKind& known) { return known.kind == wanted.kind; });
    if (kind == kinds.end()) {
      continue;
    }
    model::Subject subject{wanted.kind, {}};
    for (const std::string_view key : kind->keys) {
      for (const SubjectBinding& binding : wanted.bindings) {
        const Field* field = binding.key == key ? find_field(fields, binding.column) : nullptr;
        if (field != nullptr) {
          subject.fields.push_back({std::string(key), field->value, field->type});
        }
      }
    }
    // Without its first key the row does not say which one it is about.
    const std::string_view first = kind->keys.front();
    if (first.empty() || subject.find(first) != nullptr) {
      subjects.push_back(std::move(subject));
    }
  }
  if (subjects.empty()) {
    subjects.push_back({"host", {}});
  }
  return subjects;
}

bool RowFinder::is_plausible(const Field& field) const {
  const auto* time = std::get_if<int64_t>(&field.value);
  return time != nullptr && *time >= kEarliest && *time <= latest_.nanoseconds;
}

void RowFinder::set_times(const std::vector<Field>& fields, model::Finding& finding) const {
  const auto named = [&](std::string_view name) -> std::optional<base::Timestamp> {
    const Field* field = find_field(fields, name);
    return field != nullptr && is_plausible(*field)
               ? std::optional(base::Timestamp{std::get<int64_t>(field->value)})
               : std::nullopt;
  };
  const std::optional<base::Timestamp> named_from = named("from_time");
  const std::optional<base::Timestamp> named_to = named("to_time");
  std::optional<int64_t> newest_change;
  for (const Field& field : fields) {
    if (is_change(field.key) && is_plausible(field)) {
      newest_change = std::max(newest_change.value_or(0), std::get<int64_t>(field.value));
    }
  }
  for (const Field& field : fields) {
    if (!is_event(field.key) || !is_plausible(field)) {
      continue;
    }
    const base::Timestamp time{std::get<int64_t>(field.value)};
    // A birth long before the change tells when the file was made, not when it became what it is:
    // an authorized_keys of 2019 with yesterday's key.
    if (is_birth(field.key) && newest_change && *newest_change - time.nanoseconds > kDay) {
      continue;
    }
    finding.from = finding.from ? std::min(*finding.from, time) : time;
    finding.to = finding.to ? std::max(*finding.to, time) : time;
  }
  if (named_from) {
    finding.from = named_from;
    finding.to = named_to ? std::max(*named_from, *named_to) : *named_from;
  }
}

model::Finding RowFinder::finding_of(std::vector<Field> fields,
                                     std::vector<model::Subject> subjects) const {
  model::Finding finding;
  finding.rule = rule_.id;
  finding.area = rule_.area;
  finding.about = rule_.about;
  finding.severity = rule_.severity;
  finding.confidence = rule_.confidence;
  if (const std::string* text = text_of(fields, "severity")) {
    finding.severity =
        std::min(rule_.severity, model::parse_severity(*text).value_or(rule_.severity));
  }
  if (const std::string* text = text_of(fields, "confidence")) {
    finding.confidence =
        std::min(rule_.confidence, model::parse_confidence(*text).value_or(rule_.confidence));
  }
  std::vector<Field> words = fields;
  for (const RuleValue& value : rule_.values) {
    words.push_back({value.name, value.value, model::ColumnType::kText});
  }
  finding.title = filled(rule_.title, words);
  finding.says = filled(rule_.says, words);
  for (const model::Text& text : rule_.advice) {
    if (!has_cells(text.en, words)) {
      continue;
    }
    finding.advice.push_back(filled(text, words));
  }
  for (const std::string& command : rule_.next) {
    if (auto line = fill_command(command, words)) {
      finding.next.push_back(*std::move(line));
    }
  }
  finding.attack = rule_.attack;
  finding.why = filled(rule_.why, words);
  finding.benign = filled(rule_.benign, words);
  set_times(fields, finding);
  finding.subjects = std::move(subjects);
  finding.id = model::finding_id(rule_.id, finding.subjects);

  model::Evidence evidence;
  evidence.table = evidence_table_;
  if (const std::string* view = text_of(fields, "view")) {
    evidence.view = *view;
  }
  for (Field& field : fields) {
    if (!is_for_the_judge(field.key)) {
      evidence.row.push_back(std::move(field));
    }
  }
  finding.evidence.push_back(std::move(evidence));
  return finding;
}

void merge_into(model::Finding& finding, model::Finding other) {
  if (other.from) {
    finding.from = finding.from ? std::min(*finding.from, *other.from) : *other.from;
  }
  if (other.to) {
    finding.to = finding.to ? std::max(*finding.to, *other.to) : *other.to;
  }
  finding.severity = std::max(finding.severity, other.severity);
  finding.confidence = std::max(finding.confidence, other.confidence);
  for (model::Evidence& evidence : other.evidence) {
    if (finding.evidence.size() < kMaxEvidence) {
      finding.evidence.push_back(std::move(evidence));
    }
  }
}

}  // namespace genba::judge
