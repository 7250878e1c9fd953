// SPDX-License-Identifier: Apache-2.0
//
// Where systemd looks for units, first place first. Source: systemd.unit(5), UNIT FILE LOAD PATH;
// systemd path-lookup.c. Covered by systemd_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collect/config_reader.h"

namespace genba::collect::systemd {

/// Who puts units into a directory.
enum class Origin : uint8_t { kAdmin, kVendor, kGenerator, kTransient };

struct UnitDirectory {
  std::string path;
  Origin origin = Origin::kVendor;
  /// Whether rows are made for units that stand here. False for the shared directories when the
  /// units of one account are read: they have their rows already.
  bool reported = true;
};

std::vector<UnitDirectory> system_unit_directories();
/// The directories that all accounts share.
std::vector<UnitDirectory> shared_user_unit_directories();
/// All directories of one account's manager; those that others share are not reported.
std::vector<UnitDirectory> user_unit_directories(const Home& home);

}  // namespace genba::collect::systemd
