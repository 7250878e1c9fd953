// SPDX-License-Identifier: Apache-2.0
//
// The words that web_request looks for: targets' (web_words.cc) and agents' (web_agent.cc). Part of
// web_request and of nobody else. Covered by web_request_test.cc.
#pragma once

#include <cstdint>
#include <span>

#include "parse/web_request/word_finder.h"

namespace genba::parse {

/// A word's bit beside those of WebTrait: a folder that holds uploads or static files.
inline constexpr uint16_t kUploadPlace = 1U << 15U;

/// All words of targets.
std::span<const Word> target_words();

/// Whether a query has a parameter that takes commands, with shell words in it.
bool has_command_parameter(std::string_view query);

}  // namespace genba::parse
