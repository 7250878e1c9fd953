// SPDX-License-Identifier: Apache-2.0
#include "app/query.h"

#include "app/output.h"
#include "render/table.h"
#include "store/database.h"

namespace genba::app {

base::Result<void> run_query(const QueryOptions& options, Progress& progress) {
  GENBA_TRY(const auto uses, store::uses_of(options.sql));
  collect::Wanted wanted;
  for (const auto& [table, column] : uses) {
    wanted.add(table, column);
  }
  GENBA_TRY(Observation observation, observe(options.observe, wanted, progress));
  return {};
}

}  // namespace genba::app
