// SPDX-License-Identifier: Apache-2.0
//
// What the live host and the tree host have in common: everything that is a question to a
// RootedTree. Magic links, helpers and sock_diag are answered "unsupported" here; the live host
// overrides them. Covered by host/tree_host_test.cc and host/live_host_test.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/counters.h"
#include "host/host.h"
#include "host/rooted_tree.h"

namespace genba::host {

/// Reads a whole open file, at most `limit` bytes, and counts it.
Result<FileBytes> read_open_file(const RootedTree& tree, const RootedTree::OpenFile& file,
                                 uint64_t limit);
/// A reader over an open file that counts what it reads. `tree` must outlive it.
std::unique_ptr<FileReader> make_reader(const RootedTree& tree, RootedTree::OpenFile file,
                                        std::string path);

class TreeBackedHost : public Host {
 public:
  Result<FileBytes> read_file(std::string_view path, uint64_t limit) const override;
  Result<std::unique_ptr<FileReader>> open_file(std::string_view path) const override;
  Result<std::vector<DirectoryEntry>> read_directory(std::string_view path) const override;
  Result<DirectoryListing> list_directory(std::string_view path, uint64_t limit) const override;
  Result<FileStatus> lstat(std::string_view path) const override;
  Result<FileStatus> stat(std::string_view path) const override;
  Result<std::string> read_link(std::string_view path) const override;
  Result<std::string> canonical(std::string_view path) const override;
  Result<FileStatus> stat_magic(std::string_view path) const override;
  Result<std::unique_ptr<FileReader>> open_magic(std::string_view path) const override;
  void read_risky(std::span<const RiskyRead> reads,
                  const std::function<void(size_t, Result<FileBytes>)>& done) const override;
  Result<std::vector<DiagSocket>> read_sock_diag(int64_t namespace_pid) const override;
  Result<std::string> filesystem_type(std::string_view path) const override;
  Result<KernelNames> kernel_names() const override;
  ClockReading clocks() const override;
  uint32_t euid() const override;
  Footprint footprint() const override;
  void sleep_for(std::chrono::milliseconds time) const override;

 protected:
  TreeBackedHost(std::unique_ptr<Counters> counters, std::unique_ptr<RootedTree> tree);
  const RootedTree& tree() const { return *tree_; }

 private:
  std::unique_ptr<Counters> counters_;
  std::unique_ptr<RootedTree> tree_;
};

}  // namespace genba::host
