// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/text_scan/text_scan.h"

namespace {

// Everything that a splitter gives, in one text, so that two ways can be compared.
std::string lines_of(std::string_view bytes, size_t step) {
  std::string all;
  const auto keep = [&](const genba::parse::LogLine& line) {
    all += std::to_string(line.offset) + ' ' + std::to_string(line.number) + ' ' +
           std::to_string(line.length) + (line.ended ? " e " : " o ");
    all.append(line.text);
    all += '\n';
  };
  genba::parse::LineSplitter splitter;
  for (size_t at = 0; at < bytes.size(); at += step) {
    splitter.feed(bytes.substr(at, step), keep);
  }
  splitter.end(keep);
  for (const auto& run : splitter.nul_runs()) {
    all += std::to_string(run.offset) + '+' + std::to_string(run.length) + '\n';
  }
  return all;
}

}  // namespace

GENBA_FUZZ(text_scan) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = lines_of(bytes, size + 1);
  GENBA_CHECK(lines_of(bytes, 1) == whole);
  GENBA_CHECK(lines_of(bytes, 7) == whole);
}
