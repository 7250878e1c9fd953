// SPDX-License-Identifier: Apache-2.0
//
// May this path be entered? A dead file server or an automounter must not hang a run, so each path
// is walked component by component, and the mount table is asked before anything touches a mount
// point; then the filesystem itself is. A network filesystem that also holds / is entered: there is
// no way around it. Covered by path_gate_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collect/collector.h"

namespace genba::collect {

/// Answers for one collector; remembers what it was asked. Uses the `mounts` rows in the context's
/// facts when there are any.
class PathGate {
 public:
  explicit PathGate(const Context& context);

  /// The type of the network, FUSE or automount filesystem that `directory` lies on; nothing when
  /// it may be entered (or does not exist).
  std::optional<std::string> refusal(std::string_view directory);

 private:
  std::optional<std::string> look_up(std::string_view directory) const;

  const host::Host& host_;
  std::map<std::string, std::string, std::less<>> mounted_;  ///< refused mount points and types
  std::map<std::string, std::optional<std::string>, std::less<>> known_;
  std::string root_type_;
};

}  // namespace genba::collect
