// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "store/case/case_line.h"

// The bytes are tried as a whole line, and as the body of one whose chain value is right: otherwise
// no mutation would ever get past the chain.
GENBA_FUZZ(case_line) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string chain = genba::store::kFirstChain;
  (void)genba::store::parse_case_line(bytes, chain);

  genba::base::Sha256 digest;
  digest.add(genba::store::kFirstChain);
  digest.add(bytes);
  const std::string next = digest.hex();
  chain = genba::store::kFirstChain;
  const auto line =
      genba::store::parse_case_line(std::string(bytes) + ",\"chain\":\"" + next + "\"}", chain);
  GENBA_CHECK(!line || chain == next);
}
