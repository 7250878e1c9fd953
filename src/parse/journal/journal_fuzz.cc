// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/journal/journal.h"

namespace {

class Bytes : public genba::parse::JournalSource {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  size_t read_at(uint64_t offset, std::span<char> buffer) override {
    return offset >= bytes_.size() ? 0 : bytes_.substr(offset).copy(buffer.data(), buffer.size());
  }

 private:
  std::string_view bytes_;
};

}  // namespace

GENBA_FUZZ(journal) {
  Bytes source({reinterpret_cast<const char*>(data), size});
  auto reader = genba::parse::JournalReader::open(source);
  if (!reader) {
    return;
  }
  genba::parse::JournalEntry entry;
  uint64_t last = 0;
  while (reader->next(entry)) {
    GENBA_CHECK(entry.offset > last);
    last = entry.offset;
    reader->visit_fields([&](const genba::parse::JournalField& field) {
      GENBA_CHECK(field.value.size() <= field.value_size);
    });
  }
  const genba::parse::JournalFindings& findings = reader->findings();
  GENBA_CHECK(findings.entries <= size / 4);
}
