// SPDX-License-Identifier: Apache-2.0
//
// What else gets code running at boot, at login or with every program? The dynamic linker's files,
// rc scripts, shell profiles, modules and desktop autostart; cron and systemd have tables of their
// own. udev, PAM, D-Bus, polkit and package manager hooks are not read here. Sources: named in each
// part. Covered by startup_test.cc.
#include "collect/collector.h"

#include "collect/startup/startup_rows.h"
#include "model/tables/mounts.h"
#include "model/tables/users.h"

namespace genba::collect::startup {

namespace {

void collect(Context& context) {
  if (!context.wanted.wants(model::tables::startup_items())) {
    return;
  }
  context.facts.rows<model::StartupItem>();
  PathGate gate(context);
  collect_linker(context);
  collect_rc(context);
  collect_profiles(context, gate);
  collect_modules(context);
  collect_autostart(context, gate);
  if (saw_nothing(context.facts, kArea)) {
    context.facts.drop(model::tables::startup_items());
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::startup_items()};
  static const model::TableInfo* const kNeeds[] = {&model::tables::users(),
                                                   &model::tables::mounts()};
  static const Collector kCollector = {kArea, kProvides, kNeeds, collect};
  return kCollector;
}

}  // namespace genba::collect::startup
