// SPDX-License-Identifier: Apache-2.0
//
// What `genba logs` prints. Covered by logs_render_test.cc.
#pragma once

#include <string>

#include "render/log_brief.h"
#include "render/report.h"

namespace genba::render {

/// `report.judgement` holds the findings of rules that read logs.
std::string render_logs_terminal(const Report& report, const LogBrief& brief,
                                 const TerminalStyle& style);

/// JSON lines: host, attempts (by address, network, name), logins, deeds, anomalies, findings,
/// coverage, summary.
std::string render_logs_json(const Report& report, const LogBrief& brief, model::Language language);

}  // namespace genba::render
