// SPDX-License-Identifier: Apache-2.0
//
// What did users of an FTP server do: who came in, who failed to, what was fetched, left or
// deleted? One line at a time of vsftpd, ProFTPD, Pure-FTPd and of the transfer log (xferlog) that
// wu-ftpd began. User names, paths and passwords in these lines are the client's own bytes, and
// can imitate the rest of a line: each reader takes the fields that the server wrote from the end
// that the client does not reach, and says when a line can be read in two ways. Other commands
// (listings, directories) are kOther. Times are local. Pure-FTPd's own transfer logs in CLF,
// W3C or stats format are not read. Sources: vsftpd logging.c, xferlog(5), ProFTPD mod_auth.c,
// Pure-FTPd messages_en.h, and filters of fail2ban and crowdsec as facts on shapes.
// Covered by ftp_log_test.cc, also with real logs, and ftp_log_fuzz.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "parse/log_time/log_time.h"

namespace genba::parse {

enum class FtpEventKind : uint8_t {
  kOther,
  kConnect,
  kLogin,
  kLoginFailed,
  kUpload,
  kDownload,
  kDelete,
};

/// "other", "connect", "login", "login_failed", "upload", "download" or "delete".
std::string_view to_string(FtpEventKind kind);

/// One line; texts are views into it.
struct FtpEvent {
  LogTime time;  ///< year 0 when the line tells none; untouched by the readers of messages
  FtpEventKind kind = FtpEventKind::kOther;
  std::string_view user;     ///< empty: not told, or not logged in yet
  std::string_view address;  ///< of the client, without "::ffff:" before IPv4; may be a host name
  std::string_view path;
  uint64_t bytes = 0;      ///< moved; 0 when not told
  int64_t pid = 0;         ///< 0: not told
  bool succeeded = true;   ///< false for a login, transfer or deletion that the server refused
  bool ambiguous = false;  ///< the client's text imitates the server's: another reading exists
};

// Each returns false, and leaves `out` alone, when the line has not its shape. The readers of
// messages take what stands behind syslog's tag, and leave time and pid alone when they are not
// told there.

/// vsftpd.log: `Sat Nov 21 03:12:09 2026 [pid 1234] [user] OK LOGIN: Client "192.0.2.1"`.
bool parse_vsftpd_line(std::string_view line, FtpEvent& out);
/// The same without time: `[pid 1234] [user] …` or `[user] OK LOGIN: …`.
bool parse_vsftpd_message(std::string_view message, FtpEvent& out);
/// xferlog: "Sun Nov  8 03:12:09 2026 1 192.0.2.1 1024 /path b _ i r user ftp 0 * c".
bool parse_xferlog_line(std::string_view line, FtpEvent& out);
/// ProFTPD's own log: "2026-11-08 03:12:09,123 host proftpd[1] server (client[192.0.2.1]): …", with
/// syslog's or ISO's time.
bool parse_proftpd_line(std::string_view line, FtpEvent& out);
/// "server (client[192.0.2.1]): USER x: Login successful.", also with " - " for ": ".
bool parse_proftpd_message(std::string_view message, FtpEvent& out);
/// "(user@192.0.2.1) [NOTICE] /path uploaded  (12 bytes, 1.00KB/sec)".
bool parse_pureftpd_message(std::string_view message, FtpEvent& out);

}  // namespace genba::parse
