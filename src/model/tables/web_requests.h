// SPDX-License-Identifier: Apache-2.0
//
// Which requests deserve a look? Those with marks of an attack, and those to scripts where uploads
// lie; not the ordinary ones, of which there are millions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Notable requests to web servers.
struct WebRequestSeen {
  base::Timestamp time;
  std::string address;
  std::string method;
  std::string target;
  std::optional<int64_t> status;
  std::optional<int64_t> bytes;
  std::optional<std::string> referrer;
  std::optional<std::string> agent;
  std::string traits;
  std::string source;
  std::string path;
  std::optional<int64_t> line;
};

template <>
struct TableOf<WebRequestSeen> {
  static constexpr ColumnInfo kColumns[] = {
      column<&WebRequestSeen::time>("time", "When."),
      column<&WebRequestSeen::address>("address", "Client."),
      column<&WebRequestSeen::method>("method", "Method."),
      column<&WebRequestSeen::target>("target", "Path with query as written."),
      column<&WebRequestSeen::status>("status", "Answer."),
      column<&WebRequestSeen::bytes>("bytes", "Size of the answer."),
      column<&WebRequestSeen::referrer>("referrer", "Referrer."),
      column<&WebRequestSeen::agent>("agent", "User agent."),
      column<&WebRequestSeen::traits>(
          "traits",
          "Marks, separated by blanks: traversal sql_injection code_injection secret_file "
          "admin_probe script script_in_upload_place command_parameter."),
      column<&WebRequestSeen::source>("source", "The set of files."),
      column<&WebRequestSeen::path>("path", "File."),
      column<&WebRequestSeen::line>("line", "Line."),
  };
  static constexpr std::string_view kIndexed[] = {"time", "address"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<WebRequestSeen>(
        "web_requests", "Notable requests to web servers.", TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& web_requests() {
  return TableOf<WebRequestSeen>::info();
}
}  // namespace tables

}  // namespace genba::model
