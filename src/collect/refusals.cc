// SPDX-License-Identifier: Apache-2.0
#include "collect/refusals.h"

#include "model/tables/coverage.h"

namespace genba::collect {

void explain_refusals(uint32_t euid, model::Facts& facts) {
  if (euid != 0 || !facts.has(model::tables::coverage())) {
    return;
  }
  for (model::Coverage& row : facts.rows<model::Coverage>()) {
    if (row.remedy != "run as root") {
      continue;
    }
    row.remedy.reset();
    if (row.denied > 0) {
      row.reason = "refused by the kernel even to root: " + row.reason.value_or("no more is known");
    }
  }
}

}  // namespace genba::collect
