// SPDX-License-Identifier: Apache-2.0
#include "parse/text_scan/text_scan.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

struct Kept {
  std::string text;
  uint64_t offset;
  uint64_t number;
  uint64_t length;
  bool ended;

  friend bool operator==(const Kept&, const Kept&) = default;
};

void PrintTo(const Kept& line, std::ostream* out) {
  *out << '"' << line.text.substr(0, 40) << "\" at " << line.offset << " number " << line.number
       << " length " << line.length << (line.ended ? " ended" : " open");
}

struct Scan {
  std::vector<Kept> lines;
  std::vector<NulRun> holes;
  uint64_t bytes = 0;
  uint64_t count = 0;
};

Scan scan(const std::vector<std::string_view>& buffers) {
  Scan result;
  LineSplitter splitter;
  const auto keep = [&](const LogLine& line) {
    result.lines.push_back(
        {std::string(line.text), line.offset, line.number, line.length, line.ended});
  };
  for (const std::string_view buffer : buffers) {
    // A copy of its own size, so that a view past its end or after its life is seen by ASan.
    const std::vector<char> own(buffer.begin(), buffer.end());
    splitter.feed({own.data(), own.size()}, keep);
  }
  splitter.end(keep);
  result.holes = splitter.nul_runs();
  result.bytes = splitter.bytes();
  result.count = splitter.lines();
  return result;
}

std::string nuls(size_t count) {
  return std::string(count, '\0');
}

TEST(TextScan, LinesHavePlacesAndNumbers) {
  const Scan result = scan({"one\n\ntwo\r\nlast"});
  const std::vector<Kept> expected = {{"one", 0, 1, 3, true},
                                      {"", 4, 2, 0, true},
                                      {"two\r", 5, 3, 4, true},
                                      {"last", 10, 4, 4, false}};
  EXPECT_EQ(result.lines, expected);
  EXPECT_EQ(result.bytes, 14U);
  EXPECT_EQ(result.count, 4U);
}

TEST(TextScan, NothingHasNoLine) {
  EXPECT_TRUE(scan({}).lines.empty());
  EXPECT_TRUE(scan({""}).lines.empty());
  EXPECT_EQ(scan({"\n"}).lines, (std::vector<Kept>{{"", 0, 1, 0, true}}));
  EXPECT_EQ(scan({"x"}).lines, (std::vector<Kept>{{"x", 0, 1, 1, false}}));
}

TEST(TextScan, WholeLineIsAViewIntoItsBuffer) {
  const std::string_view buffer = "one\ntwo\nthr";
  LineSplitter splitter;
  std::vector<const char*> places;
  splitter.feed(buffer, [&](const LogLine& line) { places.push_back(line.text.data()); });
  EXPECT_EQ(places, (std::vector<const char*>{buffer.data(), buffer.data() + 4}));
}

TEST(TextScan, TextAfterATruncationStartsBehindTheHole) {
  const Scan result = scan({nuls(5000) + "after\nnext\n"});
  EXPECT_EQ(result.lines,
            (std::vector<Kept>{{"after", 5000, 1, 5, true}, {"next", 5006, 2, 4, true}}));
  EXPECT_EQ(result.holes, (std::vector<NulRun>{{0, 5000}}));
}

TEST(TextScan, LineCutByAHoleIsNotGluedToWhatFollows) {
  const Scan result = scan({"whole\ncut off" + nuls(16) + "later\n"});
  EXPECT_EQ(result.lines,
            (std::vector<Kept>{
                {"whole", 0, 1, 5, true}, {"cut off", 6, 2, 7, false}, {"later", 29, 2, 5, true}}));
  EXPECT_EQ(result.holes, (std::vector<NulRun>{{13, 16}}));
}

TEST(TextScan, FewNulsAreText) {
  const Scan result = scan({"a" + nuls(15) + "b\n" + nuls(3) + "\n" + nuls(15)});
  EXPECT_EQ(result.lines, (std::vector<Kept>{{"a" + nuls(15) + "b", 0, 1, 17, true},
                                             {nuls(3), 18, 2, 3, true},
                                             {nuls(15), 22, 3, 15, false}}));
  EXPECT_TRUE(result.holes.empty());
}

TEST(TextScan, HoleBeforeANewlineLeavesAnEmptyLine) {
  const Scan result = scan({"a" + nuls(20) + "\n" + nuls(40)});
  EXPECT_EQ(result.lines, (std::vector<Kept>{{"a", 0, 1, 1, false}, {"", 21, 1, 0, true}}));
  EXPECT_EQ(result.holes, (std::vector<NulRun>{{1, 20}, {22, 40}}));
}

TEST(TextScan, FileOfNulsIsOneHole) {
  const std::string block(1 << 20, '\0');
  const Scan result = scan({block, block, block});
  EXPECT_TRUE(result.lines.empty());
  EXPECT_EQ(result.holes, (std::vector<NulRun>{{0, 3 << 20}}));
}

TEST(TextScan, HolesAreCountedPastTheirCap) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    bytes += nuls(16) + "x\n";
  }
  LineSplitter splitter;
  splitter.feed(bytes, [](const LogLine&) {});
  EXPECT_EQ(splitter.nul_runs().size(), kMaxNulRuns);
  EXPECT_EQ(splitter.nul_runs().back().offset, 63U * 18);
  EXPECT_EQ(splitter.nul_runs_met(), 100U);
  EXPECT_EQ(splitter.lines(), 100U);
}

TEST(TextScan, LongLineIsKeptToItsLimitAndToldWhole) {
  const std::string exact(kKeptLine, 'e');
  const std::string longer(kKeptLine + 1, 'l');
  const Scan whole = scan({exact + "\n" + longer + "\nend\n"});
  ASSERT_EQ(whole.lines.size(), 3U);
  EXPECT_EQ(whole.lines[0], (Kept{exact, 0, 1, kKeptLine, true}));
  EXPECT_EQ(whole.lines[1], (Kept{longer.substr(1), kKeptLine + 1, 2, kKeptLine + 1, true}));
  EXPECT_EQ(whole.lines[2].text, "end");
  EXPECT_EQ(scan({exact.substr(9), exact.substr(0, 9) + "\n" + longer.substr(0, 7),
                  longer.substr(7) + "\nend\n"})
                .lines,
            whole.lines);
}

TEST(TextScan, LineOfAHundredMegabytesIsBounded) {
  const std::string block(1 << 20, 'x');
  LineSplitter splitter;
  std::vector<Kept> lines;
  const auto keep = [&](const LogLine& line) {
    lines.push_back({std::string(line.text), line.offset, line.number, line.length, line.ended});
  };
  for (int i = 0; i < 100; ++i) {
    splitter.feed(block, keep);
  }
  EXPECT_TRUE(lines.empty());
  splitter.feed("\nshort", keep);
  splitter.end(keep);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text.size(), kKeptLine);
  EXPECT_EQ(lines[0].length, 100U << 20);
  EXPECT_EQ(lines[1], (Kept{"short", (100U << 20) + 1, 2, 5, false}));
}

TEST(TextScan, AnyCutGivesTheSameLines) {
  const std::string bytes = "first line\nsecond\r\n\n" + nuls(16) + "x" + nuls(15) + "y\nabc" +
                            nuls(17) + "def\n" + nuls(20) + "\n\xff\xfe\n" + nuls(3) + "z" +
                            nuls(1) + "\nlast" + nuls(18);
  const Scan whole = scan({bytes});
  ASSERT_EQ(whole.lines.size(), 10U);
  ASSERT_EQ(whole.holes.size(), 4U);
  const std::string_view view = bytes;
  for (size_t first = 0; first <= bytes.size(); ++first) {
    for (size_t second = first; second <= bytes.size(); ++second) {
      const Scan cut =
          scan({view.substr(0, first), view.substr(first, second - first), view.substr(second)});
      ASSERT_EQ(cut.lines, whole.lines) << first << ' ' << second;
      ASSERT_EQ(cut.holes, whole.holes) << first << ' ' << second;
      ASSERT_EQ(cut.bytes, bytes.size());
    }
  }
}

TEST(TextScan, NulFarBehindTheFirstPieceIsSeen) {
  std::string bytes;
  for (int i = 0; i < 5000; ++i) {
    bytes += "a line of honest text\n";
  }
  const size_t hole = bytes.size();
  bytes += nuls(100) + "more\n" + std::string(30000, 'y') + "\n";
  const Scan result = scan({bytes});
  ASSERT_EQ(result.lines.size(), 5002U);
  EXPECT_EQ(result.lines[5000], (Kept{"more", hole + 100, 5001, 4, true}));
  EXPECT_EQ(result.lines[5001].length, 30000U);
  EXPECT_EQ(result.holes, (std::vector<NulRun>{{hole, 100}}));
}

TEST(TextScan, RealLogGivesTheLinesThatGetlineGives) {
  const char* shared = std::getenv("GENBA_SHARED_DIR");
  const std::string path = std::string(shared == nullptr ? "../shared" : shared) +
                           "/data/plaso-linux/test_data/syslog/syslog_ssh.log";
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real log " << path;
  }
  std::ifstream again(path, std::ios::binary);
  std::vector<std::string> expected;
  for (std::string line; std::getline(again, line);) {
    expected.push_back(line);
  }
  const Scan result =
      scan({std::string_view(bytes).substr(0, 1000), std::string_view(bytes).substr(1000)});
  ASSERT_EQ(result.lines.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(result.lines[i].text, expected[i]);
  }
}

}  // namespace
}  // namespace genba::parse
