// SPDX-License-Identifier: Apache-2.0
#include "parse/lastlog/lastlog.h"

#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"

GENBA_FUZZ(lastlog) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  using genba::parse::ByteOrder;
  using genba::parse::LastlogLayout;
  using genba::parse::LastlogRecord;
  std::vector<genba::base::Note> notes;
  size_t texts = 0;
  const auto count = [&](const LastlogRecord& record) {
    texts += record.line.size() + record.host.size();
  };
  const LastlogLayout layout = genba::parse::detect_lastlog_layout(bytes, 0, size);
  genba::parse::parse_lastlog(bytes, 0, layout, count, notes);
  const LastlogLayout wide{296, ByteOrder::kBig};
  (void)genba::parse::detect_lastlog_layout(bytes, UINT64_MAX - 300, 0);
  genba::parse::parse_lastlog(bytes, UINT64_MAX - 300, wide, count, notes);
  genba::parse::parse_lastlog(bytes, 4095, {7, ByteOrder::kLittle}, count, notes);
}
