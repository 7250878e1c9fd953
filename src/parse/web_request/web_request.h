// SPDX-License-Identifier: Apache-2.0
//
// What one request looks like, for counting: attack words, probes, scripts in odd places. No
// verdict: each trait has innocent bearers (a poll of /actuator/health, a page that documents SQL),
// and only many of them, or one with an answer that no probe gets, mean something. Targets are
// decoded first, up to three times, as careless servers do. The idea does not hold for what the log
// does not have: bodies of POST and other headers. Words and thresholds: field/logs.md 45-50 and
// the classes of crowdsec's hub (MIT, facts only). Covered by web_request_test.cc (also with
// crowdsec's probes) and web_request_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace genba::parse {

/// Room for the longest request line that servers take: Apache's LimitRequestLine is 8190 and one
/// of nginx's large_client_header_buffers 8 KiB by default.
inline constexpr size_t kTargetBufferSize = 8192;

/// How often a target is decoded: what an attacker encodes twice to get past a filter needs two,
/// and one more for the proxy in front (field/logs.md 47).
inline constexpr int kMaxDecodingRounds = 3;

/// A target made plain: the log's escapes and the percent encoding undone, "+" in the query made a
/// blank, overlong UTF-8 of ASCII made ASCII ("%c0%af" is "/"), letters A-Z lower case.
struct DecodedTarget {
  std::string_view text;  ///< in the caller's buffer
  size_t path_size = 0;   ///< bytes in front of the "?" that began the query in the original
  int rounds = 0;         ///< how many rounds of percent decoding changed something
  bool was_cut = false;   ///< the buffer was too small: only the front was decoded
};

/// Decodes `target`, as the log has it, into `buffer`; kTargetBufferSize bytes are enough for an
/// honest one. Never more than buffer.size() bytes. Time is linear in the target's length.
DecodedTarget decode_target(std::string_view target, std::span<char> buffer);

enum class WebTrait : uint16_t {
  kTraversal = 1U << 0U,            ///< "../" in the path; two in a row in the query
  kSqlInjection = 1U << 1U,         ///< "union select", "sleep(" …: what needs SQL's grammar
  kCodeInjection = 1U << 2U,        ///< "${jndi:", "<?php", "system(", ";wget ", "php://input" …
  kSecretFile = 1U << 3U,           ///< /.git, /.env, id_rsa, /etc/passwd, dumps and backups
  kAdminProbe = 1U << 4U,           ///< phpmyadmin, wp-login.php, /solr/, /actuator …
  kScript = 1U << 5U,               ///< a segment of the path ends in .php, .jsp, .aspx, .cgi …
  kScriptInUploadPlace = 1U << 6U,  ///< that, below /uploads/, /images/, /tmp/, /js/ …
  kStatic = 1U << 7U,               ///< the path ends in .css, .js, .png …
  kCommandParameter = 1U << 8U,     ///< the query has cmd=, c=, exec= … with shell words
};

/// A set of WebTrait.
struct WebTraits {
  uint16_t bits = 0;

  constexpr bool has(WebTrait trait) const { return (bits & static_cast<uint16_t>(trait)) != 0; }
  constexpr void add(WebTrait trait) {
    bits = static_cast<uint16_t>(bits | static_cast<uint16_t>(trait));
  }
  friend bool operator==(const WebTraits&, const WebTraits&) = default;
};

/// The traits of a decoded target, in one pass.
WebTraits find_web_traits(const DecodedTarget& target);

/// kSqlInjection and kCodeInjection in a referrer or an agent, where Shellshock and Log4Shell like
/// to come ("() { :;}; …", "${jndi:ldap://…}"). `buffer` as in decode_target.
WebTraits find_header_traits(std::string_view header, std::span<char> buffer);

/// What an agent says that it is. Anybody can say anything: kOther means nothing.
enum class AgentKind : uint8_t {
  kOther,       ///< a browser, a crawler, nothing
  kPlainTool,   ///< curl, wget, python-requests …: scripts of friends and enemies alike
  kAttackTool,  ///< sqlmap, nikto, zgrab …: nobody runs it by accident
};

/// Only the first kLongestAgent bytes are looked at.
AgentKind scanner_agent(std::string_view agent);
inline constexpr size_t kLongestAgent = 512;

}  // namespace genba::parse
