// SPDX-License-Identifier: Apache-2.0
//
// Rules of the shape that containment makes, without its code: so that what judges containment is
// tried on rules that are right, on some that are missing, and on some that are wrong. Within
// in_private_network().
#pragma once

#include <string>
#include <vector>

#include "sys/nf_tables/nf_tables.h"

namespace genba::test {

struct ContainRules {
  bool inet = true;                ///< prerouting, input, forward and output
  std::vector<std::string> hooks;  ///< devices with ingress and egress
  std::vector<sys::NftRule> allowed_out;
  std::vector<sys::NftRule> allowed_in;
};

/// Puts them into the calling thread's namespace, in the place of those before. Skips the test when
/// the kernel has no egress hook and one is wanted.
void contain_with(const ContainRules& rules);
void open_again();

}  // namespace genba::test
