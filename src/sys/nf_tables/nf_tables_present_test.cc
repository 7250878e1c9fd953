// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_present.h"

#include <gtest/gtest.h>

#include <string>

#include "support/scratch.h"

namespace genba::sys {
namespace {

// A procfs and a sysfs with what a test writes into them.
class Kernel {
 public:
  Kernel() { write("proc/self/stat", "1"); }
  Kernel& write(const std::string& path, const std::string& text) {
    scratch_.file(path, text);
    return *this;
  }
  NftKernel look() const {
    return nf_tables_present(scratch_.path() + "/proc", scratch_.path() + "/sys");
  }

 private:
  test::Scratch scratch_;
};

constexpr const char* kModprobe = "proc/sys/kernel/modprobe";

TEST(NftPresent, AKernelWithoutModulesMayBeAsked) {
  const NftKernel kernel = Kernel().look();
  EXPECT_EQ(kernel.asking, NftAsking::kRunsNothing);
  EXPECT_TRUE(kernel.may_ask());
  EXPECT_TRUE(kernel.may_use("limit"));
}

TEST(NftPresent, WithoutAProcfsNothingIsKnown) {
  const NftKernel kernel = nf_tables_present("/nowhere/proc", "/nowhere/sys");
  EXPECT_EQ(kernel.presence, NftPresence::kUnknown);
  EXPECT_EQ(kernel.asking, NftAsking::kMayRunModprobe);
  EXPECT_FALSE(kernel.may_ask());
}

TEST(NftPresent, AnEmptyModprobePathMayBeAsked) {
  Kernel made;
  made.write("proc/modules", "").write(kModprobe, "\n");
  EXPECT_TRUE(made.look().may_ask());
  made.write(kModprobe, "/sbin/modprobe\n");
  EXPECT_FALSE(made.look().may_ask());
}

TEST(NftPresent, ALoadedModuleIsSeenWithItsPieces) {
  const NftKernel kernel = Kernel()
                               .write(kModprobe, "/sbin/modprobe\n")
                               .write("proc/modules",
                                      "nft_limit 16384 2 - Live 0x0000000000000000\n"
                                      "nf_tables 356352 9 nft_limit,nft_ct, Live 0x0\n"
                                      "nft_socket 16384 0 - Loading 0x0\n")
                               .look();
  EXPECT_EQ(kernel.presence, NftPresence::kPresent);
  EXPECT_TRUE(kernel.may_ask());
  EXPECT_TRUE(kernel.may_use("limit"));
  EXPECT_TRUE(kernel.may_use("cmp"));
  EXPECT_FALSE(kernel.may_use("socket")) << "not loaded yet";
  EXPECT_FALSE(kernel.may_use("quota"));
  EXPECT_EQ(kernel.evidence, "/proc/modules lists nf_tables");
}

TEST(NftPresent, SymbolsTellOfWhatIsCompiledIn) {
  const NftKernel kernel = Kernel()
                               .write("proc/modules", "ext4 1 0 - Live 0x0\n")
                               .write("proc/kallsyms",
                                      "0000000000000000 t nf_tables_newtable\n"
                                      "0000000000000000 t nft_do_chain_inet\t[nf_tables]\n"
                                      "0000000000000000 t nft_counter_eval.lto_priv.0\n"
                                      "0000000000000000 t nft_limit_pkts_eval_else\n"
                                      "damaged\n")
                               .look();
  EXPECT_EQ(kernel.presence, NftPresence::kPresent);
  EXPECT_TRUE(kernel.may_use("chain inet"));
  EXPECT_TRUE(kernel.may_use("counter"));
  EXPECT_FALSE(kernel.may_use("limit"));
  EXPECT_FALSE(kernel.may_use("chain netdev"));
}

TEST(NftPresent, SymbolsThatDoNotHaveItTellThatItIsAbsent) {
  const NftKernel kernel = Kernel()
                               .write("proc/modules", "ext4 1 0 - Live 0x0\n")
                               .write("proc/kallsyms", "0000000000000000 t nft_else\n")
                               .look();
  EXPECT_EQ(kernel.presence, NftPresence::kAbsent);
  EXPECT_FALSE(kernel.may_ask());
}

TEST(NftPresent, SysfsTellsWithoutSymbols) {
  const NftKernel kernel = Kernel()
                               .write("proc/modules", "ext4 1 0 - Live 0x0\n")
                               .write("sys/module/nf_tables/refcnt", "1\n")
                               .look();
  EXPECT_EQ(kernel.presence, NftPresence::kPresent);
  EXPECT_EQ(kernel.evidence, "/sys/module/nf_tables exists");
}

TEST(NftPresent, LinesWithoutEndAreBounded) {
  const NftKernel kernel = Kernel()
                               .write("proc/modules", std::string(1 << 20, 'x'))
                               .write("proc/kallsyms", std::string(1 << 20, ' '))
                               .look();
  EXPECT_EQ(kernel.presence, NftPresence::kAbsent);
}

}  // namespace
}  // namespace genba::sys
