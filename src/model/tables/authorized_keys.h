// SPDX-License-Identifier: Apache-2.0
//
// Which keys open which account? From the AuthorizedKeysFile paths of sshd_config, and always
// ~/.ssh/authorized_keys and authorized_keys2 of every account. Source: sshd(8), AUTHORIZED_KEYS
// FILE FORMAT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// SSH keys that open an account.
struct AuthorizedKey {
  int64_t uid = 0;
  std::string username;
  std::string algorithm;
  std::string key;
  std::string fingerprint;
  std::optional<int64_t> bits;
  std::optional<std::string> options;
  std::optional<std::string> comment;
  std::string key_file;
  int64_t line = 0;
  std::optional<int64_t> file_uid;
  std::optional<std::string> file_mode;
  std::optional<base::Timestamp> file_mtime;
  std::optional<base::Timestamp> file_ctime;
  std::optional<base::Timestamp> file_btime;
};

template <>
struct TableOf<AuthorizedKey> {
  static constexpr ColumnInfo kColumns[] = {
      column<&AuthorizedKey::uid>("uid", "User id of the account."),
      column<&AuthorizedKey::username>("username", "Name of the account."),
      column<&AuthorizedKey::algorithm>("algorithm", "Key type (ssh-ed25519, ssh-rsa …)."),
      column<&AuthorizedKey::key>("key", "The public key, base64."),
      column<&AuthorizedKey::fingerprint>("fingerprint", "SHA256:… as ssh-keygen -l prints it."),
      column<&AuthorizedKey::bits>("bits", "Modulus size of an RSA key."),
      column<&AuthorizedKey::options>("options",
                                      "Options before the key (command=, from=, environment= …)."),
      column<&AuthorizedKey::comment>("comment", "Comment behind the key."),
      column<&AuthorizedKey::key_file>("key_file", "The file."),
      column<&AuthorizedKey::line>("line", "Line number."),
      column<&AuthorizedKey::file_uid>("file_uid", "Owner of the file."),
      column<&AuthorizedKey::file_mode>("file_mode", "Mode of the file, four octal digits."),
      column<&AuthorizedKey::file_mtime>("file_mtime", "Modification time of the file."),
      column<&AuthorizedKey::file_ctime>("file_ctime", "Change time of the file."),
      column<&AuthorizedKey::file_btime>("file_btime", "Birth time of the file."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<AuthorizedKey>(
        "authorized_keys", "SSH keys that open an account.", TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& authorized_keys() {
  return TableOf<AuthorizedKey>::info();
}
}  // namespace tables

}  // namespace genba::model
