// SPDX-License-Identifier: Apache-2.0
#include "sys/bpf/bpf_assembler.h"

#include <gtest/gtest.h>

namespace genba::sys {
namespace {

using enum BpfRegister;

TEST(BpfAssembler, JumpsCountFromTheInstructionBehindThem) {
  BpfAssembler program;
  const auto out = program.label();
  program.jump_if(BpfTest::kEqual, kR1, 7, out).move64(kR2, 0x1122334455667788);
  program.bind(out).exit();
  const auto made = program.assemble();
  ASSERT_TRUE(made);
  ASSERT_EQ(made->size(), 4U) << "a constant of 64 bits takes two";
  EXPECT_EQ((*made)[0].code, BPF_JMP | BPF_JEQ | BPF_K);
  EXPECT_EQ((*made)[0].off, 2);
  EXPECT_EQ((*made)[0].imm, 7);
  EXPECT_EQ((*made)[1].imm, 0x55667788);
  EXPECT_EQ((*made)[2].imm, 0x11223344);
  EXPECT_EQ((*made)[3].code, BPF_JMP | BPF_EXIT);
}

TEST(BpfAssembler, AMapIsMarkedForTheKernel) {
  BpfAssembler program;
  program.move_map(kR1, 9).exit();
  const auto made = program.assemble();
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)[0].src_reg, BPF_PSEUDO_MAP_FD);
  EXPECT_EQ((*made)[0].imm, 9);
}

TEST(BpfAssembler, AJumpThatDoesNotFitIsRefused) {
  BpfAssembler program;
  const auto out = program.label();
  program.jump(out);
  for (int i = 0; i < 32767; ++i) {
    program.move(kR0, 0);
  }
  BpfAssembler longer = program;
  EXPECT_TRUE(program.bind(out).exit().assemble());
  EXPECT_EQ(longer.move(kR0, 0).bind(out).exit().assemble().error().code,
            base::ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace genba::sys
