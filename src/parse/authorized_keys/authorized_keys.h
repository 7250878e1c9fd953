// SPDX-License-Identifier: Apache-2.0
//
// Reads authorized_keys as sshd does: blank lines and comments, then a key, or options and a key.
// A word is a key type when the base64 behind it says the same name, so types of later OpenSSH
// releases are read too. A line with no key that holds together becomes a note; sshd would not
// accept it either. Certificates are fingerprinted whole, not by the key inside. Source: sshd(8),
// AUTHORIZED_KEYS FILE FORMAT; OpenSSH auth2-pubkeyfile.c; RFC 4253 6.6.
// Covered by authorized_keys_test.cc, authorized_keys_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One key that opens the account.
struct AuthorizedKeyEntry {
  std::optional<std::string> options;  ///< as written
  std::string algorithm;
  std::string key;              ///< base64, as written
  std::string fingerprint;      ///< "SHA256:" and base64 without padding
  std::optional<int64_t> bits;  ///< of an RSA modulus
  std::optional<std::string> comment;
  int64_t line = 0;
};

struct AuthorizedKeysFile {
  std::vector<AuthorizedKeyEntry> entries;
  std::vector<base::Note> notes;
};

/// `source` names the file in notes.
AuthorizedKeysFile parse_authorized_keys(std::string_view bytes, std::string_view source);

/// One option of a key: its name in lower case and, behind '=', its value without quotes.
struct KeyOption {
  std::string name;
  std::optional<std::string> value;
};

/// Splits options at commas outside quotes.
std::vector<KeyOption> parse_key_options(std::string_view options);

}  // namespace genba::parse
