// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"

#include <cerrno>
#include <cstdio>

namespace genba::app {

bool print(Stream stream, std::string_view text) {
  std::FILE* file = stream == Stream::kOutput ? stdout : stderr;
  return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

base::Result<Reader> print_result(std::string_view text) {
  if (print(Stream::kOutput, text)) {
    return Reader::kListens;
  }
  const int reason = errno;
  if (reason == EPIPE) {
    return Reader::kGone;
  }
  base::Error error = base::error_from_errno(reason, "writing the result to standard output");
  error.code = base::ErrorCode::kOutput;
  error.what += "; what was written is incomplete: send it to where there is room";
  return base::fail(std::move(error));
}

}  // namespace genba::app
