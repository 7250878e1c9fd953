// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "collect/logs/line_reader.h"
#include "parse/audit/audit_auth.h"
#include "parse/audit/audit_joiner.h"

namespace genba::collect::logs {

namespace {

// Longer texts are kept to so much; the line leads to the rest.
constexpr size_t kTextBytes = 2048;
// Holes in the serial numbers that are told one by one.
constexpr size_t kMostFacts = 16;

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text.substr(0, kTextBytes));
}

std::optional<int64_t> number_of(int64_t number) {
  return number < 0 ? std::nullopt : std::optional(number);
}

base::Timestamp time_of(int64_t milliseconds) {
  return base::timestamp_from_unix(milliseconds / 1000, milliseconds % 1000 * 1'000'000);
}

// Kinds that a responder wants to see one by one; logins and commands have tables of their own.
std::string_view action_of(const parse::AuditEvent& event) {
  struct Kind {
    std::string_view kind;
    std::string_view action;
  };
  static constexpr Kind kKinds[] = {
      {"daemon_end", "audit_stopped"},        {"daemon_abort", "audit_stopped"},
      {"daemon_start", "audit_started"},      {"config_change", "audit_config"},
      {"module_load", "module_loaded"},       {"module_unload", "module_unloaded"},
      {"anom_promiscuous", "promiscuous"},    {"anom_abend", "segfault"},
      {"time_change", "clock_adjusted"},      {"system_boot", "system_boot"},
      {"system_shutdown", "system_shutdown"}, {"kernel_boot", "kernel_boot"},
  };
  for (const Kind& each : kKinds) {
    if (each.kind == event.kind) {
      return each.action;
    }
  }
  return {};
}

class AuditReader final : public LineReader {
 public:
  explicit AuditReader(LineContext& context)
      : context_(context),
        joiner_([this](const parse::AuditEvent& event) { add(event); },
                parse::AuditDetail::kSkipNoise) {}

  void read(const parse::LogLine& line) override {
    // An event is delivered when a later line shows that it is complete.
    Recent& recent = recent_[lines_++ % recent_.size()];
    recent.offset = line.offset;
    recent.line = context_.line_of(line);
    recent.text.assign(line.text.substr(0, kTextBytes));
    (void)joiner_.add(line.text, line.offset);
  }

  void end() override {
    joiner_.finish();
    size_t told = 0;
    uint64_t untold = joiner_.order().dropped_facts();
    for (const parse::AuditOrderFact& fact : joiner_.order().facts()) {
      const bool hole = fact.order == parse::AuditOrder::kHole;
      if (!hole && fact.order != parse::AuditOrder::kTimeBack) {
        continue;
      }
      if (told == kMostFacts) {
        ++untold;
        continue;
      }
      ++told;
      model::LogAnomaly row;
      row.source = context_.source;
      row.path = context_.path;
      row.kind = hole ? "serial_hole" : "time_back";
      row.from_time = time_of(fact.time_before);
      row.to_time = time_of(fact.time_after);
      row.count = static_cast<int64_t>(fact.count);
      context_.facts.anomalies.push_back(std::move(row));
    }
    if (untold > 0) {
      context_.facts.notes.push_back(
          {std::string(context_.path), 0, 0,
           std::to_string(untold) + " more oddities in the order of its records are not listed"});
    }
    if (const uint64_t unwatched = joiner_.order().unwatched_records(); unwatched > 0) {
      context_.facts.notes.push_back({std::string(context_.path), 0, 0,
                                      "the order of " + std::to_string(unwatched) +
                                          " records was not watched: too many nodes"});
    }
    for (const base::Note& note : joiner_.notes()) {
      context_.facts.notes.push_back(note);
      context_.facts.damaged_bytes += static_cast<int64_t>(note.bytes);
    }
  }

 private:
  struct Recent {
    uint64_t offset = UINT64_MAX;
    LineCode line = 0;
    std::string text;
  };

  // The event's first line; of one that was open for very long, not known.
  const Recent& line_of(const parse::AuditEvent& event) const {
    static const Recent kUnknown;
    const auto found = std::find_if(recent_.begin(), recent_.end(), [&](const Recent& recent) {
      return recent.offset == event.offset;
    });
    return found == recent_.end() ? kUnknown : *found;
  }

  void add(const parse::AuditEvent& event) {
    const Recent& recent = line_of(event);
    line_ = recent.line;
    const auto time =
        base::timestamp_from_unix(event.seconds, int64_t{event.millisecond} * 1'000'000);
    context_.facts.rhythm.add(event.seconds, line_);
    if (const auto auth = parse::to_auth(event)) {
      add_auth(event, *auth, time);
    }
    if (event.kind == "execve") {
      add_execution(event, time);
    }
    if (const std::string_view action = action_of(event); !action.empty()) {
      add_event(event, action, time, recent);
    }
  }

  template <class Row>
  void put_place(base::Timestamp time, Row& row) const {
    row.time = row.last_time = time;
    row.certainty = to_string(base::Certainty::kExact);
    row.source = context_.source;
    if (line_ != 0) {
      row.line = line_;
    }
    row.count = 1;
  }

  void add_auth(const parse::AuditEvent& event, const parse::AuditAuth& auth,
                base::Timestamp time) {
    if (auth.outcome == "failed" && !auth.address.empty()) {
      Attempt attempt;
      attempt.outcome = parse::AuthOutcome::kFailed;
      attempt.address = auth.address;
      attempt.username = auth.user;
      attempt.method = auth.method;
      attempt.program = "audit";
      attempt.time = attempt.last_time = time.nanoseconds;
      attempt.file = context_.file;
      attempt.line = line_;
      context_.folds.attempts.add(attempt, context_.source_number);
      return;
    }
    model::AuthEvent row;
    put_place(time, row);
    row.path = context_.path;
    row.offset = static_cast<int64_t>(event.offset);
    row.outcome = auth.outcome;
    row.username = text_of(auth.user);
    row.target_user = text_of(auth.target);
    row.address = text_of(auth.address);
    row.method = text_of(auth.method);
    row.command = text_of(auth.command);
    row.program = auth.exe.substr(auth.exe.rfind('/') + 1);
    row.pid = number_of(auth.pid);
    row.tty = text_of(auth.terminal);
    row.uid = number_of(auth.uid);
    context_.facts.add_auth(std::move(row));
  }

  void add_execution(const parse::AuditEvent& event, base::Timestamp time) {
    model::ProcessEvent row;
    put_place(time, row);
    row.file = context_.path;
    row.pid = number_of(event.pid);
    row.parent = number_of(event.ppid);
    row.uid = number_of(event.euid);
    row.auid = number_of(event.auid);
    row.username = text_of(event.uid_name);
    row.path = text_of(event.exe);
    row.cmdline = event.command_line.substr(0, kTextBytes);
    row.cwd = text_of(event.cwd);
    row.comm = text_of(event.comm);
    row.syscall = text_of(event.syscall);
    row.success = event.success;
    row.key = text_of(event.key);
    // A monitoring script runs the same command every minute.
    const std::string same = row.source + '\0' + event.exe + '\0' + row.cmdline + '\0' +
                             std::to_string(event.auid) + '\0' + std::to_string(event.euid);
    context_.facts.executed.fold(XXH3_64bits(same.data(), same.size()), std::move(row));
  }

  void add_event(const parse::AuditEvent& event, std::string_view action, base::Timestamp time,
                 const Recent& recent) {
    model::Event row;
    put_place(time, row);
    row.path = context_.path;
    row.offset = static_cast<int64_t>(event.offset);
    row.kind = action.ends_with("boot") ? "boot" : action == "clock_adjusted" ? "clock" : "log";
    row.action = action;
    row.program = text_of(event.comm);
    row.username = text_of(event.auid_name.empty() ? event.uid_name : event.auid_name);
    row.pid = number_of(event.pid);
    row.subject = text_of(event.object.empty() ? event.operation : event.object);
    row.message = (event.operation.empty() ? event.detail : event.operation + " " + event.detail)
                      .substr(0, kTextBytes);
    row.original = text_of(recent.text);
    context_.facts.events.add(std::move(row));
  }

  LineContext& context_;
  parse::AuditJoiner joiner_;
  std::array<Recent, 64> recent_;
  size_t lines_ = 0;
  LineCode line_ = 0;  ///< of the event that is being added
};

}  // namespace

std::unique_ptr<LineReader> make_audit_reader(LineContext& context) {
  return std::make_unique<AuditReader>(context);
}

}  // namespace genba::collect::logs
