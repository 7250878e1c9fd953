// SPDX-License-Identifier: Apache-2.0
//
// A report as it looks for a server that a miner has taken over: one program that calls itself by
// many names and burns a processor, talks to the outside and to its siblings over loopback, comes
// back through cron and a systemd unit, and a key for root; beside it one weakness and gaps in the
// coverage. Names, keys and addresses are invented (RFC 5737 addresses). For the tests of
// renderers; nothing in it runs.
#pragma once

#include "model/facts.h"
#include "model/finding.h"
#include "render/report.h"

namespace genba::test {

/// Facts and judgement together with the report that points to them; do not copy.
struct ReportFixture {
  model::Facts facts;
  model::Judgement judgement;
  render::Report report;

  ReportFixture() = default;
  ReportFixture(const ReportFixture&) = delete;
  ReportFixture& operator=(const ReportFixture&) = delete;
};

/// Fills `fixture` with the compromised server.
void make_compromised(ReportFixture& fixture);

/// Fills it with a healthy server on which nothing was found, read without root.
void make_quiet(ReportFixture& fixture);

/// Puts attacks on terminals and pages (escape sequences, bidi, markup, broken UTF-8) into every
/// place of the compromised server that an attacker can fill.
void make_hostile(ReportFixture& fixture);

/// A host with `count` processes, sockets, findings, cron entries and coverage rows.
void make_huge(ReportFixture& fixture, size_t count);

}  // namespace genba::test
