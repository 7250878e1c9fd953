// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "sys/nf_tables/nf_tables_dump.h"
#include "sys/nf_tables/nf_tables_state.h"
#include "sys/nf_tables/nf_tables_watch.h"

// The kernel's datagrams, taken apart in every way that something takes them apart.
GENBA_FUZZ(nf_tables) {
  using namespace genba::sys;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<NftListedElement> listed;
  std::vector<std::string> elements;
  uint32_t flags = 0;
  (void)parse_nft_datagram(bytes, [&](const NftMessage& message) {
    flags = flags * 3 + message.sequence;
    (void)canonical_nft_message(message.operation, message.attributes);
    (void)parse_nft_table(message);
    (void)parse_nft_chain(message);
    (void)parse_nft_rule(message);
    (void)parse_nft_generation(message);
    parse_nft_elements(message, listed);
    NftAttributeReader reader(message.attributes);
    while (const auto attribute = reader.next()) {
      elements.emplace_back(attribute->value);
    }
    return true;
  });
  (void)join_nft_ranges(flags, listed);
  (void)canonical_nft_elements(flags, elements);
  (void)nft_comment_of(bytes);
  NftChangeReader changes;
  (void)changes.add(bytes);
  NftChange change;
  while (changes.take(change)) {
  }
}
