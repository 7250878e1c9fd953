// SPDX-License-Identifier: Apache-2.0
//
// Where contents go that are saved before a process is stopped: a case's objects, or whatever the
// caller has. Covered by snapshot_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/case/case_writer.h"

namespace genba::act {

/// Takes contents one after the other. An error is the writer's own (a full disk), never the
/// source's.
class EvidenceWriter {
 public:
  virtual ~EvidenceWriter() = default;
  /// Begins a content; what was begun and not finished is dropped.
  virtual base::Result<void> begin() = 0;
  virtual base::Result<void> append(std::string_view bytes) = 0;
  /// Ends it. `source` says where it came from ("/proc/42/exe"). Returns its SHA-256, 64 hex
  /// digits.
  virtual base::Result<std::string> finish(std::string_view source) = 0;
};

/// Writes into a case's objects/. The case must outlive it.
class CaseEvidence final : public EvidenceWriter {
 public:
  explicit CaseEvidence(store::CaseWriter& writer) : writer_(writer) {}

  base::Result<void> begin() override {
    GENBA_TRY(auto object, writer_.begin_object());
    object_.emplace(std::move(object));
    return {};
  }
  base::Result<void> append(std::string_view bytes) override { return object_->append(bytes); }
  base::Result<std::string> finish(std::string_view source) override {
    auto object = *std::move(object_);
    object_.reset();
    return writer_.finish_object(source, std::move(object));
  }

 private:
  store::CaseWriter& writer_;
  std::optional<store::CaseWriter::Object> object_;
};

}  // namespace genba::act
