// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/message_facts.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "base/address.h"
#include "parse/auth_message/auth_message.h"
#include "parse/ftp_log/ftp_log.h"
#include "parse/system_message/system_message.h"

namespace genba::collect::logs {

namespace {

using parse::AuthMessage;
using parse::AuthOutcome;
using parse::SystemKind;
using parse::SystemMessage;

// Longer messages are kept to so much; the line leads to the rest.
constexpr size_t kTextBytes = 2048;

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text.substr(0, kTextBytes));
}

std::optional<int64_t> number_of(int64_t number) {
  return number < 0 ? std::nullopt : std::optional(number);
}

// What ended before a login was one attempt; after it, sshd tells the end of a session likewise.
bool is_attempt(const Message& message, AuthOutcome outcome) {
  return outcome == AuthOutcome::kFailed || outcome == AuthOutcome::kInvalidUser ||
         outcome == AuthOutcome::kProbe ||
         (outcome == AuthOutcome::kDisconnected && message.text.ends_with("[preauth]"));
}

// Opened and closed all day by the system itself.
bool is_routine(const AuthMessage& message) {
  const bool session = message.outcome == AuthOutcome::kSessionOpened ||
                       message.outcome == AuthOutcome::kSessionClosed;
  return session && (message.service == "cron" || message.service == "crond" ||
                     message.service == "systemd-user" || message.service == "runuser");
}

template <class Row>
void put_place(const Message& message, Row& row) {
  row.time = message.time;
  row.last_time = message.time;
  row.certainty = to_string(message.certainty);
  row.source = message.source;
  if (message.line > 0) {
    row.line = message.line;
  }
}

void add_auth(const Message& message, const AuthMessage& auth, PartFacts& facts,
              Attempts& attempts) {
  const bool nobodys_end = auth.outcome == AuthOutcome::kDisconnected && auth.user.empty();
  if (is_attempt(message, auth.outcome) && !auth.address.empty()) {
    Attempt attempt;
    attempt.outcome = auth.outcome;
    attempt.address = auth.address;
    attempt.username = auth.user;
    attempt.method = auth.method;
    attempt.program = message.program;
    attempt.comm = message.comm;
    attempt.time = attempt.last_time = message.time.nanoseconds;
    attempt.certainty = message.certainty;
    attempt.count = message.repeats * auth.count;
    attempt.file = message.file;
    attempt.line = message.line;
    attempts.add(attempt, message.source_number);
    return;
  }
  if (is_routine(auth) || nobodys_end) {
    return;
  }
  model::AuthEvent row;
  put_place(message, row);
  row.path = message.path;
  row.offset = message.offset;
  row.outcome = to_string(auth.outcome);
  row.username = text_of(auth.user);
  row.target_user = text_of(auth.target_user);
  row.groupname = text_of(auth.group);
  row.address = text_of(auth.address);
  row.port = number_of(auth.port);
  row.method = text_of(auth.method);
  row.fingerprint = text_of(auth.fingerprint);
  row.command = text_of(auth.command.empty() ? auth.detail : auth.command);
  if (auth.outcome == AuthOutcome::kAccountAdded && auth.uid >= 0) {
    row.command = "UID=" + std::to_string(auth.uid) + " " + row.command.value_or("");
  }
  row.program = message.program.substr(0, kTextBytes);
  row.comm = text_of(message.comm);
  row.pid = number_of(message.pid);
  row.host = text_of(message.host);
  row.tty = text_of(auth.tty);
  row.service = text_of(auth.service);
  row.uid = number_of(auth.uid);
  row.count = message.repeats * auth.count;
  if (auth.outcome == AuthOutcome::kSudo) {
    model::ProcessEvent executed;
    put_place(message, executed);
    executed.file = message.path;
    executed.username = text_of(auth.target_user);
    executed.cmdline = auth.command.substr(0, kTextBytes);
    executed.cwd = text_of(auth.cwd);
    executed.comm = "sudo";
    executed.count = 1;
    facts.executed.add(std::move(executed));
  }
  facts.add_auth(std::move(row));
}

// What happens every minute stands once, with a count.
bool is_frequent(SystemKind kind) {
  static constexpr SystemKind kFrequent[] = {
      SystemKind::kServiceStarted, SystemKind::kServiceStopped, SystemKind::kServiceFailed,
      SystemKind::kAppArmorDenied, SystemKind::kSelinuxDenied,  SystemKind::kTransientUnit,
      SystemKind::kMessagesLost,   SystemKind::kSegfault,       SystemKind::kUsbDevice,
      SystemKind::kPamDamage,      SystemKind::kCrontabListed,  SystemKind::kUnitsReloaded,
      SystemKind::kJournalRotated, SystemKind::kTimeSync,       SystemKind::kSshdHostKey,
      SystemKind::kModuleRefused,  SystemKind::kPreloadFailed,  SystemKind::kCronRefused};
  return std::find(std::begin(kFrequent), std::end(kFrequent), kind) != std::end(kFrequent);
}

// Says nothing that another line does not say.
bool is_routine(SystemKind kind) {
  return kind == SystemKind::kServiceStarting || kind == SystemKind::kLoggerReloaded ||
         kind == SystemKind::kCronOutput;
}

std::string_view kind_of(SystemKind kind) {
  if (kind == SystemKind::kKernelBoot || kind == SystemKind::kSystemBoot ||
      kind == SystemKind::kSystemShutdown) {
    return "boot";
  }
  return kind == SystemKind::kClockStep || kind == SystemKind::kTimeSync ? "clock" : "log";
}

uint64_t key_of(std::string_view action, const SystemMessage& system, std::string_view source) {
  std::string whole;
  for (const std::string_view part : {action, system.user, system.subject, system.detail, source}) {
    whole.append(part).push_back('\0');
  }
  return XXH3_64bits(whole.data(), whole.size());
}

// An event of the message; kind, action and whom it is about are the caller's.
model::Event event_of(const Message& message) {
  model::Event row;
  put_place(message, row);
  row.path = message.path;
  row.offset = message.offset;
  row.program = text_of(message.program);
  row.comm = text_of(message.comm);
  row.pid = number_of(message.pid);
  row.count = message.repeats;
  row.message = message.text.substr(0, kTextBytes);
  row.original = text_of(message.original);
  return row;
}

void add_system(const Message& message, const SystemMessage& system, PartFacts& facts) {
  const std::string_view action = to_string(system.kind);
  if (is_routine(system.kind)) {
    return;
  }
  if (system.kind == SystemKind::kCronCommand) {
    model::ProcessEvent row;
    put_place(message, row);
    row.file = message.path;
    row.username = text_of(system.user);
    row.cmdline = system.detail.substr(0, kTextBytes);
    row.comm = "cron";
    row.count = message.repeats;
    facts.executed.fold(key_of(action, system, message.source), std::move(row));
    return;
  }
  model::Event row = event_of(message);
  row.kind = kind_of(system.kind);
  row.action = action;
  row.username = text_of(system.user);
  row.subject = text_of(system.subject);
  if (!is_frequent(system.kind)) {
    facts.events.add(std::move(row));
    return;
  }
  SystemMessage same = system;
  same.detail = {};  // a crash at another address is the same crash
  facts.events.fold(key_of(action, same, message.source), std::move(row));
}

// FTP servers that log by syslog; vsftpd's logins are told by auth_message.
bool parse_ftp(const Message& message, parse::FtpEvent& ftp) {
  if (message.program == "pure-ftpd") {
    return parse::parse_pureftpd_message(message.text, ftp);
  }
  return message.program == "proftpd" && parse::parse_proftpd_message(message.text, ftp);
}

void add_ftp(const Message& message, const parse::FtpEvent& ftp, PartFacts& facts,
             Attempts& attempts) {
  switch (ftp.kind) {
    case parse::FtpEventKind::kLogin:
    case parse::FtpEventKind::kLoginFailed: {
      AuthMessage auth;
      auth.outcome =
          ftp.kind == parse::FtpEventKind::kLogin ? AuthOutcome::kAccepted : AuthOutcome::kFailed;
      auth.user = ftp.user;
      auth.address = ftp.address;
      auth.method = "ftp";
      add_auth(message, auth, facts, attempts);
      return;
    }
    case parse::FtpEventKind::kUpload:
    case parse::FtpEventKind::kDelete: {
      model::Event row = event_of(message);
      row.kind = "log";
      row.action = ftp.kind == parse::FtpEventKind::kUpload ? "ftp_upload" : "ftp_delete";
      row.username = text_of(ftp.user);
      row.address = text_of(ftp.address);
      row.subject = text_of(ftp.path);
      facts.events.add(std::move(row));
      return;
    }
    case parse::FtpEventKind::kDownload:
    case parse::FtpEventKind::kConnect:
    case parse::FtpEventKind::kOther: return;
  }
}

}  // namespace

bool add_message(const Message& message, PartFacts& facts, Attempts& attempts) {
  AuthMessage auth;
  if (parse::parse_auth_message(message.program, message.text, auth)) {
    add_auth(message, auth, facts, attempts);
    return true;
  }
  SystemMessage system;
  if (parse::parse_system_message(message.program, message.text, system)) {
    add_system(message, system, facts);
    return true;
  }
  parse::FtpEvent ftp;
  if (parse_ftp(message, ftp)) {
    add_ftp(message, ftp, facts, attempts);
    return true;
  }
  return false;
}

}  // namespace genba::collect::logs
