// SPDX-License-Identifier: Apache-2.0
//
// What act says of processes that it stops, in Japanese: reasons, notes and names of ties. What no
// phrase fits stays English. Covered by stopping_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "model/stopping.h"
#include "render/phrases.h"

namespace genba::render {

/// What act says, sentence by sentence.
Phrases stopping_phrases();

/// A reason or note of act/freeze, in the language.
std::string stop_words(std::string_view english, model::Language language);

/// "executable of 900 (/tmp/x)", in the language.
std::string link_words(const model::FamilyLink& link, model::Language language);

/// Of a respawner: "cron", "systemd unit"; of a likeness: "same path".
std::string_view respawn_word(model::RespawnKind kind, model::Language language);
std::string likeness_word(std::string_view likeness, model::Language language);

/// "cgroup v2", "cgroup v1", "SIGSTOP".
std::string_view method_word(std::string_view method);

}  // namespace genba::render
