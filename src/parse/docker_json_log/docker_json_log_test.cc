// SPDX-License-Identifier: Apache-2.0
#include "parse/docker_json_log/docker_json_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/cursor.h"

namespace genba::parse {
namespace {

constexpr const char* kTime = R"(,"time":"2026-11-08T03:12:09.123456789Z"})";

struct Parsed {
  std::string text;
  ContainerLine line;
  std::string reason;
};

Parsed parse(std::string_view line) {
  Parsed parsed;
  std::string scratch = "old";
  parsed.reason = parse_docker_json_line(line, scratch, parsed.line);
  parsed.text = parsed.line.text;
  parsed.line.text = {};
  return parsed;
}

TEST(DockerJsonLog, LineOfTheRuntimeGivesTextStreamAndTime) {
  const std::string json = R"({"log":"listening on 8080\n","stream":"stdout")" + std::string(kTime);
  std::string scratch;
  ContainerLine line;
  ASSERT_EQ(parse_docker_json_line(json, scratch, line), "");
  EXPECT_EQ(line.text, "listening on 8080");
  EXPECT_EQ(line.text.data(), json.data() + 8);  // not copied
  EXPECT_EQ(line.stream, ContainerStream::kStdout);
  EXPECT_FALSE(line.partial);
  EXPECT_EQ(line.time.year, 2026);
  EXPECT_EQ(line.time.month, 11);
  EXPECT_EQ(line.time.second, 9);
  EXPECT_EQ(line.time.nanosecond, 123456789);
  EXPECT_EQ(line.time.offset, 0);
}

TEST(DockerJsonLog, EscapesAreDecoded) {
  const auto parsed = parse(
      R"({"log":"\u001b[31m \"q\" \\ \/ \b\f\r\t \u00e9\u20AC \ud83d\ude00\n","stream":"stderr")" +
      std::string(kTime));
  EXPECT_EQ(parsed.reason, "");
  EXPECT_EQ(parsed.text, "\x1b[31m \"q\" \\ / \b\f\r\t \xc3\xa9\xe2\x82\xac \xf0\x9f\x98\x80");
  EXPECT_EQ(parsed.line.stream, ContainerStream::kStderr);
  EXPECT_FALSE(parsed.line.partial);
}

TEST(DockerJsonLog, LoneSurrogatesBecomeReplacementCharacters) {
  EXPECT_EQ(parse(R"({"log":"\ud83dx\udc00\ud83d\u0041\n")" + std::string(kTime)).text,
            "\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd"
            "A");
}

TEST(DockerJsonLog, TextWithoutNewlineIsAPart) {
  EXPECT_TRUE(parse(R"({"log":"part")" + std::string(kTime)).line.partial);
  EXPECT_TRUE(parse(R"({"log":"")" + std::string(kTime)).line.partial);
  EXPECT_TRUE(parse(R"({"log":"\\n")" + std::string(kTime)).line.partial);
  EXPECT_EQ(parse(R"({"log":"\\n")" + std::string(kTime)).text, "\\n");
  EXPECT_FALSE(parse(R"({"log":"\n")" + std::string(kTime)).line.partial);
  EXPECT_EQ(parse(R"({"log":"\n")" + std::string(kTime)).text, "");
  EXPECT_FALSE(parse(R"({"log":"a\u000a")" + std::string(kTime)).line.partial);
}

TEST(DockerJsonLog, KeysMayComeInAnyOrderWithOthersBetween) {
  const auto parsed = parse(
      R"( { "time" : "2026-11-08T03:12:09Z" , "attrs":{"tag":"a\"b","n":[1,-2.5e+3,0,true,false,)"
      R"(null,{},[]]}, "log":"x\n", "stream":"odd" } )");
  EXPECT_EQ(parsed.reason, "");
  EXPECT_EQ(parsed.text, "x");
  EXPECT_EQ(parsed.line.stream, ContainerStream::kUnknown);
}

TEST(DockerJsonLog, ForgedFrameInsideTheTextStaysText) {
  const auto parsed = parse(
      R"({"log":"x\",\"stream\":\"stderr\",\"time\":\"1999-01-01T00:00:00Z\"}\n","stream":"stdout")" +
      std::string(kTime));
  EXPECT_EQ(parsed.text, R"(x","stream":"stderr","time":"1999-01-01T00:00:00Z"})");
  EXPECT_EQ(parsed.line.stream, ContainerStream::kStdout);
  EXPECT_EQ(parsed.line.time.year, 2026);
}

TEST(DockerJsonLog, BrokenLinesSayWhyAndLeaveTheResultAlone) {
  const std::pair<std::string, const char*> lines[] = {
      {"", "not a JSON object"},
      {"listening", "not a JSON object"},
      {R"({"log":"cut)", "a string is broken"},
      {R"({"log":"cut\)", "a string is broken"},
      {R"({"log":"cut\")", "a string is broken"},
      {R"({"log":"x\n","stream":"stdout")", "the object does not end"},
      {R"({"log":"x\n","stream":"stdout"})", "no time"},
      {R"({"log":1)" + std::string(kTime), "a string is broken"},
      {R"({"stream":"stdout")" + std::string(kTime), "no log text"},
      {R"({"log":"x\n","time":"yesterday"})", "the time is broken"},
      {R"({"log":"x\n","time":"2026-11-08T03:12:09Z junk"})", "the time is broken"},
      {R"({"log":"x","log":"y")" + std::string(kTime), "a key comes twice"},
      {R"({"log":"\x41")" + std::string(kTime), "an escape is broken"},
      {R"({"log":"\u12g4")" + std::string(kTime), "an escape is broken"},
      {R"({"log":"\u12)" + std::string(kTime), "the object does not end"},
      {R"({"log":"x\n")" + std::string(kTime) + "x", "something follows the object"},
      {std::string("{\"log\":\"a\0b\"", 12) + kTime, "a string is broken"},
      {"{\"log\":\"a\tb\"" + std::string(kTime), "a string is broken"},
      {R"({"log":"x\n",})", "a key is broken"},
      {R"({"a":01,"log":"x\n")" + std::string(kTime), "a value is broken"},
      {R"({"a":tru,"log":"x\n")" + std::string(kTime), "a value is broken"},
      {R"({"a":{"b"},"log":"x\n")" + std::string(kTime), "a value is broken"},
      {R"({"a":1.,"log":"x\n")" + std::string(kTime), "a value is broken"},
      {R"({"a":"\q","log":"x\n")" + std::string(kTime), "a value is broken"},
      {R"({"a\n":1,"log":"x\n")" + std::string(kTime), "a key is broken"},
      {R"({"a":)" + std::string(5000, '['), "a value is broken"},
  };
  for (const auto& [line, reason] : lines) {
    std::string scratch;
    ContainerLine out;
    out.text = "kept";
    EXPECT_EQ(parse_docker_json_line(line, scratch, out), reason) << line;
    EXPECT_EQ(out.text, "kept");
  }
}

TEST(DockerJsonLog, VeryLongTextsAreCut) {
  const auto plain =
      parse(R"({"log":")" + std::string(100'000, 'a') + R"(\n")" + std::string(kTime));
  EXPECT_EQ(plain.text.size(), kMaxContainerText);
  EXPECT_FALSE(plain.line.partial);
  std::string escapes;
  for (int i = 0; i < 100'000; ++i) {
    escapes += "\\\"";
  }
  EXPECT_EQ(parse(R"({"log":")" + escapes + "\"" + kTime).text.size(), kMaxContainerText);
}

TEST(CriLog, LineGivesTextStreamAndTime) {
  ContainerLine line;
  ASSERT_EQ(parse_cri_line("2026-11-08T12:12:09.123456789+09:00 stderr F text  with blanks ", line),
            "");
  EXPECT_EQ(line.text, "text  with blanks ");
  EXPECT_EQ(line.stream, ContainerStream::kStderr);
  EXPECT_FALSE(line.partial);
  EXPECT_EQ(line.time.nanosecond, 123456789);
  EXPECT_EQ(line.time.offset, 9 * 3600);
}

TEST(CriLog, PartsTagsAndEmptyTexts) {
  ContainerLine line;
  ASSERT_EQ(parse_cri_line("2026-11-08T03:12:09Z stdout P:x half", line), "");
  EXPECT_TRUE(line.partial);
  EXPECT_EQ(line.text, "half");
  ASSERT_EQ(parse_cri_line("2026-11-08T03:12:09Z stdout F ", line), "");
  EXPECT_EQ(line.text, "");
  ASSERT_EQ(parse_cri_line("2026-11-08T03:12:09Z stdout F", line), "");
  EXPECT_EQ(line.text, "");
}

TEST(CriLog, BrokenLinesSayWhy) {
  ContainerLine line;
  EXPECT_EQ(parse_cri_line("", line), "no time");
  EXPECT_EQ(parse_cri_line("2026-11-08 03:12:09Z stdout F x", line), "no time");
  EXPECT_EQ(parse_cri_line("2026-11-08T03:12:09 stdout F x", line), "no time");
  EXPECT_EQ(parse_cri_line("2026-11-08T03:12:09Z", line), "no stream");
  EXPECT_EQ(parse_cri_line("2026-11-08T03:12:09Z stdout", line), "no stream");
  EXPECT_EQ(parse_cri_line("2026-11-08T03:12:09Z stdin F x", line), "no stream");
  EXPECT_EQ(parse_cri_line("2026-11-08T03:12:09Z stdout  x", line), "no tag");
  EXPECT_EQ(parse_cri_line("2026-11-08T03:12:09Z stdout Full x", line), "no tag");
}

TEST(DockerJsonLog, LinesOfAPlasoSampleAreAllRead) {
  const char* shared = std::getenv("GENBA_SHARED_DIR");
  const std::string path =
      std::string(shared == nullptr ? "../shared" : shared) +
      "/data/plaso-linux/test_data/docker/containers/"
      "e7d0b7ea5ccf08366e2b0c8afa2318674e8aefe802315378125d2bb83fe3110c/container-json.log";
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no container log at " << path;
  }
  base::Lines lines(bytes);
  std::vector<int32_t> nanoseconds;
  while (const auto line = lines.next()) {
    const auto parsed = parse(line->text);
    EXPECT_EQ(parsed.reason, "");
    EXPECT_EQ(parsed.text,
              "\x1b]0;root@e7d0b7ea5ccf: /home/plaso\x07root@e7d0b7ea5ccf:/home/plaso# ls\r");
    EXPECT_EQ(parsed.line.stream, ContainerStream::kStdout);
    EXPECT_FALSE(parsed.line.partial);
    EXPECT_EQ(parsed.line.time.second, 10);
    // The first line lacks the Z that Docker writes.
    EXPECT_EQ(parsed.line.time.offset, nanoseconds.empty() ? LogTime::kNoOffset : 0);
    nanoseconds.push_back(parsed.line.time.nanosecond);
  }
  EXPECT_EQ(nanoseconds, (std::vector<int32_t>{0, 200'000'000, 230'000'000, 237'000'000,
                                               237'200'000, 237'220'000, 237'222'000, 237'222'700,
                                               237'222'720, 237'222'729}));
}

}  // namespace
}  // namespace genba::parse
