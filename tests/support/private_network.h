// SPDX-License-Identifier: Apache-2.0
//
// A part of a test that changes a network: in a child with a network namespace of its own, whose
// loopback is up. Neither the machine nor the other tests see it.
#pragma once

#include <functional>

namespace genba::test {

/// Runs `body` in such a child; its failures are this test's. Skips the test without the right to.
/// A child that takes longer than a minute is ended and fails.
void in_private_network(const std::function<void()>& body);

/// For its body: leaves it and skips the test.
[[noreturn]] void network_cannot_be_made_here();

/// Moves the calling process into another new network namespace, loopback up. False when refused.
bool enter_new_network();

}  // namespace genba::test
