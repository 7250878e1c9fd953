// SPDX-License-Identifier: Apache-2.0
//
// A part of a test that acts on a whole machine: in a child with namespaces of its own for the
// network, for processes and for mounts, and a /proc that shows only these. So the real machine's
// network namespace is not among those that a containment would enter.
#pragma once

#include <functional>

namespace genba::test {

/// Runs `body` there; its failures are this test's. Skips the test without the right to. Processes
/// that `body` leaves behind end with it.
void on_private_machine(const std::function<void()>& body);

}  // namespace genba::test
