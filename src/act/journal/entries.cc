// SPDX-License-Identifier: Apache-2.0
#include "act/journal/entries.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "fmt/format.h"

namespace genba::act {

namespace {

using model::Action;
using model::ActionEffect;
using model::ActionLog;
using model::ActionOutcome;
using model::ActionState;
using model::ActionTime;
using store::CaseLine;
using store::CaseLineBuilder;
using store::number_in;
using store::text_in;

void add_text(CaseLineBuilder& line, std::string_view key, std::string_view text) {
  if (!text.empty()) {
    line.add(key, text);
  }
}

void add_time(CaseLineBuilder& line, const ActionTime& time) {
  line.add("time", base::to_rfc3339(time.utc));
  add_text(line, "boot_id", time.boot_id);
  line.add("since_boot", time.since_boot);
}

ActionTime time_in(const CaseLine& line) {
  return {base::parse_rfc3339(text_in(line, "time")).value_or(base::Timestamp{}),
          text_in(line, "boot_id"), number_in(line, "since_boot")};
}

void add_state(CaseLineBuilder& line, std::string_view key, const ActionState& state) {
  add_text(line, key, state.text);
  add_text(line, fmt::format("{}_sha256", key), state.sha256);
}

ActionState state_in(const CaseLine& line, std::string_view key) {
  return {text_in(line, key), text_in(line, fmt::format("{}_sha256", key))};
}

class EntryReader {
 public:
  EntryReader(ActionLog& log, std::string_view boot_id) : log_(log), boot_id_(boot_id) {}

  void take(const store::LoggedLine& logged);
  void finish();

 private:
  void take_intention(const store::LoggedLine& logged);
  void take_outcome(const store::LoggedLine& logged);
  void count(const Action& action);
  void note(const store::LoggedLine& logged, std::string reason) {
    log_.notes.push_back({std::string(kJournalName.file), logged.offset, 0, std::move(reason)});
  }

  ActionLog& log_;
  std::string_view boot_id_;
};

void EntryReader::take(const store::LoggedLine& logged) {
  const CaseLine& line = logged.line;
  if (line.kind == kJournalName.first) {
    log_.version = text_in(line, "version");
    log_.host = text_in(line, "host");
    log_.began = time_in(line);
  } else if (line.kind == "genba.intention") {
    take_intention(logged);
  } else if (line.kind == "genba.outcome") {
    take_outcome(logged);
  } else if (line.kind == "genba.object") {
    log_.objects.push_back(
        {text_in(line, "sha256"), number_in(line, "bytes"), text_in(line, "source")});
  } else {
    note(logged, fmt::format("unknown kind of line '{}', of another version",
                             base::escape_for_terminal(line.kind)));
  }
}

void EntryReader::take_intention(const store::LoggedLine& logged) {
  const CaseLine& line = logged.line;
  // Numbers rise in an unbroken log; in a forged one an id that was there already names two things.
  if (!log_.actions.empty() && log_.actions.back().id >= line.number) {
    note(logged, "an intention's number is not the next one: it is left out");
    return;
  }
  Action action;
  action.id = line.number;
  action.proven = logged.proven;
  action.began = time_in(line);
  action.actor.uid = number_in(line, "uid");
  if (line.find("loginuid") != nullptr) {
    action.actor.loginuid = number_in(line, "loginuid");
  }
  action.actor.tty = text_in(line, "tty");
  action.actor.address = text_in(line, "address");
  action.verb = text_in(line, "verb");
  action.subject = text_in(line, "subject");
  action.why = text_in(line, "why");
  action.plan_sha256 = text_in(line, "plan_sha256");
  // Of an effect of another version nothing is known: what it does counts as in force.
  action.effect =
      model::parse_action_effect(text_in(line, "effect"))
          .value_or(action.subject.empty() ? ActionEffect::kNone : ActionEffect::kEstablishes);
  action.before = state_in(line, "before");
  log_.actions.push_back(std::move(action));
}

void EntryReader::take_outcome(const store::LoggedLine& logged) {
  const CaseLine& line = logged.line;
  const auto id = static_cast<uint64_t>(number_in(line, "action"));
  const auto action = std::find_if(log_.actions.rbegin(), log_.actions.rend(),
                                   [id](const Action& each) { return each.id == id; });
  const auto outcome = model::parse_action_outcome(text_in(line, "outcome"));
  if (action == log_.actions.rend() || !outcome || *outcome == ActionOutcome::kIntended) {
    note(logged, "an outcome that belongs to no intention: it is left out");
    return;
  }
  action->outcome = *outcome;
  action->ended = time_in(line);
  action->after = state_in(line, "after");
  action->detail = text_in(line, "detail");
  action->proven = action->proven && logged.proven;
  count(*action);
}

// A failed step changes nothing in what is in force: what there was, was not lifted either.
void EntryReader::count(const Action& action) {
  if (action.effect == ActionEffect::kNone || action.outcome == ActionOutcome::kFailed) {
    return;
  }
  std::erase_if(log_.in_force,
                [&](const model::InForce& each) { return each.subject == action.subject; });
  if (action.effect == ActionEffect::kEstablishes) {
    const std::string& boot_id = action.ended ? action.ended->boot_id : action.began.boot_id;
    const bool gone = !boot_id_.empty() && !boot_id.empty() && boot_id != boot_id_;
    log_.in_force.push_back({action.subject, action.id, action.after, !gone});
  }
}

void EntryReader::finish() {
  for (const Action& action : log_.actions) {
    if (action.outcome == ActionOutcome::kIntended) {
      log_.open.push_back(action.id);
    }
  }
}

}  // namespace

CaseLineBuilder header_line(std::string_view version, std::string_view host,
                            const ActionTime& now) {
  CaseLineBuilder line(kJournalName.first, 0);
  line.add("format", int64_t{1});
  line.add("version", version);
  line.add("host", host);
  add_time(line, now);
  return line;
}

CaseLineBuilder intention_line(uint64_t number, const Action& action) {
  CaseLineBuilder line("genba.intention", number);
  add_time(line, action.began);
  line.add("uid", action.actor.uid);
  if (action.actor.loginuid) {
    line.add("loginuid", *action.actor.loginuid);
  }
  add_text(line, "tty", action.actor.tty);
  add_text(line, "address", action.actor.address);
  line.add("verb", action.verb);
  add_text(line, "subject", action.subject);
  add_text(line, "why", action.why);
  add_text(line, "plan_sha256", action.plan_sha256);
  line.add("effect", model::to_string(action.effect));
  add_state(line, "before", action.before);
  return line;
}

CaseLineBuilder outcome_line(uint64_t number, const Action& action) {
  CaseLineBuilder line("genba.outcome", number);
  line.add("action", static_cast<int64_t>(action.id));
  add_time(line, action.ended.value_or(action.began));
  line.add("outcome", model::to_string(action.outcome));
  add_state(line, "after", action.after);
  add_text(line, "detail", action.detail);
  return line;
}

ActionLog read_entries(const store::ChainedLogContents& contents, std::string_view boot_id) {
  ActionLog log;
  log.lines = contents.lines.size();
  log.chain = contents.chain;
  log.altered = contents.altered;
  log.has_half_line = !contents.half_line.empty();
  log.notes = contents.notes;
  EntryReader reader(log, boot_id);
  for (const store::LoggedLine& line : contents.lines) {
    reader.take(line);
    log.chains.push_back(line.chain);
  }
  reader.finish();
  return log;
}

}  // namespace genba::act
