// SPDX-License-Identifier: Apache-2.0
#include "model/tables/logins.h"
#include "render/json_writer.h"
#include "render/log_words.h"
#include "render/logs.h"

namespace genba::render {

namespace {

using model::Language;

void write_number(JsonWriter& json, std::string_view key, int64_t number) {
  json.key(key);
  json.integer(number);
}

void write_time(JsonWriter& json, std::string_view key,
                const std::optional<base::Timestamp>& time) {
  if (time) {
    json.key(key);
    json.time(*time);
  }
}

void write_group(JsonWriter& json, std::string_view by, std::string_view others,
                 const AttemptGroup& group) {
  json.begin_object();
  json.member("type", "attempts_by");
  json.member("by", by);
  json.member("name", group.name);
  write_number(json, "attempts", group.attempts);
  write_number(json, others, group.others);
  write_time(json, "first", group.first);
  write_time(json, "last", group.last);
  if (by == "address") {
    write_number(json, "accepted", group.accepted);
  }
  json.end_object();
}

void write_attempts(JsonWriter& json, const LogBrief& brief) {
  json.begin_object();
  json.member("type", "attempts");
  write_number(json, "attempts", brief.attempts);
  write_number(json, "addresses", brief.addresses);
  write_number(json, "networks", brief.networks);
  write_number(json, "names", brief.names);
  write_time(json, "first", brief.first_attempt);
  write_time(json, "last", brief.last_attempt);
  json.key("over_time");
  json.begin_array();
  for (const AttemptsInTime& piece : brief.over_time) {
    json.begin_object();
    write_time(json, "from", piece.from);
    write_number(json, "attempts", piece.attempts);
    write_number(json, "logins", piece.logins);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

// A row of a small table, absent cells left out.
template <class Row>
void write_row(JsonWriter& json, std::string_view type, const Row& row) {
  json.begin_object();
  json.member("type", type);
  for (const model::ColumnInfo& column : model::TableOf<Row>::info().columns) {
    const model::Value value = column.get(&row);
    if (!std::holds_alternative<std::monostate>(value)) {
      json.key(column.name);
      json.cell(value, column.type);
    }
  }
  json.end_object();
}

void write_deed(JsonWriter& json, const Deed& deed, Language language) {
  json.begin_object();
  json.member("type", "deed");
  write_time(json, "time", deed.time);
  json.member("certainty", deed.certainty);
  json.member("action", deed.action);
  const auto member = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) {
      json.member(key, text);
    }
  };
  member("username", deed.who);
  member("target", deed.target);
  member("what", deed.what);
  json.member("path", deed.path);
  if (deed.line) {
    write_number(json, "line", *deed.line);
  }
  write_number(json, "count", deed.count);
  json.member("says", deed_words(deed, language));
  json.end_object();
}

}  // namespace

std::string render_logs_json(const Report& report, const LogBrief& brief, Language language) {
  std::string out;
  const auto line = [&out](const auto& write) {
    JsonWriter json(out);
    write(json);
    out += '\n';
  };
  line([&](JsonWriter& json) { write_attempts(json, brief); });
  for (const AttemptGroup& group : brief.by_address) {
    line([&](JsonWriter& json) { write_group(json, "address", "names", group); });
  }
  for (const AttemptGroup& group : brief.by_network) {
    line([&](JsonWriter& json) { write_group(json, "network", "addresses", group); });
  }
  for (const AttemptGroup& group : brief.by_name) {
    line([&](JsonWriter& json) { write_group(json, "name", "addresses", group); });
  }
  for (const model::Login& login : brief.logins) {
    line([&](JsonWriter& json) { write_row(json, "login", login); });
  }
  for (const Deed& deed : brief.deeds) {
    line([&](JsonWriter& json) { write_deed(json, deed, language); });
  }
  for (const model::LogAnomaly& anomaly : brief.anomalies) {
    line([&](JsonWriter& json) { write_row(json, "anomaly", anomaly); });
  }
  return render_json_lines(report, language, out);
}

}  // namespace genba::render
