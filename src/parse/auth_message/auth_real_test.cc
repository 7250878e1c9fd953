// SPDX-License-Identifier: Apache-2.0
//
// Real lines with known answers: crowdsec's hub tests (what its parsers found in each line) and
// plaso's ssh sample.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "parse/auth_message/auth_message.h"

namespace genba::parse {
namespace {

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> read_lines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  return lines;
}

struct Tagged {
  std::string program;
  std::string message;
};

/// Cuts "time host program[pid]: message". A crowdsec log of vsftpd has a time of its own only.
Tagged cut(const std::string& line, const std::string& log_type) {
  if (log_type == "vsftpd") {
    const size_t process = line.find("[pid ");
    return {"vsftpd", process == std::string::npos ? "" : line.substr(process)};
  }
  // Three words of an old time stamp or one of a new one, then the host.
  size_t at = 0;
  const int words = line[0] >= '0' && line[0] <= '9' ? 2 : 4;
  for (int i = 0; i < words; ++i) {
    at = line.find_first_not_of(' ', line.find(' ', at));
  }
  const size_t colon = line.find(": ", at);
  std::string program = line.substr(at, colon - at);
  program = program.substr(0, program.find('['));
  return {program, line.substr(colon + 2)};
}

class AuthMessageOfRealLogs : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    data_ = std::string(shared == nullptr ? "../shared" : shared) + "/data/";
    if (read_whole(data_ + "crowdsec-hub/SOURCE.txt").empty()) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real logs in " << data_;
    }
  }
  std::string data_;
};

/// What crowdsec found in one line.
struct Answer {
  bool parsed = false;
  std::string user;
  std::string address;
  std::string log_type;
};

/// The answers of one parser, by the message they are about.
std::map<std::string, Answer> read_answers(const std::string& path, const std::string& parser) {
  std::map<int, Answer> by_index;
  std::map<int, std::string> messages;
  for (const std::string& line : read_lines(path)) {
    const std::string head = "results[\"s01-parse\"][\"" + parser + "\"][";
    if (!line.starts_with(head)) {
      continue;
    }
    const int index = std::atoi(line.c_str() + head.size());
    const size_t equals = line.find(" == ");
    if (equals == std::string::npos) {
      continue;
    }
    const std::string field = line.substr(head.size(), equals - head.size());
    std::string value = line.substr(equals + 4);
    if (value.starts_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    Answer& answer = by_index[index];
    const auto is = [&field](const char* name) { return field.find(name) != std::string::npos; };
    if (is("].Success")) {
      answer.parsed = value == "true";
    } else if (is("Parsed[\"message\"]")) {
      messages[index] = value;
    } else if (is("Meta[\"source_ip\"]")) {
      answer.address = value;
    } else if (is("Meta[\"target_user\"]") || is("Meta[\"user\"]") || is("dovecot_user\"]") ||
               is("Meta[\"username\"]")) {
      answer.user = value;
    } else if (is("Meta[\"log_type\"]")) {
      answer.log_type = value;
    }
  }
  std::map<std::string, Answer> answers;
  for (const auto& [index, message] : messages) {
    answers[message] = by_index[index];
  }
  return answers;
}

struct Case {
  const char* name;
  const char* log;
  const char* parser;
};

TEST_F(AuthMessageOfRealLogs, CrowdsecAnswersAgree) {
  constexpr Case kCases[] = {
      {"sshd-logs", "sshd-logs.log", "crowdsecurity/sshd-logs"},
      {"sshd-invalid-bf", "sshd-invalid-bf.log", "crowdsecurity/sshd-logs"},
      {"sshd-success-logs", "sshd-success-logs.log", "crowdsecurity/sshd-success-logs"},
      {"dovecot-logs", "dovecot-logs.log", "crowdsecurity/dovecot-logs"},
  };
  size_t compared = 0;
  for (const Case& one : kCases) {
    const std::string folder = data_ + "crowdsec-hub/.tests/" + one.name + "/";
    const auto answers = read_answers(folder + "parser.assert", one.parser);
    EXPECT_FALSE(answers.empty()) << one.name;
    for (const std::string& line : read_lines(folder + one.log)) {
      const Tagged tagged = cut(line, "syslog");
      std::string trimmed = tagged.message;
      trimmed.erase(trimmed.find_last_not_of(' ') + 1);
      const auto exact = answers.find(tagged.message);
      const auto found = exact != answers.end() ? exact : answers.find(trimmed);
      if (found == answers.end() || !found->second.parsed) {
        continue;
      }
      const Answer& answer = found->second;
      AuthMessage out;
      ASSERT_TRUE(parse_auth_message(tagged.program, tagged.message, out)) << line;
      EXPECT_EQ(out.user, answer.user) << line;
      // crowdsec strips the "::ffff:" that we leave as written.
      const std::string_view mapped = "::ffff:";
      EXPECT_EQ(out.address.starts_with(mapped) ? out.address.substr(mapped.size()) : out.address,
                answer.address)
          << line;
      EXPECT_EQ(out.outcome == AuthOutcome::kAccepted,
                answer.log_type == "auth_success" || line.find("Login: ") != std::string::npos)
          << line;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 48U);  // all that crowdsec could read of 49 lines
}

TEST_F(AuthMessageOfRealLogs, CrowdsecLinesWithoutAnAnswerFile) {
  std::map<std::string, std::map<std::string, int>> seen;
  for (const char* name :
       {"ssh-bf", "ssh-generic-test", "ssh-slow-bf", "ssh-time-based-bf", "ssh-timeout",
        "sshd_banner_exchange", "sshd-refused-conn", "sshd-logs-fp", "syslog-logs", "vsftpd-bf",
        "vsftpd-logs", "sshd-bad-keyexchange-bf", "sshd-impossible-travel",
        "sshd-impossible-travel-user"}) {
    const std::string folder = data_ + "crowdsec-hub/.tests/" + name + "/";
    const std::string kind = std::string(name).starts_with("vsftpd") ? "vsftpd" : "syslog";
    std::string log = folder + name + ".log";
    if (std::string(name) == "sshd-logs-fp") {
      log = folder + "sshd-logs.log";
    } else if (std::string(name).starts_with("sshd-impossible-travel")) {
      log = folder + "sshd-success-logs.log";
    }
    for (const std::string& line : read_lines(log)) {
      const Tagged tagged = cut(line, kind);
      AuthMessage out;
      const bool known = parse_auth_message(tagged.program, tagged.message, out);
      ++seen[name][known ? std::string(to_string(out.outcome)) : "none"];
    }
  }
  using Counts = std::map<std::string, int>;
  EXPECT_EQ(seen["ssh-bf"], (Counts{{"invalid_user", 6}}));
  EXPECT_EQ(seen["ssh-generic-test"], (Counts{{"invalid_user", 1}}));
  EXPECT_EQ(seen["ssh-slow-bf"], (Counts{{"invalid_user", 22}}));
  EXPECT_EQ(seen["ssh-time-based-bf"], (Counts{{"accepted", 1}, {"invalid_user", 14}}));
  EXPECT_EQ(seen["ssh-timeout"], (Counts{{"probe", 8}}));
  EXPECT_EQ(seen["sshd_banner_exchange"], (Counts{{"probe", 12}}));
  EXPECT_EQ(seen["sshd-refused-conn"], (Counts{{"probe", 1}}));
  EXPECT_EQ(seen["sshd-logs-fp"], (Counts{{"session_closed", 6}}));
  EXPECT_EQ(seen["sshd-bad-keyexchange-bf"], (Counts{{"probe", 19}}));
  EXPECT_EQ(seen["sshd-impossible-travel"], (Counts{{"accepted", 2}}));
  EXPECT_EQ(seen["sshd-impossible-travel-user"], (Counts{{"accepted", 2}}));
  EXPECT_EQ(seen["syslog-logs"], (Counts{{"invalid_user", 3}}));
  EXPECT_EQ(seen["vsftpd-bf"], (Counts{{"failed", 6}}));
  EXPECT_EQ(seen["vsftpd-logs"], (Counts{{"accepted", 1}, {"failed", 2}, {"none", 2}}));
}

TEST_F(AuthMessageOfRealLogs, PlasoSshSample) {
  std::vector<std::string> read;
  for (const std::string& line :
       read_lines(data_ + "plaso-linux/test_data/syslog/syslog_ssh.log")) {
    const Tagged tagged = cut(line, "syslog");
    AuthMessage out;
    if (parse_auth_message(tagged.program, tagged.message, out)) {
      read.push_back(std::string(to_string(out.outcome)) + " " + std::string(out.user) + " " +
                     std::string(out.address) + " " + std::to_string(out.port) + " " +
                     std::string(out.fingerprint));
    }
  }
  EXPECT_EQ(read,
            (std::vector<std::string>{
                "accepted plaso 192.168.0.1 59229 00:aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:77:88:99",
                "accepted plaso 2001:0db8:0a0b:12f0:0000:0000:0000:0001 42532 ",
                "failed plaso 001:db8:a0b:12f0::1 8759 ",
                "failed root 188.124.3.41 32889 ",
                "accepted fred 192.0.2.60 60594 e8:31:68:c7:01:2d:25:20:36:8f:50:5d:f9:ee:70:4c",
                "accepted fred 192.0.2.60 20042 ",
                "accepted fred 192.0.2.60 59915 "
                "SHA256:5xyQ+PG1Z3CIiShclJ2iNya5TOdKDgE/HrOXr21IdOo",
            }));
}

}  // namespace
}  // namespace genba::parse
