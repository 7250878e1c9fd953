// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/crontab/crontab.h"

GENBA_FUZZ(crontab) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  using genba::parse::CronForm;
  const auto form = size % 2 == 0 ? CronForm::kSystem : CronForm::kUser;
  (void)genba::parse::parse_crontab(bytes, form, "crontab");
  (void)genba::parse::parse_anacrontab(bytes, "anacrontab");
  (void)genba::parse::shell_part(bytes);
}
