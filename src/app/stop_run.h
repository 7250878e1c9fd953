// SPDX-License-Identifier: Apache-2.0
//
// One run of freeze, kill or thaw: holds the machine, the case, the journal and what is told, and
// has one method for each step. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "act/freeze/kill.h"
#include "act/freeze/watch.h"
#include "app/contain_stop.h"
#include "app/stop_evidence.h"
#include "app/stop_family.h"
#include "app/stop_records.h"
#include "app/stop_scene.h"
#include "base/result.h"
#include "model/stopping.h"

namespace genba::app {

class StopRun {
 public:
  StopRun(const StopOptions& options, Progress& progress, model::StopVerb verb)
      : options_(options), progress_(progress), verb_(verb) {}

  base::Result<StopOutcome> freeze();
  base::Result<StopOutcome> kill();
  base::Result<StopOutcome> thaw();

 private:
  enum class Answer : uint8_t { kGoOn, kDeclined, kReaderGone };

  base::Result<void> open(Naming naming);
  base::Result<void> choose_known();
  base::Result<void> look_for_family();
  base::Result<void> look_at_frozen();
  void note_members_of(const KnownFreeze& freeze);
  void plan_what_is_kept();
  void describe_frozen();
  void note_altered_record();
  base::Result<Answer> tell_plan_and_ask();
  base::Result<StopOutcome> end_unasked(Answer answer);

  // After the answer. An error of these is kOutput: something had been begun.
  base::Result<void> open_journal();
  base::Result<void> open_journal_to_lift();
  base::Result<bool> save_and_freeze();
  base::Result<act::FreezeReport> freeze_renewed(act::FreezeRequest& request);
  base::Result<void> save_frozen();
  base::Result<void> choose_again();
  base::Result<bool> save_again();
  base::Result<void> save_once_more();
  base::Result<void> close_interrupted();
  base::Result<bool> kill_and_watch();
  base::Result<bool> kill_frozen();
  base::Result<bool> watch(std::vector<act::Remembered> dead);
  base::Result<bool> thaw_known();
  base::Result<StopOutcome> finish(base::Result<bool> good);

  base::Error not_known() const;
  base::Result<void> refuse_what_is_over() const;  ///< of an earlier boot, or broken off
  void stage(StopStage stage) const;
  /// Tells a piece; false when nobody reads any more.
  bool tell(const std::string& text, const std::string& json);
  void tell_kept();

  const StopOptions& options_;
  Progress& progress_;
  model::StopVerb verb_;
  StopScene scene_;
  std::vector<KnownFreeze> all_known_;
  std::optional<KnownFreeze> known_;  ///< the one that is named
  StopFamily family_;
  model::StopPlan plan_;
  std::optional<StopEvidence> evidence_;
  std::optional<act::Journal> journal_;
  std::string chain_;
  act::FreezeState state_;  ///< what is frozen
  std::string told_;        ///< as JSON lines, for the case
  bool reader_gone_ = false;
};

}  // namespace genba::app
