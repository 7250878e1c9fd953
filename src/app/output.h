// SPDX-License-Identifier: Apache-2.0
//
// Where text for people leaves the program. Only app and cli print.
#pragma once

#include <cstdint>
#include <string_view>

namespace genba::app {

enum class Stream : uint8_t { kOutput, kErrors };

/// Writes all of `text`; false when the reader has gone (a broken pipe is no failure).
bool print(Stream stream, std::string_view text);

}  // namespace genba::app
