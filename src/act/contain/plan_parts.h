// SPDX-License-Identifier: Apache-2.0
//
// The parts of plan.cc. Each adds to the plan what one question gives. Covered by plan_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "act/contain/plan.h"

namespace genba::act {

inline constexpr uint8_t kIcmp = 1;
inline constexpr uint8_t kTcp = 6;
inline constexpr uint8_t kUdp = 17;
inline constexpr uint8_t kIcmp6 = 58;

/// Which tunnel packets must pass so that the session lives (plan_transport.cc).
void plan_transport(const Found& found, const ContainOptions& options, Plan& plan);
/// Network filesystems and block devices (plan_storage.cc).
void plan_storage(const Found& found, const ContainOptions& options, Plan& plan);
/// Neighbour discovery, DHCP, path MTU, DNS (plan_plumbing.cc).
void plan_plumbing(const Found& found, const ContainOptions& options, Plan& plan);
/// What is not covered, and what others must do (plan_elsewhere.cc).
void plan_elsewhere(const Found& found, Plan& plan);
/// What breaks, and warnings; then plan_elsewhere (plan_notes.cc). Last of all.
void plan_notes(const Found& found, const ContainOptions& options, Plan& plan);

model::Text confidence_words(model::Confidence confidence);
base::Network one(const base::Address& address);
base::Network any_of(base::AddressFamily family);
/// The name of a device; "#7" for one that is not listed.
std::string device_name(const Found& found, int index);
const sys::Link* link_at(const Found& found, int index);
/// Whether the host has an address of that family beyond loopback.
bool uses(const Found& found, base::AddressFamily family);

}  // namespace genba::act
