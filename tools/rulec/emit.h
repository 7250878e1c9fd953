// SPDX-License-Identifier: Apache-2.0
//
// Writes rules as C++: the source of genba::judge::builtin_rules(). The same rules give the same
// bytes. Covered by the build itself and tests/meta/rules_test.cc.
#pragma once

#include <span>
#include <string>

#include "judge/rule.h"

namespace genba::rulec {

/// The whole source file, for rules sorted by id.
std::string emit_rules(std::span<const judge::Rule> rules);

}  // namespace genba::rulec
