// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the logs share: running the whole collector, rows as text, and lines and files
// as a server writes them. No part of the program.
#pragma once

#include <zlib.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collect/collector.h"
#include "fmt/format.h"
#include "gtest/gtest.h"
#include "support/run_collector.h"

namespace genba::collect::logs {

const Collector& collector();

namespace test_support {

inline constexpr auto kNoDeadline = std::chrono::steady_clock::time_point::max();

inline model::Facts run(const test::FakeHost& host, int jobs = 1, Depth depth = Depth::kDeep,
                        std::chrono::steady_clock::time_point deadline = kNoDeadline,
                        std::function<void(std::string_view)> progress = {}) {
  model::Facts facts;
  const Wanted wanted = Wanted::all();
  Context context{host, facts, wanted};
  context.jobs = jobs;
  context.depth = depth;
  context.deadline = deadline;
  context.progress = std::move(progress);
  collector().collect(context);
  return facts;
}

inline std::string show(const model::Value& value, model::ColumnType type) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return type == model::ColumnType::kTimestamp
               ? base::to_rfc3339(base::Timestamp{*number}).substr(5, 14)
               : std::to_string(*number);
  }
  const auto* text = std::get_if<std::string_view>(&value);
  return text != nullptr ? std::string(*text) : "-";
}

// Some columns of all rows of a table: "a b c;a b c;". All of them when none is named.
inline std::string show(const model::Facts& facts, std::string_view table,
                        std::vector<std::string_view> columns = {}) {
  const model::TableInfo* info = model::find_table(table);
  const model::RowStore* rows = info == nullptr ? nullptr : facts.find(*info);
  if (rows == nullptr) {
    return "not read";
  }
  if (columns.empty()) {
    for (const model::ColumnInfo& column : info->columns) {
      columns.push_back(column.name);
    }
  }
  std::string out;
  for (size_t i = 0; i < rows->size(); ++i) {
    for (const std::string_view column : columns) {
      const auto at = static_cast<size_t>(info->column_index(column));
      out += show(rows->cell(i, at), info->columns[at].type);
      out += column == columns.back() ? ';' : ' ';
    }
  }
  return out;
}

// A line of auth.log on 8 November 2026, in UTC.
inline std::string line(std::string_view time, std::string_view text) {
  return fmt::format("2026-11-08T{}Z web01 {}\n", time, text);
}

inline std::string gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string utmp(int64_t time, std::string_view user, std::string_view address) {
  std::string bytes(384, '\0');
  bytes[0] = 7;
  for (size_t i = 0; i < 4; ++i) {
    bytes[340 + i] = static_cast<char>(static_cast<uint64_t>(time) >> (8 * i) & 0xff);
  }
  bytes.replace(8, 5, "pts/0");
  bytes.replace(44, user.size(), user);
  bytes.replace(76, address.size(), address);
  return bytes;
}

inline int64_t unix_of(std::string_view time) {
  return base::parse_rfc3339(time)->nanoseconds / 1'000'000'000;
}

}  // namespace test_support

}  // namespace genba::collect::logs
