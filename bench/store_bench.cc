// SPDX-License-Identifier: Apache-2.0
//
// What it costs to ask facts in SQL: filling a database, scanning and looking into large tables,
// joining, writing and reading a case's log lines. Timings are printed, never asserted.
#include <memory>
#include <string>

#include "base/result.h"
#include "benchmark/benchmark.h"
#include "fmt/format.h"
#include "model/tables/file.h"
#include "model/tables/package_files.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "store/case/case_line.h"
#include "store/database.h"

namespace genba {
namespace {

constexpr int kFiles = 300'000;

model::File some_file(int number) {
  const std::string directory = fmt::format("/usr/share/doc/package-{}", number / 10);
  const std::string filename = fmt::format("some-readable-name-{}.txt", number);
  const auto time = base::timestamp_from_unix(1'700'000'000 + number, number);
  return {.path = directory + "/" + filename,
          .directory = directory,
          .filename = filename,
          .inode = 1'000'000 + number,
          .mode = "0644",
          .device = 0xfd01,
          .size = number % 100'000,
          .atime = time,
          .mtime = time,
          .ctime = time,
          .btime = time,
          .hard_links = 1,
          .type = "regular"};
}

const model::Facts& many_files() {
  static const model::Facts* const kFacts = [] {
    auto* facts = new model::Facts;
    for (int i = 0; i < kFiles; ++i) {
      const model::File file = some_file(i);
      facts->append_large(file);
      facts->append_large(
          model::PackageFile{.package = fmt::format("package-{}", i / 100), .path = file.path});
    }
    for (int i = 0; i < 500; ++i) {
      model::Process process;
      process.pid = i;
      process.path = some_file(i * 599).path + (i % 50 == 0 ? ".stranger" : "");
      facts->rows<model::Process>().push_back(std::move(process));
    }
    return facts;
  }();
  return *kFacts;
}

void run_query(benchmark::State& state, store::Database& database, std::string_view sql) {
  const auto statement = database.prepare(sql);
  GENBA_CHECK(statement.has_value());
  size_t rows = 0;
  for (auto _ : state) {
    rows = 0;
    const auto done = (*statement)->run({}, [&](std::span<const model::Value> cells) {
      benchmark::DoNotOptimize(cells.data());
      ++rows;
      return true;
    });
    GENBA_CHECK(done.has_value());
  }
  state.counters["rows"] = static_cast<double>(rows);
}

void pack_300000_files(benchmark::State& state) {
  size_t bytes = 0;
  for (auto _ : state) {
    model::Facts facts;
    for (int i = 0; i < kFiles; ++i) {
      facts.append_large(some_file(i));
    }
    bytes = facts.find(model::tables::file())->bytes();
  }
  state.counters["megabytes"] = static_cast<double>(bytes) / 1e6;
}
BENCHMARK(pack_300000_files)->Unit(benchmark::kMillisecond);

void open_with_100000_sockets(benchmark::State& state) {
  model::Facts facts;
  for (int i = 0; i < 100'000; ++i) {
    model::ProcessOpenSocket socket;
    socket.pid = i % 2000;
    facts.rows<model::ProcessOpenSocket>().push_back(std::move(socket));
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(store::Database::open(facts));
  }
}
BENCHMARK(open_with_100000_sockets)->Unit(benchmark::kMillisecond);

void open_empty(benchmark::State& state) {
  const model::Facts facts;
  for (auto _ : state) {
    benchmark::DoNotOptimize(store::Database::open(facts));
  }
}
BENCHMARK(open_empty)->Unit(benchmark::kMillisecond);

void query_files(benchmark::State& state, const char* sql) {
  const auto database = store::Database::open(many_files());
  GENBA_CHECK(database.has_value());
  run_query(state, **database, sql);
}
BENCHMARK_CAPTURE(query_files, scan, "SELECT count(path) FROM file")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, like_prefix,
                  "SELECT path FROM file WHERE path LIKE '/usr/share/doc/package-1/%'")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, like_anywhere, "SELECT path FROM file WHERE path LIKE '%-4711.%'")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, not_indexed, "SELECT path FROM file WHERE mode = '4755'")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, directory,
                  "SELECT path FROM file WHERE directory = '/usr/share/doc/package-1'")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, time_range,
                  "SELECT path FROM file WHERE mtime BETWEEN 1700001000000000000 "
                  "AND 1700002000000000000")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, processes_of_packages,
                  "SELECT p.pid, f.package FROM processes p JOIN package_files f USING (path)")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, processes_of_no_package,
                  "SELECT p.pid FROM processes p WHERE NOT EXISTS "
                  "(SELECT 1 FROM package_files f WHERE f.path = p.path)")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(query_files, files_of_no_package,
                  "SELECT path FROM file f WHERE NOT EXISTS "
                  "(SELECT 1 FROM package_files p WHERE p.path = f.path)")
    ->Unit(benchmark::kMillisecond);

std::string file_line(const model::File& file, uint64_t number, std::string& chain) {
  store::CaseLineBuilder line("file", number);
  for (const model::ColumnInfo& column : model::tables::file().columns) {
    line.add_cell(column, column.get(&file));
  }
  return line.finish(chain);
}

void write_case_line(benchmark::State& state) {
  const model::File file = some_file(7);
  std::string chain = store::kFirstChain;
  for (auto _ : state) {
    benchmark::DoNotOptimize(file_line(file, 7, chain));
  }
}
BENCHMARK(write_case_line);

void read_case_line(benchmark::State& state) {
  std::string chain = store::kFirstChain;
  std::string line = file_line(some_file(7), 7, chain);
  line.pop_back();
  for (auto _ : state) {
    chain = store::kFirstChain;
    benchmark::DoNotOptimize(store::parse_case_line(line, chain));
  }
}
BENCHMARK(read_case_line);

}  // namespace
}  // namespace genba
