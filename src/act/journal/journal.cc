// SPDX-License-Identifier: Apache-2.0
#include "act/journal/journal.h"

#include <algorithm>
#include <utility>

#include "act/journal/self.h"
#include "base/text.h"
#include "fmt/format.h"
#include "sys/file_writer.h"
#include "sys/process.h"

namespace genba::act {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::Action;
using model::ActionState;

// Longer states are objects, so that the log stays a thing that a person reads.
constexpr size_t kLongestText = 16U << 10;
// Ids of actions that could not be written down; no log has so many lines.
constexpr uint64_t kFirstUnrecorded = 1ULL << 62U;
constexpr std::string_view kLogPath = "/actions.jsonl";

std::string holder_of(const JournalOptions& options, const model::ActionTime& now) {
  std::string words = fmt::format("pid {}, uid {}", sys::getpid(), options.actor.uid);
  if (!options.actor.tty.empty()) {
    words += fmt::format(", {}", options.actor.tty);
  }
  if (!options.actor.address.empty()) {
    words += fmt::format(", from {}", options.actor.address);
  }
  return words + fmt::format(", since {}", base::to_display(now.utc));
}

// What the kernel said, and what the responder can do about it.
base::Error advised(base::Error error, const JournalOptions& options) {
  error = error.with_context(
      fmt::format("the journal in '{}'", base::escape_for_terminal(options.directory)));
  const bool has_advice = error.sys_errno == 0;
  error.what += has_advice ? "; nothing was done"
                           : "; nothing was done: name a directory with room, which you may write "
                             "to, with --journal DIR";
  return error;
}

Result<store::ChainedLog> open_log(const JournalOptions& options, const model::ActionTime& now) {
  GENBA_TRY(const auto directory, sys::DirectoryWriter::open_or_create(options.directory));
  const auto names = sys::uname();
  return store::ChainedLog::open(
      directory, kJournalName, holder_of(options, now),
      header_line(options.version, names ? names->nodename : std::string(), now));
}

// What can be read of a journal that cannot be written: an altered one, or a read-only disk's.
model::ActionLog readable_entries(std::string_view directory, std::string_view boot_id) {
  const auto tree = host::open_tree_host(directory);
  auto entries = tree ? read_journal(**tree, boot_id) : fail(tree.error());
  return entries ? *std::move(entries) : model::ActionLog();
}

// One that is just begun has no line either, but whoever begins it does not ask.
void check_beginning(const store::ChainedLogContents& contents, model::ActionLog& log) {
  log.headless = contents.lines.empty() || contents.lines.front().line.kind != kJournalName.first;
  if (log.headless) {
    log.notes.push_back(
        {std::string(kJournalName.file), 0, 0,
         contents.lines.empty()
             ? "there is no line in it: somebody emptied it, or there was no room to begin it"
             : "it does not begin with the line that every journal begins with"});
  }
}

std::string without_newline(std::string line) {
  while (line.ends_with('\n')) {
    line.pop_back();
  }
  return line;
}

// The entry as it would stand in a log of its own.
std::string as_told(store::CaseLineBuilder line) {
  std::string chain = store::kFirstChain;
  return without_newline(line.finish(chain));
}

}  // namespace

Result<Journal> Journal::open(JournalOptions options) {
  Journal journal(std::move(options));
  const model::ActionTime now = read_action_time();
  auto log = open_log(journal.options_, now);
  if (log) {
    journal.entries_ = read_entries(log->contents(), now.boot_id);
    journal.log_.emplace(*std::move(log));
    return journal;
  }
  // While another Genba acts, nobody else does, recorded or not.
  if (journal.options_.unrecorded == Unrecorded::kRefused ||
      log.error().code == ErrorCode::kTimedOut) {
    return fail(advised(std::move(log).error(), journal.options_));
  }
  journal.entries_ = readable_entries(journal.options_.directory, now.boot_id);
  journal.tell(fmt::format("what follows is not recorded, copy it: {}", log.error().what));
  return journal;
}

Result<uint64_t> Journal::begin(const Step& step) {
  GENBA_CHECK(step.effect == model::ActionEffect::kNone || !step.subject.empty());
  Action action;
  action.began = read_action_time();
  action.actor = options_.actor;
  action.verb = step.verb;
  action.subject = step.subject;
  action.why = options_.why;
  action.plan_sha256 = step.plan_sha256;
  action.effect = step.effect;
  auto before = keep_state(step.verb + ": before", step.before);
  if (!before && options_.unrecorded == Unrecorded::kRefused) {
    return fail(advised(std::move(before).error(), options_));
  }
  action.before = before ? *std::move(before) : ActionState{step.before, {}};
  const uint64_t number = log_ ? log_->next_number() : 0;
  const auto written = write(intention_line(number, action));
  if (written) {
    return number;
  }
  if (options_.unrecorded == Unrecorded::kRefused) {
    return fail(advised(written.error(), options_));
  }
  const uint64_t id = kFirstUnrecorded + unrecorded_++;
  tell(as_told(intention_line(id, action)));
  return id;
}

Result<void> Journal::end(uint64_t action_id, const Ending& ending) {
  Action action;
  action.id = action_id;
  action.ended = read_action_time();
  action.outcome = ending.outcome;
  action.detail = ending.detail;
  auto after = keep_state("after", ending.after);
  action.after = after ? *std::move(after) : ActionState{ending.after, {}};
  const uint64_t number = log_ ? log_->next_number() : 0;
  const auto written = action_id < kFirstUnrecorded
                           ? write(outcome_line(number, action))
                           : fail(ErrorCode::kOutput, "its intention is not in the journal");
  if (written) {
    return {};
  }
  tell(as_told(outcome_line(number, action)));
  if (options_.unrecorded == Unrecorded::kAllowed) {
    return {};
  }
  base::Error error = written.error().with_context(
      fmt::format("the outcome of action {} could not be recorded", action_id));
  error.code = ErrorCode::kOutput;
  error.what += "; copy this line and what was printed before it";
  return fail(std::move(error));
}

Result<std::string> Journal::add_object(std::string_view source, std::string_view bytes) {
  if (!log_) {
    return fail(ErrorCode::kOutput,
                "without a journal nothing can be kept; name a directory with "
                "--journal DIR");
  }
  return log_->add_object(source, bytes);
}

Result<ActionState> Journal::keep_state(std::string_view source, std::string_view text) {
  if (text.size() <= kLongestText || !log_) {
    return ActionState{std::string(text), {}};
  }
  GENBA_TRY(std::string hash, log_->add_object(source, text));
  return ActionState{{}, std::move(hash)};
}

Result<void> Journal::write(store::CaseLineBuilder line) {
  if (!log_) {
    return fail(ErrorCode::kOutput, "there is no journal");
  }
  return log_->append(std::move(line));
}

void Journal::tell(std::string_view line) const {
  if (options_.tell) {
    options_.tell(line);
  }
}

Result<model::ActionLog> read_journal(const host::Host& directory, std::string_view boot_id) {
  GENBA_TRY(const auto file, directory.open_file(kLogPath));
  std::string bytes;
  std::string piece(1U << 20, '\0');
  while (bytes.size() <= store::kLargestChainedLog) {
    GENBA_TRY(const size_t count, file->read(piece));
    if (count == 0) {
      const auto contents = store::read_chained_log(kJournalName.file, bytes);
      model::ActionLog log = read_entries(contents, boot_id);
      check_beginning(contents, log);
      return log;
    }
    bytes.append(piece, 0, count);
  }
  return fail(ErrorCode::kTooLarge, "the journal of actions is larger than any that Genba writes");
}

}  // namespace genba::act
