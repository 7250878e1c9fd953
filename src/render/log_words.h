// SPDX-License-Identifier: Apache-2.0
//
// What the logs say, in words: an action of a deed, a kind of anomaly. Covered by
// log_words_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "model/finding.h"
#include "model/tables/log_anomalies.h"
#include "render/log_brief.h"

namespace genba::render {

/// "root ran /bin/sh as root by sudo"; raw.
std::string deed_words(const Deed& deed, model::Language language);
/// "/var/log/auth.log says nothing for 4 h 12 min; usual is 10 min at most"; raw.
std::string anomaly_words(const model::LogAnomaly& anomaly, model::Language language);
/// "4 h 12 min", "3 d 2 h", "45 s"; the two largest units.
std::string span_words(int64_t seconds, model::Language language);
/// "" for exact and anchored times, "~" for an assumed zone, "?" for an inferred year.
std::string_view certainty_mark(std::string_view certainty);

}  // namespace genba::render
