// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/text_source.h"

#include <string>

#include "collect/logs/logs_test_support.h"

namespace genba::collect::logs {
namespace {

using parse::Compression;
using test::FakeHost;
using test_support::gzip;
using test_support::kNoDeadline;

constexpr char kPath[] = "/var/log/auth.log";

// Lines that do not shrink to nothing.
std::string lines_of(int first, int count) {
  std::string text;
  uint32_t random = static_cast<uint32_t>(first) + 1;
  for (int i = first; i < first + count; ++i) {
    random = random * 1664525 + 1013904223;
    text += fmt::format("line {} {:08x}\n", i, random);
  }
  return text;
}

struct Got {
  TextRead read;
  std::string text;  // each line behind its number and offset
  std::vector<std::string> lines;
};

Got get(const FakeHost& host, const TextSource& source,
        std::chrono::steady_clock::time_point deadline = kNoDeadline, size_t most = SIZE_MAX) {
  Got got;
  got.read = read_text(host, source, deadline, [&](const parse::LogLine& line) {
    got.text += fmt::format("{}@{}:{};", line.number, line.offset, line.text);
    got.lines.emplace_back(line.text);
    return got.lines.size() < most;
  });
  return got;
}

TEST(TextSource, LinesHaveNumbersAndOffsets) {
  FakeHost host;
  host.add_file(kPath, "one\n\nthree\nlast");
  const Got got = get(host, {kPath});
  EXPECT_EQ(got.text, "1@0:one;2@4:;3@5:three;4@11:last;");
  EXPECT_EQ(got.read.lines, 4U);
  EXPECT_EQ(got.read.bytes, 15U);
  EXPECT_FALSE(got.read.ended);
  EXPECT_FALSE(got.read.truncated);
  EXPECT_FALSE(got.read.out_of_time);
  EXPECT_FALSE(got.read.error);
}

TEST(TextSource, StretchCountsOffsetsFromTheFilesBeginning) {
  FakeHost host;
  host.add_file(kPath, "one\ntwo\nthree\nfour\n");
  const Got got = get(host, {kPath, Compression::kNone, 4, 14});
  EXPECT_EQ(got.text, "1@4:two;2@8:three;");
  EXPECT_EQ(got.read.bytes, 10U);
  EXPECT_TRUE(got.read.ended);
}

TEST(TextSource, HoleOfNulsIsToldByItsPlaceInTheFile) {
  FakeHost host;
  host.add_file(kPath, "one\ntwo\n" + std::string(40, '\0') + "three\n");
  const Got got = get(host, {kPath, Compression::kNone, 4});
  EXPECT_EQ(got.text, "1@4:two;2@48:three;");
  ASSERT_EQ(got.read.nul_runs.size(), 1U);
  EXPECT_EQ(got.read.nul_runs[0], (parse::NulRun{8, 40}));
}

TEST(TextSource, ReaderThatHasEnoughEndsIt) {
  FakeHost host;
  host.add_file(kPath, lines_of(0, 100'000));
  const Got got = get(host, {kPath}, kNoDeadline, 2);
  EXPECT_EQ(got.lines.size(), 2U);
  EXPECT_LE(got.read.bytes, 1U << 20);
}

TEST(TextSource, TimeThatIsUpEndsItAfterABufferAndSaysSo) {
  FakeHost host;
  host.add_file(kPath, lines_of(0, 200'000));
  const Got got = get(host, {kPath}, std::chrono::steady_clock::time_point::min());
  EXPECT_TRUE(got.read.out_of_time);
  EXPECT_GT(got.lines.size(), 0U);
  EXPECT_LE(got.read.bytes, 1U << 20);
}

TEST(TextSource, TimeThatIsUpAtTheEndTookNothingAway) {
  FakeHost host;
  host.add_file(kPath, lines_of(0, 1000)).add_file("/var/log/a.gz", gzip(lines_of(0, 1000)));
  for (const TextSource& source :
       {TextSource{kPath}, TextSource{"/var/log/a.gz", Compression::kGzip}}) {
    const Got got = get(host, source, std::chrono::steady_clock::time_point::min());
    EXPECT_EQ(got.lines.size(), 1000U);
    EXPECT_FALSE(got.read.out_of_time);
  }
}

// 400 MB of these would be a minute without a line.
TEST(TextSource, TimeIsUpInAPackedFileThatGivesNothingToo) {
  const std::string empty = gzip("");
  std::string packed;
  while (packed.size() < (1 << 20)) {
    packed += empty;
  }
  FakeHost host;
  host.add_file(kPath, packed + gzip("behind them\n"));
  EXPECT_EQ(get(host, {kPath, Compression::kGzip}).text, "1@0:behind them;");
  const Got got =
      get(host, {kPath, Compression::kGzip}, std::chrono::steady_clock::time_point::min());
  EXPECT_TRUE(got.read.out_of_time);
  EXPECT_EQ(got.text, "");
}

TEST(TextSource, FileThatShrinksEndsWhereItEnds) {
  FakeHost host;
  host.add_file(kPath, lines_of(0, 100'000));
  host.truncate(kPath, 19);
  const Got got = get(host, {kPath});
  EXPECT_EQ(got.lines, (std::vector<std::string>{"line 0 3c88596c", "lin"}));
  EXPECT_FALSE(got.read.error);
}

TEST(TextSource, FileThatVanishesGivesWhatWasReadAndItsError) {
  FakeHost host;
  host.add_file(kPath, lines_of(0, 200'000));
  host.vanish(kPath, 3);  // open, first piece, second piece
  const Got got = get(host, {kPath});
  ASSERT_TRUE(got.read.error);
  EXPECT_EQ(got.read.error->code, base::ErrorCode::kGone);
  EXPECT_EQ(got.read.bytes, 1U << 20);
  EXPECT_EQ(got.lines[0], "line 0 3c88596c");
}

TEST(TextSource, FileThatIsNotThereIsAnError) {
  const Got got = get(FakeHost(), {kPath});
  ASSERT_TRUE(got.read.error);
  EXPECT_EQ(got.read.error->code, base::ErrorCode::kNotFound);
}

TEST(TextSource, LineOfTenMegabytesIsCutButCountedWhole) {
  FakeHost host;
  host.add_file(kPath, "a\n" + std::string(10 << 20, 'x') + "\nb\n");
  std::vector<std::pair<size_t, uint64_t>> sizes;
  const TextRead read = read_text(host, {kPath}, kNoDeadline, [&](const parse::LogLine& line) {
    sizes.emplace_back(line.text.size(), line.length);
    return true;
  });
  EXPECT_EQ(read.lines, 3U);
  EXPECT_EQ(sizes, (std::vector<std::pair<size_t, uint64_t>>{
                       {1, 1}, {parse::kKeptLine, 10 << 20}, {1, 1}}));
}

TEST(TextSource, CompressedLinesAreTheSameAsPlainOnes) {
  const std::string text = lines_of(0, 100'000);
  FakeHost host;
  host.add_file(kPath, text).add_file("/var/log/auth.log.1.gz", gzip(text));
  const Got plain = get(host, {kPath});
  const Got packed = get(host, {"/var/log/auth.log.1.gz", Compression::kGzip});
  EXPECT_EQ(packed.text, plain.text);
  EXPECT_EQ(packed.read.bytes, text.size());
  EXPECT_TRUE(packed.read.notes.empty());
  EXPECT_FALSE(packed.read.truncated);
}

TEST(TextSource, TruncatedGzipGivesAllBeforeTheCut) {
  const std::string text = lines_of(0, 100'000);
  const std::string packed = gzip(text);
  FakeHost host;
  host.add_file(kPath, packed.substr(0, packed.size() / 2));
  const Got got = get(host, {kPath, Compression::kGzip});
  EXPECT_TRUE(got.read.truncated);
  ASSERT_EQ(got.read.notes.size(), 1U);
  EXPECT_EQ(got.read.notes[0].source, kPath);
  ASSERT_GT(got.lines.size(), 40'000U);
  std::string given;
  for (const std::string& line : got.lines) {
    given += line + "\n";
  }
  given.pop_back();
  EXPECT_EQ(given, text.substr(0, given.size()));
}

// What is behind the damage is read again, so the file does not break off.
TEST(TextSource, DamagedMemberIsALossButNoTruncation) {
  std::string first = gzip(lines_of(0, 10'000));
  first.replace(first.size() / 2, 64, std::string(64, '\xff'));
  FakeHost host;
  host.add_file(kPath, first + gzip("behind the damage\n"));
  const Got got = get(host, {kPath, Compression::kGzip});
  EXPECT_EQ(got.lines.front(), "line 0 3c88596c");
  EXPECT_EQ(got.lines.back(), "behind the damage");
  EXPECT_GT(got.read.damaged_bytes, 0U);
  EXPECT_FALSE(got.read.notes.empty());
  EXPECT_FALSE(got.read.truncated);
}

TEST(FileHead, BeginningComesDecompressed) {
  FakeHost host;
  host.add_file(kPath, gzip("hello\nworld\n"));
  const auto head = read_head(host, kPath, 5);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->compression, Compression::kGzip);
  EXPECT_EQ(head->bytes, "hello");
  EXPECT_TRUE(head->truncated);
}

TEST(FileHead, WholeFileIsNotTruncated) {
  FakeHost host;
  host.add_file(kPath, "hello").add_file("/var/log/empty", "");
  const auto head = read_head(host, kPath, 5);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->compression, Compression::kNone);
  EXPECT_EQ(head->bytes, "hello");
  EXPECT_FALSE(head->truncated);
  EXPECT_EQ(read_head(host, "/var/log/empty", 5)->bytes, "");
  EXPECT_FALSE(read_head(host, "/var/log/missing", 5));
}

// The limit on wtmp.1.gz is a whole number of pieces.
TEST(FileHead, LimitAtTheEndOfAPieceIsToldToo) {
  FakeHost host;
  host.add_file(kPath, std::string((1 << 20) + 1, 'x'));
  const auto head = read_head(host, kPath, 1 << 20);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->bytes.size(), 1U << 20);
  EXPECT_TRUE(head->truncated);
}

}  // namespace
}  // namespace genba::collect::logs
