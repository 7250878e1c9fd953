// SPDX-License-Identifier: Apache-2.0
//
// Changes of the ruleset of a network namespace, collected to be made all at once or not at all.
// Nothing here speaks with the kernel: NfTables::commit (nf_tables.h) sends a batch. Messages are
// carried out in their order, so that something may be added, deleted and added again, and each
// keeps words that say what it was to do. Source: include/uapi/linux/netfilter/nf_tables.h,
// nfnetlink.h. Covered by sys/nf_tables/nf_tables_test.cc, nf_tables_rule_test.cc
// and nf_tables_state_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sys/nf_tables/nf_tables_rule.h"

namespace genba::sys {

/// A table's identity. `family` is an NFPROTO_ number: INET, IPV4, ARP, NETDEV, BRIDGE or IPV6.
struct NftTableName {
  uint8_t family = 0;
  std::string name;
  friend bool operator==(const NftTableName&, const NftTableName&) = default;
};

/// "inet 'genba_x'", for messages.
std::string to_string(const NftTableName& table);

/// What becomes of a table when others flush the ruleset or its maker ends.
enum class NftOwnership : uint8_t {
  kNone,
  /// NFT_TABLE_F_OWNER (Linux 5.12): only the socket that made it can change or delete it, and the
  /// kernel deletes it when that socket closes.
  kOwned,
  /// The same with NFT_TABLE_F_PERSIST (6.9): when the socket closes the table stays, and belongs
  /// to nobody: anyone may then flush it, and NftBatch::adopt_table may own it again.
  kOwnedAndPersistent,
};

struct NftHook {
  uint32_t number = 0;  ///< NF_INET_… (netfilter.h), NF_NETDEV_INGRESS or NF_NETDEV_EGRESS (5.16)
  int32_t priority = 0;
  /// NF_ACCEPT or NF_DROP: what becomes of a packet that no rule decided.
  uint32_t policy = 1;
  /// netdev only: one device that exists, or several (5.5).
  std::vector<std::string> devices;
};

struct NftChain {
  NftTableName table;
  std::string name;
  std::optional<NftHook> hook;  ///< none: only reached by jumps
};

/// What an element's key holds; `nft_type` is the number by which nft(8) knows how to print it.
struct NftKeyField {
  uint32_t nft_type = 0;
  uint32_t size = 0;
};
inline constexpr NftKeyField kNftKeyFamily{2, 1};
inline constexpr NftKeyField kNftKeyIpv4{7, 4};
inline constexpr NftKeyField kNftKeyIpv6{8, 16};
inline constexpr NftKeyField kNftKeyProtocol{12, 1};
inline constexpr NftKeyField kNftKeyPort{13, 2};
inline constexpr NftKeyField kNftKeyMark{19, 4};
inline constexpr NftKeyField kNftKeyUid{24, 4};
inline constexpr NftKeyField kNftKeyDevice{41, 16};

enum class NftElements : uint8_t {
  kSingle,
  /// Ranges. With one key field elements must not overlap each other: the kernel refuses them.
  kRanges,
};
enum class NftTimeouts : uint8_t { kNone, kAllowed };
/// Whether each element counts the packets that it matched (Linux 5.7; older kernels do not).
enum class NftCounting : uint8_t { kNone, kEach };

struct NftSet {
  NftTableName table;
  std::string name;
  std::vector<NftKeyField> key;  ///< more than one: a concatenation
  NftElements elements = NftElements::kSingle;
  NftTimeouts timeouts = NftTimeouts::kNone;
  NftCounting counting = NftCounting::kNone;
};

/// One element. `key` has one value for each key field, of the field's size (addresses and ports
/// in network order; nft_number() makes numbers).
struct NftElement {
  std::vector<std::string> key;
  /// The end of a range, included, field by field; empty for a single value.
  std::vector<std::string> last;
  /// The kernel forgets the element after this time, counted in jiffies of a monotonic clock, not
  /// by the wall clock, and stopped by suspend. None: it stays.
  std::optional<std::chrono::milliseconds> timeout;
  /// Stands for every key that no other element has (5.13). It takes no key.
  enum class Match : uint8_t { kKey, kEverythingElse } match = Match::kKey;
};

class NftBatch {
 public:
  /// With kNone an existing table is kept as it is; an owned one must not exist.
  NftBatch& add_table(const NftTableName& table, NftOwnership ownership = NftOwnership::kNone,
                      std::string_view comment = {});
  /// Owns a persistent table whose owner has gone. Refused (EOPNOTSUPP) unless it is one.
  NftBatch& adopt_table(const NftTableName& table);
  /// Everything in it, too. Fails when it does not exist.
  NftBatch& delete_table(const NftTableName& table);

  /// Fails when it exists.
  NftBatch& add_chain(const NftChain& chain);
  NftBatch& delete_chain(const NftTableName& table, std::string_view chain);
  /// Deletes all rules of a chain.
  NftBatch& flush_chain(const NftTableName& table, std::string_view chain);

  /// Appends the rule to the chain.
  NftBatch& add_rule(const NftTableName& table, std::string_view chain, const NftRule& rule);
  NftBatch& delete_rule(const NftTableName& table, std::string_view chain, uint64_t handle);

  /// Fails when it exists.
  NftBatch& add_set(const NftSet& set);
  NftBatch& delete_set(const NftTableName& table, std::string_view set);

  /// Elements that are there already stay as they are (from Linux 6.12 on they take a timeout that
  /// differs): to be sure of the timeout use replace_elements.
  NftBatch& add_elements(const NftSet& set, std::span<const NftElement> elements);
  /// Whether or not they are there, they are after it, with this timeout or with none.
  NftBatch& replace_elements(const NftSet& set, std::span<const NftElement> elements);
  /// Fails when one is not there, or has expired.
  NftBatch& delete_elements(const NftSet& set, std::span<const NftElement> elements);
  /// Whether or not they are there, they are not after it.
  NftBatch& remove_elements(const NftSet& set, std::span<const NftElement> elements);
  NftBatch& flush_set(const NftTableName& table, std::string_view set);

  /// The batch is refused (ERESTART) unless the ruleset's generation is still this one.
  NftBatch& require_generation(uint32_t generation);

  /// A message that this builder has no word for. `flags` besides NLM_F_REQUEST.
  NftBatch& message(uint8_t operation, uint16_t flags, uint8_t family,
                    const NftAttributes& attributes, std::string doing);

  struct Message {
    uint8_t operation = 0;
    uint16_t flags = 0;
    uint8_t family = 0;
    std::string attributes;
    std::string doing;
  };
  const std::vector<Message>& messages() const { return messages_; }
  const std::optional<uint32_t>& generation() const { return generation_; }
  /// What the kernel must have, in the words of NftKernel::pieces.
  const std::set<std::string>& pieces() const { return pieces_; }
  /// The first thing that cannot be, in words; empty when there is none.
  const std::string& mistake() const { return mistake_; }

 private:
  void blame(std::string what);
  NftBatch& change_elements(uint8_t operation, uint16_t flags, const NftSet& set,
                            std::span<const NftElement> elements, std::string_view verb);
  std::vector<Message> messages_;
  std::optional<uint32_t> generation_;
  std::set<std::string> pieces_;
  std::string mistake_;
};

/// The attributes of an element and, in a set of ranges with one field, of the element that ends
/// it. Each is one NFTA_LIST_ELEM. kInvalid when the key does not fit the set.
Result<NftAttributes> nft_element_attributes(const NftSet& set, const NftElement& element);

}  // namespace genba::sys
