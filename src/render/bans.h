// SPDX-License-Identifier: Apache-2.0
//
// Tells what a ban or an unban did, and which bans stand. Covered by bans_test.cc.
#pragma once

#include <string>

#include "model/ban.h"
#include "render/report.h"

namespace genba::render {

/// `genba contain ban` and `unban`. `program` as in RunFigures.
std::string render_ban_report(const model::BanReport& report, const TerminalStyle& style,
                              std::string_view program = "genba");
/// The same as JSON lines: ban… (one a network), cut, note…, summary.
std::string render_ban_report_json(const model::BanReport& report, model::Language language);

/// `genba contain bans`.
std::string render_bans(const model::BanListing& listing, const TerminalStyle& style);
/// The same as JSON lines: ban…, lost…, note…, summary.
std::string render_bans_json(const model::BanListing& listing, model::Language language);

}  // namespace genba::render
