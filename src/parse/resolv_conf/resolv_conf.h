// SPDX-License-Identifier: Apache-2.0
//
// The name servers of /etc/resolv.conf. A keyword starts its line; '#' and ';' start comments.
// Source: resolv.conf(5). Covered by resolv_conf_test.cc.
#pragma once

#include <string_view>
#include <vector>

#include "base/address.h"

namespace genba::parse {

/// The addresses in the file's order, without their zones. All of them: glibc asks three, others
/// more.
std::vector<base::Address> parse_resolv_conf(std::string_view bytes);

}  // namespace genba::parse
