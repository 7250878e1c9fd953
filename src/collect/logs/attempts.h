// SPDX-License-Identifier: Apache-2.0
//
// Failed logins, folded: a server that is attacked for a month writes ten million lines about it,
// and what matters of them is who tried whom, from when to when, how often. Attempts of one address
// on one account in one way that follow each other within an hour become one episode. Of too many
// episodes the hour becomes a day, then any time, and then the names that were tried are left out:
// memory stays bounded whatever the logs hold. What folding loses is the time of each single
// attempt inside an episode. Not thread-safe. Covered by attempts_test.cc.
#pragma once

#include <array>
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

/// Attempts of one address on one account in one way, none long after another. Kept small: there
/// may be hundreds of thousands.
struct Episode {
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

/// How much is left of the attempts' detail.
enum class Fineness : uint8_t { kHours, kDays, kWhole, kWithoutNames };

class Attempts {
 public:
  /// More than this are folded more coarsely: 40 MB with their texts.
  static constexpr size_t kMostEpisodes = 400'000;
  /// Texts beyond this are not told apart any more.
  static constexpr size_t kMostTexts = 600'000;

  explicit Attempts(size_t most_episodes = kMostEpisodes) : most_(most_episodes) {}

  /// Adds attempts, in any order.
  void add(const Attempt& attempt, uint16_t source);
  /// Takes over the episodes of another folder, joining those that touch.
  void merge(Attempts&& other);
  /// Joins what came to touch only afterwards, and orders episodes by time: the result is the same
  /// in whatever order attempts were added.
  void settle();

  Fineness fineness() const { return fineness_; }
  /// Attempts that there was no room for, or whose address could not be told apart.
  int64_t left_out() const { return left_out_; }

  /// After settle().
  const std::vector<Episode>& episodes() const { return episodes_; }
  std::vector<Episode>& episodes() {
    flush();
    return episodes_;
  }
  const AttemptWay& way_of(const Episode& episode) const { return ways_[episode.way]; }
  std::string_view text(uint32_t number) const { return texts_.text(number); }
  uint32_t find_text(std::string_view text) const { return texts_.find(text); }
  /// The largest number of a text.
  size_t texts() const { return texts_.size(); }

 private:
  // An attempt on its way into the tables. These are larger than the processor's caches, so each
  // place in them is asked for some attempts before it is needed.
  struct Pending {
    std::array<char, 80> text;  ///< address, then username
    uint8_t address_length = 0;
    uint8_t username_length = 0;
    uint64_t address_hash = 0;
    uint64_t key_hash = 0;                 ///< of the episode, once its texts have numbers
    Fineness fineness = Fineness::kHours;  ///< when they got them
    Episode episode;
    std::string_view address() const { return {text.data(), address_length}; }
    std::string_view username() const { return {text.data() + address_length, username_length}; }
  };
  static constexpr size_t kStage = 4;  ///< attempts between two steps of one
  static constexpr size_t kPending = 4 * kStage;

  struct Slot {
    uint32_t number = 0;  ///< of a key's latest episode + 1; 0: free
    uint32_t tag = 0;     ///< other bits of the key's hash
  };

  uint16_t number_of(const AttemptWay& way);
  uint16_t way_number(const Attempt& attempt, uint16_t source);
  uint32_t number_of(std::string_view text);
  int64_t gap() const;
  bool touch(const Episode& left, const Episode& right) const;
  void find_texts(Pending& pending);
  void expect(uint64_t key_hash) const;
  void expect_episode(uint64_t key_hash) const;
  void flush();
  void add_pending(const Pending& pending);
  void add_all(std::vector<Episode>& episodes);
  void add_episode(Episode episode);
  void add_episode(Episode episode, uint64_t hash);
  void fold_again(Fineness fineness);
  Slot& slot_of(const Episode& episode, uint64_t hash);
  void grow();

  TextPool texts_;
  std::vector<AttemptWay> ways_;
  std::vector<Episode> episodes_;
  std::array<Pending, kPending> pending_;
  size_t pushed_ = 0;        ///< attempts that came
  size_t taken_ = 0;         ///< of these, in the tables
  std::vector<Slot> slots_;  ///< open addressing, at most half full
  size_t keys_ = 0;
  uint16_t last_way_ = 0;
  size_t most_;
  int64_t left_out_ = 0;
  Fineness fineness_ = Fineness::kHours;
};

}  // namespace genba::collect::logs
