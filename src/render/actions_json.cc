// SPDX-License-Identifier: Apache-2.0
#include "render/actions.h"
#include "render/json_writer.h"

namespace genba::render {

namespace {

using model::Action;
using model::ActionLog;
using model::ActionState;
using model::ActionTime;

void add_time(JsonWriter& json, std::string_view name, const ActionTime& time) {
  json.key(name);
  json.begin_object();
  json.key("time");
  json.time(time.utc);
  json.optional_member("boot_id", time.boot_id);
  json.key("since_boot");
  json.integer(time.since_boot);
  json.end_object();
}

// The text as it was journaled: another program parses it, or not.
void add_state(JsonWriter& json, std::string_view name, const ActionState& state) {
  if (state.empty()) {
    return;
  }
  json.key(name);
  json.begin_object();
  json.optional_member("text", state.text);
  json.optional_member("sha256", state.sha256);
  json.end_object();
}

void add_action(JsonWriter& json, const Action& action) {
  json.begin_object();
  json.member("type", "action");
  json.integer_member("id", action.id);
  json.member("verb", action.verb);
  json.optional_member("subject", action.subject);
  json.member("effect", model::to_string(action.effect));
  json.member("outcome", model::to_string(action.outcome));
  add_time(json, "began", action.began);
  if (action.ended) {
    add_time(json, "ended", *action.ended);
  }
  json.key("uid");
  json.integer(action.actor.uid);
  if (action.actor.loginuid) {
    json.key("loginuid");
    json.integer(*action.actor.loginuid);
  }
  json.optional_member("tty", action.actor.tty);
  json.optional_member("address", action.actor.address);
  json.optional_member("why", action.why);
  json.optional_member("plan_sha256", action.plan_sha256);
  add_state(json, "before", action.before);
  add_state(json, "after", action.after);
  json.optional_member("detail", action.detail);
  json.key("proven_chain");
  json.boolean(action.proven);
  json.end_object();
}

void add_in_force(JsonWriter& json, const ActionLog& log, const model::InForce& each) {
  const Action* action = log.find(each.established_by);
  json.begin_object();
  json.member("type", "in_force");
  json.member("subject", each.subject);
  json.integer_member("action", each.established_by);
  json.key("of_this_boot");
  json.boolean(each.of_this_boot);
  add_state(json, "state", each.state);
  json.key("proven_chain");
  json.boolean(action != nullptr && action->proven);
  json.end_object();
}

void add_note(JsonWriter& json, const base::Note& note) {
  json.begin_object();
  json.member("type", "note");
  json.member("source", note.source);
  json.integer_member("offset", note.offset);
  json.integer_member("bytes", note.bytes);
  json.member("reason", note.reason);
  json.end_object();
}

// One line of its own for each object.
template <class Add>
void add_line(std::string& out, Add add) {
  JsonWriter json(out);
  add(json);
  out += '\n';
}

void add_journal(JsonWriter& json, const ActionLog& log) {
  json.begin_object();
  json.member("type", "journal");
  json.member("host", log.host);
  json.member("version", log.version);
  add_time(json, "began", log.began);
  json.end_object();
}

void add_summary(JsonWriter& json, const ActionLog& log) {
  json.begin_object();
  json.member("type", "summary");
  json.integer_member("actions", log.actions.size());
  json.integer_member("in_force", log.in_force.size());
  json.key("open");
  json.begin_array();
  for (const uint64_t id : log.open) {
    json.integer(id);
  }
  json.end_array();
  json.integer_member("lines", log.lines);
  json.member("chain", log.chain);
  json.key("altered");
  json.boolean(log.altered);
  json.key("headless");
  json.boolean(log.headless);
  json.end_object();
}

void add_check(JsonWriter& json, const LogCheck& check) {
  json.begin_object();
  json.member("type", "log");
  json.member("name", check.name);
  json.member("state", to_string(check.state));
  json.key("holds");
  json.boolean(check.holds());
  json.integer_member("lines", check.lines);
  json.member("chain", check.chain);
  json.integer_member("objects", check.objects);
  json.integer_member("objects_wrong", check.objects_wrong);
  json.end_object();
}

}  // namespace

std::string render_actions_json(const ActionLog& log) {
  std::string out;
  add_line(out, [&](JsonWriter& json) { add_journal(json, log); });
  for (const Action& action : log.actions) {
    add_line(out, [&](JsonWriter& json) { add_action(json, action); });
  }
  for (const model::InForce& each : log.in_force) {
    add_line(out, [&](JsonWriter& json) { add_in_force(json, log, each); });
  }
  for (const base::Note& note : log.notes) {
    add_line(out, [&](JsonWriter& json) { add_note(json, note); });
  }
  add_line(out, [&](JsonWriter& json) { add_summary(json, log); });
  return out;
}

std::string render_checks_json(const std::vector<LogCheck>& checks) {
  std::string out;
  bool holds = true;
  for (const LogCheck& check : checks) {
    add_line(out, [&](JsonWriter& json) { add_check(json, check); });
    for (const base::Note& note : check.notes) {
      add_line(out, [&](JsonWriter& json) { add_note(json, note); });
    }
    holds = holds && check.holds();
  }
  add_line(out, [&](JsonWriter& json) {
    json.begin_object();
    json.member("type", "summary");
    json.key("holds");
    json.boolean(holds);
    json.end_object();
  });
  return out;
}

}  // namespace genba::render
