// SPDX-License-Identifier: Apache-2.0
#include "parse/compressed/compressed.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

using State = Decompressor::State;

// --- making compressed bytes ---------------------------------------------------------------------

// Lines that differ, so that every member has some entropy.
std::string log_text(int first, int count) {
  std::string text;
  uint32_t random = static_cast<uint32_t>(first) + 1;
  for (int i = first; i < first + count; ++i) {
    random = random * 1664525 + 1013904223;
    text += "Nov 21 03:12:09 web sshd[" + std::to_string(i) +
            "]: Failed password for invalid user u" + std::to_string(random) +
            " from 192.0.2.1 port " + std::to_string(random >> 16) + "\n";
  }
  return text;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// One stream with a new block after every `block` bytes.
std::string xz(std::string_view text, size_t block = SIZE_MAX, uint32_t preset = 1) {
  lzma_options_lzma options;
  lzma_lzma_preset(&options, preset);
  const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  lzma_stream stream = LZMA_STREAM_INIT;
  EXPECT_EQ(lzma_stream_encoder(&stream, filters, LZMA_CHECK_CRC64), LZMA_OK);
  std::string out(text.size() + text.size() / 3 + 4096, '\0');
  stream.next_out = reinterpret_cast<uint8_t*>(out.data());
  stream.avail_out = out.size();
  while (!text.empty()) {
    const size_t count = std::min(block, text.size());
    stream.next_in = reinterpret_cast<const uint8_t*>(text.data());
    stream.avail_in = count;
    text.remove_prefix(count);
    EXPECT_EQ(lzma_code(&stream, text.empty() ? LZMA_FINISH : LZMA_FULL_FLUSH), LZMA_STREAM_END);
  }
  if (stream.total_in == 0) {
    EXPECT_EQ(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
  }
  out.resize(stream.total_out);
  lzma_end(&stream);
  return out;
}

std::string zstd(std::string_view text, int window_log = 0) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log != 0) {
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  }
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer buffer{out.data(), out.size(), 0};
  EXPECT_EQ(ZSTD_compressStream2(context, &buffer, &in, ZSTD_e_continue) >> 60, 0U);
  EXPECT_EQ(ZSTD_compressStream2(context, &buffer, &in, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(context);
  out.resize(buffer.pos);
  return out;
}

std::string skippable_frame(std::string_view content) {
  std::string out("\x53\x2a\x4d\x18", 4);
  out += static_cast<char>(content.size());
  out.append(3, '\0');
  out.append(content);
  return out;
}

std::string bzip2(std::string_view text, int level = 1) {
  std::string out(text.size() + text.size() / 50 + 1024, '\0');
  unsigned int size = static_cast<unsigned int>(out.size());
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(text.data()),
                                     static_cast<unsigned int>(text.size()), level, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

// --- taking them apart ---------------------------------------------------------------------------

struct Outcome {
  std::string text;
  std::vector<size_t> gaps;  // where in the text
  std::vector<base::Note> notes;
  State state = State::kMore;
  uint64_t consumed = 0;
};

Outcome unpack(Compression compression, std::string_view bytes, size_t input = 1 << 16,
               size_t output = 1 << 16, const DecompressionLimits& limits = {}) {
  Outcome outcome;
  const auto decompressor = Decompressor::make(compression, limits);
  std::vector<char> buffer(output);
  size_t at = 0;
  for (size_t calls = 0; calls < 100 * (bytes.size() + 1) + 1'000'000; ++calls) {
    const std::string_view part = bytes.substr(at, input);
    const auto end = at + part.size() == bytes.size() ? InputEnd::kReached : InputEnd::kMoreFollows;
    // A copy of its own size, so that ASan sees a read past its end.
    const std::vector<char> own(part.begin(), input < 1 << 16 ? part.end() : part.begin());
    const auto step =
        decompressor->decompress(input < 1 << 16 ? std::span<const char>(own) : part, buffer, end);
    at += step.consumed;
    outcome.text.append(buffer.data(), step.produced);
    outcome.state = step.state;
    if (step.state == State::kDamaged) {
      outcome.gaps.push_back(outcome.text.size());
    }
    if (step.state == State::kEnd || step.state == State::kLimit) {
      break;
    }
  }
  outcome.notes = decompressor->take_notes();
  outcome.consumed = at;
  return outcome;
}

std::string told(const std::vector<base::Note>& notes) {
  std::string all;
  for (const auto& note : notes) {
    all += note.source + ' ' + std::to_string(note.offset) + '+' + std::to_string(note.bytes) +
           ' ' + note.reason + '\n';
  }
  return all;
}

struct Format {
  Compression compression;
  std::string (*pack)(std::string_view);
  const char* member;
};

const Format kFormats[] = {
    {Compression::kGzip, gzip, "gzip member"},
    {Compression::kXz, [](std::string_view text) { return xz(text); }, "xz stream"},
    {Compression::kZstd, [](std::string_view text) { return zstd(text); }, "zstd frame"},
    {Compression::kBzip2, [](std::string_view text) { return bzip2(text); }, "bzip2 stream"},
};

TEST(Compressed, FormatsAreToldByTheirMagic) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string packed = format.pack("hello\n");
    EXPECT_EQ(detect_compression(packed), format.compression);
    EXPECT_EQ(detect_compression(packed.substr(0, 6)), format.compression);
    EXPECT_EQ(detect_compression(packed.substr(0, 5)), Compression::kNone);
    EXPECT_EQ(detect_compression(format.pack("")), format.compression);
    EXPECT_TRUE(std::string_view(format.member).starts_with(to_string(format.compression)));
  }
  EXPECT_EQ(detect_compression(skippable_frame("x")), Compression::kZstd);
  EXPECT_EQ(detect_compression("BZhello"), Compression::kNone);
  EXPECT_EQ(detect_compression("Nov 21 03:12:09"), Compression::kNone);
  EXPECT_EQ(to_string(Compression::kNone), "");
}

TEST(Compressed, WholeFileComesBackAtAnyBufferSize) {
  const std::string text = log_text(0, 400);
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string packed = format.pack(text);
    for (const size_t input : {size_t{1}, size_t{13}, packed.size()}) {
      for (const size_t output : {size_t{1}, size_t{1000}, text.size(), text.size() + 1}) {
        const Outcome outcome = unpack(format.compression, packed, input, output);
        EXPECT_EQ(outcome.text, text) << input << ' ' << output;
        EXPECT_EQ(outcome.state, State::kEnd);
        EXPECT_EQ(told(outcome.notes), "");
        EXPECT_EQ(outcome.consumed, packed.size());
      }
    }
  }
  EXPECT_EQ(unpack(Compression::kNone, text, 100, 7).text, text);
}

TEST(Compressed, NothingAndOneByteAreInnocent) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const Outcome empty = unpack(format.compression, "");
    EXPECT_EQ(empty.state, State::kEnd);
    EXPECT_EQ(told(empty.notes), "");
    const Outcome first = unpack(format.compression, format.pack("").substr(0, 1));
    EXPECT_EQ(first.state, State::kEnd);
    ASSERT_EQ(first.notes.size(), 1U);
    EXPECT_EQ(first.notes[0].bytes, 1U);
    EXPECT_EQ(first.notes[0].reason,
              std::string("the file ends in the head of a ") + format.member);
    const Outcome other = unpack(format.compression, "x");
    ASSERT_EQ(other.notes.size(), 1U);
    EXPECT_EQ(other.notes[0].reason, std::string("not a ") + format.member);
    const Outcome nothing_packed = unpack(format.compression, format.pack(""));
    EXPECT_EQ(nothing_packed.text, "");
    EXPECT_EQ(told(nothing_packed.notes), "");
  }
  EXPECT_EQ(unpack(Compression::kNone, "").state, State::kEnd);
}

TEST(Compressed, MembersInARowAreOneText) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    std::string packed;
    std::string text;
    for (int i = 0; i < 20; ++i) {
      text += log_text(i * 3, 3);
      packed += format.pack(log_text(i * 3, 3)) + format.pack("");
    }
    for (const size_t input : {size_t{1}, size_t{100}, packed.size()}) {
      const Outcome outcome = unpack(format.compression, packed, input);
      EXPECT_EQ(outcome.text, text);
      EXPECT_EQ(told(outcome.notes), "");
    }
  }
}

TEST(Compressed, PaddingAndSkippableFramesHoldNoText) {
  for (const size_t input : {size_t{1}, size_t{100}, size_t{1} << 20}) {
    const std::string padded =
        xz("one\n") + std::string(8, '\0') + xz("two\n") + std::string(400, '\0');
    EXPECT_EQ(unpack(Compression::kXz, padded, input).text, "one\ntwo\n");
    EXPECT_EQ(told(unpack(Compression::kXz, padded, input).notes), "");
    const std::string tape = gzip("one\n") + std::string(500, '\0');
    EXPECT_EQ(unpack(Compression::kGzip, tape, input).text, "one\n");
    EXPECT_EQ(told(unpack(Compression::kGzip, tape, input).notes), "");
    const std::string frames =
        skippable_frame("meta") + zstd("one\n") + skippable_frame("") + zstd("two\n");
    EXPECT_EQ(unpack(Compression::kZstd, frames, input).text, "one\ntwo\n");
    EXPECT_EQ(told(unpack(Compression::kZstd, frames, input).notes), "");
  }
}

TEST(Compressed, GarbageBetweenAndBehindMembersIsTold) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string one = format.pack("one\n");
    const std::string packed = one + "garbage (\x1f)" + format.pack("two\n") + "hidden";
    for (const size_t input : {size_t{1}, packed.size()}) {
      const Outcome outcome = unpack(format.compression, packed, input);
      EXPECT_EQ(outcome.text, "one\ntwo\n");
      ASSERT_EQ(outcome.notes.size(), 2U) << told(outcome.notes);
      EXPECT_EQ(outcome.notes[0].offset, one.size());
      EXPECT_EQ(outcome.notes[0].bytes, 11U);
      EXPECT_EQ(outcome.notes[0].reason, std::string("not a ") + format.member);
      EXPECT_EQ(outcome.notes[1].offset, packed.size() - 6);
      EXPECT_EQ(outcome.notes[1].bytes, 6U);
    }
  }
}

TEST(Compressed, DamagedMemberCostsNoOtherOne) {
  const std::string first = log_text(0, 300);
  const std::string second = log_text(1000, 300);
  const std::string third = log_text(2000, 300);
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string one = format.pack(first);
    std::string two = format.pack(second);
    two.replace(two.size() / 2, 40, std::string(40, '\xd5'));
    const std::string packed = one + two + format.pack(third);
    const Outcome outcome = unpack(format.compression, packed, 1 << 16, 4096);
    EXPECT_TRUE(outcome.text.starts_with(first));
    EXPECT_TRUE(outcome.text.ends_with(third));
    ASSERT_EQ(outcome.gaps.size(), 1U);
    EXPECT_EQ(outcome.gaps[0], outcome.text.size() - third.size());
    ASSERT_EQ(outcome.notes.size(), 1U) << told(outcome.notes);
    EXPECT_GE(outcome.notes[0].offset, one.size());
    EXPECT_LE(outcome.notes[0].offset + outcome.notes[0].bytes, one.size() + two.size());
    EXPECT_EQ(outcome.state, State::kEnd);
  }
}

TEST(Compressed, MemberThatRunsIntoTheNextOneIsCutThere) {
  const std::string text = log_text(0, 300);
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string one = format.pack(log_text(5000, 300));
    // The end of the first is gone; its decoder goes on with the second's bytes.
    const std::string packed = one.substr(0, one.size() - 500) + format.pack(text);
    const Outcome outcome = unpack(format.compression, packed, packed.size(), 1 << 20);
    EXPECT_TRUE(outcome.text.ends_with(text));
    EXPECT_EQ(outcome.gaps.size(), 1U);
    EXPECT_EQ(outcome.notes.size(), 1U) << told(outcome.notes);
  }
}

TEST(Compressed, WrongChecksumIsToldAndItsTextGiven) {
  std::string one = gzip("one\n");
  one[one.size() - 8] ^= 1;
  const Outcome outcome = unpack(Compression::kGzip, one + gzip("two\n"), 5);
  EXPECT_EQ(outcome.text, "one\ntwo\n");
  ASSERT_EQ(outcome.notes.size(), 1U) << told(outcome.notes);
  EXPECT_EQ(outcome.notes[0].offset, 0U);
  EXPECT_EQ(outcome.notes[0].reason,
            "gzip member has a wrong checksum: part of its text is not what was written");
  std::string frame = zstd("one\n");
  frame.back() ^= 1;
  const Outcome zstd_outcome = unpack(Compression::kZstd, frame + zstd("two\n"), 5);
  EXPECT_EQ(zstd_outcome.text, "one\ntwo\n");
  EXPECT_EQ(zstd_outcome.notes.size(), 1U) << told(zstd_outcome.notes);
}

TEST(Compressed, BlocksBehindADamagedXzBlockAreRead) {
  const std::string text = log_text(0, 1000);
  const size_t block = text.size() / 10 + 1;
  const std::string good = xz(text, block);
  std::string bad = good;
  bad.replace(good.size() / 2, 30, std::string(30, '\x5a'));
  for (const size_t input : {size_t{1}, size_t{1000}, bad.size()}) {
    const Outcome outcome = unpack(Compression::kXz, bad, input);
    EXPECT_TRUE(outcome.text.starts_with(text.substr(0, 4 * block)));
    EXPECT_TRUE(outcome.text.ends_with(text.substr(6 * block)));
    EXPECT_GE(outcome.text.size(), text.size() - block);
    EXPECT_EQ(outcome.gaps.size(), 1U);
    EXPECT_EQ(outcome.notes.size(), 1U) << told(outcome.notes);
  }
  // The stream's own header lost: its blocks are found all the same, and the stream behind too.
  std::string headless = good;
  headless.replace(0, 12, std::string(12, '?'));
  const Outcome outcome = unpack(Compression::kXz, headless + xz("behind\n"), 100);
  EXPECT_EQ(outcome.text, text + "behind\n");
  ASSERT_EQ(outcome.notes.size(), 1U) << told(outcome.notes);
  EXPECT_EQ(outcome.notes[0].bytes, 12U);
}

TEST(Compressed, FileCutShortGivesAllBeforeTheCut) {
  const std::string text = log_text(0, 3000);
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string packed = format.pack(text);
    const std::string cut = packed.substr(0, packed.size() * 3 / 4);
    const Outcome outcome = unpack(format.compression, cut, 1000, 4096);
    EXPECT_EQ(outcome.text, text.substr(0, outcome.text.size()));
    // Whole blocks only come from zstd (128 KiB) and bzip2 (here 100 kB).
    const size_t least = format.compression == Compression::kZstd
                             ? text.size() * 3 / 4 - (128 << 10)
                         : format.compression == Compression::kBzip2 ? text.size() * 3 / 4 - 100'000
                                                                     : text.size() * 73 / 100;
    EXPECT_GE(outcome.text.size(), least);
    EXPECT_EQ(outcome.state, State::kEnd);
    ASSERT_EQ(outcome.notes.size(), 1U);
    EXPECT_EQ(outcome.notes[0].offset, 0U);
    EXPECT_EQ(outcome.notes[0].bytes, cut.size());
    EXPECT_EQ(outcome.notes[0].reason, std::string("the file ends inside a ") + format.member);
  }
}

TEST(Compressed, AnyCutAndAnyFlippedByteEnds) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string packed = format.pack(log_text(0, 5)) + format.pack(log_text(9, 5));
    for (size_t at = 0; at < packed.size(); ++at) {
      const Outcome cut = unpack(format.compression, packed.substr(0, at), 7, 50);
      EXPECT_EQ(cut.state, State::kEnd);
      std::string flipped = packed;
      flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
      const Outcome outcome = unpack(format.compression, flipped, 7, 50);
      EXPECT_EQ(outcome.state, State::kEnd);
      EXPECT_EQ(outcome.consumed, packed.size());
    }
  }
}

TEST(Compressed, BombIsStoppedAndAnHonestHoleIsNot) {
  // 40 MB that shrink a thousandfold and more; the limits scaled down with them.
  const std::string zeros(40 << 20, '\0');
  const DecompressionLimits limits{uint64_t{1} << 40, 500, 4 << 20, 136 << 20};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const std::string packed = format.pack(zeros);
    const Outcome stopped = unpack(format.compression, packed, 1 << 16, 1 << 16, limits);
    EXPECT_EQ(stopped.state, State::kLimit);
    EXPECT_GE(stopped.text.size(), 4U << 20);
    EXPECT_LT(stopped.text.size(), 36U << 20);
    ASSERT_EQ(stopped.notes.size(), 1U);
    EXPECT_NE(stopped.notes[0].reason.find("no honest log"), std::string::npos);
    EXPECT_EQ(unpack(format.compression, packed, 1 << 16, 1 << 20).text.size(), zeros.size());
  }
}

TEST(Compressed, TotalIsNeverPassed) {
  const std::string text = log_text(0, 1000);
  const DecompressionLimits limits{1000, 2000, 1 << 20, 136 << 20};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.member);
    const Outcome outcome = unpack(format.compression, format.pack(text), 1 << 20, 1 << 20, limits);
    EXPECT_EQ(outcome.text, text.substr(0, 1000));
    EXPECT_EQ(outcome.state, State::kLimit);
    ASSERT_EQ(outcome.notes.size(), 1U);
    EXPECT_EQ(outcome.notes[0].reason, "stopped after 1000 bytes: the limit for one file");
  }
}

TEST(Compressed, WindowPastTheMemoryLimitCostsThatMemberOnly) {
  const DecompressionLimits small{1 << 30, 2000, 1 << 30, 4 << 20};
  const std::string big = xz("big window\n", SIZE_MAX, 9);
  const Outcome outcome =
      unpack(Compression::kXz, big + xz("small window\n", SIZE_MAX, 0), 1000, 1000, small);
  EXPECT_EQ(outcome.text, "small window\n");
  ASSERT_EQ(outcome.notes.size(), 1U) << told(outcome.notes);
  EXPECT_EQ(outcome.notes[0].reason, "xz stream asks for more memory than is allowed");
  const std::string wide = zstd(log_text(0, 10), 27);
  EXPECT_EQ(unpack(Compression::kZstd, wide).text, log_text(0, 10));
  const Outcome refused = unpack(Compression::kZstd, wide + zstd("next\n"), 1000, 1000, small);
  EXPECT_EQ(refused.text, "next\n");
  ASSERT_EQ(refused.notes.size(), 1U) << told(refused.notes);
  EXPECT_EQ(refused.notes[0].reason, "zstd frame asks for more memory than is allowed");
}

TEST(Compressed, ForgedHeadsDoNotMakeItQuadratic) {
  // 3 MB of heads, each of which decodes a little and fails.
  const std::string heads[] = {std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x07", 12),
                               zstd("x").substr(0, 9), bzip2("x").substr(0, 12),
                               xz("x").substr(0, 24)};
  const Compression compressions[] = {Compression::kGzip, Compression::kZstd, Compression::kBzip2,
                                      Compression::kXz};
  for (size_t i = 0; i < 4; ++i) {
    std::string packed;
    while (packed.size() < (compressions[i] == Compression::kBzip2 ? 50'000U : 3'000'000U)) {
      packed += heads[i];
    }
    const Outcome outcome = unpack(compressions[i], packed, 1 << 16, 1 << 16);
    EXPECT_EQ(outcome.state, State::kEnd);
    EXPECT_LE(outcome.notes.size(), 65U);
  }
}

// --- real files ----------------------------------------------------------------------------------

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Compressed, RealFilesAreReadAsTheirTwins) {
  const char* shared = std::getenv("GENBA_SHARED_DIR");
  const std::string folder = std::string(shared == nullptr ? "../shared" : shared) + "/data/";
  const std::pair<const char*, const char*> files[] = {
      {"plaso-linux/test_data/syslog", "gz"},
      {"plaso-linux/test_data/syslog", "bz2"},
      {"plaso-linux/test_data/syslog", "xz"},
      {"wtmp-multiarch/s4/logs/programs/utmp/host-entry6.wtmp", "gz"},
      {"wtmp-multiarch/s4/logs/programs/utmp/host-entry6.wtmp", "bz2"},
      {"wtmp-multiarch/s4/logs/programs/utmp/host-entry6.wtmp", "xz"},
  };
  if (read_whole(folder + "plaso-linux/SOURCE.txt").empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real files in " << folder;
  }
  std::string first;
  for (const auto& [name, ending] : files) {
    SCOPED_TRACE(std::string(name) + '.' + ending);
    const std::string packed = read_whole(folder + name + '.' + ending);
    ASSERT_FALSE(packed.empty());
    const Outcome outcome = unpack(detect_compression(packed), packed, 100, 1000);
    EXPECT_EQ(told(outcome.notes), "");
    EXPECT_FALSE(outcome.text.empty());
    if (std::string_view(ending) == "gz") {
      first = outcome.text;
    }
    EXPECT_EQ(outcome.text, first);
  }
}

TEST(Compressed, RealDamagedGzipGivesItsTextWithANote) {
  const char* shared = std::getenv("GENBA_SHARED_DIR");
  const std::string path = std::string(shared == nullptr ? "../shared" : shared) +
                           "/data/disk-images/dfvfs/test_data/corrupt1.gz";
  const std::string packed = read_whole(path);
  if (packed.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no file " << path;
  }
  const Outcome outcome = unpack(Compression::kGzip, packed);
  EXPECT_EQ(outcome.state, State::kEnd);
  EXPECT_EQ(outcome.notes.size(), 1U) << told(outcome.notes);
}

}  // namespace
}  // namespace genba::parse
