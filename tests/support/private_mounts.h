// SPDX-License-Identifier: Apache-2.0
//
// A part of a test that mounts things, in a child with a mount namespace of its own: neither the
// machine nor the other tests see it.
#pragma once

#include <functional>

namespace genba::test {

/// For the body of in_private_mounts: leaves it and skips the test.
[[noreturn]] void cannot_be_made_here();

/// Runs `body` in such a child; its failures are this test's. Skips the test without the right to.
void in_private_mounts(const std::function<void()>& body);

/// Mounts a tmpfs on the directory whose files move their access time at every read. False when
/// that is refused. Only within in_private_mounts.
bool mount_strict_times(const char* directory);

}  // namespace genba::test
