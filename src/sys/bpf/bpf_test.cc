// SPDX-License-Identifier: Apache-2.0
#include "sys/bpf/bpf.h"

#include <gtest/gtest.h>

#include "sys/bpf/bpf_assembler.h"

namespace genba::sys {
namespace {

using base::ErrorCode;

class BpfTest : public testing::Test {
 protected:
  void SetUp() override {
    auto map = create_bpf_array("genba_test", 2);
    if (!map) {
      GTEST_SKIP() << "SKIPPED: needs root and bpf(2): " << map.error().what;
    }
    map_ = *std::move(map);
  }
  Fd map_;
};

TEST_F(BpfTest, AnArrayKeepsNumbers) {
  EXPECT_EQ(*read_bpf_array(map_, 1), 0U);
  ASSERT_TRUE(write_bpf_array(map_, 1, 0x1122334455667788));
  EXPECT_EQ(*read_bpf_array(map_, 1), 0x1122334455667788U);
  EXPECT_EQ(read_bpf_array(map_, 2).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(write_bpf_array(map_, 2, 1));
}

TEST_F(BpfTest, MapAndProgramAreFoundAgainByTheirIds) {
  BpfAssembler program;
  program.move_map(BpfRegister::kR1, map_.get()).move(BpfRegister::kR0, 1).exit();
  const auto loaded = load_cgroup_program("genba_test", *program.assemble(), "Apache-2.0");
  ASSERT_TRUE(loaded) << loaded.error().what;
  const auto info = bpf_program_info(*loaded);
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->name, "genba_test");
  EXPECT_EQ(info->type, uint32_t{BPF_PROG_TYPE_CGROUP_SKB});
  EXPECT_EQ(info->tag.size(), 16U);
  ASSERT_EQ(info->maps.size(), 1U);
  ASSERT_TRUE(write_bpf_array(map_, 0, 7));
  const auto again = open_bpf_map(info->maps[0]);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(*read_bpf_array(*again, 0), 7U);
  EXPECT_EQ(bpf_map_info(*again)->entries, 2U);
  EXPECT_EQ(bpf_program_info(*open_bpf_program(info->id))->tag, info->tag);
}

TEST_F(BpfTest, TheVerifiersReasonIsInTheError) {
  BpfAssembler program;
  program.load(BpfWidth::k64, BpfRegister::kR0, BpfRegister::kStack, -8).exit();
  program.exit();
  const auto loaded = load_cgroup_program("genba_test", *program.assemble(), "Apache-2.0");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().what.find("unreachable"), std::string::npos) << loaded.error().what;
}

TEST_F(BpfTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(open_bpf_program(UINT32_MAX).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_bpf_map(UINT32_MAX).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(cgroup_programs(map_, CgroupHook::kEgress)) << "not a cgroup";
}

TEST(BpfLog, TheLastLinesAreTheReason) {
  EXPECT_EQ(end_of_verifier_log("0: (bf) r6 = r1\nR0 !read_ok\nprocessed 3 insns (limit 1)\n"),
            "0: (bf) r6 = r1; R0 !read_ok");
  EXPECT_EQ(end_of_verifier_log(""), "");
  EXPECT_EQ(end_of_verifier_log("a\x1b[31m"), "a?[31m");
}

}  // namespace
}  // namespace genba::sys
