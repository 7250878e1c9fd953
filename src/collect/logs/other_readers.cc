// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "collect/logs/imitations.h"
#include "collect/logs/line_reader.h"
#include "parse/fail2ban_log/fail2ban_log.h"
#include "parse/ftp_log/ftp_log.h"
#include "parse/package_log/package_log.h"

namespace genba::collect::logs {

namespace {

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

// `Log` is one of the package managers' readers.
template <class Log>
class PackageReader final : public LineReader {
 public:
  PackageReader(LogFormat format, LineContext& context) : context_(context), format_(format) {}

  void read(const parse::LogLine& line) override {
    if (const auto time = time_of_line(format_, line.text)) {
      (void)context_.time_of(*time, line);
    }
    offsets_[line.number % offsets_.size()] = {line.number, line.offset};
    last_offset_ = line.offset;
    log_.feed(line.text, line.number, [&](const parse::PackageEvent& event) { add(event); });
  }
  void end() override {
    log_.end([&](const parse::PackageEvent& event) { add(event); });
  }

 private:
  // What became of a package is known some lines behind the one that names it.
  void add(const parse::PackageEvent& event) {
    model::Event row;
    row.path = context_.path;
    row.source = context_.source;
    row.line = line_code(context_.part, event.line);
    const auto& [number, offset] = offsets_[event.line % offsets_.size()];
    row.offset = static_cast<int64_t>(number == event.line ? offset : last_offset_);
    row.time = row.last_time = context_.time_of(event.time);
    row.certainty = to_string(context_.certainty);
    row.kind = "package";
    row.action = "package_" + std::string(to_string(event.action));
    row.username = text_of(event.requested_by);
    row.subject = text_of(event.package);
    row.count = 1;
    row.message = event.action == parse::PackageAction::kCommand
                      ? event.command
                      : event.package + (event.old_version.empty() ? "" : " " + event.old_version) +
                            (event.version.empty() ? "" : " " + event.version);
    if (event.outcome == parse::PackageOutcome::kFailed) {
      row.message += " (failed)";
    }
    context_.facts.events.add(std::move(row));
  }

  LineContext& context_;
  LogFormat format_;
  Log log_;
  // Of the latest lines, by their number: dpkg unpacks all packages before it configures them.
  std::array<std::pair<uint64_t, uint64_t>, 4096> offsets_{};
  uint64_t last_offset_ = 0;
};

class FtpReader final : public LineReader {
 public:
  explicit FtpReader(LineContext& context) : context_(context), imitations_(context) {}

  void read(const parse::LogLine& line) override {
    parse::FtpEvent ftp;
    if (!parse::parse_vsftpd_line(line.text, ftp) && !parse::parse_xferlog_line(line.text, ftp) &&
        !parse::parse_proftpd_line(line.text, ftp)) {
      return;
    }
    const base::Timestamp time = context_.time_of(ftp.time, line);
    if (ftp.ambiguous) {
      imitations_.add(line, time);
    }
    switch (ftp.kind) {
      case parse::FtpEventKind::kLoginFailed: add_failure(ftp, time, line); break;
      case parse::FtpEventKind::kLogin: add_login(ftp, time, line); break;
      case parse::FtpEventKind::kUpload:
      case parse::FtpEventKind::kDelete: add_transfer(ftp, time, line); break;
      case parse::FtpEventKind::kDownload:
      case parse::FtpEventKind::kConnect:
      case parse::FtpEventKind::kOther: break;
    }
  }
  void end() override { imitations_.end(); }

 private:
  void add_failure(const parse::FtpEvent& ftp, base::Timestamp time, const parse::LogLine& line) {
    Attempt attempt;
    attempt.outcome = parse::AuthOutcome::kFailed;
    attempt.address = ftp.address;
    attempt.username = ftp.user;
    attempt.method = "ftp";
    attempt.program = "ftp";
    attempt.time = attempt.last_time = time.nanoseconds;
    attempt.certainty = context_.certainty;
    attempt.file = context_.file;
    attempt.line = context_.line_of(line);
    context_.folds.attempts.add(attempt, context_.source_number);
  }

  void add_login(const parse::FtpEvent& ftp, base::Timestamp time, const parse::LogLine& line) {
    model::AuthEvent row;
    context_.put_place(line, row);
    row.time = row.last_time = time;
    row.certainty = to_string(context_.certainty);
    row.outcome = to_string(parse::AuthOutcome::kAccepted);
    row.username = text_of(ftp.user);
    row.address = text_of(ftp.address);
    row.method = "ftp";
    row.program = "ftp";
    if (ftp.pid != 0) {
      row.pid = ftp.pid;
    }
    row.count = 1;
    context_.facts.add_auth(std::move(row));
  }

  void add_transfer(const parse::FtpEvent& ftp, base::Timestamp time, const parse::LogLine& line) {
    model::Event row;
    context_.put_place(line, row);
    row.time = row.last_time = time;
    row.certainty = to_string(context_.certainty);
    row.kind = "log";
    row.action = ftp.kind == parse::FtpEventKind::kUpload ? "ftp_upload" : "ftp_delete";
    row.username = text_of(ftp.user);
    row.address = text_of(ftp.address);
    row.subject = text_of(ftp.path);
    row.count = 1;
    row.message = line.text.substr(0, 2048);
    context_.facts.events.add(std::move(row));
  }

  LineContext& context_;
  Imitations imitations_;
};

class Fail2banReader final : public LineReader {
 public:
  explicit Fail2banReader(LineContext& context) : context_(context) {}

  void read(const parse::LogLine& line) override {
    parse::Fail2banEvent ban;
    if (!parse::parse_fail2ban_line(line.text, ban)) {
      return;
    }
    const base::Timestamp time = context_.time_of(ban.time, line);
    const bool banned = ban.kind == parse::Fail2banKind::kBan;
    if (!banned && ban.kind != parse::Fail2banKind::kUnban) {
      return;
    }
    model::Event row;
    context_.put_place(line, row);
    row.time = row.last_time = time;
    row.certainty = to_string(context_.certainty);
    row.kind = "log";
    row.action = banned ? "banned" : "unbanned";
    row.program = "fail2ban";
    row.address = text_of(ban.address);
    row.subject = text_of(ban.jail);
    row.count = 1;
    row.message = line.text.substr(0, 2048);
    const std::string same =
        row.action + '\0' + row.subject.value_or("") + '\0' + row.address.value_or("");
    context_.facts.events.fold(XXH3_64bits(same.data(), same.size()), std::move(row));
  }

 private:
  LineContext& context_;
};

}  // namespace

std::unique_ptr<LineReader> make_package_reader(LogFormat format, LineContext& context) {
  if (format == LogFormat::kApt) {
    return std::make_unique<PackageReader<parse::AptHistory>>(format, context);
  }
  if (format == LogFormat::kYum) {
    return std::make_unique<PackageReader<parse::YumLog>>(format, context);
  }
  if (format == LogFormat::kDnf) {
    return std::make_unique<PackageReader<parse::DnfLog>>(format, context);
  }
  if (format == LogFormat::kZypper) {
    return std::make_unique<PackageReader<parse::ZyppHistory>>(format, context);
  }
  return std::make_unique<PackageReader<parse::DpkgLog>>(format, context);
}

std::unique_ptr<LineReader> make_ftp_reader(LineContext& context) {
  return std::make_unique<FtpReader>(context);
}

std::unique_ptr<LineReader> make_fail2ban_reader(LineContext& context) {
  return std::make_unique<Fail2banReader>(context);
}

std::unique_ptr<LineReader> make_reader(LogFormat format, LineContext& context) {
  switch (format) {
    case LogFormat::kSyslog: return make_syslog_reader(context);
    case LogFormat::kWebAccess: return make_web_access_reader(context);
    case LogFormat::kWebError: return make_web_error_reader(context);
    case LogFormat::kAudit: return make_audit_reader(context);
    case LogFormat::kDpkg:
    case LogFormat::kApt:
    case LogFormat::kYum:
    case LogFormat::kDnf:
    case LogFormat::kZypper: return make_package_reader(format, context);
    case LogFormat::kFtp: return make_ftp_reader(context);
    case LogFormat::kFail2ban: return make_fail2ban_reader(context);
    case LogFormat::kDocker: return make_docker_reader(context);
    case LogFormat::kUnknown:
    case LogFormat::kJournal:
    case LogFormat::kUtmp:
    case LogFormat::kBtmp:
    case LogFormat::kLastlog:
    case LogFormat::kLastlog2:
    case LogFormat::kWtmpdb: break;
  }
  return nullptr;
}

}  // namespace genba::collect::logs
