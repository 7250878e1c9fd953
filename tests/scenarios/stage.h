// SPDX-License-Identifier: Apache-2.0
//
// A stage for a re-enactment on the running machine: a mount namespace of its own in which /etc,
// /root and /usr/bin take changes that nobody else sees and that are gone with the stage. Processes
// started on it are ordinary processes of the machine. Needs root and overlayfs.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "support/scratch.h"

namespace genba::test {

class Stage {
 public:
  Stage();
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Why there is no stage; empty when there is one.
  const std::string& missing() const { return missing_; }
  int mount_namespace() const { return namespace_; }
  /// The path by which this process reaches `absolute` of the stage.
  std::string reach(std::string_view absolute) const;
  /// Writes a file of the stage, and the directories above it.
  void file(std::string_view absolute, std::string_view bytes, mode_t mode) const;

 private:
  Scratch scratch_;
  std::string missing_;
  pid_t keeper_ = -1;
  int namespace_ = -1;
};

/// The fixture at work on a stage; ends with this object.
class Impostor {
 public:
  Impostor(const Stage& stage, const std::string& path, int connections);
  ~Impostor();
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;

  bool ready() const { return ready_; }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  bool ready_ = false;
};

}  // namespace genba::test
