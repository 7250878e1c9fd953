// SPDX-License-Identifier: Apache-2.0
#include "render/brief.h"

#include <algorithm>
#include <array>
#include <set>

#include "fmt/format.h"
#include "model/tables/host_info.h"
#include "model/tables/processes.h"
#include "render/families.h"
#include "render/gaps.h"
#include "render/json_writer.h"

namespace genba::render {

namespace {

using model::Finding;
using model::Language;

void count_coverage(Brief& brief, const Report& report) {
  for (const auto& row : report.facts->read<model::Coverage>()) {
    if (row.status == "not_applicable") {
      continue;
    }
    ++brief.sources_asked;
    if (row.seen > 0) {
      ++brief.sources_read;
    }
    if (row.status != "complete") {
      brief.gaps.push_back(&row);
    }
  }
  sort_gaps(brief.gaps, report);
}

// The rank of what moves the verdict; findings keep the judge's order within it.
bool worse(const model::Incident* a, const model::Incident* b) {
  return std::pair(a->severity, a->confidence) > std::pair(b->severity, b->confidence);
}

std::string text_of(const model::Subject& subject, std::string_view key) {
  const model::OwnedValue* value = subject.find(key);
  if (value == nullptr) {
    return {};
  }
  return cell_text(*value, model::ColumnType::kText, Language::kEnglish);
}

// The parts that are not empty, with single spaces between them.
std::string join(std::initializer_list<std::string> parts) {
  std::string out;
  for (const auto& part : parts) {
    if (!part.empty()) {
      out += out.empty() ? "" : " ";
      out += part;
    }
  }
  return out;
}

std::string socket_line(const model::Subject& subject) {
  std::string line = join({text_of(subject, "protocol"), endpoint(text_of(subject, "local_address"),
                                                                  text_of(subject, "local_port"))});
  const std::string remote =
      endpoint(text_of(subject, "remote_address"), text_of(subject, "remote_port"));
  if (!remote.empty()) {
    line += " -> " + remote;
  }
  return line;
}

void add_advice(const Brief& brief, Language language, std::vector<Step>& steps) {
  if (brief.incidents.empty()) {
    return;
  }
  for (const auto& advice : brief.incidents.front()->advice) {
    steps.push_back({Step::Kind::kSentence, advice.in(language)});
  }
}

// A family of processes is asked about once; each finding holds all of its commands.
void add_commands(const Brief& brief, std::vector<Step>& steps) {
  std::set<std::string> seen;
  for (const Family& family : families_of(leading_findings(brief))) {
    const auto& next = family.members.front()->next;
    if (!next.empty() && seen.insert(next.front()).second) {
      steps.push_back({Step::Kind::kCommand, next.front()});
    }
  }
}

bool mentions(const std::vector<Step>& steps, std::string_view text) {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const Step& step) { return step.text.find(text) != std::string::npos; });
}

}  // namespace

Brief make_brief(const Report& report) {
  Brief brief;
  brief.live = report.run.source.rfind("live", 0) == 0;
  for (const auto& finding : report.judgement->findings) {
    brief.by_id.emplace(finding.id, &finding);
    (finding.about == model::About::kWeakness ? brief.weaknesses : brief.intrusions)
        .push_back(&finding);
  }
  const auto more_severe = [](const Finding* a, const Finding* b) {
    return std::pair(a->severity, a->confidence) > std::pair(b->severity, b->confidence);
  };
  std::stable_sort(brief.intrusions.begin(), brief.intrusions.end(), more_severe);
  std::stable_sort(brief.weaknesses.begin(), brief.weaknesses.end(), more_severe);
  for (const auto& incident : report.judgement->incidents) {
    brief.incidents.push_back(&incident);
  }
  std::stable_sort(brief.incidents.begin(), brief.incidents.end(), worse);
  count_coverage(brief, report);
  return brief;
}

std::vector<const Finding*> findings_of(const Brief& brief, const model::Incident& incident) {
  std::vector<const Finding*> findings;
  for (const auto& id : incident.findings) {
    const auto found = brief.by_id.find(id);
    if (found != brief.by_id.end()) {
      findings.push_back(found->second);
    }
  }
  return findings;
}

std::vector<const Finding*> leading_findings(const Brief& brief) {
  if (!brief.incidents.empty()) {
    return findings_of(brief, *brief.incidents.front());
  }
  std::vector<const Finding*> leading;
  for (const Finding* finding : brief.intrusions) {
    if (finding->severity >= model::Severity::kMedium) {
      leading.push_back(finding);
    }
  }
  return leading;
}

std::string subject_line(const model::Subject& subject) {
  if (subject.kind == "process") {
    return join({text_of(subject, "pid"), text_of(subject, "path")});
  }
  if (subject.kind == "socket") {
    return socket_line(subject);
  }
  if (subject.kind == "user") {
    const std::string uid = text_of(subject, "uid");
    return join({text_of(subject, "username"), uid.empty() ? "" : "(uid " + uid + ")"});
  }
  if (subject.kind == "key") {
    return join({text_of(subject, "path"), text_of(subject, "fingerprint")});
  }
  if (subject.kind == "log") {
    return endpoint(text_of(subject, "path"), text_of(subject, "line"));
  }
  std::string line;
  for (const auto& field : subject.fields) {
    line = join({line, cell_text(field.value, field.type, Language::kEnglish)});
  }
  return line.empty() ? subject.kind : line;
}

std::vector<Word> first_steps_of(const Brief& brief, const Report& report) {
  // A case holds processes when it was taken from a running host.
  const bool running = brief.live || report.facts->has(model::tables::processes());
  const bool kept = !brief.live || report.run.command.find("--save") != std::string::npos;
  std::vector<Word> steps = {!running ? Word::kStepKeepDisk
                             : kept   ? Word::kStepKept
                                      : Word::kStepKeep};
  const auto leading = leading_findings(brief);
  const auto sure = [](const Finding* f) { return f->confidence > model::Confidence::kHint; };
  if (std::none_of(leading.begin(), leading.end(), sure)) {
    steps.push_back(Word::kStepAsk);
  }
  if (running) {
    steps.push_back(Word::kStepProvider);
    if (std::any_of(leading.begin(), leading.end(),
                    [](const Finding* f) { return model::start_up_entry(*f).has_value(); })) {
      steps.push_back(Word::kStepStartup);
    }
  }
  steps.push_back(Word::kStepSecrets);
  steps.push_back(Word::kStepRebuild);
  steps.resize(3);
  return steps;
}

std::vector<Step> steps_of(const Brief& brief, const Report& report, Language language) {
  std::vector<Step> steps;
  add_advice(brief, language, steps);
  add_commands(brief, steps);
  const bool kept = report.run.command.find("--save") != std::string::npos || !brief.live;
  if (report.judgement->verdict > model::Verdict::kNothingFound && !kept &&
      !mentions(steps, "--save")) {
    steps.insert(steps.begin(),
                 {Step::Kind::kSentence, std::string(word(Word::kKeepEvidence, language))});
  }
  return steps;
}

std::string cell_text(const model::Value& value, model::ColumnType type, Language language) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    if (type == model::ColumnType::kTimestamp) {
      return base::to_display({*number});
    }
    if (type == model::ColumnType::kBoolean) {
      return std::string(word(*number != 0 ? Word::kYes : Word::kNo, language));
    }
    return fmt::format("{}", *number);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return fmt::format("{:.1f}", *real);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return std::string(*text);
  }
  return {};
}

std::string cell_text(const model::OwnedValue& value, model::ColumnType type, Language language) {
  return cell_text(model::borrow(value), type, language);
}

std::string endpoint(std::string_view address, std::string_view port) {
  if (address.empty() && port.empty()) {
    return {};
  }
  const bool ipv6 = address.find(':') != std::string_view::npos && address.front() != '/';
  std::string out = ipv6 && !port.empty() ? fmt::format("[{}]", address) : std::string(address);
  if (!port.empty()) {
    out += ':';
    out += port;
  }
  return out;
}

std::string with_commas(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string byte_size(uint64_t bytes) {
  constexpr std::string_view kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) {
    return fmt::format("{} B", bytes);
  }
  double size = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  while (size >= 999.95 && unit + 1 < std::size(kUnits)) {
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string severity_counts(const std::vector<const Finding*>& findings, Language language) {
  std::array<size_t, 5> counts{};
  for (const Finding* finding : findings) {
    ++counts[static_cast<size_t>(finding->severity)];
  }
  std::string out;
  for (size_t i = counts.size(); i-- > 0;) {
    if (counts[i] == 0) {
      continue;
    }
    const std::string_view name = word(word_of(static_cast<model::Severity>(i)), language);
    if (language == Language::kJapanese) {
      out += fmt::format("{}{}{}件", out.empty() ? "" : "、", name, counts[i]);
    } else {
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", counts[i], name);
    }
  }
  return out.empty() ? std::string(word(Word::kNoFindings, language)) : out;
}

std::string host_fact(const Report& report, std::string_view name, Language language) {
  const auto& table = model::TableOf<model::HostInfo>::info();
  const model::RowStore* store = report.facts->find(table);
  const int column = table.column_index(name);
  if (store == nullptr || store->size() == 0 || column < 0) {
    return {};
  }
  const auto index = static_cast<size_t>(column);
  return cell_text(store->cell(0, index), table.columns[index].type, language);
}

}  // namespace genba::render
