// SPDX-License-Identifier: Apache-2.0
//
// What the declarations of all collectors must keep together, so that app can order them: every
// table has one provider, and what collectors need of each other forms no circle.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "collect/collector.h"

namespace genba::meta {
namespace {

std::map<std::string_view, std::vector<std::string_view>> providers() {
  std::map<std::string_view, std::vector<std::string_view>> result;
  for (const collect::Collector* collector : collect::all_collectors()) {
    for (const model::TableInfo* table : collector->provides) {
      result[table->name].push_back(collector->name);
    }
  }
  return result;
}

TEST(Collectors, EveryTableHasOneProvider) {
  auto by_table = providers();
  by_table["coverage"] = {"every collector"};
  for (const model::TableInfo* table : model::all_tables()) {
    EXPECT_EQ(by_table[table->name].size(), 1U)
        << table->name << ": " << testing::PrintToString(by_table[table->name]);
  }
}

TEST(Collectors, NeedsFormNoCircle) {
  const auto by_table = providers();
  std::set<std::string_view> done;
  std::vector<const collect::Collector*> waiting(collect::all_collectors().begin(),
                                                 collect::all_collectors().end());
  size_t before = 0;
  do {
    before = waiting.size();
    std::erase_if(waiting, [&](const collect::Collector* collector) {
      const bool ready = std::all_of(collector->needs.begin(), collector->needs.end(),
                                     [&](const model::TableInfo* table) {
                                       return done.count(by_table.at(table->name).front()) != 0;
                                     });
      if (ready) {
        done.insert(collector->name);
      }
      return ready;
    });
  } while (waiting.size() < before);
  for (const collect::Collector* collector : waiting) {
    ADD_FAILURE() << collector->name << " waits for one that waits for it, or for itself";
  }
}

}  // namespace
}  // namespace genba::meta
