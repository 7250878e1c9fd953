// SPDX-License-Identifier: Apache-2.0
//
// Whom does a story name? The processes, files, connections, accounts, keys and start-up entries of
// some findings, each told once and in one place only: a file that runs, starts something or holds
// a key is not told again as a file. Connections are those that the processes hold, counted in the
// facts, since findings name few of them. All texts are raw and still to be escaped.
// Covered by actors_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/facts.h"
#include "render/words.h"

namespace genba::render {

/// Things of one kind.
struct Actor {
  Word kind;            ///< Word::kProcesses, kFiles …
  std::string summary;  ///< "40, only to this host itself"; mostly empty
  std::vector<std::string> things;
};
using Actors = std::vector<Actor>;

/// Everything that the findings name, kinds in the order of a story.
Actors actors_of(const std::vector<const model::Finding*>& findings, const model::Facts& facts,
                 model::Language language);

/// Processes with their paths, those of one program together: "4242, 4250 /usr/bin/cd".
std::vector<std::string> process_lines(
    const std::vector<std::pair<int64_t, std::string>>& processes);

}  // namespace genba::render
