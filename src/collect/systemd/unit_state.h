// SPDX-License-Identifier: Apache-2.0
//
// The state that `systemctl list-unit-files` gives to a unit file, from the same links and the same
// [Install] section. Source: systemctl(1), is-enabled; systemd shared/install.c
// (unit_file_lookup_state, find_symlinks_in_scope). Covered by systemd_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "collect/systemd/unit_index.h"
#include "parse/systemd_unit/systemd_unit.h"

namespace genba::collect::systemd {

/// `file` is the fragment's content, `wants` what the index says of the name.
std::string unit_file_state(const UnitIndex& index, std::string_view name, const Fragment& fragment,
                            const parse::UnitFile& file, const Wants& wants);

}  // namespace genba::collect::systemd
