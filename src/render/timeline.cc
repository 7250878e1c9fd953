// SPDX-License-Identifier: Apache-2.0
#include "render/timeline.h"

#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "fmt/format.h"
#include "render/brief.h"
#include "render/json_writer.h"
#include "render/log_words.h"

namespace genba::render {

namespace {

// "2026-11-21 03:12:09.123"
std::string millisecond_time(base::Timestamp time) {
  std::string text = base::to_rfc3339(time).substr(0, 23);
  text[10] = ' ';
  return text;
}

void add_common(JsonWriter& json, const TimelineEvent& event) {
  json.member("certainty", event.certainty);
  json.member("source", to_string(event.source));
  json.member("path", event.path);
  const auto member = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) {
      json.member(key, text);
    }
  };
  if (event.line) {
    json.key("line");
    json.integer(*event.line);
  }
  member("username", event.username);
  member("address", event.address);
  if (event.pid) {
    json.key("pid");
    json.integer(*event.pid);
  }
}

std::string csv_cell(std::string_view raw) {
  std::string text = base::escape_for_terminal(raw);
  // OWASP, "CSV Injection": what begins so is a formula to a spreadsheet.
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
    text.insert(text.begin(), '\'');
  }
  if (text.find_first_of(",\"\n\r") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

// "r/rrwxr-xr-x" of a file's type and octal mode, as The Sleuth Kit writes it.
std::string mode_words(std::string_view type, std::string_view octal) {
  const char kind = type == "directory"   ? 'd'
                    : type == "symlink"   ? 'l'
                    : type == "fifo"      ? 'p'
                    : type == "socket"    ? 's'
                    : type == "character" ? 'c'
                    : type == "block"     ? 'b'
                                          : 'r';
  const auto bits = base::parse_number<unsigned>(octal, base::Radix::kOctal).value_or(0);
  std::string text = {kind, '/', kind};
  constexpr std::string_view kLetters = "rwxrwxrwx";
  for (size_t i = 0; i < kLetters.size(); ++i) {
    text += (bits >> (8 - i) & 1U) != 0 ? kLetters[i] : '-';
  }
  const auto special = [&](unsigned bit, size_t at, char lower, char upper) {
    if ((bits & bit) != 0) {
      text[at] = text[at] == 'x' ? lower : upper;
    }
  };
  special(04000, 5, 's', 'S');
  special(02000, 8, 's', 'S');
  special(01000, 11, 't', 'T');
  return text;
}

}  // namespace

std::string_view to_string(TimelineSource source) {
  switch (source) {
    case TimelineSource::kLog: return "log";
    case TimelineSource::kLogin: return "login";
    case TimelineSource::kFile: return "file";
    case TimelineSource::kProcess: return "process";
    case TimelineSource::kHistory: return "history";
    case TimelineSource::kEvent: return "event";
  }
  return {};
}

std::string timeline_text(const TimelineEvent& event, const TerminalStyle& style) {
  // m, a, c, b as in mactime: modified, accessed, changed, born.
  std::string what = event.what;
  if (event.source == TimelineSource::kFile) {
    what = "....";
    const auto mark = [&](std::string_view word, size_t at, char letter) {
      what[at] = event.what.find(word) != std::string::npos ? letter : '.';
    };
    mark("modified", 0, 'm');
    mark("accessed", 1, 'a');
    mark("changed", 2, 'c');
    mark("born", 3, 'b');
  }
  std::string place = event.path;
  if (event.line) {
    place += fmt::format(":{}", *event.line);
  }
  std::string line = fmt::format("{}{} {:<7} {:<5} ", millisecond_time(event.time),
                                 certainty_mark(event.certainty), to_string(event.source), what);
  line += base::escape_for_terminal(place);
  if (!event.message.empty()) {
    line += "  " + base::escape_for_terminal(event.message);
  }
  // A log line's own words stand behind time, source and path: in one row of 80 columns nothing
  // would be left of them. The terminal wraps; a line of 64 KiB must not fill it.
  constexpr size_t kMostRows = 4;
  if (style.columns > 0) {
    line = base::truncate_to_width(line, kMostRows * style.columns);
  }
  return line + "\n";
}

std::string timeline_json(const TimelineEvent& event) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("time");
  json.time(event.time);
  json.member("what", event.what);
  add_common(json, event);
  json.member("message", event.message);
  json.end_object();
  return out + "\n";
}

std::string timeline_csv_header() {
  return "time,certainty,source,what,path,line,username,address,pid,message\n";
}

std::string timeline_csv(const TimelineEvent& event) {
  return fmt::format("{},{},{},{},{},{},{},{},{},{}\n", base::to_rfc3339(event.time),
                     event.certainty, to_string(event.source), event.what, csv_cell(event.path),
                     event.line ? std::to_string(*event.line) : "", csv_cell(event.username),
                     csv_cell(event.address), event.pid ? std::to_string(*event.pid) : "",
                     csv_cell(event.message));
}

std::string timeline_timesketch(const TimelineEvent& event) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  // Its importer wants a message that is not empty.
  json.member("message", event.message.empty() ? event.path : event.message);
  json.key("datetime");
  json.string(base::to_rfc3339(event.time).substr(0, 26) + "+00:00");
  json.key("timestamp");
  // Downwards, also before 1970, as the text above is.
  const int64_t below = event.time.nanoseconds % 1000 < 0 ? 1 : 0;
  json.integer(event.time.nanoseconds / 1000 - below);
  json.member("timestamp_desc", event.what);
  json.member("data_type", fmt::format("genba:{}", to_string(event.source)));
  add_common(json, event);
  json.end_object();
  return out + "\n";
}

std::string timeline_body(const BodyFile& file) {
  std::string name = file.path;
  if (!file.link_target.empty()) {
    name += " -> " + file.link_target;
  }
  name = base::escape_for_terminal(name);
  for (char& c : name) {
    c = c == '|' ? '_' : c;  // the format has no escape for its separator
  }
  return fmt::format("0|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", name, file.inode,
                     mode_words(file.type, file.mode), file.uid, file.gid, file.size, file.atime,
                     file.mtime, file.ctime, file.btime);
}

std::string timeline_histogram(const std::vector<TimelineCount>& counts,
                               const TerminalStyle& style) {
  int64_t most = 1;
  for (const TimelineCount& count : counts) {
    most = std::max(most, count.events);
  }
  constexpr size_t kLabel = 30;
  const size_t room = std::clamp<size_t>(style.columns, kLabel + 10, 200) - kLabel;
  std::string text;
  for (const TimelineCount& count : counts) {
    const auto length = static_cast<size_t>(static_cast<double>(count.events) /
                                            static_cast<double>(most) * static_cast<double>(room));
    text += fmt::format(
        "{} {:>12} {}\n", base::to_display(count.from).substr(0, 16),
        with_commas(static_cast<uint64_t>(count.events)),
        count.until ? "… " + base::to_display(*count.until).substr(0, 16)
                    : std::string(count.events == 0 ? 0 : std::max<size_t>(length, 1), '#'));
  }
  return text;
}

}  // namespace genba::render
