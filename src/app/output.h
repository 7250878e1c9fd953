// SPDX-License-Identifier: Apache-2.0
//
// Where text for people leaves the program. Only app and cli print.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace genba::app {

enum class Stream : uint8_t { kOutput, kErrors };
enum class Reader : uint8_t { kListens, kGone };

/// Writes all of `text`; false when the reader has gone (a broken pipe is no failure).
bool print(Stream stream, std::string_view text);

/// Writes all of `text`, a part of what was asked for, to standard output. That its reader has gone
/// is no failure; that it does not fit (a full disk) is one, kOutput, for a cut result looks like a
/// whole.
base::Result<Reader> print_result(std::string_view text);

}  // namespace genba::app
