// SPDX-License-Identifier: Apache-2.0
//
// The case of a freeze: what the members ran, held open and looked like, before they are stopped
// and once more when they stand still; then the facts of the run. Kept by default, because what a
// process holds in memory is gone when it ends. Covered by tests/live/contain_stop_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "act/freeze/evidence.h"
#include "act/freeze/process_scan.h"
#include "act/freeze/snapshot.h"
#include "app/stop_scene.h"
#include "base/result.h"
#include "model/stopping.h"
#include "store/case/case_writer.h"

namespace genba::app {

class StopEvidence {
 public:
  /// Makes the directory. kInvalid for one that is in use: says what to do.
  static base::Result<StopEvidence> create(const StopOptions& options, const StopScene& scene,
                                           const std::string& directory);

  /// Saves those that live. kOutput, after which nothing more must be begun, when there is no room.
  base::Result<void> save(const host::Host& host, const std::vector<act::ProcessKey>& keys,
                          const act::SnapshotOptions& options);
  /// Whether all of it was read while the process was the same one.
  bool is_saved(const act::ProcessKey& key) const;
  /// Adds who talks to whom over unix sockets, the facts and what was told, and seals. After it
  /// everything is on the disk.
  base::Result<void> seal(const StopScene& scene, std::string_view told);

  const model::KeptEvidence& kept() const { return kept_; }

 private:
  explicit StopEvidence(store::CaseWriter writer) : writer_(std::move(writer)) {}
  void count(const act::ProcessSnapshot& snapshot);

  store::CaseWriter writer_;
  model::KeptEvidence kept_;
  std::vector<act::ProcessKey> saved_;
};

}  // namespace genba::app
