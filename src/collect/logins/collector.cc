// SPDX-License-Identifier: Apache-2.0
//
// Who is on this machine now? What utmp says, with whether the named process exists, and the
// sessions on a pseudo-terminal that utmp does not list: session leaders known only from /proc.
// Those are hidden logins, but also tmux, screen, sudo and shells in containers, which never
// write utmp. Systems without utmp (musl, Debian 13) have only the second kind. Source: utmp(5),
// proc(5), credentials(7). Covered by logins_test.cc.
#include "collect/collector.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "collect/proc.h"
#include "collect/processes/process_reader.h"
#include "model/tables/logged_in_users.h"
#include "parse/passwd/passwd.h"
#include "parse/utmp/utmp.h"

namespace genba::collect::logins {

namespace {

using base::ErrorCode;
using parse::UtmpType;

constexpr std::string_view kArea = "logins";
constexpr uint64_t kUtmpLimit = 16ULL << 20;  // one record a terminal: 40,000 of them

// Empty for records that say nothing of who is there.
std::string_view type_name(UtmpType type) {
  switch (type) {
    case UtmpType::kUserProcess: return "user";
    case UtmpType::kLoginProcess: return "login";
    case UtmpType::kInitProcess: return "init";
    case UtmpType::kDeadProcess: return "dead";
    case UtmpType::kBootTime: return "boot";
    case UtmpType::kRunLevel: return "runlevel";
    case UtmpType::kEmpty:
    case UtmpType::kNewTime:
    case UtmpType::kOldTime:
    case UtmpType::kAccounting: break;
  }
  return {};
}

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

class Collection {
 public:
  explicit Collection(Context& context)
      : context_(context), host_(context.host), rows_(context.facts.rows<model::LoggedInUser>()) {}

  void run() {
    read_utmp();
    if (host_.kind() == host::HostKind::kLive) {
      read_sessions();
    }
  }

 private:
  void read_utmp() {
    std::string_view path = "/run/utmp";
    auto bytes = host_.read_file(path, kUtmpLimit);
    if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
      path = "/var/run/utmp";
      bytes = host_.read_file(path, kUtmpLimit);
    }
    CoverageCounter coverage(kArea, bytes ? path : "/run/utmp");
    coverage.asked();
    if (!bytes) {
      if (bytes.error().code == ErrorCode::kNotFound) {
        coverage.not_applicable("this system keeps no utmp");
      } else {
        coverage.failed(bytes.error());
      }
      coverage.finish(context_.facts);
      return;
    }
    coverage.seen();
    if (bytes->truncated) {
      coverage.cut("utmp is larger than 16 MiB; its beginning is read");
    }
    std::vector<base::Note> notes;
    parse::parse_utmp(
        bytes->bytes, parse::detect_utmp_layout(bytes->bytes, bytes->bytes.size()),
        [&](uint64_t, const parse::UtmpRecord& record) { add_record(record); }, notes);
    for (base::Note& note : notes) {
      note.source = path;
      coverage.note(note);
    }
    coverage.finish(context_.facts);
  }

  void add_record(const parse::UtmpRecord& record) {
    const std::string_view type = type_name(record.type);
    if (type.empty()) {
      return;
    }
    model::LoggedInUser row;
    row.type = type;
    row.user = text_of(record.user);
    row.tty = text_of(record.line);
    row.host = text_of(record.host);
    if (record.time.nanoseconds != 0) {
      row.time = record.time;
    }
    // Boot and run level records keep other numbers in the same place.
    const bool names_process =
        record.type != UtmpType::kBootTime && record.type != UtmpType::kRunLevel;
    if (names_process && record.pid > 0) {
      row.pid = record.pid;
      row.process_alive = is_alive(record.pid);
    }
    if (record.type == UtmpType::kUserProcess) {
      listed_ttys_.insert(std::string(record.line));
    }
    row.source = "utmp";
    rows_.push_back(std::move(row));
  }

  std::optional<bool> is_alive(int64_t pid) const {
    if (host_.kind() != host::HostKind::kLive) {
      return std::nullopt;
    }
    const auto status = host_.lstat("/proc/" + std::to_string(pid));
    if (status) {
      return true;
    }
    const ErrorCode code = status.error().code;
    return code == ErrorCode::kNotFound || code == ErrorCode::kGone ? std::optional(false)
                                                                    : std::nullopt;
  }

  void read_sessions() {
    CoverageCounter coverage(kArea, "sessions in /proc");
    const auto pids = list_processes(host_);
    if (!pids) {
      coverage.asked();
      coverage.failed(pids.error());
      coverage.finish(context_.facts);
      return;
    }
    const processes::Sources sources;
    const processes::Surroundings surroundings = processes::read_surroundings(host_, sources);
    coverage.asked(static_cast<int64_t>(pids->size()));
    for_each_process<processes::Reading>(
        *pids, context_.jobs,
        [&](int64_t pid) { return processes::read_process(host_, pid, sources, surroundings); },
        [&](int64_t, processes::Reading&& reading) {
          if (reading.row) {
            coverage.seen();
            add_session(*reading.row, surroundings);
          } else if (const auto& error =
                         reading.errors[static_cast<size_t>(processes::Source::kStat)]) {
            coverage.failed(*error);
          }
        });
    coverage.finish(context_.facts);
  }

  void add_session(const model::Process& process, const processes::Surroundings& surroundings) {
    const bool leads_terminal =
        process.session == process.pid && process.tty && process.tty->starts_with("pts/");
    if (!leads_terminal || listed_ttys_.contains(*process.tty)) {
      return;
    }
    model::LoggedInUser row;
    row.type = "session";
    row.user = user_of(process.pid, surroundings);
    row.tty = process.tty;
    row.time = process.start_time;
    row.pid = process.pid;
    row.process_alive = true;
    row.source = "processes";
    rows_.push_back(std::move(row));
  }

  std::optional<std::string> user_of(int64_t pid, const processes::Surroundings& surroundings) {
    processes::Sources sources;
    sources.add(processes::Source::kStatus);
    const processes::Reading reading = processes::read_process(host_, pid, sources, surroundings);
    if (!reading.row) {
      return std::nullopt;
    }
    if (!names_read_) {
      names_read_ = true;
      if (const auto bytes = host_.read_file("/etc/passwd")) {
        for (parse::PasswdEntry& entry : parse::parse_passwd(bytes->bytes, "/etc/passwd").entries) {
          names_.emplace(entry.uid, std::move(entry.username));
        }
      }
    }
    const auto name = names_.find(reading.row->uid);
    return name == names_.end() ? std::nullopt : std::optional(name->second);
  }

  Context& context_;
  const host::Host& host_;
  std::vector<model::LoggedInUser>& rows_;
  std::set<std::string, std::less<>> listed_ttys_;
  std::map<int64_t, std::string> names_;  ///< the first account of each uid
  bool names_read_ = false;
};

void collect(Context& context) {
  Collection(context).run();
  if (saw_nothing(context.facts, kArea)) {
    context.facts.drop(model::tables::logged_in_users());
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::logged_in_users()};
  static const Collector kCollector{kArea, kProvides, {}, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::logins
