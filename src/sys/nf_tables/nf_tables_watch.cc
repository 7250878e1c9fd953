// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_watch.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace genba::sys {

namespace {

// Whatever a notification is about, its first attribute names the table.
constexpr uint16_t kTableName = NFTA_TABLE_NAME;
// More are told as lost: a batch may touch any number of tables.
constexpr size_t kMostTables = 4096;

}  // namespace

Result<void> NftChangeReader::add(std::string_view bytes) {
  return parse_nft_datagram(bytes, [&](const NftMessage& message) {
    if (message.kind != NftMessage::Kind::kNfTables) {
      return true;
    }
    if (message.operation != NFT_MSG_NEWGEN) {
      const NftTableName table{message.family, find_nft_text(message.attributes, kTableName)};
      auto& tables = pending_.tables;
      if (tables.size() >= kMostTables) {
        pending_.lost = true;
      } else if (std::find(tables.begin(), tables.end(), table) == tables.end()) {
        tables.push_back(table);
      }
      return true;
    }
    pending_.generation = parse_nft_generation(message);
    pending_.port = message.port;
    whole_.push_back(std::exchange(pending_, {}));
    return true;
  });
}

void NftChangeReader::lose() {
  pending_.lost = true;
  whole_.push_back(std::exchange(pending_, {}));
}

bool NftChangeReader::take(NftChange& change) {
  if (whole_.empty()) {
    return false;
  }
  change = std::move(whole_.front());
  whole_.pop_front();
  return true;
}

Result<NftWatch> NftWatch::open(const NftKernel& kernel, ModuleLoading loading) {
  GENBA_TRY(NfTables tables, NfTables::open(kernel, loading));
  const int group = NFNLGRP_NFTABLES;
  if (::setsockopt(tables.fd(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
    return base::fail(base::error_from_errno(errno, "nf_tables: subscribing to changes"));
  }
  return NftWatch(std::move(tables));
}

Result<NftChange> NftWatch::wait(int milliseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  NftChange change;
  while (!changes_.take(change)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    const auto bytes =
        receive_from_kernel(fd(), buffer_, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (bytes) {
      GENBA_TRY_VOID(changes_.add(*bytes));
    } else if (bytes.error().sys_errno == ENOBUFS) {
      changes_.lose();
    } else {
      return base::fail(bytes.error());
    }
  }
  return change;
}

}  // namespace genba::sys
