// SPDX-License-Identifier: Apache-2.0
//
// What one manager (the system's, or a user's) finds in its directories: for each unit name the
// fragment that counts, its other names, its drop-ins in the order in which they apply, and who
// wants it. Links are looked at, contents are not. Source: systemd.unit(5); systemd unit-file.c,
// dropin.c. Covered by systemd_test.cc.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collect/config_reader.h"
#include "collect/systemd/unit_paths.h"

namespace genba::collect::systemd {

/// The file that counts for a unit name.
struct Fragment {
  std::string path;
  Origin origin = Origin::kVendor;
  bool reported = true;
  bool masked = false;  ///< a link to /dev/null, or empty
  std::optional<std::string> link_target;
  std::optional<std::string> alias_of;  ///< the unit that a link inside the directories leads to
  std::optional<host::FileStatus> status;
};

struct DropIn {
  std::string path;
  bool reported = true;
};

/// Who made a link that enables a unit, the weakest first.
enum class Link : uint8_t { kNone, kVendor, kRuntime, kAdmin };

/// The units that pull one in.
struct Wants {
  std::set<std::string> by;
  bool reported = false;          ///< by a link in a reported directory
  Link link = Link::kNone;        ///< the strongest that enables the unit under this very name
  Link other_link = Link::kNone;  ///< … under another name, or another instance of a template
};

class UnitIndex {
 public:
  UnitIndex(const host::Host& host, ConfigReader& reader);

  /// Reads the directories. False when none of the reported ones exists.
  bool scan(const std::vector<UnitDirectory>& directories);

  /// Names of all units with a fragment, and of template instances that are wanted or have
  /// drop-ins of their own.
  std::set<std::string> names() const;
  /// The fragment of a unit or, for an instance, of its template.
  const Fragment* fragment(std::string_view name) const;
  /// The name that the fragment's own rows stand under.
  std::string primary_name(std::string_view name) const;
  /// Drop-ins that apply, by all of the unit's names.
  std::vector<DropIn> drop_ins(std::string_view name) const;
  /// Who pulls the unit in, by any of its names; a template counts its instances.
  /// `default_instance` is the one that enabling the template enables.
  Wants wants(std::string_view name, std::string_view default_instance) const;
  /// The other names that links give to the unit, and who made them.
  std::vector<std::pair<std::string, Link>> alias_links(std::string_view name) const;

 private:
  struct DropInDirectory {
    std::string path;
    size_t rank = 0;  ///< place in the search order
    bool reported = true;
    std::vector<std::string> files;
  };

  void scan_directory(const UnitDirectory& directory, size_t rank);
  void add_fragment(const UnitDirectory& directory, const std::string& name);
  void add_wants(const UnitDirectory& directory, const std::string& name, std::string_view target);
  std::optional<std::string> alias_of(std::string_view name, std::string_view path) const;
  std::vector<std::string> all_names(std::string_view name) const;
  bool is_masked(const std::string& path) const;

  const host::Host& host_;
  ConfigReader& reader_;
  std::set<std::string, std::less<>> real_directories_;
  std::map<std::string, Fragment, std::less<>> fragments_;
  std::map<std::string, std::vector<std::string>, std::less<>> aliases_;
  std::map<std::string, std::vector<DropInDirectory>, std::less<>> drop_in_directories_;
  std::map<std::string, Wants, std::less<>> wants_;
  std::map<std::string, std::vector<std::string>, std::less<>> instances_;
};

}  // namespace genba::collect::systemd
