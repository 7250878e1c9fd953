// SPDX-License-Identifier: Apache-2.0
#include "render/json_writer.h"
#include "render/stopping.h"

namespace genba::render {

namespace {

using model::FamilyProcess;
using model::StoppedProcess;

// An object of this type on a line of its own.
template <class Add>
void add_line(std::string& out, std::string_view type, Add add) {
  JsonWriter json(out);
  json.begin_object();
  json.member("type", type);
  add(json);
  json.end_object();
  out += '\n';
}

void text(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) {
    json.member(key, value);
  }
}

void number(JsonWriter& json, std::string_view key, uint64_t value) {
  json.key(key);
  json.integer(value);
}

void integer(JsonWriter& json, std::string_view key, int64_t value) {
  json.key(key);
  json.integer(value);
}

void flag(JsonWriter& json, std::string_view key, bool value) {
  json.key(key);
  json.boolean(value);
}

void strings(JsonWriter& json, std::string_view key, const std::vector<std::string>& values) {
  json.key(key);
  json.begin_array();
  for (const std::string& value : values) {
    json.string(value);
  }
  json.end_array();
}

void pids(JsonWriter& json, std::string_view key, const std::vector<int64_t>& values) {
  json.key(key);
  json.begin_array();
  for (const int64_t value : values) {
    json.integer(value);
  }
  json.end_array();
}

void processes(JsonWriter& json, std::string_view key, const std::vector<StoppedProcess>& all) {
  json.key(key);
  json.begin_array();
  for (const StoppedProcess& each : all) {
    json.begin_object();
    integer(json, "pid", each.pid);
    json.member("why", each.why);
    json.end_object();
  }
  json.end_array();
}

void family_process(JsonWriter& json, const FamilyProcess& process) {
  integer(json, "pid", process.pid);
  if (process.start_time) {
    json.key("start_time");
    json.time(*process.start_time);
  }
  text(json, "path", process.path);
  text(json, "cmdline", process.command);
  json.key("ties");
  json.begin_array();
  for (const model::FamilyLink& link : process.links) {
    json.begin_object();
    json.member("tie", link.tie);
    integer(json, "through", link.through);
    text(json, "detail", link.detail);
    json.end_object();
  }
  json.end_array();
  text(json, "why", process.why);
}

void respawner(JsonWriter& json, const model::Respawner& each, model::Language language) {
  json.member("kind", model::to_string(each.kind));
  json.member("confidence", model::to_string(each.confidence));
  json.member("source", each.source);
  if (each.line) {
    integer(json, "line", *each.line);
  }
  text(json, "what", each.what);
  json.member("says", each.says.in(language));
  json.member("counter", each.counter.in(language));
}

}  // namespace

std::string stop_plan_json(const model::StopPlan& plan, model::Language language) {
  std::string out;
  add_line(out, "plan", [&](JsonWriter& json) {
    json.member("verb", model::to_string(plan.verb));
    json.member("id", plan.id);
    json.member("target", plan.target.en);
    json.member("host", plan.host);
    json.member("version", plan.version);
    flag(json, "is_frozen", plan.is_frozen);
    number(json, "members", plan.members.size());
    text(json, "evidence", plan.evidence);
    json.member("journal", plan.journal);
    if (plan.memory_limit) {
      number(json, "memory_limit", *plan.memory_limit);
    }
    integer(json, "watch", plan.watch_seconds);
    json.key("notes");
    json.begin_array();
    for (const model::Text& note : plan.notes) {
      json.string(note.in(language));
    }
    json.end_array();
  });
  for (const FamilyProcess& each : plan.members) {
    add_line(out, "member", [&](JsonWriter& json) { family_process(json, each); });
  }
  for (const FamilyProcess& each : plan.left_out) {
    add_line(out, "left_out", [&](JsonWriter& json) { family_process(json, each); });
  }
  for (const model::Respawner& each : plan.respawners) {
    add_line(out, "respawner", [&](JsonWriter& json) { respawner(json, each, language); });
  }
  for (const model::Text& each : plan.not_looked_at) {
    add_line(out, "not_looked_at",
             [&](JsonWriter& json) { json.member("says", each.in(language)); });
  }
  return out;
}

std::string kept_json(const model::KeptEvidence& kept) {
  std::string out;
  add_line(out, "evidence", [&](JsonWriter& json) {
    json.member("directory", kept.directory);
    text(json, "chain", kept.chain);
    number(json, "processes", kept.processes);
    number(json, "executables", kept.executables);
    number(json, "contents", kept.contents);
    number(json, "bytes", kept.bytes);
    number(json, "memory_bytes", kept.memory_bytes);
    pids(json, "changed", kept.changed);
    json.key("in_part");
    json.begin_array();
    for (const model::KeptInPart& each : kept.in_part) {
      json.begin_object();
      json.member("source", each.source);
      json.member("why", each.why);
      json.end_object();
    }
    json.end_array();
  });
  return out;
}

std::string freeze_json(const model::FreezeTold& freeze) {
  std::string out;
  add_line(out, "freeze", [&](JsonWriter& json) {
    json.member("id", freeze.id);
    json.member("method", freeze.method);
    flag(json, "all_frozen", freeze.all_frozen);
    processes(json, "frozen", freeze.frozen);
    processes(json, "not_frozen", freeze.not_frozen);
    strings(json, "notes", freeze.notes);
    integer(json, "microseconds", freeze.microseconds);
  });
  return out;
}

std::string kill_json(const model::KillTold& kill) {
  std::string out;
  add_line(out, "kill", [&](JsonWriter& json) {
    json.member("id", kill.id);
    flag(json, "complete", kill.complete);
    pids(json, "killed", kill.killed);
    pids(json, "gone", kill.gone);
    processes(json, "survivors", kill.survivors);
    strings(json, "notes", kill.notes);
  });
  return out;
}

std::string thaw_json(const model::ThawTold& thaw) {
  std::string out;
  add_line(out, "thaw", [&](JsonWriter& json) {
    json.member("id", thaw.id);
    flag(json, "complete", thaw.complete);
    flag(json, "booted_since", thaw.booted_since);
    pids(json, "thawed", thaw.thawed);
    pids(json, "gone", thaw.gone);
    strings(json, "notes", thaw.notes);
  });
  return out;
}

std::string comeback_json(const model::ComebackTold& comeback) {
  std::string out;
  add_line(out, "comeback", [&](JsonWriter& json) {
    integer(json, "pid", comeback.pid);
    integer(json, "parent", comeback.parent);
    text(json, "path", comeback.path);
    text(json, "cmdline", comeback.command);
    text(json, "cgroup", comeback.cgroup);
    strings(json, "likeness", comeback.likeness);
    integer(json, "like", comeback.like);
    flag(json, "was_there", comeback.was_there);
    json.key("from");
    json.begin_array();
    for (const model::StarterTold& starter : comeback.from) {
      json.begin_object();
      integer(json, "pid", starter.pid);
      json.member("name", starter.name);
      text(json, "path", starter.path);
      text(json, "cgroup", starter.cgroup);
      json.end_object();
    }
    json.end_array();
    json.key("seen_at");
    json.time(comeback.seen_at);
  });
  return out;
}

std::string watch_json(const model::WatchTold& watch) {
  std::string out;
  add_line(out, "watch", [&](JsonWriter& json) {
    integer(json, "seconds_asked", watch.seconds_asked);
    integer(json, "seconds", watch.seconds);
    integer(json, "looks", watch.looks);
    flag(json, "interrupted", watch.interrupted);
    number(json, "comebacks", watch.comebacks);
    text(json, "error", watch.error);
  });
  return out;
}

std::string stop_summary_json(const StopSummary& summary) {
  std::string out;
  add_line(out, "stop_summary", [&](JsonWriter& json) {
    json.member("verb", model::to_string(summary.verb));
    json.member("id", summary.id);
    json.member("outcome", summary.outcome);
    text(json, "error", summary.error);
    json.member("journal", summary.journal);
    text(json, "chain", summary.chain);
  });
  return out;
}

}  // namespace genba::render
