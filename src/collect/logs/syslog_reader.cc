// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/line_reader.h"
#include "collect/logs/message_facts.h"
#include "parse/syslog/syslog.h"

namespace genba::collect::logs {

namespace {

// No message that is told to be repeated is longer.
constexpr size_t kKeptBytes = 1024;

class SyslogReader final : public LineReader {
 public:
  explicit SyslogReader(LineContext& context) : context_(context) {}

  void read(const parse::LogLine& line) override {
    parse::SyslogLine syslog;
    if (!parse::parse_syslog_line(line.text, syslog)) {
      return;  // the continuation of the line before
    }
    if (!syslog.has_time && !last_time_) {
      return;  // nothing tells when
    }
    Message message;
    if (syslog.has_time) {
      last_time_ = context_.time_of(syslog.time, line);
    }
    message.time = *last_time_;
    // "last message repeated 5 times", whose line is the one before.
    parse::SyslogLine repeated;
    if (syslog.program.empty() && syslog.repeats > 1 &&
        parse::parse_syslog_line(last_line_, repeated)) {
      repeated.repeats = syslog.repeats;
      syslog = repeated;
    } else {
      last_line_.assign(line.text.substr(0, kKeptBytes));
    }
    message.certainty = context_.certainty;
    message.program = syslog.program;
    message.host = syslog.host;
    message.text = syslog.message;
    message.pid = syslog.pid;
    message.repeats = syslog.repeats;
    message.source = context_.source;
    message.path = context_.path;
    message.source_number = context_.source_number;
    message.file = context_.file;
    message.line = context_.line_of(line);
    message.offset = static_cast<int64_t>(line.offset);
    message.original = line.text;
    add_message(message, context_.facts, context_.folds.attempts);
  }

 private:
  LineContext& context_;
  std::optional<base::Timestamp> last_time_;
  std::string last_line_;
};

}  // namespace

std::unique_ptr<LineReader> make_syslog_reader(LineContext& context) {
  return std::make_unique<SyslogReader>(context);
}

}  // namespace genba::collect::logs
