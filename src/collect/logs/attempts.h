// SPDX-License-Identifier: Apache-2.0
//
// Failed logins, folded: a server that is attacked for a month writes ten million lines about it,
// and what matters of them is who tried whom, from when to when, how often. Attempts of one address
// on one account in one way that follow each other within an hour become one episode. What folding
// loses is the time of each single attempt inside an episode. Not thread-safe.
// Covered by attempts_test.cc.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/certainty.h"
#include "collect/logs/line_code.h"
#include "collect/logs/text_pool.h"
#include "parse/auth_message/auth_message.h"

namespace genba::collect::logs {

/// One failure as a log tells it. Times are nanoseconds since 1970.
struct Attempt {
  parse::AuthOutcome outcome = parse::AuthOutcome::kFailed;
  std::string_view address;
  std::string_view username;
  std::string_view method;
  std::string_view program;
  std::string_view comm;
  int64_t time = 0;
  int64_t last_time = 0;
  base::Certainty certainty = base::Certainty::kExact;
  int64_t count = 1;
  uint16_t file = 0;  ///< number of the log file in this run
  LineCode line = 0;
};

/// In which way was tried, and who tells it: few different ones in a run.
struct AttemptWay {
  uint32_t method = 0;  ///< numbers in the folder's texts
  uint32_t program = 0;
  uint32_t comm = 0;
  uint16_t source = 0;  ///< number of the log set
  parse::AuthOutcome outcome = parse::AuthOutcome::kFailed;

  friend bool operator==(const AttemptWay&, const AttemptWay&) = default;
};

/// Attempts of one address on one account in one way, none more than kGap after another. Kept
/// small: there may be a million.
struct Episode {
  static constexpr int64_t kGap = int64_t{3600} * 1'000'000'000;

  int64_t time = 0;  ///< of the first, nanoseconds since 1970
  int64_t last_time = 0;
  LineCode line = 0;     ///< of the first
  uint32_t address = 0;  ///< numbers in the folder's texts
  uint32_t username = 0;
  uint32_t count = 0;   ///< stops at its largest number
  uint32_t before = 0;  ///< the episode before it with the same key, its number + 1; 0: none
  uint16_t way = 0;
  uint16_t file = 0;
  base::Certainty certainty = base::Certainty::kExact;
};

class Attempts {
 public:
  /// Adds attempts; those of one key come about in order of time.
  void add(const Attempt& attempt, uint16_t source);
  /// Takes over the episodes of another folder, joining those that touch.
  void merge(const Attempts& other);
  /// The same without the names that were tried: fewer episodes, when there are too many.
  Attempts without_names() const;

  const std::vector<Episode>& episodes() const { return episodes_; }
  std::vector<Episode>& episodes() { return episodes_; }
  const AttemptWay& way_of(const Episode& episode) const { return ways_[episode.way]; }
  std::string_view text(uint32_t number) const { return texts_.text(number); }
  uint32_t find_text(std::string_view text) const { return texts_.find(text); }
  /// The largest number of a text.
  size_t texts() const { return texts_.size(); }

 private:
  struct Slot {
    uint32_t number = 0;  ///< of a key's latest episode + 1; 0: free
    uint32_t tag = 0;     ///< other bits of the key's hash
  };

  uint16_t number_of(const AttemptWay& way);
  void add_episode(const Episode& episode);
  Slot& slot_of(const Episode& episode, uint64_t hash);
  void grow();

  TextPool texts_;
  std::vector<AttemptWay> ways_;
  std::vector<Episode> episodes_;
  std::vector<Slot> slots_;  ///< open addressing, at most half full
  size_t keys_ = 0;
};

}  // namespace genba::collect::logs
