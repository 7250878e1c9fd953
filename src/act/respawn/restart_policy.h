// SPDX-License-Identifier: Apache-2.0
//
// Does Docker start a container again by itself? From the hostconfig.json that the daemon keeps for
// each container (RestartPolicy.Name: no, always, unless-stopped, on-failure). Whoever is root in
// the host can have written it. Source: Docker Engine API, HostConfig. Covered by
// restart_policy_test.cc and restart_policy_fuzz.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genba::act {

/// The policy's name; "no" where none is set; nothing when the text is not such a file or names a
/// policy that Docker does not have.
std::optional<std::string> docker_restart_policy(std::string_view json);

}  // namespace genba::act
