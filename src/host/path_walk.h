// SPDX-License-Identifier: Apache-2.0
//
// The careful resolver of RootedTree: one component at a time, never leaving the root. A private
// part of rooted_tree.cc, apart for its length; tested through host/rooted_tree_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/rooted_tree.h"

namespace genba::host {

class RootedTree::Walk {
 public:
  explicit Walk(const RootedTree& tree) : tree_(tree) {}

  Result<Place> run(std::string_view path, Follow follow);

 private:
  struct Step {
    std::string name;
    uint64_t device = 0;
    uint64_t inode = 0;
  };
  struct Child {
    sys::Fd fd;
    struct ::statx status {};
  };
  Result<Child> look(const std::string& name) const;
  Result<sys::Fd> open_child(const std::string& name) const;
  Result<void> follow_link(const Child& link);
  Result<void> go_up();
  Result<Place> finish();
  void start_over();
  void push_components(std::string_view path);
  bool in_procfs() const;
  bool is_on_procfs(const sys::Fd& fd) const;

  const RootedTree& tree_;
  std::vector<std::string> pending_;  ///< components still to come, the next one last
  std::vector<Step> trail_;           ///< the directories from the root to here
  std::string canonical_;             ///< the same as text; empty at the root
  sys::Fd at_;                        ///< invalid at the root
  int links_ = 0;
};

/// True for names that procfs answers from the mounts on it, not from itself: the stand-in for
/// /proc has none, so they are looked up through the root.
bool is_mounted_on_procfs(std::string_view normal_path);

}  // namespace genba::host
