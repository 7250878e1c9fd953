// SPDX-License-Identifier: Apache-2.0
//
// A network namespace's whole ruleset as bytes that can be compared and hashed: the same rules give
// the same bytes, so that a ruleset can be proven to be what it was before. Two parts, since some
// of a ruleset goes by itself. Source: what net/netfilter/nf_tables_api.c fills into its answers.
// Covered by sys/nf_tables/nf_tables_dump_test.cc and nf_tables_fuzz.cc.
//
// Kept: every attribute of tables, chains, rules, sets, elements, objects and flowtables, also
// those that this code has never heard of, the order of tables, chains and rules (between base
// chains of one priority it decides), and comments. Left out, because it moves although nobody
// changed a rule, or follows from the rest:
//   - handles, positions and uses, and the ids of the generation, of batches and of owning sockets
//     (that a table is owned is kept: a flag);
//   - counters of rules, chains, elements and objects, what a quota has consumed and whether it is
//     used up, when a `last` saw something;
//   - the remaining time of elements (their timeout is kept), the number of elements, the kind of
//     store that the kernel chose for a set, and the order of elements, sets, objects and
//     flowtables;
//   - the end of a range whose beginning has expired (the kernel lists it until it collects
//   garbage)
//     or never was (nft(8) begins a set so): it matches nothing;
//   - what stands in the kernel only: the tokens of limits, connection counts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sys/nf_tables/nf_tables.h"

namespace genba::sys {

struct NftRuleset {
  /// What stays until somebody changes it.
  std::string settled;
  /// Elements that have a timeout, or are in a set that packets write to: they come and go.
  std::string passing;
  uint64_t tables = 0;
  uint64_t rules = 0;
  uint64_t passing_elements = 0;
  /// The generation that this is the state of.
  uint32_t generation = 0;
};

/// All tables of the namespace but those in `without`. kTimedOut when it never stood still,
/// kTooLarge past kNftLargestRuleset, kDamaged for an answer that is no nf_tables.
Result<NftRuleset> read_nft_ruleset(NfTables& tables, std::span<const NftTableName> without = {});
inline constexpr size_t kNftLargestRuleset = 256U << 20;

/// One answer about a table, chain, rule, set, object or flowtable without what is left out.
Result<std::string> canonical_nft_message(uint8_t operation, std::string_view attributes);

/// The elements of one set, sorted and without what is left out, one after the other.
struct NftCanonicalElements {
  std::string settled;
  std::string passing;
  uint64_t passing_count = 0;
};
/// `elements` are the values of the NFTA_LIST_ELEM of all answers, `set_flags` NFTA_SET_FLAGS.
Result<NftCanonicalElements> canonical_nft_elements(uint32_t set_flags,
                                                    std::span<const std::string> elements);

}  // namespace genba::sys
