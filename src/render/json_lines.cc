// SPDX-License-Identifier: Apache-2.0
//
// `triage --json`: host, findings, incidents, coverage, rules not judged, summary, one JSON object
// a line. Keys are the public interface and never change their meaning; absent is left out. Covered
// by json_lines_test.cc against samples/compromised.en.jsonl and its siblings.
#include <array>

#include "model/tables/coverage.h"
#include "model/tables/host_info.h"
#include "render/json_writer.h"
#include "render/report.h"

namespace genba::render {

namespace {

using model::Language;

void write_row(JsonWriter& json, const model::RowStore& store, const model::TableInfo& table,
               size_t row) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const model::Value value = store.cell(row, i);
    if (!std::holds_alternative<std::monostate>(value)) {
      json.key(table.columns[i].name);
      json.cell(value, table.columns[i].type);
    }
  }
}

void write_fields(JsonWriter& json, const std::vector<model::Field>& fields) {
  for (const auto& field : fields) {
    if (!std::holds_alternative<std::monostate>(field.value)) {
      json.key(field.key);
      json.cell(field.value, field.type);
    }
  }
}

void write_strings(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key);
  json.begin_array();
  for (const auto& text : texts) {
    json.string(text);
  }
  json.end_array();
}

void write_times(JsonWriter& json, const std::optional<base::Timestamp>& from,
                 const std::optional<base::Timestamp>& to) {
  if (from) {
    json.key("from");
    json.time(*from);
  }
  if (to) {
    json.key("to");
    json.time(*to);
  }
}

void write_host(JsonWriter& json, const Report& report) {
  json.begin_object();
  json.member("type", "host");
  json.member("genba", report.run.version);
  json.member("command", report.run.command);
  json.member("source", report.run.source);
  json.key("started");
  json.time(report.run.started);
  const auto& table = model::TableOf<model::HostInfo>::info();
  const model::RowStore* store = report.facts->find(table);
  if (store != nullptr && store->size() > 0) {
    write_row(json, *store, table, 0);
  }
  json.end_object();
}

void write_evidence(JsonWriter& json, const model::Evidence& evidence) {
  json.begin_object();
  json.member("table", evidence.table);
  if (!evidence.view.empty()) {
    json.member("view", evidence.view);
  }
  json.key("row");
  json.begin_object();
  write_fields(json, evidence.row);
  json.end_object();
  json.end_object();
}

void write_finding(JsonWriter& json, const model::Finding& finding, Language language) {
  json.begin_object();
  json.member("type", "finding");
  json.member("id", finding.id);
  json.member("about", to_string(finding.about));
  json.member("rule", finding.rule);
  json.member("area", finding.area);
  json.member("severity", to_string(finding.severity));
  json.member("confidence", to_string(finding.confidence));
  json.member("title", finding.title.in(language));
  json.member("says", finding.says.in(language));
  write_strings(json, "attack", finding.attack);
  json.key("subjects");
  json.begin_array();
  for (const auto& subject : finding.subjects) {
    json.begin_object();
    json.member("kind", subject.kind);
    write_fields(json, subject.fields);
    json.end_object();
  }
  json.end_array();
  json.key("evidence");
  json.begin_array();
  for (const auto& evidence : finding.evidence) {
    write_evidence(json, evidence);
  }
  json.end_array();
  write_times(json, finding.from, finding.to);
  json.member("why", finding.why.in(language));
  json.member("benign", finding.benign.in(language));
  write_strings(json, "next", finding.next);
  json.end_object();
}

void write_incident(JsonWriter& json, const model::Incident& incident, Language language) {
  json.begin_object();
  json.member("type", "incident");
  json.member("id", incident.id);
  write_times(json, incident.from, incident.to);
  json.member("severity", to_string(incident.severity));
  json.member("confidence", to_string(incident.confidence));
  write_strings(json, "findings", incident.findings);
  json.member("says", incident.says.in(language));
  json.key("story");
  json.begin_array();
  for (const auto& event : incident.story) {
    json.begin_object();
    json.key("time");
    json.time(event.time);
    json.member("says", event.says.in(language));
    json.member("finding", event.finding);
    json.end_object();
  }
  json.end_array();
  json.key("advice");
  json.begin_array();
  for (const auto& advice : incident.advice) {
    json.string(advice.in(language));
  }
  json.end_array();
  json.end_object();
}

void write_not_judged(JsonWriter& json, const model::NotJudged& rule, Language language) {
  json.begin_object();
  json.member("type", "not_judged");
  json.member("rule", rule.rule);
  json.member("area", rule.area);
  json.member("title", rule.title.in(language));
  json.member("table", rule.table);
  json.member("reason", rule.reason);
  json.end_object();
}

void write_number(JsonWriter& json, std::string_view key, uint64_t number) {
  json.key(key);
  json.integer(number);
}

void write_finding_counts(JsonWriter& json, const std::vector<model::Finding>& findings) {
  std::array<uint64_t, 5> by_severity{};
  std::array<uint64_t, 2> by_about{};
  for (const auto& finding : findings) {
    ++by_severity[static_cast<size_t>(finding.severity)];
    ++by_about[static_cast<size_t>(finding.about)];
  }
  json.begin_object();
  for (size_t i = by_severity.size(); i-- > 0;) {
    write_number(json, to_string(static_cast<model::Severity>(i)), by_severity[i]);
  }
  for (size_t i = 0; i < by_about.size(); ++i) {
    write_number(json, to_string(static_cast<model::About>(i)), by_about[i]);
  }
  json.end_object();
}

void write_footprint(JsonWriter& json, const RunFigures& run) {
  json.begin_object();
  write_number(json, "files_opened", run.files_opened);
  write_number(json, "directories_read", run.directories_read);
  write_number(json, "bytes_read", run.bytes_read);
  write_number(json, "bytes_written", run.bytes_written);
  write_number(json, "files_with_moved_access_time", run.files_with_moved_access_time);
  write_number(json, "helpers_started", run.helpers_started);
  write_number(json, "helpers_abandoned", run.helpers_abandoned);
  write_number(json, "peak_memory_bytes", run.peak_memory_bytes);
  json.end_object();
}

std::string_view name_of(CaseState state) {
  switch (state) {
    case CaseState::kNone: return {};
    case CaseState::kSealed: return "sealed";
    case CaseState::kCut: return "cut";
    case CaseState::kAltered: return "altered";
  }
  return {};
}

void write_summary(JsonWriter& json, const Report& report) {
  const model::Judgement& judgement = *report.judgement;
  json.begin_object();
  json.member("type", "summary");
  json.member("verdict", to_string(judgement.verdict));
  if (const std::string_view state = name_of(report.run.case_state); !state.empty()) {
    json.member("case", state);
  }
  json.key("findings");
  write_finding_counts(json, judgement.findings);
  write_number(json, "incidents", judgement.incidents.size());
  write_number(json, "rules_applied", judgement.rules_applied);
  write_number(json, "not_judged", judgement.not_judged.size());
  json.key("seconds");
  json.real(report.run.seconds);
  json.key("footprint");
  write_footprint(json, report.run);
  json.end_object();
}

}  // namespace

std::string render_json_lines(const Report& report, Language language,
                              std::string_view more_lines) {
  std::string out;
  const auto line = [&out](const auto& write) {
    JsonWriter json(out);
    write(json);
    out += '\n';
  };
  const model::Judgement& judgement = *report.judgement;
  line([&](JsonWriter& json) { write_host(json, report); });
  out += more_lines;
  for (const auto& finding : judgement.findings) {
    line([&](JsonWriter& json) { write_finding(json, finding, language); });
  }
  for (const auto& incident : judgement.incidents) {
    line([&](JsonWriter& json) { write_incident(json, incident, language); });
  }
  const auto& coverage = model::TableOf<model::Coverage>::info();
  const model::RowStore* store = report.facts->find(coverage);
  for (size_t row = 0; store != nullptr && row < store->size(); ++row) {
    line([&](JsonWriter& json) {
      json.begin_object();
      json.member("type", "coverage");
      write_row(json, *store, coverage, row);
      json.end_object();
    });
  }
  for (const auto& rule : judgement.not_judged) {
    line([&](JsonWriter& json) { write_not_judged(json, rule, language); });
  }
  line([&](JsonWriter& json) { write_summary(json, report); });
  return out;
}

}  // namespace genba::render
