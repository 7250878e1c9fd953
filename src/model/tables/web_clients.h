// SPDX-License-Identifier: Apache-2.0
//
// Who asked the web server for what it should not give? One row for each client, counted over all
// access logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Clients of web servers, counted.
struct WebClient {
  std::string address;
  base::Timestamp first_time;
  base::Timestamp last_time;
  int64_t requests = 0;
  int64_t refused = 0;
  int64_t refused_paths = 0;
  int64_t attacks = 0;
  int64_t posts = 0;
  std::optional<std::string> agent;
  std::optional<std::string> tool;
  std::optional<std::string> found;
  std::optional<base::Timestamp> found_time;
  std::string source;
};

template <>
struct TableOf<WebClient> {
  static constexpr ColumnInfo kColumns[] = {
      column<&WebClient::address>("address", "Address."),
      column<&WebClient::first_time>("first_time", "First request."),
      column<&WebClient::last_time>("last_time", "Last request."),
      column<&WebClient::requests>("requests", "Requests."),
      column<&WebClient::refused>("refused", "Requests answered with 400-499."),
      column<&WebClient::refused_paths>("refused_paths",
                                        "Distinct paths among these, about, counted up to 255."),
      column<&WebClient::attacks>("attacks",
                                  "Requests with marks of an attack (traversal, injection, code)."),
      column<&WebClient::posts>("posts", "POST requests."),
      column<&WebClient::agent>("agent", "A user agent, the first seen."),
      column<&WebClient::tool>("tool", "scanner or tool, when an agent names one."),
      column<&WebClient::found>("found",
                                "The last path that it was given, other than pictures and the "
                                "like, when it was refused many times."),
      column<&WebClient::found_time>("found_time", "When that was."),
      column<&WebClient::source>("source", "The set of files of the first request."),
  };
  static constexpr std::string_view kIndexed[] = {"address"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<WebClient>(
        "web_clients", "Clients of web servers, counted.", TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& web_clients() {
  return TableOf<WebClient>::info();
}
}  // namespace tables

}  // namespace genba::model
