// SPDX-License-Identifier: Apache-2.0
//
// How fast entries are read out of journals, beside journalctl on the same file where it is
// installed. Timings are printed, never asserted.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "benchmark/benchmark.h"
#include "fmt/format.h"
#include "parse/journal/journal.h"
#include "parse/journal/test_journal.h"

namespace genba {
namespace {

constexpr int kEntries = 200'000;

class BytesSource final : public parse::JournalSource {
 public:
  explicit BytesSource(const std::string& bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  size_t read_at(uint64_t offset, std::span<char> buffer) override {
    return offset < bytes_.size() ? bytes_.copy(buffer.data(), buffer.size(), offset) : 0;
  }

 private:
  const std::string& bytes_;
};

// Failed logins as journald writes them, with the fields that it adds.
std::string make_journal(parse::TestJournalFormat format) {
  parse::TestJournalOptions options;
  options.format = format;
  options.hash_buckets = 400'009;
  options.header_size = 264;
  parse::TestJournal journal(options);
  for (int i = 0; i < kEntries; ++i) {
    const std::string pid = fmt::format("{}", 1000 + i / 7 % 30'000);
    const int64_t time = 1'700'000'000'000'000 + int64_t{i} * 1000;
    journal.add(
        {time,
         int64_t{i} * 1000,
         {"_BOOT_ID=b0070000000000000000000000000000", "_HOSTNAME=web01", "PRIORITY=6",
          "_TRANSPORT=syslog", "SYSLOG_FACILITY=10", "SYSLOG_IDENTIFIER=sshd", "SYSLOG_PID=" + pid,
          "_PID=" + pid, "_UID=0", "_GID=0", "_COMM=sshd", "_EXE=/usr/sbin/sshd",
          "_CMDLINE=sshd: unknown [priv]", "_SYSTEMD_CGROUP=/system.slice/ssh.service",
          "_SYSTEMD_UNIT=ssh.service",
          fmt::format("MESSAGE=Failed password for invalid user u{} from 203.0.113.9 port {} ssh2",
                      i, 1024 + i % 60'000),
          fmt::format("_SOURCE_REALTIME_TIMESTAMP={}", time - 37)}});
  }
  return journal.bytes();
}

const std::string& journal_of(parse::TestJournalFormat format) {
  static const std::string kCompact = make_journal(parse::TestJournalFormat::kCompact);
  static const std::string kRegular = make_journal(parse::TestJournalFormat::kRegular);
  return format == parse::TestJournalFormat::kCompact ? kCompact : kRegular;
}

void read_journal(benchmark::State& state, parse::TestJournalFormat format) {
  const std::string& bytes = journal_of(format);
  for (auto _ : state) {
    BytesSource source(bytes);
    auto reader = parse::JournalReader::open(source);
    parse::JournalEntry entry;
    int entries = 0;
    while (reader->next(entry)) {
      ++entries;
    }
    if (entries != kEntries) {
      state.SkipWithError("not all entries were read");
    }
  }
  state.counters["entries/s"] =
      benchmark::Counter(kEntries, benchmark::Counter::kIsIterationInvariantRate);
}

void peer_journalctl(benchmark::State& state, parse::TestJournalFormat format) {
  const std::string path = fmt::format("/tmp/genba-bench-{}.journal", getpid());
  std::ofstream(path, std::ios::binary) << journal_of(format);
  const std::string command =
      "journalctl --no-pager -o short-iso --file " + path + " >/dev/null 2>&1";
  for (auto _ : state) {
    if (std::system(command.c_str()) != 0) {
      state.SkipWithError("journalctl is not installed, or cannot read it");
      break;
    }
  }
  std::remove(path.c_str());
  state.counters["entries/s"] =
      benchmark::Counter(kEntries, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK_CAPTURE(read_journal, compact, parse::TestJournalFormat::kCompact)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(peer_journalctl, compact, parse::TestJournalFormat::kCompact)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(read_journal, regular, parse::TestJournalFormat::kRegular)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(peer_journalctl, regular, parse::TestJournalFormat::kRegular)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace genba
