// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"

#include <cstdio>

namespace genba::app {

bool print(Stream stream, std::string_view text) {
  std::FILE* file = stream == Stream::kOutput ? stdout : stderr;
  return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

}  // namespace genba::app
