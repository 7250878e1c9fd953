// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/number.h"
#include "parse/ftp_log/ftp_log.h"
#include "parse/ftp_log/ftp_text.h"

namespace genba::parse {
namespace {

using base::plain_address;
using ftp_text::take_prefix;
using ftp_text::take_suffix;

// Behind each action stands this, and behind it the client's address.
constexpr std::string_view kClient = ": Client \"";
// Imitations looked through in one line; an honest one has none.
constexpr size_t kMaxCandidates = 16;
// An IPv6 address with a zone; vsftpd writes no host names.
constexpr size_t kMaxAddress = 64;

struct Action {
  std::string_view name;
  FtpEventKind kind;
};

constexpr Action kActions[] = {
    {"LOGIN", FtpEventKind::kLogin},        {"UPLOAD", FtpEventKind::kUpload},
    {"DOWNLOAD", FtpEventKind::kDownload},  {"DELETE", FtpEventKind::kDelete},
    {"CONNECT", FtpEventKind::kConnect},    {"MKDIR", FtpEventKind::kOther},
    {"RMDIR", FtpEventKind::kOther},        {"RENAME", FtpEventKind::kOther},
    {"CHMOD", FtpEventKind::kOther},        {"FTP command", FtpEventKind::kOther},
    {"FTP response", FtpEventKind::kOther}, {"DEBUG", FtpEventKind::kOther},
};

const Action* action_at_end_of(std::string_view text) {
  for (const Action& action : kActions) {
    if (text.ends_with(action.name)) {
      return &action;
    }
  }
  return nullptr;
}

// `, "/path", 12 bytes, 1.00Kbyte/sec`: the size is the server's, and stands behind the last `", `.
void read_transfer(std::string_view tail, FtpEvent& event) {
  if (!take_prefix(tail, ", \"")) {
    return;
  }
  size_t quote = tail.rfind("\", ");
  if (quote == std::string_view::npos) {
    quote = tail.rfind('"');
  } else {
    std::string_view size = tail.substr(quote + 3);
    const auto bytes = base::parse_prefix<uint64_t>(size);
    event.bytes = bytes && size.starts_with(" bytes") ? *bytes : 0;
  }
  event.path = tail.substr(0, quote);
}

// What an action may have behind its address, as far as a forged piece must keep to it.
bool is_tail_of(const Action& action, std::string_view tail) {
  if (tail.empty()) {
    return true;
  }
  switch (action.kind) {
    case FtpEventKind::kLogin: return tail.starts_with(", anon password \"") && tail.ends_with('"');
    case FtpEventKind::kConnect: return tail.starts_with(", \"") && tail.ends_with('"');
    case FtpEventKind::kUpload:
    case FtpEventKind::kDownload: return tail.starts_with(", \"") && tail.ends_with("/sec");
    case FtpEventKind::kOther:
    case FtpEventKind::kDelete:
    case FtpEventKind::kLoginFailed: return tail.starts_with(", \"") && tail.ends_with('"');
  }
  return false;
}

// What stands before an action: nothing, or `[user] `, each with `OK ` or `FAIL ` behind it.
bool read_front(std::string_view front, const Action& action, FtpEvent& event) {
  const bool failed = take_suffix(front, "FAIL ");
  if (!failed) {
    take_suffix(front, "OK ");
  }
  event.succeeded = !failed;
  event.kind =
      failed && action.kind == FtpEventKind::kLogin ? FtpEventKind::kLoginFailed : action.kind;
  event.user = {};
  if (front.empty()) {
    return true;
  }
  if (!take_prefix(front, "[") || !take_suffix(front, "] ")) {
    return false;
  }
  event.user = front;
  return true;
}

bool read_candidate(std::string_view text, size_t mark, FtpEvent& event) {
  const std::string_view before = text.substr(0, mark);
  const Action* action = action_at_end_of(before);
  std::string_view rest = text.substr(mark + kClient.size());
  const size_t quote = rest.substr(0, kMaxAddress).find('"');
  if (action == nullptr || quote == std::string_view::npos) {
    return false;
  }
  const std::string_view tail = rest.substr(quote + 1);
  if (!is_tail_of(*action, tail) ||
      !read_front(before.substr(0, before.size() - action->name.size()), *action, event)) {
    return false;
  }
  event.address = plain_address(rest.substr(0, quote));
  if (action->name == "FTP response" && tail.starts_with(", \"530")) {
    // 530 is "not logged in" (RFC 959); older settings log a refused login only so.
    event.kind = FtpEventKind::kLoginFailed;
    event.succeeded = false;
  } else if (action->name != "LOGIN" && !action->name.starts_with("FTP")) {
    read_transfer(tail, event);
  }
  return true;
}

}  // namespace

bool parse_vsftpd_message(std::string_view message, FtpEvent& out) {
  FtpEvent event;
  event.time = out.time;
  event.pid = out.pid;
  if (take_prefix(message, "[pid ")) {
    const auto pid = base::parse_prefix<int64_t>(message);
    if (!pid || !take_prefix(message, "] ")) {
      return false;
    }
    event.pid = *pid;
  }
  // The last piece that is whole counts: a name stands before the server's words, and what a path
  // or a password behind them imitates does not end as a line does, except in rare cases.
  std::array<size_t, kMaxCandidates> marks;
  size_t count = 0;
  for (size_t mark = message.find(kClient); mark != std::string_view::npos;
       mark = message.find(kClient, mark + 1)) {
    marks[count++ % kMaxCandidates] = mark;
  }
  event.ambiguous = count > 1;
  for (size_t i = 0; i < std::min(count, kMaxCandidates); ++i) {
    if (read_candidate(message, marks[(count - 1 - i) % kMaxCandidates], event)) {
      out = event;
      return true;
    }
  }
  return false;
}

bool parse_vsftpd_line(std::string_view line, FtpEvent& out) {
  FtpEvent event;
  if (!take_asctime(line, event.time) || !line.starts_with('[') ||
      !parse_vsftpd_message(line, event)) {
    return false;
  }
  out = event;
  return true;
}

}  // namespace genba::parse
