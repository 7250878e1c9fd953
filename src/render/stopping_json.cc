// SPDX-License-Identifier: Apache-2.0
#include "render/json_writer.h"
#include "render/stopping.h"

namespace genba::render {

namespace {

using model::FamilyProcess;
using model::StoppedProcess;

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
    json.integer_member("pid", each.pid);
    json.member("why", each.why);
    json.end_object();
  }
  json.end_array();
}

void family_process(JsonWriter& json, const FamilyProcess& process) {
  json.integer_member("pid", process.pid);
  if (process.start_time) {
    json.key("start_time");
    json.time(*process.start_time);
  }
  json.optional_member("path", process.path);
  json.optional_member("cmdline", process.command);
  json.key("ties");
  json.begin_array();
  for (const model::FamilyLink& link : process.links) {
    json.begin_object();
    json.member("tie", link.tie);
    json.integer_member("through", link.through);
    json.optional_member("detail", link.detail);
    json.end_object();
  }
  json.end_array();
  json.optional_member("why", process.why);
}

void respawner(JsonWriter& json, const model::Respawner& each, model::Language language) {
  json.member("kind", model::to_string(each.kind));
  json.member("confidence", model::to_string(each.confidence));
  json.member("source", each.source);
  if (each.line) {
    json.integer_member("line", *each.line);
  }
  json.optional_member("what", each.what);
  json.member("says", each.says.in(language));
  json.member("counter", each.counter.in(language));
}

}  // namespace

std::string stop_plan_json(const model::StopPlan& plan, model::Language language) {
  std::string out;
  add_json_line(out, "plan", [&](JsonWriter& json) {
    json.member("verb", model::to_string(plan.verb));
    json.member("id", plan.id);
    json.member("target", plan.target.en);
    json.member("host", plan.host);
    json.member("version", plan.version);
    json.boolean_member("is_frozen", plan.is_frozen);
    json.integer_member("members", plan.members.size());
    json.optional_member("evidence", plan.evidence);
    json.member("journal", plan.journal);
    if (plan.memory_limit) {
      json.integer_member("memory_limit", *plan.memory_limit);
    }
    json.integer_member("watch", plan.watch_seconds);
    json.key("notes");
    json.begin_array();
    for (const model::Text& note : plan.notes) {
      json.string(note.in(language));
    }
    json.end_array();
  });
  for (const FamilyProcess& each : plan.members) {
    add_json_line(out, "member", [&](JsonWriter& json) { family_process(json, each); });
  }
  for (const FamilyProcess& each : plan.left_out) {
    add_json_line(out, "left_out", [&](JsonWriter& json) { family_process(json, each); });
  }
  for (const model::Respawner& each : plan.respawners) {
    add_json_line(out, "respawner", [&](JsonWriter& json) { respawner(json, each, language); });
  }
  for (const model::Text& each : plan.not_looked_at) {
    add_json_line(out, "not_looked_at",
                  [&](JsonWriter& json) { json.member("says", each.in(language)); });
  }
  return out;
}

std::string kept_json(const model::KeptEvidence& kept) {
  std::string out;
  add_json_line(out, "evidence", [&](JsonWriter& json) {
    json.member("directory", kept.directory);
    json.optional_member("chain", kept.chain);
    json.integer_member("processes", kept.processes);
    json.integer_member("executables", kept.executables);
    json.integer_member("contents", kept.contents);
    json.integer_member("bytes", kept.bytes);
    json.integer_member("memory_bytes", kept.memory_bytes);
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
  add_json_line(out, "freeze", [&](JsonWriter& json) {
    json.member("id", freeze.id);
    json.member("method", freeze.method);
    json.boolean_member("all_frozen", freeze.all_frozen);
    processes(json, "frozen", freeze.frozen);
    processes(json, "not_frozen", freeze.not_frozen);
    strings(json, "notes", freeze.notes);
    json.integer_member("microseconds", freeze.microseconds);
  });
  return out;
}

std::string kill_json(const model::KillTold& kill) {
  std::string out;
  add_json_line(out, "kill", [&](JsonWriter& json) {
    json.member("id", kill.id);
    json.boolean_member("complete", kill.complete);
    pids(json, "killed", kill.killed);
    pids(json, "gone", kill.gone);
    processes(json, "survivors", kill.survivors);
    strings(json, "notes", kill.notes);
  });
  return out;
}

std::string thaw_json(const model::ThawTold& thaw) {
  std::string out;
  add_json_line(out, "thaw", [&](JsonWriter& json) {
    json.member("id", thaw.id);
    json.boolean_member("complete", thaw.complete);
    json.boolean_member("booted_since", thaw.booted_since);
    pids(json, "thawed", thaw.thawed);
    pids(json, "gone", thaw.gone);
    strings(json, "notes", thaw.notes);
  });
  return out;
}

std::string comeback_json(const model::ComebackTold& comeback) {
  std::string out;
  add_json_line(out, "comeback", [&](JsonWriter& json) {
    json.integer_member("pid", comeback.pid);
    json.integer_member("parent", comeback.parent);
    json.optional_member("path", comeback.path);
    json.optional_member("cmdline", comeback.command);
    json.optional_member("cgroup", comeback.cgroup);
    strings(json, "likeness", comeback.likeness);
    json.integer_member("like", comeback.like);
    json.boolean_member("was_there", comeback.was_there);
    json.key("from");
    json.begin_array();
    for (const model::StarterTold& starter : comeback.from) {
      json.begin_object();
      json.integer_member("pid", starter.pid);
      json.member("name", starter.name);
      json.optional_member("path", starter.path);
      json.optional_member("cgroup", starter.cgroup);
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
  add_json_line(out, "watch", [&](JsonWriter& json) {
    json.integer_member("seconds_asked", watch.seconds_asked);
    json.integer_member("seconds", watch.seconds);
    json.integer_member("looks", watch.looks);
    json.boolean_member("interrupted", watch.interrupted);
    json.integer_member("comebacks", watch.comebacks);
    json.optional_member("error", watch.error);
  });
  return out;
}

std::string stop_summary_json(const StopSummary& summary) {
  std::string out;
  add_json_line(out, "stop_summary", [&](JsonWriter& json) {
    json.member("verb", model::to_string(summary.verb));
    json.member("id", summary.id);
    json.member("outcome", summary.outcome);
    json.optional_member("error", summary.error);
    json.member("journal", summary.journal);
    json.optional_member("chain", summary.chain);
  });
  return out;
}

}  // namespace genba::render
