// SPDX-License-Identifier: Apache-2.0
//
// Where does the one walk go? To where programs, configuration and droppings lie: /tmp and its
// kin, /dev, /run, /etc, the bin and lib directories, crontabs, web roots and homes, those that
// matter most first. /usr/share, /var/lib, /var/log and data directories are left to --deep tools.
// A place that is a link (/bin on a merged-/usr host, a moved /home) is walked where it leads.
// Covered by filesystem_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.h"

namespace genba::collect::filesystem {

/// What is looked at in a place beside the metadata.
enum class PlaceKind {
  kPrograms,  ///< executables and libraries that no package owns are looked into
  kPlain,
};

struct Place {
  std::string path;  ///< canonical
  PlaceKind kind = PlaceKind::kPlain;
  uint32_t depth = 0;    ///< levels below `path` whose entries are listed
  uint64_t entries = 0;  ///< cap
};

/// All places of this host in two groups: what matters most, then homes, /opt and web roots. No
/// place lies within another one that is walked fully.
struct Places {
  std::vector<Place> first;
  std::vector<Place> second;
  /// Canonical directories whose regular files are looked into, each with a trailing slash.
  std::vector<std::string> volatile_prefixes;

  bool is_volatile(std::string_view path) const;
};
Places places_of(const Context& context);

}  // namespace genba::collect::filesystem
