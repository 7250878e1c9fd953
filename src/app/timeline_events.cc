// SPDX-License-Identifier: Apache-2.0
#include "app/timeline_events.h"

#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "model/tables/auth_events.h"
#include "model/tables/events.h"
#include "model/tables/file.h"
#include "model/tables/last.h"
#include "model/tables/lastlog.h"
#include "model/tables/processes.h"
#include "model/tables/shell_history.h"

namespace genba::app {

namespace {

using Table = EventPlace::Table;

constexpr int64_t kSecond = 1'000'000'000;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

// A cell by its column's name; columns are looked up once.
class Row {
 public:
  Row(const model::RowStore& store, const model::TableInfo& table, size_t row)
      : store_(store), table_(table), row_(row) {}

  std::string_view text(std::string_view column) const {
    const model::Value value = cell(column);
    const auto* text = std::get_if<std::string_view>(&value);
    return text == nullptr ? std::string_view{} : *text;
  }
  std::optional<int64_t> number(std::string_view column) const {
    const model::Value value = cell(column);
    const auto* number = std::get_if<int64_t>(&value);
    return number == nullptr ? std::nullopt : std::optional(*number);
  }

 private:
  model::Value cell(std::string_view column) const {
    return store_.cell(row_, static_cast<size_t>(table_.column_index(column)));
  }

  const model::RowStore& store_;
  const model::TableInfo& table_;
  size_t row_;
};

template <class Struct>
std::optional<Row> row_at(const model::Facts& facts, size_t row) {
  const model::TableInfo& table = model::TableOf<Struct>::info();
  const model::RowStore* store = facts.find(table);
  return store == nullptr ? std::nullopt : std::optional(Row(*store, table, row));
}

class Adder {
 public:
  Adder(const model::Facts& facts, const EventFilter& filter, std::vector<EventPlace>& places)
      : facts_(facts), filter_(filter), places_(places) {}

  // Four times of each file, those that are the same as one event.
  void add_files() {
    const model::TableInfo& table = model::tables::file();
    const model::RowStore* store = facts_.find(table);
    if (store == nullptr) {
      return;
    }
    const auto column = [&](std::string_view name) {
      return static_cast<size_t>(table.column_index(name));
    };
    const size_t path = column("path");
    const size_t times[] = {column("mtime"), column("atime"), column("ctime"), column("btime")};
    for (size_t row = 0; row < store->size(); ++row) {
      int64_t values[4];
      bool told[4];
      bool any = false;
      for (size_t i = 0; i < 4; ++i) {
        const model::Value value = store->cell(row, times[i]);
        const auto* number = std::get_if<int64_t>(&value);
        values[i] = number == nullptr ? 0 : *number;
        told[i] = number != nullptr && filter_.time(values[i]);
        any = any || told[i];
      }
      if (any && is_wanted(store->cell(row, path))) {
        add_times(static_cast<uint32_t>(row), values, told);
      }
    }
  }

  template <class Struct>
  void add_rows(Table name, std::string_view time_column, std::string_view path_column) {
    const model::TableInfo& table = model::TableOf<Struct>::info();
    const model::RowStore* store = facts_.find(table);
    for (size_t i = 0; store != nullptr && i < store->size(); ++i) {
      const Row row(*store, table, i);
      const auto time = row.number(time_column);
      if (!time || !filter_.time(*time) || !filter_.path(row.text(path_column))) {
        continue;
      }
      const EventPlace place{*time, static_cast<uint32_t>(i), name, 0};
      if (!filter_.has_grep() || holds_grep(place)) {
        places_.push_back(place);
      }
    }
  }

 private:
  // What is shown is what is looked through.
  bool holds_grep(const EventPlace& place) const {
    const render::TimelineEvent event = event_at(place, facts_, nullptr);
    return filter_.text(event.path, event.message + "\n" + event.address + "\n" + event.username);
  }

  bool is_wanted(const model::Value& path) const {
    const auto* text = std::get_if<std::string_view>(&path);
    return text != nullptr && filter_.text(*text, {});
  }

  void add_times(uint32_t row, const int64_t (&values)[4], bool (&told)[4]) {
    for (size_t i = 0; i < 4; ++i) {
      if (!told[i]) {
        continue;
      }
      uint8_t mask = 0;
      for (size_t j = i; j < 4; ++j) {
        if (told[j] && values[j] == values[i]) {
          mask = static_cast<uint8_t>(mask | 1U << j);
          told[j] = false;
        }
      }
      places_.push_back({values[i], row, Table::kFile, mask});
    }
  }

  const model::Facts& facts_;
  const EventFilter& filter_;
  std::vector<EventPlace>& places_;
};

std::string joined(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!word.empty()) {
      text += (text.empty() ? "" : " ") + std::string(word);
    }
  }
  return text;
}

std::string times_words(uint8_t times) {
  return joined({(times & 1U) != 0 ? "modified" : "", (times & 2U) != 0 ? "accessed" : "",
                 (times & 4U) != 0 ? "changed" : "", (times & 8U) != 0 ? "born" : ""});
}

void fill_file(const Row& row, uint8_t times, render::TimelineEvent& event) {
  event.source = render::TimelineSource::kFile;
  event.what = times_words(times);
  event.path = row.text("path");
  event.message = fmt::format("{} {} uid {} gid {} {} bytes", row.text("type"), row.text("mode"),
                              row.number("uid").value_or(0), row.number("gid").value_or(0),
                              row.number("size").value_or(0));
}

void fill_last(const Row& row, render::TimelineEvent& event) {
  event.source = render::TimelineSource::kLogin;
  event.what = row.text("type_name");
  event.path = row.text("path");
  event.line = row.number("record");
  event.username = row.text("username");
  event.address = row.text("address").empty() ? row.text("host") : row.text("address");
  event.pid = row.number("pid");
  event.message = joined({row.text("username"), row.text("tty"), row.text("host")});
}

void fill_history(const Row& row, render::TimelineEvent& event) {
  event.source = render::TimelineSource::kHistory;
  event.what = "typed";
  event.path = row.text("history_file");
  event.line = row.number("line");
  event.username = row.text("username");
  event.message = row.text("command");
}

void fill_process(const Row& row, render::TimelineEvent& event) {
  event.source = render::TimelineSource::kProcess;
  event.what = "started";
  event.path = row.text("path");
  event.pid = row.number("pid");
  event.message = fmt::format("pid {} uid {} {}", row.number("pid").value_or(0),
                              row.number("uid").value_or(0), row.text("cmdline"));
}

void fill_auth(const Row& row, render::TimelineEvent& event) {
  event.source = render::TimelineSource::kEvent;
  event.what = row.text("outcome");
  event.certainty = row.text("certainty");
  event.path = row.text("path");
  event.line = row.number("line");
  event.username = row.text("username");
  event.address = row.text("address");
  event.pid = row.number("pid");
  const int64_t count = row.number("count").value_or(1);
  event.message = joined({row.text("program"), row.text("outcome"), row.text("username"),
                          row.text("target_user"), row.text("address"), row.text("method"),
                          row.text("command"), count > 1 ? fmt::format("{} times", count) : ""});
}

void fill_event(const Row& row, render::TimelineEvent& event) {
  event.source = render::TimelineSource::kEvent;
  event.what = row.text("action");
  event.certainty = row.text("certainty");
  event.path = row.text("path");
  event.line = row.number("line");
  event.username = row.text("username");
  event.address = row.text("address");
  event.pid = row.number("pid");
  event.message = joined({row.text("program"), row.text("message")});
}

}  // namespace

EventFilter::EventFilter(const TimelineOptions& options)
    : since_(options.since ? options.since->nanoseconds : INT64_MIN),
      until_(options.until ? options.until->nanoseconds : INT64_MAX),
      grep_(lower_case(options.grep)),
      path_(lower_case(options.path)),
      only_(options.only) {}

bool EventFilter::holds(std::string_view text, const std::string& lower_case) {
  const auto found = std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                                 [](char left, char right) { return lower(left) == right; });
  return found != text.end() || lower_case.empty();
}

bool EventFilter::text(std::string_view path, std::string_view message) const {
  return this->path(path) && (grep_.empty() || holds(message, grep_) || holds(path, grep_));
}

bool EventFilter::source(std::string_view name) const {
  return only_.empty() || std::find(only_.begin(), only_.end(), name) != only_.end();
}

void add_fact_events(const model::Facts& facts, const EventFilter& filter, bool log_rows,
                     std::vector<EventPlace>& places) {
  Adder adder(facts, filter, places);
  if (filter.source("files")) {
    adder.add_files();
  }
  if (filter.source("logins")) {
    adder.add_rows<model::Last>(Table::kLast, "time", "path");
    adder.add_rows<model::LastLogin>(Table::kLastlog, "time", "path");
  }
  if (filter.source("histories")) {
    adder.add_rows<model::ShellHistory>(Table::kHistory, "time", "history_file");
  }
  if (filter.source("processes")) {
    adder.add_rows<model::Process>(Table::kProcess, "start_time", "path");
  }
  if (filter.source("logs") && log_rows) {
    adder.add_rows<model::AuthEvent>(Table::kAuth, "time", "path");
    adder.add_rows<model::Event>(Table::kEvent, "time", "path");
  }
}

render::TimelineEvent event_at(const EventPlace& place, const model::Facts& facts,
                               collect::logs::LineTexts* lines) {
  render::TimelineEvent event;
  event.time = base::Timestamp{place.time};
  event.certainty = to_string(base::Certainty::kExact);
  switch (place.table) {
    case Table::kLine: {
      const collect::logs::IndexedLine& line = lines->index().lines[place.row];
      event.source = render::TimelineSource::kLog;
      event.what = "log";
      event.certainty = to_string(line.certainty);
      event.path = lines->index().paths[line.file];
      event.message = lines->text(line);
      break;
    }
    case Table::kLast: fill_last(*row_at<model::Last>(facts, place.row), event); break;
    case Table::kLastlog: {
      const Row row = *row_at<model::LastLogin>(facts, place.row);
      event.source = render::TimelineSource::kLogin;
      event.what = "last login";
      event.path = row.text("path");
      event.username = row.text("username");
      event.address = row.text("host");
      event.message = joined({row.text("username"), row.text("tty"), row.text("host")});
      break;
    }
    case Table::kHistory:
      fill_history(*row_at<model::ShellHistory>(facts, place.row), event);
      break;
    case Table::kFile: fill_file(*row_at<model::File>(facts, place.row), place.times, event); break;
    case Table::kProcess: fill_process(*row_at<model::Process>(facts, place.row), event); break;
    case Table::kAuth: fill_auth(*row_at<model::AuthEvent>(facts, place.row), event); break;
    case Table::kEvent: fill_event(*row_at<model::Event>(facts, place.row), event); break;
  }
  return event;
}

render::BodyFile body_file(const model::Facts& facts, uint32_t number) {
  const Row row = *row_at<model::File>(facts, number);
  const auto seconds = [&](std::string_view column) {
    const int64_t nanoseconds = row.number(column).value_or(0);
    return nanoseconds / kSecond - (nanoseconds % kSecond < 0 ? 1 : 0);
  };
  render::BodyFile file;
  file.path = row.text("path");
  file.link_target = row.text("symlink_target_path");
  file.inode = row.number("inode").value_or(0);
  file.type = row.text("type");
  file.mode = row.text("mode");
  file.uid = row.number("uid").value_or(0);
  file.gid = row.number("gid").value_or(0);
  file.size = row.number("size").value_or(0);
  file.atime = seconds("atime");
  file.mtime = seconds("mtime");
  file.ctime = seconds("ctime");
  file.btime = seconds("btime");
  return file;
}

}  // namespace genba::app
