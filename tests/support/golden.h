// SPDX-License-Identifier: Apache-2.0
//
// Golden files: what a function gave last time a person read it. GENBA_BLESS=1 rewrites them, and
// the difference is then read by a person. Paths are relative to the source directory, where tests
// run.
#pragma once

#include <string>
#include <string_view>

namespace genba::test {

/// Expects that `actual` is what the file at `path` holds, or writes it there under GENBA_BLESS=1.
void expect_golden(const std::string& path, std::string_view actual);

}  // namespace genba::test
