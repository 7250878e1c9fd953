// SPDX-License-Identifier: Apache-2.0
//
// Tells of each change of a network namespace's ruleset as it is made (NFNLGRP_NFTABLES). It does
// not tell of what the kernel does by itself: elements that expire or that packets add, counters,
// an owned table that goes with its socket, a device that goes with its chain. So a watcher also
// looks from time to time. Source: include/uapi/linux/netfilter/nfnetlink.h, nf_tables.h,
// nf_tables_commit() in net/netfilter/nf_tables_api.c. Covered by
// sys/nf_tables/nf_tables_watch_test.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sys/nf_tables/nf_tables.h"

namespace genba::sys {

struct NftChange {
  /// The ruleset's generation after the change, and the process that made it, as it was then.
  NftGeneration generation;
  /// The socket that made it: NfTables::port() for our own changes.
  uint32_t port = 0;
  /// The tables that it touched, each once.
  std::vector<NftTableName> tables;
  /// Changes before or in this one were lost, because they came faster than they were read: read
  /// the ruleset again.
  bool lost = false;
};

/// Puts together changes from the kernel's notifications.
class NftChangeReader {
 public:
  /// One datagram. kDamaged as parse_nft_datagram.
  Result<void> add(std::string_view bytes);
  /// Some of what was to come did not.
  void lose();
  /// Takes the oldest whole change; false when there is none.
  bool take(NftChange& change);

 private:
  NftChange pending_;
  std::deque<NftChange> whole_;
};

class NftWatch {
 public:
  /// A watch over the calling thread's network namespace. Errors as NfTables::open.
  static Result<NftWatch> open(const NftKernel& kernel,
                               ModuleLoading loading = ModuleLoading::kForbidden);

  /// The next change; kTimedOut when there is none for that long. A change that lost others comes
  /// without waiting for its end.
  Result<NftChange> wait(int milliseconds);
  /// For poll(); readable when there may be something to wait for.
  int fd() const { return tables_.fd(); }

 private:
  explicit NftWatch(NfTables tables) : tables_(std::move(tables)) {}
  NfTables tables_;
  NftChangeReader changes_;
  std::string buffer_;
};

}  // namespace genba::sys
