// SPDX-License-Identifier: Apache-2.0
#include "parse/ftp_log/ftp_log.h"

#include <array>

#include "base/address.h"
#include "base/number.h"
#include "parse/fields.h"
#include "parse/ftp_log/ftp_text.h"

namespace genba::parse {
namespace {

using base::plain_address;
using ftp_text::find_last;
using ftp_text::take_prefix;
using ftp_text::take_suffix;

// The last word of `text`, and takes it off with the blank before it.
std::string_view take_last_word(std::string_view& text) {
  const size_t blank = text.rfind(' ');
  if (blank == std::string_view::npos) {
    const std::string_view word = text;
    text = {};
    return word;
  }
  const std::string_view word = text.substr(blank + 1);
  text = text.substr(0, blank);
  return word;
}

bool is_one_of(std::string_view word, std::string_view letters) {
  if (word.size() != 1) {
    return false;
  }
  for (const char letter : letters) {
    if (word[0] == letter) {
      return true;
    }
  }
  return false;
}

FtpEventKind direction_kind(char direction) {
  return direction == 'i'   ? FtpEventKind::kUpload
         : direction == 'o' ? FtpEventKind::kDownload
                            : FtpEventKind::kDelete;
}

// "server (client[192.0.2.1])" and what parts it from the message. The host's name is what its
// owner put into DNS; brackets cannot stand in one.
bool take_proftpd_client(std::string_view& text, std::string_view& address) {
  const size_t open = text.find(" (");
  if (open == std::string_view::npos || text.find(' ') != open) {
    return false;
  }
  text.remove_prefix(open + 2);
  const size_t bracket = text.find('[');
  const size_t end = bracket == std::string_view::npos ? bracket : text.find("])", bracket);
  if (end == std::string_view::npos) {
    return false;
  }
  address = plain_address(text.substr(bracket + 1, end - bracket - 1));
  text.remove_prefix(end + 2);
  return take_prefix(text, ": ") || take_prefix(text, " - ");
}

bool set_login(std::string_view user, FtpEventKind kind, FtpEvent& event) {
  event.user = user;
  event.kind = kind;
  event.succeeded = kind == FtpEventKind::kLogin;
  return true;
}

// "USER x: Login successful.", "USER x (Login failed): Incorrect password.", "USER x: no such user
// found from …". What follows a failed name is never the client's, so the end decides.
bool read_proftpd_user(std::string_view text, FtpEvent& event) {
  if (take_suffix(text, ": Login successful.")) {
    return set_login(text, FtpEventKind::kLogin, event);
  }
  for (const std::string_view mark : {"(Login failed): ", ": no such user found from "}) {
    if (const size_t at = find_last(text, mark); at != std::string_view::npos) {
      text = text.substr(0, at);
      take_suffix(text, " ");
      return set_login(text, FtpEventKind::kLoginFailed, event);
    }
  }
  return false;
}

void read_proftpd_text(std::string_view text, FtpEvent& event) {
  take_prefix(text, "- ");  // some versions write the dash behind the colon
  if (text.starts_with("FTP session opened")) {
    event.kind = FtpEventKind::kConnect;
  } else if (take_prefix(text, "USER ") || take_prefix(text, "ANON ")) {
    read_proftpd_user(text, event);
  } else if (take_prefix(text, "SECURITY VIOLATION: ")) {
    const bool told =
        take_suffix(text, " login attempted.") || take_suffix(text, " login attempted");
    set_login(told ? text : std::string_view{}, FtpEventKind::kLoginFailed, event);
  } else if (take_prefix(text, "no such user '")) {
    set_login(text.substr(0, text.rfind('\'')), FtpEventKind::kLoginFailed, event);
  }
}

// "/path uploaded  (12 bytes, 1.00KB/sec)".
bool read_pureftpd_transfer(std::string_view text, FtpEvent& event) {
  const size_t open = find_last(text, " (");
  if (open == std::string_view::npos || !text.ends_with("/sec)")) {
    return false;
  }
  std::string_view size = text.substr(open + 2);
  const auto bytes = base::parse_prefix<uint64_t>(size);
  std::string_view path = text.substr(0, open);
  take_suffix(path, " ");
  const bool upload = take_suffix(path, " uploaded");
  if (!bytes || !size.starts_with(" bytes") || (!upload && !take_suffix(path, " downloaded"))) {
    return false;
  }
  event.kind = upload ? FtpEventKind::kUpload : FtpEventKind::kDownload;
  event.path = path;
  event.bytes = *bytes;
  return true;
}

void read_pureftpd_text(std::string_view text, FtpEvent& event) {
  // Before what is told by its end: the path is the client's, and goes to the end.
  if (take_prefix(text, "Deleted ")) {
    event.kind = FtpEventKind::kDelete;
    event.path = text;
    return;
  }
  if (read_pureftpd_transfer(text, event)) {
    return;
  }
  if (take_prefix(text, "New connection from ")) {
    event.kind = FtpEventKind::kConnect;
  } else if (take_prefix(text, "Authentication failed for user [")) {
    set_login(text.substr(0, text.rfind(']')), FtpEventKind::kLoginFailed, event);
  } else if (take_suffix(text, " is now logged in")) {
    set_login(text, FtpEventKind::kLogin, event);
  } else if (text == "Anonymous user logged in") {
    set_login("ftp", FtpEventKind::kLogin, event);
  }
}

}  // namespace

std::string_view to_string(FtpEventKind kind) {
  switch (kind) {
    case FtpEventKind::kOther: return "other";
    case FtpEventKind::kConnect: return "connect";
    case FtpEventKind::kLogin: return "login";
    case FtpEventKind::kLoginFailed: return "login_failed";
    case FtpEventKind::kUpload: return "upload";
    case FtpEventKind::kDownload: return "download";
    case FtpEventKind::kDelete: return "delete";
  }
  return "other";
}

bool parse_xferlog_line(std::string_view line, FtpEvent& out) {
  FtpEvent event;
  if (!take_asctime(line, event.time)) {
    return false;
  }
  const auto seconds = base::parse_number<int64_t>(next_field(line));
  event.address = plain_address(next_field(line));
  const auto bytes = base::parse_number<uint64_t>(next_field(line));
  if (!seconds || event.address.empty() || !bytes || !take_prefix(line, " ")) {
    return false;
  }
  event.bytes = *bytes;
  // Only the path may hold blanks, so the other fields are counted from the end.
  enum : size_t { kStatus, kIdentity, kMethod, kService, kUser, kAccess, kDirection, kFlag, kType };
  std::array<std::string_view, 9> fields;
  for (std::string_view& field : fields) {
    field = take_last_word(line);
  }
  if (line.empty() || !is_one_of(fields[kStatus], "ci") || !is_one_of(fields[kMethod], "01") ||
      !is_one_of(fields[kAccess], "agr") || !is_one_of(fields[kDirection], "iod") ||
      !is_one_of(fields[kType], "ab")) {
    return false;
  }
  event.user = fields[kUser];
  event.path = line;
  event.kind = direction_kind(fields[kDirection][0]);
  event.succeeded = fields[kStatus] == "c";
  out = event;
  return true;
}

bool parse_proftpd_message(std::string_view message, FtpEvent& out) {
  FtpEvent event;
  event.time = out.time;
  event.pid = out.pid;
  if (!take_proftpd_client(message, event.address)) {
    return false;
  }
  read_proftpd_text(message, event);
  out = event;
  return true;
}

bool parse_proftpd_line(std::string_view line, FtpEvent& out) {
  FtpEvent event;
  if (!take_iso_time(line, event.time) && !take_syslog_time(line, event.time)) {
    return false;
  }
  next_field(line);  // the host
  if (!take_prefix(line, " proftpd[")) {
    return false;
  }
  const auto pid = base::parse_prefix<int64_t>(line);
  if (!pid || !(take_prefix(line, "] ") || take_prefix(line, "]: "))) {
    return false;
  }
  event.pid = *pid;
  if (!parse_proftpd_message(line, event)) {
    return false;
  }
  out = event;
  return true;
}

bool parse_pureftpd_message(std::string_view message, FtpEvent& out) {
  FtpEvent event;
  event.time = out.time;
  event.pid = out.pid;
  if (!take_prefix(message, "(")) {
    return false;
  }
  const size_t end = message.find(") [");
  if (end == std::string_view::npos) {
    return false;
  }
  const std::string_view client = message.substr(0, end);
  const size_t at = client.rfind('@');
  const size_t level_end = message.find("] ", end);
  if (at == std::string_view::npos || level_end == std::string_view::npos) {
    return false;
  }
  event.user = client.substr(0, at) == "?" ? std::string_view{} : client.substr(0, at);
  event.address = plain_address(client.substr(at + 1));
  read_pureftpd_text(message.substr(level_end + 2), event);
  out = event;
  return true;
}

}  // namespace genba::parse
