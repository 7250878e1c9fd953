// SPDX-License-Identifier: Apache-2.0
//
// What judging makes of facts: findings, incidents that tell several findings as one story, and
// the verdict. These are the public interface of `triage --json`; keys never change their meaning.
// Covered by finding_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/value.h"

namespace genba::model {

enum class Language : uint8_t { kEnglish, kJapanese };

/// A text for people in both languages.
struct Text {
  std::string en;
  std::string ja;
  const std::string& in(Language language) const {
    return language == Language::kJapanese ? ja : en;
  }
};

/// How bad a finding is if it is true, least first.
enum class Severity : uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };
/// How sure the rule is, least first.
enum class Confidence : uint8_t { kHint, kLikely, kProven };
/// A visitor, or an open door.
enum class About : uint8_t { kIntrusion, kWeakness };
/// The answer of a run. kCouldNotLook: nothing useful was read, so nothing can be said.
enum class Verdict : uint8_t { kCouldNotLook, kNothingFound, kSuspicious, kCompromised };

/// Stable lower-case names: info low medium high critical; hint likely proven; intrusion weakness;
/// could_not_look "nothing found" suspicious compromised.
std::string_view to_string(Severity severity);
std::string_view to_string(Confidence confidence);
std::string_view to_string(About about);
std::string_view to_string(Verdict verdict);
std::optional<Severity> parse_severity(std::string_view name);
std::optional<Confidence> parse_confidence(std::string_view name);
std::optional<About> parse_about(std::string_view name);

/// A key and its cell, with the type that tells how to print it (timestamps).
struct Field {
  std::string key;
  OwnedValue value;
  ColumnType type = ColumnType::kText;
};

/// A thing that a finding is about. Kinds and keys are listed in subject_kinds().
struct Subject {
  std::string kind;
  std::vector<Field> fields;

  /// The field's cell, or nullptr when it has none.
  const OwnedValue* find(std::string_view key) const;
  /// Canonical text of kind and identifying keys; equal for the same thing.
  std::string identity() const;
};

/// A subject kind of the contract: its keys, and how many of them (from the front) identify it.
struct SubjectKind {
  std::string_view kind;
  std::array<std::string_view, 5> keys;  ///< unused ones are empty
  size_t identifying;
};
const std::vector<SubjectKind>& subject_kinds();

/// The row of facts that made the rule speak.
struct Evidence {
  std::string table;
  std::string view;  ///< empty when the table has one view only
  std::vector<Field> row;
};

struct Finding {
  std::string id;  ///< "f-" and 16 hex digits over rule and subjects; the same from run to run
  std::string rule;
  std::string area;
  About about = About::kIntrusion;
  Severity severity = Severity::kInfo;
  Confidence confidence = Confidence::kHint;
  Text title;
  Text says;  ///< one sentence with the values in it
  std::vector<std::string> attack;
  std::vector<Subject> subjects;
  std::vector<Evidence> evidence;
  Text why;
  Text benign;
  std::vector<std::string> next;        ///< command lines of this very binary
  std::vector<Text> advice;             ///< what a person should do, in order
  std::optional<base::Timestamp> from;  ///< earliest time that its evidence names
  std::optional<base::Timestamp> to;
};

/// The finding's id from its rule and subjects.
std::string finding_id(std::string_view rule, const std::vector<Subject>& subjects);

/// What a finding about something that starts programs blames: the table that holds such entries,
/// and the file that the entry stands in (the first file among the subjects; the others are what it
/// starts). Nothing for any other finding.
struct StartUpEntry {
  std::string_view table;
  std::string path;
};
std::optional<StartUpEntry> start_up_entry(const Finding& finding);

/// One moment of an incident's story.
struct StoryEvent {
  base::Timestamp time;
  Text says;
  std::string finding;  ///< id
};

/// Findings that share a process, file, address or user, told as one story in time order.
struct Incident {
  std::string id;  ///< "i-" and 16 hex digits over its findings' ids
  std::optional<base::Timestamp> from;
  std::optional<base::Timestamp> to;
  Severity severity = Severity::kInfo;
  Confidence confidence = Confidence::kHint;
  std::vector<std::string> findings;  ///< ids, most severe first
  std::vector<StoryEvent> story;
  Text says;  ///< two or three sentences: what, since when, by which programs, accounts, addresses
  std::vector<Text> advice;  ///< what to do about it, in order
};

/// A rule that could not be applied, and why.
struct NotJudged {
  std::string rule;
  std::string area;
  Text title;
  std::string table;   ///< the table that was not read; empty for the other reasons
  std::string reason;  ///< not_read, not_applicable (a tree), "too slow", or "failed: words"
};

/// Everything that judging said.
struct Judgement {
  Verdict verdict = Verdict::kNothingFound;
  std::vector<Finding> findings;  ///< most severe first
  std::vector<Incident> incidents;
  std::vector<NotJudged> not_judged;
  size_t rules_applied = 0;
};

/// Only intrusion findings of medium or above count (docs/architecture.md, Verdict).
Verdict verdict_of(const std::vector<Finding>& findings);

}  // namespace genba::model
