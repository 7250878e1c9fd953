// SPDX-License-Identifier: Apache-2.0
//
// The stage of a test that freezes and ends processes: starts the fixture `respawner`, knows its
// processes by a token of this stage, makes cgroups of its own, and at the end ends and removes all
// of it, frozen or not. It touches nothing else: processes are found by marker and token together.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "act/freeze/freezer.h"
#include "act/freeze/hierarchy.h"
#include "host/host.h"

namespace genba::test {

class FreezeStage {
 public:
  /// A stage of a name of its own, "genba-test-PID-N". The test process becomes the reaper of
  /// orphans until the stage ends.
  FreezeStage();
  ~FreezeStage();
  FreezeStage(const FreezeStage&) = delete;
  FreezeStage& operator=(const FreezeStage&) = delete;

  const host::Host& host() const { return *host_; }
  /// As the id of a freeze; the stage removes what such a freeze left behind.
  const std::string& id() const { return id_; }
  const std::string& token() const { return token_; }

  /// False when the fixture was not built (sanitized builds) or we are not root.
  bool possible() const;
  /// Runs the fixture at `program` (empty: where it was built) for at most `seconds`, in `cgroup`
  /// of `hierarchy` when given; waits until it has its name.
  act::ProcessKey start(const std::vector<std::string>& mode, const std::string& cgroup = "",
                        const act::Hierarchy* hierarchy = nullptr, const std::string& program = "");
  /// Where the fixture was built.
  static std::string fixture();
  /// The same as processes that run it show it.
  act::Executable executable() const;

  /// Makes a group at the top of the hierarchy, to be removed at the end; its path.
  std::string make_cgroup(const act::Hierarchy& hierarchy, const std::string& suffix);

  /// A freeze of another id, as app names it, that the stage has to let go at its end.
  void remember_freeze(const std::string& id);

  /// All living processes of the fixture with this stage's token.
  std::vector<act::ProcessKey> alive() const;
  /// One of them. Waits ten seconds for it: each may have replaced itself while it was looked at.
  act::ProcessKey some_alive() const;
  /// The same, when no two of three looks a moment apart differ: nothing is born or ends any more.
  bool stands_still() const;

 private:
  void end_all();

  std::unique_ptr<host::Host> host_;
  std::string id_;
  std::string token_;
  std::vector<std::pair<act::FreezeMethod, std::string>> cgroups_;
  int was_reaper_ = 0;
  void (*old_handler_)(int) = nullptr;
};

}  // namespace genba::test
