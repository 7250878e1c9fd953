// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/imitations.h"
#include "collect/logs/line_reader.h"
#include "parse/docker_json_log/docker_json_log.h"
#include "parse/web_access/web_access.h"
#include "parse/web_error/web_error.h"

namespace genba::collect::logs {

namespace {

// Longer messages are kept to so much; the line leads to the rest.
constexpr size_t kTextBytes = 2048;

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text.substr(0, kTextBytes));
}

void add_request(const parse::WebRequest& request, const parse::LogLine& line,
                 LineContext& context) {
  RequestPlace place;
  place.time = context.time_of(request.time, line).nanoseconds;
  place.source = context.source_number;
  place.file = context.file;
  place.line = context.line_of(line);
  context.folds.web.add(request, place);
}

class WebAccessReader final : public LineReader {
 public:
  explicit WebAccessReader(LineContext& context) : context_(context) {}

  void read(const parse::LogLine& line) override {
    parse::WebRequest request;
    if (parse::parse_web_access_line(line.text, request)) {
      add_request(request, line, context_);
    }
  }

 private:
  LineContext& context_;
};

// The action that a line of an error log stands for; empty for what is of no interest.
std::string_view action_of(const parse::WebErrorLine& line) {
  switch (line.kind) {
    case parse::WebErrorKind::kShell: return "web_shell_speaks";
    case parse::WebErrorKind::kPhp: return "web_php_error";
    case parse::WebErrorKind::kStart: return "web_server_started";
    case parse::WebErrorKind::kStop: return "web_server_stopped";
    case parse::WebErrorKind::kCrash: return "web_server_crashed";
    case parse::WebErrorKind::kMessage:
    case parse::WebErrorKind::kDenied:
    case parse::WebErrorKind::kLimited:
    case parse::WebErrorKind::kLoginFailed:
    case parse::WebErrorKind::kMissing:
    case parse::WebErrorKind::kBadRequest: return {};
  }
  return {};
}

class WebErrorReader final : public LineReader {
 public:
  explicit WebErrorReader(LineContext& context) : context_(context), imitations_(context) {}

  void read(const parse::LogLine& line) override {
    parse::WebErrorLine error;
    if (!parse::parse_web_error_line(line.text, error)) {
      return;
    }
    if (error.has_time) {
      last_time_ = context_.time_of(error.time, line);
    }
    if (error.repeated_marks) {
      imitations_.add(line, last_time_);
    }
    const std::string_view action = action_of(error);
    if (action.empty() || !last_time_) {
      return;
    }
    model::Event row;
    context_.put_place(line, row);
    row.time = row.last_time = *last_time_;
    // What a shell writes has no time of its own: that of the line before it is a lower bound.
    row.certainty = to_string(context_.certainty);
    row.kind = "log";
    row.action = action;
    row.program = text_of(error.tool.empty() ? error.module : error.tool);
    row.address = text_of(error.client);
    row.subject = text_of(error.script);
    if (error.pid >= 0) {
      row.pid = error.pid;
    }
    row.count = 1;
    row.message = error.message.substr(0, kTextBytes);
    row.original = text_of(line.text);
    if (error.kind == parse::WebErrorKind::kPhp) {
      // A broken page complains with each visit.
      const std::string same = row.source + '\0' + row.message;
      context_.facts.events.fold(XXH3_64bits(same.data(), same.size()), std::move(row));
    } else {
      context_.facts.events.add(std::move(row));
    }
  }
  void end() override { imitations_.end(); }

 private:
  LineContext& context_;
  Imitations imitations_;
  std::optional<base::Timestamp> last_time_;
};

// A container's output: what web servers write there is read as in a file of their own.
class DockerReader final : public LineReader {
 public:
  explicit DockerReader(LineContext& context) : context_(context) {}

  void read(const parse::LogLine& line) override {
    parse::ContainerLine docker;
    if (!parse::parse_docker_json_line(line.text, scratch_, docker).empty() &&
        !parse::parse_cri_line(line.text, docker).empty()) {
      return;
    }
    parse::WebRequest request;
    if (parse::parse_web_access_line(docker.text, request)) {
      add_request(request, line, context_);
    } else {
      (void)context_.time_of(docker.time, line);
    }
  }

 private:
  LineContext& context_;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<LineReader> make_web_access_reader(LineContext& context) {
  return std::make_unique<WebAccessReader>(context);
}

std::unique_ptr<LineReader> make_web_error_reader(LineContext& context) {
  return std::make_unique<WebErrorReader>(context);
}

std::unique_ptr<LineReader> make_docker_reader(LineContext& context) {
  return std::make_unique<DockerReader>(context);
}

}  // namespace genba::collect::logs
