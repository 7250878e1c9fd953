// SPDX-License-Identifier: Apache-2.0
//
// Which scripts were called, by how many? A web shell is called by one or two, by nobody before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Scripts that web servers were asked for, counted.
struct WebScript {
  std::string path;
  base::Timestamp first_time;
  base::Timestamp last_time;
  int64_t requests = 0;
  int64_t posts = 0;
  int64_t answered = 0;
  int64_t posts_answered = 0;
  int64_t clients = 0;
  std::string first_client;
  int64_t referred = 0;
  bool in_upload_place = false;
  std::optional<std::string> agent;
  std::string log;
};

template <>
struct TableOf<WebScript> {
  static constexpr ColumnInfo kColumns[] = {
      column<&WebScript::path>("path", "Path without query."),
      column<&WebScript::first_time>("first_time", "First request."),
      column<&WebScript::last_time>("last_time", "Last request."),
      column<&WebScript::requests>("requests", "Requests."),
      column<&WebScript::posts>("posts", "POST requests."),
      column<&WebScript::answered>("answered", "Requests answered with 200-299."),
      column<&WebScript::posts_answered>("posts_answered", "POST requests answered with 200-299."),
      column<&WebScript::clients>("clients", "Distinct clients, counted up to 8."),
      column<&WebScript::first_client>("first_client", "The first of them."),
      column<&WebScript::referred>("referred", "Requests with a referrer."),
      column<&WebScript::in_upload_place>("in_upload_place",
                                          "Whether it lies where uploads, pictures or caches lie."),
      column<&WebScript::agent>("agent", "A user agent, the first seen."),
      column<&WebScript::log>("log", "The set of files."),
  };
  static constexpr std::string_view kIndexed[] = {"path"};
  static const TableInfo& info() {
    static const TableInfo kInfo =
        large_table<WebScript>("web_scripts", "Scripts that web servers were asked for, counted.",
                               TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& web_scripts() {
  return TableOf<WebScript>::info();
}
}  // namespace tables

}  // namespace genba::model
