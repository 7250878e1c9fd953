// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "render/bans.h"
#include "render/json_writer.h"

namespace genba::render {

namespace {

using model::BanNote;
using model::BanStep;
using model::Language;

void number_or_null(JsonWriter& json, std::string_view name, const std::optional<uint64_t>& value) {
  json.key(name);
  value ? json.integer(*value) : json.null();
}

void time_or_null(JsonWriter& json, std::string_view name,
                  const std::optional<base::Timestamp>& time) {
  json.key(name);
  time ? json.time(*time) : json.null();
}

// Seconds, rounded up; null for a ban that stays.
void remaining(JsonWriter& json, const std::optional<std::chrono::milliseconds>& left) {
  json.key("remaining_seconds");
  if (left) {
    json.integer(int64_t{std::chrono::ceil<std::chrono::seconds>(*left).count()});
  } else {
    json.null();
  }
}

void add_notes(JsonWriter& json, const std::vector<BanNote>& notes, Language language) {
  json.key("notes");
  json.begin_array();
  for (const BanNote& note : notes) {
    json.begin_object();
    json.member("id", note.id);
    json.member("says", note.text.in(language));
    json.end_object();
  }
  json.end_array();
}

void add_note_line(std::string& out, const BanNote& note, Language language) {
  add_json_line(out, "note", [&](JsonWriter& json) {
    json.member("id", note.id);
    json.member("says", note.text.in(language));
  });
}

void add_step(JsonWriter& json, const BanStep& step, Language language) {
  json.member("network", model::to_cidr(step.network));
  json.member("asked", step.asked);
  json.boolean_member("widened", step.widened);
  json.member("fate", model::to_string(step.fate));
  json.key("seconds");
  if (step.length) {
    json.integer(int64_t{step.length->count()});
  } else {
    json.null();
  }
  time_or_null(json, "until", step.until);
  json.integer_member("times_before", step.times_before);
  json.boolean_member("escalated", step.escalated);
  json.key("replaces");
  json.begin_array();
  for (const base::Network& network : step.replaces) {
    json.string(model::to_cidr(network));
  }
  json.end_array();
  if (step.cover) {
    json.key("covered_by");
    json.begin_object();
    json.member("network", model::to_cidr(step.cover->network));
    remaining(json, step.cover->remaining);
    json.end_object();
  }
  json.boolean_member("force_helps", step.force_helps);
  add_notes(json, step.notes, language);
}

void add_cut(JsonWriter& json, const model::FlowCut& cut, Language language) {
  number_or_null(json, "sockets", cut.sockets);
  number_or_null(json, "tracked", cut.tracked);
  json.key("not_possible");
  json.begin_array();
  for (const model::Text& text : cut.not_possible) {
    json.string(text.in(language));
  }
  json.end_array();
}

void add_summary(JsonWriter& json, const model::BanReport& report) {
  std::map<std::string_view, uint64_t> fates;
  for (const BanStep& step : report.steps) {
    ++fates[model::to_string(step.fate)];
  }
  json.key("networks");
  json.begin_object();
  for (const auto& [fate, count] : fates) {
    json.integer_member(fate, count);
  }
  json.end_object();
  json.boolean_member("holds_all", report.holds_all());
  json.integer_member("standing", report.standing);
  json.boolean_member("table_removed", report.table_removed);
  json.key("commit_microseconds");
  json.integer(int64_t{report.commit.count()});
  json.member("chain", report.journal_chain);
  if (!report.error.empty()) {
    json.member("error", report.error);
  }
}

}  // namespace

std::string render_ban_report_json(const model::BanReport& report, Language language) {
  std::string out;
  for (const BanStep& step : report.steps) {
    add_json_line(out, "ban", [&](JsonWriter& json) { add_step(json, step, language); });
  }
  add_json_line(out, "cut", [&](JsonWriter& json) { add_cut(json, report.cut, language); });
  for (const BanNote& note : report.warnings) {
    add_note_line(out, note, language);
  }
  add_json_line(out, "summary", [&](JsonWriter& json) { add_summary(json, report); });
  return out;
}

std::string render_bans_json(const model::BanListing& listing, Language language) {
  std::string out;
  for (const model::ListedBan& listed : listing.bans) {
    add_json_line(out, "ban", [&](JsonWriter& json) {
      json.member("network", model::to_cidr(listed.ban.network));
      remaining(json, listed.ban.remaining);
      number_or_null(json, "packets", listed.ban.packets);
      number_or_null(json, "action", listed.action);
      time_or_null(json, "since", listed.since);
      json.member("why", listed.why);
    });
  }
  for (const model::LostBan& lost : listing.lost) {
    add_json_line(out, "lost", [&](JsonWriter& json) {
      json.member("network", model::to_cidr(lost.network));
      json.member("cause", model::to_string(lost.cause));
      time_or_null(json, "until", lost.until);
      json.integer_member("action", lost.action);
      json.member("why", lost.why);
    });
  }
  for (const BanNote& note : listing.notes) {
    add_note_line(out, note, language);
  }
  add_json_line(out, "summary", [&](JsonWriter& json) {
    json.integer_member("bans", listing.bans.size());
    json.integer_member("lost", listing.lost.size());
    number_or_null(json, "packets", listing.packets_dropped);
  });
  return out;
}

}  // namespace genba::render
