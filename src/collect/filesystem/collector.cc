// SPDX-License-Identifier: Apache-2.0
//
// What lies where programs, configuration and droppings lie? One walk for all rules: places.h says
// where it goes, walk.h how. Covered by filesystem_test.cc and bench/walk_bench.cc.
#include "collect/collector.h"

#include "collect/filesystem/places.h"
#include "collect/filesystem/walk.h"
#include "model/tables/file.h"
#include "model/tables/package_files.h"
#include "model/tables/users.h"

namespace genba::collect::filesystem {

namespace {

void collect(Context& context) {
  const Places places = places_of(context);
  Walk(context, places, WalkLimits{}).run();
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::file()};
  static const model::TableInfo* const kNeeds[] = {&model::tables::users(),
                                                   &model::tables::package_files()};
  static const Collector kCollector{"filesystem", kProvides, kNeeds, &collect};
  return kCollector;
}

}  // namespace genba::collect::filesystem
