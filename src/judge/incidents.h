// SPDX-License-Identifier: Apache-2.0
//
// Tells several findings as one story. Findings about an intrusion of medium severity or above that
// share a process (or are parent and child, or of one session), a file, an executable, a key, an
// address or an account belong together; a lower one or a weakness only joins a story, and only by
// a thing, never by an account, since everything on a server belongs to root. The idea does not
// hold for two intruders under one account: they become one story, which the responder can read
// apart. Covered by incidents_test.cc.
#pragma once

#include <span>
#include <vector>

#include "model/facts.h"
#include "model/finding.h"

namespace genba::judge {

/// The incidents, most severe first. Grows with the number of findings, not with its square.
std::vector<model::Incident> find_incidents(const std::vector<model::Finding>& findings,
                                            const model::Facts& facts);

}  // namespace genba::judge
