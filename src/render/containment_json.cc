// SPDX-License-Identifier: Apache-2.0
#include "fmt/format.h"
#include "render/containment.h"
#include "render/json_writer.h"

namespace genba::render {

namespace {

using model::AllowedFlow;
using model::ContainmentChange;
using model::ContainmentPlan;
using model::ContainmentReport;
using model::ContainmentStatus;
using model::Language;
using model::NamespaceReport;
using model::PathProof;
using model::PlanNote;

// JSON lines, one object each.
class Lines {
 public:
  explicit Lines(Language language) : language_(language) {}

  template <class Fill>
  void add(std::string_view type, Fill fill) {
    add_json_line(out_, type, std::move(fill));
  }

  const std::string& say(const model::Text& text) const { return text.in(language_); }

  void add_notes(std::string_view type, const std::vector<PlanNote>& notes) {
    for (const PlanNote& note : notes) {
      add(type, [&](JsonWriter& json) {
        json.member("id", note.id);
        json.member("text", say(note.text));
      });
    }
  }

  std::string take() { return std::move(out_); }

 private:
  Language language_;
  std::string out_;
};

void strings(JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  json.key(name);
  json.begin_array();
  for (const std::string& value : values) {
    json.string(value);
  }
  json.end_array();
}

std::string text_of(const base::Network& network) {
  return fmt::format("{}/{}", base::to_text(network.address), network.bits);
}

void ports(JsonWriter& json, std::string_view name, const model::PortRange& range) {
  json.key(name);
  json.begin_array();
  json.integer(static_cast<int64_t>(range.first));
  json.integer(static_cast<int64_t>(range.last));
  json.end_array();
}

std::string_view direction_of(model::FlowDirection direction) {
  switch (direction) {
    case model::FlowDirection::kBoth: return "both";
    case model::FlowDirection::kIn: return "in";
    case model::FlowDirection::kOut: return "out";
  }
  return "both";
}

void add_flow(const AllowedFlow& flow, Lines& lines) {
  lines.add("allowed", [&](JsonWriter& json) {
    json.member("id", flow.id);
    json.member("reason", lines.say(flow.reason));
    json.member("direction", direction_of(flow.direction));
    json.member("family", base::to_string(flow.family()));
    json.integer_member("protocol", flow.protocol);
    json.member("local", text_of(flow.local));
    ports(json, "local_ports", flow.local_ports);
    json.member("remote", text_of(flow.remote));
    ports(json, "remote_ports", flow.remote_ports);
    if (!flow.types.empty()) {
      json.key("types");
      json.begin_array();
      for (const uint8_t type : flow.types) {
        json.integer(static_cast<int64_t>(type));
      }
      json.end_array();
    }
    if (flow.code) {
      json.integer_member("code", *flow.code);
    }
    if (flow.hop_limit) {
      json.integer_member("hop_limit", *flow.hop_limit);
    }
    if (!flow.device.empty()) {
      json.member("device", flow.device);
    }
  });
}

void add_session(const model::SessionCandidate& session, Lines& lines) {
  lines.add("session", [&](JsonWriter& json) {
    json.member("confidence", model::to_string(session.confidence));
    json.member("why", lines.say(session.why));
    json.member("local_address", base::to_text(session.local));
    json.integer_member("local_port", session.local_port);
    json.member("remote_address", base::to_text(session.remote));
    json.integer_member("remote_port", session.remote_port);
    json.integer_member("pid", session.pid);
    json.boolean_member("loopback", session.loopback);
  });
}

void add_path(std::string_view type, const PathProof& proof, Lines& lines) {
  lines.add(type, [&](JsonWriter& json) {
    json.member("path", proof.path);
    json.member("outcome", model::to_string(proof.outcome));
    json.member("text", lines.say(proof.text));
    json.integer_member("sent", proof.figures.sent);
    json.integer_member("refused", proof.figures.refused);
    json.integer_member("dropped", proof.figures.dropped);
    json.integer_member("passed", proof.figures.passed);
  });
}

void add_namespace(const NamespaceReport& each, Lines& lines) {
  lines.add("namespace", [&](JsonWriter& json) {
    json.integer_member("inode", each.inode);
    json.boolean_member("own", each.own);
    if (each.pid != 0) {
      json.integer_member("pid", each.pid);
    }
    if (!each.path.empty()) {
      json.member("path", each.path);
    }
    json.boolean_member("gone", each.gone);
    if (!each.error.en.empty()) {
      json.member("error", lines.say(each.error));
    }
    json.boolean_member("locked", each.locked);
    json.boolean_member("owned", each.owned);
    json.boolean_member("egress", each.egress);
    strings(json, "hooked", each.hooked);
    if (!each.digest_before.empty()) {
      json.member("digest_before", each.digest_before);
    }
    if (!each.digest_after.empty()) {
      json.member("digest_after", each.digest_after);
    }
  });
}

void add_guard(JsonWriter& json, const model::GuardReport& guard) {
  if (guard.pid != 0) {
    json.integer_member("guard_pid", guard.pid);
    json.boolean_member("guard_alive", guard.alive);
  }
}

void optional_time(JsonWriter& json, std::string_view name,
                   const std::optional<base::Timestamp>& time) {
  if (time) {
    json.key(name);
    json.time(*time);
  }
}

void add_counters(std::string_view verdict, const std::vector<model::FlowCounter>& counters,
                  Lines& lines) {
  for (const model::FlowCounter& counter : counters) {
    lines.add("counter", [&](JsonWriter& json) {
      json.member("verdict", verdict);
      json.member("id", counter.id);
      json.integer_member("packets", counter.packets);
      if (counter.bytes) {
        json.integer_member("bytes", *counter.bytes);
      }
    });
  }
}

void add_places(const ContainmentPlan& plan, Lines& lines) {
  for (const base::Network& network : plan.blocked) {
    lines.add("blocked", [&](JsonWriter& json) { json.member("network", text_of(network)); });
  }
  for (const model::HookedDevice& device : plan.devices) {
    lines.add("device", [&](JsonWriter& json) {
      json.integer_member("index", device.index);
      json.member("name", device.name);
      json.member("why", lines.say(device.why));
    });
  }
  for (const model::OtherNamespace& other : plan.namespaces) {
    lines.add("namespace", [&](JsonWriter& json) {
      json.integer_member("inode", other.inode);
      json.integer_member("pid", other.pid);
      json.member("path", other.path);
      json.integer_member("processes", other.processes);
    });
  }
}

int64_t count(size_t size) {
  return static_cast<int64_t>(size);
}

}  // namespace

std::string render_plan_json(const ContainmentPlan& plan, Language language) {
  Lines lines(language);
  lines.add("plan", [&](JsonWriter& json) {
    json.member("rung", model::to_string(plan.rung));
    json.boolean_member("hold", plan.hold);
    json.integer_member("timeout", plan.timeout);
    json.boolean_member("can_be_applied", plan.refusals.empty());
  });
  if (plan.session) {
    add_session(*plan.session, lines);
  }
  for (const AllowedFlow& flow : plan.flows) {
    add_flow(flow, lines);
  }
  add_places(plan, lines);
  lines.add_notes("breaks", plan.breaks);
  lines.add_notes("not_covered", plan.not_covered);
  lines.add_notes("warning", plan.warnings);
  lines.add_notes("elsewhere", plan.elsewhere);
  lines.add_notes("refusal", plan.refusals);
  lines.add("summary", [&](JsonWriter& json) {
    json.boolean_member("can_be_applied", plan.refusals.empty());
    json.integer_member("allowed", count(plan.flows.size()));
    json.integer_member("namespaces", count(plan.namespaces.size()));
    json.integer_member("warnings", count(plan.warnings.size()));
    json.integer_member("refusals", count(plan.refusals.size()));
  });
  return lines.take();
}

std::string render_containment_json(const ContainmentReport& report, Language language) {
  Lines lines(language);
  lines.add("report", [&](JsonWriter& json) {
    json.member("id", report.id);
    json.member("rung", model::to_string(report.rung));
    json.key("armed_at");
    json.time(report.armed_at);
    json.boolean_member("hold", report.hold);
    json.integer_member("timeout", report.timeout);
    optional_time(json, "opens_at", report.opens_at);
    add_guard(json, report.guard);
    json.key("seconds");
    json.real(static_cast<double>(report.took) / 1e9);
    json.member("plan_sha256", report.plan_sha256);
    json.member("journal", report.journal);
  });
  if (report.session) {
    add_path("session", *report.session, lines);
  }
  for (const PathProof& proof : report.paths) {
    add_path("path", proof, lines);
  }
  for (const NamespaceReport& each : report.namespaces) {
    add_namespace(each, lines);
  }
  lines.add_notes("note", report.notes);
  lines.add_notes("failure", report.failures);
  lines.add("summary", [&](JsonWriter& json) {
    json.member("outcome", model::to_string(report.outcome()));
    json.integer_member("failures", count(report.failures.size()));
  });
  return lines.take();
}

std::string render_containment_json(const ContainmentStatus& status, Language language) {
  Lines lines(language);
  lines.add("status", [&](JsonWriter& json) {
    json.member("id", status.id);
    json.member("state", model::to_string(status.state));
    json.member("rung", model::to_string(status.rung));
    optional_time(json, "armed_at", status.armed_at);
    if (status.remaining) {
      json.integer_member("remaining", *status.remaining);
    }
    add_guard(json, status.guard);
    strings(json, "new_devices", status.new_devices);
  });
  for (const NamespaceReport& each : status.namespaces) {
    add_namespace(each, lines);
  }
  add_counters("drop", status.dropped, lines);
  add_counters("allow", status.allowed, lines);
  lines.add_notes("tampering", status.tampering);
  lines.add_notes("note", status.notes);
  lines.add("summary", [&](JsonWriter& json) {
    json.member("state", model::to_string(status.state));
    json.integer_member("tampering", count(status.tampering.size()));
  });
  return lines.take();
}

std::string render_containment_json(const ContainmentChange& change, Language language) {
  Lines lines(language);
  lines.add("change", [&](JsonWriter& json) {
    json.member("change", model::to_string(change.kind));
    json.member("id", change.id);
    if (change.remaining) {
      json.integer_member("remaining", *change.remaining);
    }
    add_guard(json, change.guard);
    json.member("journal", change.journal);
  });
  if (change.session) {
    add_path("session", *change.session, lines);
  }
  for (const NamespaceReport& each : change.namespaces) {
    add_namespace(each, lines);
  }
  lines.add_notes("note", change.notes);
  lines.add_notes("failure", change.failures);
  lines.add("summary", [&](JsonWriter& json) {
    json.boolean_member("failed", change.failed());
    json.integer_member("failures", count(change.failures.size()));
  });
  return lines.take();
}

}  // namespace genba::render
