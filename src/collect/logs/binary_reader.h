// SPDX-License-Identifier: Apache-2.0
//
// Logs that are no text: the journal, wtmp and btmp, lastlog, and the databases that follow them.
// Covered by binary_reader_test.cc.
#pragma once

#include "collect/logs/part_reader.h"

namespace genba::collect::logs {

void read_journal(const Part& part, const Surroundings& surroundings, PartFacts& facts,
                  Attempts& attempts);
/// wtmp gives rows of `last` and boots; btmp failed attempts.
void read_utmp(const Part& part, const Surroundings& surroundings, PartFacts& facts,
               Attempts& attempts);
void read_lastlog(const Part& part, const Surroundings& surroundings, PartFacts& facts);
void read_lastlog2(const Part& part, const Surroundings& surroundings, PartFacts& facts);
void read_wtmpdb(const Part& part, const Surroundings& surroundings, PartFacts& facts);

}  // namespace genba::collect::logs
