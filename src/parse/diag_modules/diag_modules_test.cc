// SPDX-License-Identifier: Apache-2.0
#include "parse/diag_modules/diag_modules.h"

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(DiagModules, OnlyLiveModulesCountAsLoaded) {
  DiagModules present;
  find_loaded_diag_modules(
      "tcp_diag 16384 0 - Live 0xffffffffc0a0e000\nudp_diag 16384 0 - Loading 0x0\n"
      "my_tcp_diag 16384 0 - Live 0x0\n",
      present);
  EXPECT_EQ(present, DiagModules{"tcp_diag"});
}

TEST(DiagModules, FunctionsOfTheKernelItselfCountAndThoseOfModulesDoNot) {
  DiagModules present;
  find_builtin_diag_modules(
      "ffffffff82097b20 t unix_diag_dump\nffffffffc0a0e000 t raw_diag_dump\t[raw_diag]\n"
      "ffffffff82097b30 t inet_diag_cut",
      present);
  EXPECT_EQ(present, DiagModules{"unix_diag"});
}

}  // namespace
}  // namespace genba::parse
