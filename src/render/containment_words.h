// SPDX-License-Identifier: Apache-2.0
//
// Words that the renderers of containment share, and the lines into which flows collapse.
// Covered by containment_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/containment.h"
#include "render/screen.h"

namespace genba::render {

/// "out, IPv4", "frames on eth0", "namespace 4026532208: out, IPv4"; a name that is not known, as
/// it is.
std::string path_words(std::string_view path, model::Language language);

std::string_view outcome_words(model::ProofOutcome outcome, model::Language language);
Paint outcome_paint(model::ProofOutcome outcome);

/// What it stands on, in a few words.
std::string_view rung_words(model::ContainmentRung rung, model::Language language);

/// "192.0.2.1", "[2001:db8::1]:443", "192.0.2.0/24", "any".
std::string endpoint_words(const model::AllowedFlow& flow, bool remote, model::Language language);

/// Flows that are one thing to a person.
struct FlowLine {
  std::string title;                   ///< "DHCP"
  std::vector<std::string> endpoints;  ///< "192.0.2.1:22 <-> 198.51.100.7:50000 (TCP)"; may be none
  std::string reason;
};
std::vector<FlowLine> flow_lines(const std::vector<model::AllowedFlow>& flows,
                                 model::Language language);

/// "this host's own network (4026531840)", "/run/netns/blue", "namespace 4026532208 (process 42)".
std::string namespace_words(const model::NamespaceReport& report, model::Language language);

}  // namespace genba::render
