// SPDX-License-Identifier: Apache-2.0
//
// `genba contain ban`, `unban` and `bans`: drop everything from and to a network for a while, lift
// it, list what stands. Looks first whom it would hit (the responder, admins, gateways). Covered by
// contain_ban_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/act_scene.h"
#include "app/output.h"
#include "app/progress.h"
#include "base/address.h"
#include "base/result.h"
#include "render/report.h"

namespace genba::app {

struct BanOptions {
  /// Addresses and networks as they were written; thousands are one batch.
  std::vector<std::string> networks;
  std::optional<std::string> time;    ///< --for: "10m", "1h", "permanent"
  bool force = false;                 ///< --force
  std::vector<base::Network> admins;  ///< --admin: the responder's own, never banned
  ActOptions act;
  bool json = false;
  render::TerminalStyle style;
  std::string program = "genba";
};

/// kDoesNotHold: something that was asked was refused, or failed (exit code 4).
enum class BanOutcome : uint8_t { kHolds, kDoesNotHold, kReaderGone };

/// An error when nothing was done: kInvalid for a network or time that is none, kUnsupported
/// without nf_tables, kDenied without CAP_NET_ADMIN, and those of act::Journal::open.
base::Result<BanOutcome> run_ban(const BanOptions& options, Progress& progress);

/// Uses of the options: networks, act and how to tell. Lifts also what cannot be recorded:
/// the entries are told on standard error.
base::Result<BanOutcome> run_unban(const BanOptions& options);

/// Lists; changes nothing. kDoesNotHold when the table was altered or a ban was taken away.
base::Result<BanOutcome> run_bans(const BanOptions& options);

}  // namespace genba::app
