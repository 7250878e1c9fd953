// SPDX-License-Identifier: Apache-2.0
//
// The fields that the formats of access logs share: quoted texts, statuses, request lines. Part of
// web_access and of nobody else. Covered by web_access_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parse/web_access/web_access.h"

namespace genba::parse {

/// Where the next quote stands, from `from` on, that no backslash escapes; npos when there is none.
size_t find_quote(std::string_view text, size_t from);

/// Takes a quoted text off the front of `line`, with one blank in front of it and one behind. Gives
/// it without quotes, empty for "-". A text without its end goes to the end of the line. False,
/// and `line` alone, when no quote opens one.
bool take_quoted(std::string_view& line, std::string_view& out);

/// Whether the text goes on with " 200 ", " - " or one of them at its end.
bool is_status(std::string_view text);

/// "200" at the front of the text as a number; -1 for "-".
int32_t read_status(std::string_view text);

/// The whole word as a count of bytes. False, and `out` alone, when it is none.
bool read_bytes(std::string_view word, int64_t& out);

/// Empty for what stands for nothing: "-" and Apache's "\"\"".
std::string_view without_dash(std::string_view text);

/// Whether the word is written like an IP address, with or without brackets, port or zone.
bool is_address_text(std::string_view word);

/// Whether the word ends in ":80".
bool has_port(std::string_view word);

/// Cuts a request line into method, target and protocol.
void split_request(std::string_view text, WebRequest& request);

/// nginx-proxy-manager's "proxy" and "standard" formats, which begin with the time.
bool parse_proxy_manager_line(std::string_view line, WebRequest& out);

}  // namespace genba::parse
