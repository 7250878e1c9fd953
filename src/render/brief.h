// SPDX-License-Identifier: Apache-2.0
//
// What both the terminal and the page need to know of a report before they lay it out: which
// findings count, which incident is the worst, whom it names, what to do first, what could not be
// read. Pure; all texts are raw and still to be escaped. Covered by brief_test.cc.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/tables/coverage.h"
#include "render/report.h"
#include "render/words.h"

namespace genba::render {

/// One thing to do: a sentence for a person, or a command line of this binary.
struct Step {
  enum class Kind : uint8_t { kSentence, kCommand } kind = Kind::kSentence;
  std::string text;
};

/// A report, put in order. Pointers lead into the report, which must outlive it.
struct Brief {
  std::vector<const model::Finding*> intrusions;  ///< most severe first
  std::vector<const model::Finding*> weaknesses;
  std::vector<const model::Incident*> incidents;  ///< worst first
  std::map<std::string_view, const model::Finding*> by_id;
  std::vector<const model::Coverage*> gaps;  ///< asked for, but not read or only in part
  size_t sources_read = 0;
  size_t sources_asked = 0;  ///< without those that do not apply to this kind of host
  bool live = true;
};

Brief make_brief(const Report& report);

/// The findings that an incident tells, those that exist, in its order.
std::vector<const model::Finding*> findings_of(const Brief& brief, const model::Incident& incident);

/// The findings that the first screen speaks about: those of the worst incident, else all that
/// could move the verdict, else none.
std::vector<const model::Finding*> leading_findings(const Brief& brief);

/// A subject in one line: "4242 /usr/bin/cd", "tcp 10.0.0.1:44 -> 203.0.113.9:443".
std::string subject_line(const model::Subject& subject);

/// The three steps that cannot wait, for the first screen: each one short sentence.
std::vector<Word> first_steps_of(const Brief& brief, const Report& report);

/// Everything to do: keep the evidence, the worst incident's advice, then its findings' commands.
std::vector<Step> steps_of(const Brief& brief, const Report& report, model::Language language);

/// A cell for people: times as "2026-11-21 03:12:09 UTC", booleans as words. Raw, not escaped.
std::string cell_text(const model::Value& value, model::ColumnType type, model::Language language);
std::string cell_text(const model::OwnedValue& value, model::ColumnType type,
                      model::Language language);

/// "address:port", an IPv6 address in brackets.
std::string endpoint(std::string_view address, std::string_view port);

/// "12,345".
std::string with_commas(uint64_t number);
/// "1.4 GB", in powers of 1000.
std::string byte_size(uint64_t bytes);

/// "2 critical, 1 low" over the findings; Word::kNoFindings when there are none.
std::string severity_counts(const std::vector<const model::Finding*>& findings,
                            model::Language language);

/// Value of the column `name` in the only row of host_info; empty when absent.
std::string host_fact(const Report& report, std::string_view name, model::Language language);

}  // namespace genba::render
