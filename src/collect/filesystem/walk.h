// SPDX-License-Identifier: Apache-2.0
//
// The walk: breadth first, so that what lies near the top is seen even when time or a cap ends it;
// one listing a directory, shared by several threads; rows always in the same order. Links are
// recorded, never followed. A directory that changes or vanishes meanwhile costs its own entries
// only. Hard links and bind mounts may show a file twice. Covered by filesystem_test.cc.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "collect/collector.h"
#include "collect/filesystem/places.h"
#include "collect/package_index.h"
#include "model/tables/file.h"

namespace genba::collect::filesystem {

/// How far a walk goes; the defaults are those of a run, tests make them small.
struct WalkLimits {
  uint64_t entries = 0;                ///< rows in all; 0: by the run's depth
  uint64_t contents = 20'000;          ///< files whose first bytes are read
  uint64_t names = uint64_t{1} << 20;  ///< names of one directory
};

/// Walks the groups of places, one after the other, into context.facts.
class Walk {
 public:
  Walk(Context& context, const Places& places, const WalkLimits& limits);
  ~Walk();
  void run();

 private:
  struct PlaceState;
  struct Directory;
  struct Listed;

  void walk_group(const std::vector<Place>& group);
  Listed list(const Directory& directory);
  void take(Directory&& directory, Listed&& listed, std::vector<Directory>& more);
  void take_failure(const Directory& directory, const base::Error& error);
  void take_listing(const Directory& directory, const Listed& listed, std::vector<Directory>& more);
  void begin_place(const Directory& directory, const host::DirectoryListing& listing);
  void add_row(const std::string& directory, const std::string& path, const host::ListedFile& file,
               std::string_view content);
  bool wants_content(PlaceKind kind, std::string_view path, const host::ListedFile& file) const;
  std::string_view read_content(const std::string& path, uint64_t size);
  void refuse(PlaceState& place, const std::string& path, std::string_view why);

  Context& context_;
  const Places& places_;
  WalkLimits limits_;
  PackageIndex packages_;
  bool content_wanted_;
  model::File row_;
  std::unordered_set<std::string> listed_;  ///< places whose entries are recorded
  uint64_t rows_ = 0;
  std::atomic<uint64_t> contents_ = 0;
  std::atomic<bool> full_ = false;
};

}  // namespace genba::collect::filesystem
