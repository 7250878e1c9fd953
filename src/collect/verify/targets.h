// SPDX-License-Identifier: Apache-2.0
//
// Which packaged files are compared, and in which order? What runs and what it has mapped, then
// what guards the door and what an intruder replaces first (PAM modules, sshd, login, ls, ps …, and
// the libraries they trust), then the rest of PATH; in each group the smallest first, so that the
// most files are compared in a given time. Covered by verify_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.h"
#include "collect/package_index.h"

namespace genba::collect::verify {

enum class Group : uint8_t { kRunning, kGuards, kPath };

/// One path to compare. Texts other than `path` live as long as the facts.
struct Target {
  std::string path;
  std::vector<PackagedFile> promises;  ///< one for each package that ships it with an MD5
  std::string_view reason;             ///< as in package_verify.reason
  Group group = Group::kPath;
  base::Result<host::FileStatus> status = base::fail(base::ErrorCode::kNotFound, "");

  bool promised(std::string_view md5) const;
};

/// All targets with their status, in the order in which they should be compared.
std::vector<Target> find_targets(const Context& context, const PackageIndex& packages);

}  // namespace genba::collect::verify
