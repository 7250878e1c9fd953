// SPDX-License-Identifier: Apache-2.0
//
// The journal's side of a run of ban or unban: which entries it gets, and what becomes of entries
// that an earlier run left open or whose time has run out since. Covered by ban_run_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "act/ban/ban_plan.h"
#include "act/ban/ban_record.h"
#include "act/ban/ban_table.h"
#include "act/journal/journal.h"

namespace genba::act {

class BanEntries {
 public:
  /// `verb`: kBanVerb or kUnbanVerb.
  BanEntries(Journal& journal, std::string_view verb, std::string why, ReadObject read_object);

  /// First of all: writes down what became of intentions without an outcome, and that bans have
  /// run out, as far as `table` shows. Returns what the journal remembers then.
  base::Result<BanMemory> settle(const BanTable& table);

  /// Writes the intention of what the plan changes and no entry of this run is about yet.
  base::Result<void> begin(const BanPlan& plan, const BanTable& table, base::Timestamp now);

  /// Writes the outcomes by what stands now, and that entries which many networks share are over
  /// when none of these stands any more.
  base::Result<void> end(const BanTable& table, std::string_view error);

 private:
  struct Entry {
    uint64_t action = 0;
    std::vector<BanRecord> records;
    model::ActionEffect effect = model::ActionEffect::kEstablishes;
  };
  base::Result<void> begin_one(std::string subject, model::ActionEffect effect,
                               std::vector<BanRecord> records, const BanTable& table);
  base::Result<void> begin_groups(model::ActionEffect effect, std::vector<BanRecord> records,
                                  const BanTable& table, base::Timestamp now);
  base::Result<void> settle_open(const BanTable& table);
  base::Result<void> note_ended(const BanTable& table, const BanMemory& memory);
  base::Result<void> note_ended_batches(const BanTable& table);
  base::Result<void> note_lifted(std::string subject, std::vector<BanRecord> records,
                                 std::string_view detail);
  base::Result<BanState> state_of(const model::ActionState& state) const;
  bool is_in_force(std::string_view subject) const;

  Journal& journal_;
  std::string verb_;
  std::string why_;
  ReadObject read_object_;
  model::ActionLog log_;  ///< as it was opened, with what was settled
  NetworkMap<bool> begun_;
  std::vector<Entry> entries_;
};

}  // namespace genba::act
