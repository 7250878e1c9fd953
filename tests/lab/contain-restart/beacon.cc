// SPDX-License-Identifier: Apache-2.0
//
// The harmless stand-in for malware that a unit keeps alive: it says "beat" four times a second,
// and holds a text that stands nowhere in its file and only in its memory. It opens nothing,
// refuses to run without its marker, and ends by itself after ten minutes.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace {

constexpr char kMarker[] = "--genba-test-marker";
constexpr unsigned kLongestSeconds = 600;
constexpr useconds_t kBeatEvery = 250'000;                  // microseconds
constexpr char kHidden[] = "cebprff-zrzbel-bs-gur-ornpba";  // "process-memory-of-the-beacon"

std::string rotated(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    plain += c < 'a' || c > 'z' ? c : static_cast<char>('a' + (c - 'a' + 13) % 26);
  }
  return plain;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || std::strcmp(argv[1], kMarker) != 0) {
    std::fprintf(stderr, "beacon: a test fixture; run by its scenario only\n");
    return 2;
  }
  alarm(kLongestSeconds);
  const std::string text = rotated(kHidden);
  while (!text.empty()) {
    std::puts("beat");
    std::fflush(stdout);
    usleep(kBeatEvery);
  }
  return 0;
}
