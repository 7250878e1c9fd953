// SPDX-License-Identifier: Apache-2.0
//
// The configuration of sshd with its Include files put in place, as sshd reads them: relative names
// below /etc/ssh, patterns in sorted order, an Include inside a Match only under that Match.
// Source: sshd_config(5), OpenSSH servconf.c. Covered by ssh_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collect/config_reader.h"

namespace genba::collect::ssh {

/// One directive and where it stands.
struct SshdSetting {
  std::string keyword;  ///< lower case
  std::vector<std::string> arguments;
  std::string path;
  int64_t line = 0;
  bool conditional = false;  ///< inside a Match block
};

/// All settings in the order in which sshd sees them. Empty when sshd has no configuration.
std::vector<SshdSetting> read_sshd_settings(ConfigReader& reader);

}  // namespace genba::collect::ssh
