// SPDX-License-Identifier: Apache-2.0
//
// Runs every fuzz target over its seeds in a build without libFuzzer: the empty input, each file
// under samples/, that file cut short at up to 64 places, and 200 copies of it with a few bytes
// flipped. Always the same inputs, so a failure repeats; it ends in a crash, and the last line of
// output names the target and seed. No search: finding new inputs is libFuzzer's work.
//
// usage: genba_fuzz_seeds [TARGET...]     (run in the source directory)
#include "fuzz/seeds.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace genba::fuzz {
namespace {

constexpr std::size_t kCuts = 64;
constexpr int kFlippedCopies = 200;
// A mutant of a larger seed is cut to this size: enough for any header, and the run stays short.
constexpr std::size_t kMutantSize = std::size_t{64} * 1024;

using Bytes = std::vector<std::uint8_t>;

std::vector<std::filesystem::path> files_below(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(directory)) {
    return files;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The input lies in an allocation of exactly its size, so that a checker sees a read past its end.
void run_one(const Target& target, const Bytes& bytes, std::size_t size) {
  const Bytes exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  target.run(exact.data(), exact.size());
}

std::size_t run_seed(const Target& target, const Bytes& seed) {
  std::size_t runs = 1;
  run_one(target, seed, seed.size());
  const Bytes base(seed.begin(),
                   seed.begin() + static_cast<std::ptrdiff_t>(std::min(seed.size(), kMutantSize)));
  const std::size_t step = std::max<std::size_t>(1, base.size() / kCuts);
  for (std::size_t cut = 0; cut < base.size(); cut += step, ++runs) {
    run_one(target, base, cut);
  }
  std::mt19937 random(1);  // NOLINT: the same bytes on every run, on purpose
  for (int copy = 0; copy < kFlippedCopies && !base.empty(); ++copy, ++runs) {
    Bytes mutant = base;
    const unsigned flips = 1 + random() % 4;
    for (unsigned flip = 0; flip < flips; ++flip) {
      mutant[random() % mutant.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
    }
    run_one(target, mutant, mutant.size());
  }
  return runs;
}

void run_target(const Target& target) {
  std::size_t runs = run_seed(target, {});
  std::size_t seeds = 0;
  for (const auto& path : files_below(target.samples)) {
    std::printf("%s: %s\n", target.name, path.c_str());
    std::fflush(stdout);
    runs += run_seed(target, read_file(path));
    ++seeds;
  }
  std::printf("%s: %zu seeds, %zu runs\n", target.name, seeds, runs);
}

}  // namespace
}  // namespace genba::fuzz

int main(int argc, char** argv) {
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  std::size_t found = 0;
  for (const auto& target : genba::fuzz::all_targets()) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), target.name) == wanted.end()) {
      continue;
    }
    genba::fuzz::run_target(target);
    ++found;
  }
  if (found == 0 || found < wanted.size()) {
    std::fprintf(stderr, "no such fuzz target\n");
    return 1;
  }
  return 0;
}
