// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/merge.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "collect/logs/count_attempts.h"
#include "collect/logs/join_logins.h"
#include "collect/logs/zone_offsets.h"
#include "fmt/format.h"
#include "model/tables/log_files.h"
#include "model/tables/login_attempts.h"
#include "model/tables/logins.h"
#include "model/tables/web_clients.h"
#include "model/tables/web_requests.h"
#include "model/tables/web_scripts.h"

namespace genba::collect::logs {

namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;
// A silence shorter than this is no trace of anything.
constexpr int64_t kShortestSilence = 3600;
// Silences told of one log, and how many times the usual they are at least.
constexpr size_t kMostSilences = 8;
constexpr int64_t kTimesUsual = 4;
// A log of fewer lines has no rhythm.
constexpr int64_t kLinesForRhythm = 200;
constexpr size_t kMostSteps = 16;
// Of all logs together: parts come with the youngest first, so what is left out is the oldest. Far
// above what an honest server has in a month; some 90, 50 and 10 MB.
constexpr size_t kMostAuthEvents = 100'000;
constexpr size_t kMostLast = 150'000;
constexpr size_t kMostAnomalies = 20'000;
// Numbers that one set lacks and that are told one by one.
constexpr size_t kMostMissing = 32;

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::optional<int64_t> number_of(int64_t number) {
  return number < 0 ? std::nullopt : std::optional(number);
}

template <class Rows>
void append(Rows& into, Rows&& from) {
  into.insert(into.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
}

// Appends the last rows that there is room for; how many found none.
template <class Rows>
int64_t append_within(size_t most, Rows& into, Rows&& from) {
  const size_t room = most - std::min(most, into.size());
  const size_t more = from.size() - std::min(from.size(), room);
  into.insert(into.end(), std::make_move_iterator(from.begin() + static_cast<std::ptrdiff_t>(more)),
              std::make_move_iterator(from.end()));
  return static_cast<int64_t>(more);
}

// Moves times of a source that a log in UTC has shown to be off by a zone.
template <class Row>
void move_times(const std::map<std::string, int64_t>& offsets, std::vector<Row>& rows) {
  for (Row& row : rows) {
    const auto offset = offsets.find(row.source);
    if (offset != offsets.end() && row.certainty != to_string(base::Certainty::kExact)) {
      row.time.nanoseconds += offset->second * kNanoseconds;
      row.last_time.nanoseconds += offset->second * kNanoseconds;
      row.certainty = to_string(base::Certainty::kAnchored);
    }
  }
}

std::string traits_text(parse::WebTraits traits) {
  using parse::WebTrait;
  static constexpr std::pair<WebTrait, std::string_view> kWords[] = {
      {WebTrait::kTraversal, "traversal"},
      {WebTrait::kSqlInjection, "sql_injection"},
      {WebTrait::kCodeInjection, "code_injection"},
      {WebTrait::kSecretFile, "secret_file"},
      {WebTrait::kAdminProbe, "admin_probe"},
      {WebTrait::kScript, "script"},
      {WebTrait::kScriptInUploadPlace, "script_in_upload_place"},
      {WebTrait::kCommandParameter, "command_parameter"}};
  std::string text;
  for (const auto& [trait, word] : kWords) {
    if (traits.has(trait)) {
      text += (text.empty() ? "" : " ") + std::string(word);
    }
  }
  return text;
}

}  // namespace

Merge::Merge(const Plan& plan)
    : plan_(plan),
      part_rhythms_(plan.parts.size()),
      part_lines_(plan.parts.size(), -1),
      set_rhythms_(plan.sets.size()),
      lines_(plan.parts.size()) {
  for (const LogSet& set : plan.sets) {
    source_names_.push_back(set.name);
    for (const LogFile& file : set.files) {
      paths_.push_back(file.path);
    }
  }
  files_.resize(paths_.size());
  for (const Part& part : plan.parts) {
    ++files_[part.file].parts;
  }
}

void Merge::take(Folds& folds) {
  attempts_.merge(std::move(folds.attempts));
  web_.merge(folds.web);
}

void Merge::take(uint32_t number, PartFacts&& facts) {
  const Part& part = plan_.parts[number];
  FileOutcome& file = files_[part.file];
  const bool whole = !facts.out_of_time && !facts.error;
  file.parts_read += whole ? 1 : 0;
  file.lines += facts.lines;
  file.damaged_bytes += facts.damaged_bytes;
  file.nul_bytes += facts.nul_bytes;
  file.truncated = file.truncated || facts.truncated;
  file.certainty = std::max(file.certainty, facts.certainty);
  append(file.notes, std::move(facts.notes));
  if (facts.error) {
    file.error = facts.error;
  }
  part_lines_[number] = whole ? facts.lines : -1;
  part_rhythms_[number] = std::move(facts.rhythm);
  // Rules compare logins of one log with those of another: they must know that some are not here.
  const int64_t left_out = facts.auth_left_out + facts.last_left_out +
                           append_within(kMostAuthEvents, auth_, std::move(facts.auth)) +
                           append_within(kMostLast, last_, std::move(facts.last));
  file.truncated = file.truncated || left_out > 0;
  left_out_ += left_out;
  events_.merge(std::move(facts.events));
  executed_.merge(std::move(facts.executed));
  append(lastlog_, std::move(facts.lastlog));
  left_out_ += append_within(kMostAnomalies, anomalies_, std::move(facts.anomalies));
}

void Merge::add_anomaly(model::LogAnomaly row) {
  if (anomalies_.size() < kMostAnomalies) {
    anomalies_.push_back(std::move(row));
  } else {
    ++left_out_;
  }
}

void Merge::finish(Context& context) {
  number_lines();
  join_rhythms();
  anchor_times();
  attempts_.settle();
  find_anomalies();
  append_rows(context.facts);
  append_coverage(context.facts);
}

void Merge::number_lines() {
  int64_t before = 0;
  bool known = true;
  for (uint32_t i = 0; i < plan_.parts.size(); ++i) {
    if (i == 0 || plan_.parts[i].file != plan_.parts[i - 1].file) {
      before = 0;
      known = true;
    }
    lines_.set(i, known ? std::optional(before) : std::nullopt);
    known = known && part_lines_[i] >= 0;
    before += part_lines_[i];
  }
  const auto resolve = [this](auto& rows) {
    for (auto& row : rows) {
      lines_.resolve(row.line);
    }
  };
  resolve(auth_);
  resolve(events_.rows());
  resolve(executed_.rows());
  resolve(anomalies_);
}

void Merge::join_rhythms() {
  for (size_t i = 0; i < plan_.parts.size(); ++i) {
    const Part& part = plan_.parts[i];
    files_[part.file].rhythm.append(part_rhythms_[i]);
    set_rhythms_[part.source_number].append(part_rhythms_[i]);
  }
  part_rhythms_.clear();
  for (const Rhythm& rhythm : set_rhythms_) {
    all_rhythms_.add(rhythm);
  }
  all_rhythms_.settle();
}

void Merge::anchor_times() {
  const std::map<std::string, int64_t> offsets = measure_offsets(auth_, last_);
  if (offsets.empty()) {
    return;
  }
  move_times(offsets, auth_);
  move_times(offsets, events_.rows());
  move_times(offsets, executed_.rows());
  for (Episode& episode : attempts_.episodes()) {
    const auto offset = offsets.find(source_names_[attempts_.way_of(episode).source]);
    if (offset != offsets.end() && episode.certainty != base::Certainty::kExact) {
      episode.time += offset->second * kNanoseconds;
      episode.last_time += offset->second * kNanoseconds;
      episode.certainty = base::Certainty::kAnchored;
    }
  }
  for (const auto& [source, seconds] : offsets) {
    model::LogAnomaly row;
    row.source = source;
    row.path = source;
    row.kind = "time_conflict";
    row.count = seconds;
    row.detail = fmt::format("its times are {:+} s from those of logs that keep UTC", seconds);
    add_anomaly(std::move(row));
  }
}

void Merge::find_anomalies() {
  find_times_set_back();
  for (size_t i = 0; i < plan_.sets.size(); ++i) {
    find_silences(i);
    find_missing_rotations(plan_.sets[i]);
    // A journal is several files at once, the system's and each user's.
    const bool one_stream =
        plan_.sets[i].files.empty() || plan_.sets[i].files[0].format != LogFormat::kJournal;
    const auto& steps = set_rhythms_[i].steps_back();
    for (size_t j = 0; one_stream && j < std::min(steps.size(), kMostSteps); ++j) {
      model::LogAnomaly row;
      row.source = source_names_[i];
      row.path = paths_[steps[j].file];
      row.line = lines_.number(steps[j].line);
      row.kind = "time_back";
      row.from_time = base::timestamp_from_unix(steps[j].from);
      row.to_time = base::timestamp_from_unix(steps[j].to);
      row.count = steps[j].from - steps[j].to;
      add_anomaly(std::move(row));
    }
  }
}

void Merge::find_silences(size_t set) {
  const Rhythm& rhythm = set_rhythms_[set];
  const LogFormat format = plan_.sets[set].files.back().format;
  const bool speaks_by_itself = format == LogFormat::kSyslog || format == LogFormat::kJournal ||
                                format == LogFormat::kAudit || format == LogFormat::kWebAccess;
  if (!speaks_by_itself || rhythm.lines() < kLinesForRhythm) {
    return;
  }
  const int64_t usual = rhythm.usual_silence();
  size_t told = 0;
  for (const Step& silence : rhythm.silences()) {
    const int64_t seconds = silence.to - silence.from;
    if (seconds < kShortestSilence || seconds < kTimesUsual * usual || told++ == kMostSilences) {
      break;
    }
    model::LogAnomaly row;
    row.source = source_names_[set];
    row.path = paths_[silence.file];
    row.line = lines_.number(silence.line);
    row.kind = "silence";
    row.from_time = base::timestamp_from_unix(silence.from);
    row.to_time = base::timestamp_from_unix(silence.to);
    row.count = seconds;
    row.usual = usual;
    row.others = all_rhythms_.lines_within(silence.from, silence.to) -
                 rhythm.lines_within(silence.from, silence.to);
    add_anomaly(std::move(row));
  }
}

void Merge::find_missing_rotations(const LogSet& set) {
  std::set<int64_t> numbers;
  for (const LogFile& file : set.files) {
    const size_t slash = file.path.rfind('/');
    const RotatedName name = parse_rotated_name(std::string_view(file.path).substr(slash + 1));
    if (name.number > 0 && file.format != LogFormat::kJournal) {
      numbers.insert(name.number);
    }
  }
  // Numbered by years, ports or hosts rather than by rotation.
  constexpr int64_t kMostRotations = 400;
  if (numbers.empty() || *numbers.rbegin() > kMostRotations) {
    return;
  }
  size_t told = 0;
  for (int64_t number = 1; number < *numbers.rbegin() && told < kMostMissing; ++number) {
    if (numbers.count(number) > 0) {
      continue;
    }
    ++told;
    model::LogAnomaly row;
    row.source = set.name;
    row.path = fmt::format("{}.{}", set.name, number);
    row.kind = "missing_rotation";
    row.count = number;
    add_anomaly(std::move(row));
  }
}

// The plan takes the years of such a log from its neighbour.
void Merge::find_times_set_back() {
  for (const Part& part : plan_.parts) {
    const LogFile& file = *part.log;
    const bool yearless = file.first_time && file.first_time->year == 0;
    if (part.followed && part.from == 0 && yearless) {
      model::LogAnomaly row;
      row.source = part.source;
      row.path = file.path;
      row.kind = "year_unclear";
      row.from_time = file.status.mtime;
      row.to_time = base::timestamp_from_unix(*part.followed);
      row.detail = "it claims to have changed before a log that it followed";
      add_anomaly(std::move(row));
    }
  }
}

void Merge::append_rows(model::Facts& facts) {
  append_logins(facts);
  append_auth(facts);
  append_web(facts);
  append_files(facts);
  const auto by_time = [](const auto& left, const auto& right) { return left.time < right.time; };
  std::stable_sort(events_.rows().begin(), events_.rows().end(), by_time);
  (void)facts.open(model::tables::events());
  for (const model::Event& row : events_.rows()) {
    facts.append_large(row);
  }
  std::stable_sort(executed_.rows().begin(), executed_.rows().end(), by_time);
  (void)facts.open(model::tables::process_events());
  for (const model::ProcessEvent& row : executed_.rows()) {
    facts.append_large(row);
  }
  std::stable_sort(last_.begin(), last_.end(), [](const auto& left, const auto& right) {
    return std::tie(left.path, left.record) < std::tie(right.path, right.record);
  });
  (void)facts.open(model::tables::last());
  for (const model::Last& row : last_) {
    facts.append_large(row);
  }
  facts.rows<model::LastLogin>() = std::move(lastlog_);
  facts.rows<model::LogAnomaly>() = std::move(anomalies_);
}

void Merge::append_logins(model::Facts& facts) {
  const LogEvidence evidence{auth_, last_, events_.rows(), source_names_};
  const AttemptIndex index(attempts_);
  std::vector<model::Login> logins = join_logins(evidence, index);
  (void)facts.open(model::tables::login_attempts());
  count_attempts(evidence, index, logins,
                 [&facts](const model::LoginAttempts& row) { facts.append_large(row); });
  facts.rows<model::Login>() = std::move(logins);
}

model::AuthEvent Merge::row_of(const Episode& episode) const {
  const AttemptWay& way = attempts_.way_of(episode);
  model::AuthEvent row;
  row.time = base::Timestamp{episode.time};
  row.last_time = base::Timestamp{episode.last_time};
  row.certainty = to_string(episode.certainty);
  row.outcome = to_string(way.outcome);
  row.username = text_of(attempts_.text(episode.username));
  row.address = text_of(attempts_.text(episode.address));
  row.method = text_of(attempts_.text(way.method));
  row.program = attempts_.text(way.program);
  row.comm = text_of(attempts_.text(way.comm));
  row.count = episode.count;
  row.source = source_names_[way.source];
  row.path = paths_[episode.file];
  row.line = lines_.number(episode.line);
  return row;
}

// Both kinds together, by time, each row made only when it is appended.
void Merge::append_auth(model::Facts& facts) {
  const auto& episodes = attempts_.episodes();
  std::vector<std::pair<int64_t, uint32_t>> order;
  order.reserve(episodes.size() + auth_.size());
  for (size_t i = 0; i < episodes.size(); ++i) {
    order.emplace_back(episodes[i].time, static_cast<uint32_t>(i));
  }
  for (size_t i = 0; i < auth_.size(); ++i) {
    order.emplace_back(auth_[i].time.nanoseconds, static_cast<uint32_t>(episodes.size() + i));
  }
  std::sort(order.begin(), order.end());
  (void)facts.open(model::tables::auth_events());
  for (const auto& [time, index] : order) {
    if (index < episodes.size()) {
      facts.append_large(row_of(episodes[index]));
    } else {
      facts.append_large(auth_[index - episodes.size()]);
    }
  }
}

void Merge::append_web(model::Facts& facts) {
  (void)facts.open(model::tables::web_clients());
  for (const auto& [address, client] : web_.clients()) {
    model::WebClient row;
    row.address = web_.text(address);
    row.first_time = base::Timestamp{client.first_time};
    row.last_time = base::Timestamp{client.last_time};
    row.requests = client.requests;
    row.refused = client.refused;
    row.refused_paths = client.distinct_refused();
    row.attacks = client.attacks;
    row.posts = client.posts;
    row.agent = text_of(web_.text(client.agent));
    row.tool = text_of(web_.text(client.tool));
    if (client.has_found()) {
      row.found = text_of(web_.text(client.found));
      row.found_time = base::Timestamp{client.found_time};
    }
    row.source = source_names_[client.source];
    facts.append_large(row);
  }
  (void)facts.open(model::tables::web_scripts());
  for (const auto& [path, script] : web_.scripts()) {
    model::WebScript row;
    row.path = web_.text(path);
    row.first_time = base::Timestamp{script.first_time};
    row.last_time = base::Timestamp{script.last_time};
    row.requests = script.requests;
    row.posts = script.posts;
    row.answered = script.answered;
    row.posts_answered = script.posts_answered;
    row.clients = std::count_if(script.clients.begin(), script.clients.end(),
                                [](uint32_t client) { return client != 0; });
    row.first_client = web_.text(script.first_client);
    row.referred = script.referred;
    row.in_upload_place = script.in_upload_place;
    row.agent = text_of(web_.text(script.agent));
    row.log = source_names_[script.source];
    facts.append_large(row);
  }
  (void)facts.open(model::tables::web_requests());
  for (const NotableRequest& request : web_.notable()) {
    model::WebRequestSeen row;
    row.time = base::Timestamp{request.time};
    row.address = web_.text(request.address);
    row.method = web_.text(request.method);
    row.target = web_.text(request.target);
    row.status = number_of(request.status);
    row.bytes = number_of(request.bytes);
    row.referrer = text_of(web_.text(request.referrer));
    row.agent = text_of(web_.text(request.agent));
    row.traits = traits_text(request.traits);
    row.source = source_names_[request.source];
    row.path = paths_[request.file];
    row.line = lines_.number(request.line);
    facts.append_large(row);
  }
}

void Merge::append_files(model::Facts& facts) {
  auto& rows = facts.rows<model::LogFile>();
  size_t number = 0;
  for (const LogSet& set : plan_.sets) {
    for (const LogFile& file : set.files) {
      const FileOutcome& outcome = files_[number++];
      model::LogFile row;
      row.path = file.path;
      row.source = set.name;
      row.format = to_string(file.format);
      row.compression = text_of(to_string(file.compression));
      row.size = static_cast<int64_t>(file.status.size);
      if (outcome.parts_read > 0) {
        row.lines = outcome.lines;
      }
      const bool known = file.format != LogFormat::kUnknown;
      const bool refused = file.error || outcome.error;
      row.unread = known && !refused && outcome.parts_read < outcome.parts ? 1 : 0;
      if (outcome.rhythm.lines() > 0) {
        row.first_time = base::timestamp_from_unix(outcome.rhythm.first());
        row.last_time = base::timestamp_from_unix(outcome.rhythm.last());
        row.certainty = std::string(to_string(outcome.certainty));
      }
      row.mtime = file.status.mtime;
      row.ctime = file.status.ctime;
      row.btime = file.status.btime;
      row.inode = static_cast<int64_t>(file.status.inode);
      row.mode = host::mode_text(file.status.mode);
      row.uid = file.status.uid;
      row.state = refused                     ? "unreadable"
                  : file.status.size == 0     ? "empty"
                  : !known                    ? "unknown"
                  : row.unread != 0           ? "unread"
                  : outcome.truncated         ? "truncated"
                  : outcome.damaged_bytes > 0 ? "damaged"
                                              : "whole";
      row.damaged_bytes = outcome.damaged_bytes;
      row.nul_bytes = outcome.nul_bytes;
      rows.push_back(std::move(row));
    }
  }
}

void Merge::append_coverage(model::Facts& facts) {
  size_t number = 0;
  for (const LogSet& set : plan_.sets) {
    CoverageCounter coverage("logs", set.name);
    bool known = false;
    bool cut = false;
    for (const LogFile& file : set.files) {
      const FileOutcome& outcome = files_[number++];
      if (file.error) {
        known = true;
        coverage.asked();
        coverage.failed(*file.error);
        continue;
      }
      if (file.format == LogFormat::kUnknown) {
        continue;
      }
      known = true;
      coverage.asked();
      if (outcome.error) {
        coverage.failed(*outcome.error);
      } else if (outcome.parts_read == outcome.parts) {
        coverage.seen();
      } else {
        cut = true;
      }
      for (const base::Note& note : outcome.notes) {
        coverage.note(note);
      }
    }
    if (cut) {
      coverage.cut("time was up before all of it was read; the newest was read first", "--deep");
    }
    if (known) {
      coverage.finish(facts);
    }
  }
  if (attempts_.fineness() != Fineness::kHours) {
    CoverageCounter coverage("logs", "failed logins");
    coverage.seen(static_cast<int64_t>(attempts_.episodes().size()));
    coverage.cut(attempts_.fineness() == Fineness::kWithoutNames
                     ? "there are too many: they are counted for each address, without names"
                     : "there are too many to keep their times by the hour");
    coverage.finish(facts);
  }
  const int64_t left_out = left_out_ + events_.left_out() + executed_.left_out() + web_.left_out() +
                           attempts_.left_out();
  if (left_out > 0) {
    CoverageCounter coverage("logs", "events");
    coverage.asked(left_out);
    coverage.cut("there are more events than are kept; the rest is counted only");
    coverage.finish(facts);
  }
}

}  // namespace genba::collect::logs
