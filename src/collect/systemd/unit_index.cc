// SPDX-License-Identifier: Apache-2.0
#include "collect/systemd/unit_index.h"

#include <algorithm>

#include "parse/systemd_unit/systemd_unit.h"

namespace genba::collect::systemd {

namespace {

std::string_view parent_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}
std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// "foo.service" of "foo.service.wants"; nothing for another name.
std::optional<std::string_view> without_suffix(std::string_view name, std::string_view suffix) {
  return name.size() > suffix.size() && name.ends_with(suffix)
             ? std::optional(name.substr(0, name.size() - suffix.size()))
             : std::nullopt;
}

/// The directories' names that hold drop-ins for a unit, the most specific first, without the one
/// for the whole type: "a-b@i.service.d", "a-b@.service.d", "a-.service.d".
std::vector<std::string> drop_in_names(std::string_view name) {
  std::vector<std::string> names = {std::string(name) + ".d"};
  const auto parsed = parse::parse_unit_name(name);
  if (!parsed) {
    return names;
  }
  const auto of_template = parsed->template_name();
  if (of_template && *of_template != name) {
    names.push_back(*of_template + ".d");
  }
  for (size_t end = parsed->prefix.size(); end > 1; --end) {
    if (parsed->prefix[end - 1] == '-' && end < parsed->prefix.size()) {
      names.push_back(std::string(parsed->prefix.substr(0, end)) + "." + std::string(parsed->type) +
                      ".d");
    }
  }
  return names;
}

Link link_in(Origin origin, std::string_view directory) {
  if (origin != Origin::kAdmin) {
    return Link::kVendor;
  }
  return directory.starts_with("/run/") ? Link::kRuntime : Link::kAdmin;
}

}  // namespace

UnitIndex::UnitIndex(const host::Host& host, ConfigReader& reader) : host_(host), reader_(reader) {}

bool UnitIndex::scan(const std::vector<UnitDirectory>& directories) {
  std::vector<const UnitDirectory*> present;
  bool any_reported = false;
  for (const auto& directory : directories) {
    if (!reader_.may_enter(join_path(directory.path, "."))) {
      continue;
    }
    // /lib may be /usr/lib: each place counts once.
    auto real = host_.canonical(directory.path);
    if (!real && real.error().code != base::ErrorCode::kNotFound) {
      reader_.counter().asked();
      reader_.counter().failed(real.error());
    }
    if (real && real_directories_.insert(std::move(*real)).second) {
      present.push_back(&directory);
      any_reported = any_reported || directory.reported;
    }
  }
  if (!any_reported) {
    return false;
  }
  for (size_t rank = 0; rank < present.size(); ++rank) {
    scan_directory(*present[rank], rank);
  }
  for (const auto& [name, fragment] : fragments_) {
    if (fragment.alias_of) {
      aliases_[*fragment.alias_of].push_back(name);
    }
  }
  for (const auto& [name, wants] : wants_) {
    const auto parsed = parse::parse_unit_name(name);
    if (parsed && parsed->instance && !parsed->instance->empty()) {
      instances_[*parsed->template_name()].push_back(name);
    }
  }
  return true;
}

void UnitIndex::scan_directory(const UnitDirectory& directory, size_t rank) {
  for (const auto& name : reader_.list(directory.path)) {
    if (parse::parse_unit_name(name)) {
      add_fragment(directory, name);
    } else if (without_suffix(name, ".d")) {
      DropInDirectory drop_ins{join_path(directory.path, name), rank, directory.reported, {}};
      drop_ins.files = reader_.list(drop_ins.path);
      drop_in_directories_[name].push_back(std::move(drop_ins));
    } else {
      for (const std::string_view suffix : {".wants", ".requires", ".upholds"}) {
        if (const auto target = without_suffix(name, suffix)) {
          add_wants(directory, name, *target);
        }
      }
    }
  }
}

void UnitIndex::add_fragment(const UnitDirectory& directory, const std::string& name) {
  if (fragments_.find(name) != fragments_.end()) {
    return;
  }
  Fragment fragment;
  fragment.path = join_path(directory.path, name);
  fragment.origin = directory.origin;
  fragment.reported = directory.reported;
  const auto own = host_.lstat(fragment.path);
  if (!own || own->type == host::FileType::kDirectory) {
    return;
  }
  fragment.status = *own;
  if (own->type == host::FileType::kSymlink) {
    if (auto target = host_.read_link(fragment.path)) {
      fragment.link_target = std::move(*target);
    }
    fragment.alias_of = alias_of(name, fragment.path);
  }
  fragment.masked = is_masked(fragment.path);
  if (!fragment.masked) {
    if (const auto led_to = reader_.status(fragment.path)) {
      fragment.status = led_to;
    }
  }
  fragments_.emplace(name, std::move(fragment));
}

std::optional<std::string> UnitIndex::alias_of(std::string_view name, std::string_view path) const {
  const auto real = host_.canonical(path);
  if (!real || name_of(*real) == name || !parse::parse_unit_name(name_of(*real)) ||
      real_directories_.find(parent_of(*real)) == real_directories_.end()) {
    return std::nullopt;
  }
  return std::string(name_of(*real));
}

bool UnitIndex::is_masked(const std::string& path) const {
  const auto real = host_.canonical(path);
  if (real && *real == "/dev/null") {
    return true;
  }
  // In a copied tree /dev/null may be missing; the link's text tells.
  const auto target = host_.read_link(path);
  if (target && *target == "/dev/null") {
    return true;
  }
  const auto status = host_.stat(path);
  return status && status->type == host::FileType::kRegular && status->size == 0;
}

void UnitIndex::add_wants(const UnitDirectory& directory, const std::string& name,
                          std::string_view target) {
  for (const auto& unit : reader_.list(join_path(directory.path, name))) {
    if (!parse::parse_unit_name(unit)) {
      continue;
    }
    auto& wants = wants_[unit];
    wants.by.emplace(target);
    wants.link = std::max(wants.link, link_in(directory.origin, directory.path));
    wants.reported = wants.reported || directory.reported;
  }
}

std::set<std::string> UnitIndex::names() const {
  std::set<std::string> names;
  for (const auto& [name, fragment] : fragments_) {
    names.insert(name);
  }
  const auto add_instance = [&](std::string_view name) {
    const auto parsed = parse::parse_unit_name(name);
    if (parsed && parsed->instance && fragment(name) != nullptr) {
      names.emplace(name);
    }
  };
  for (const auto& [name, wants] : wants_) {
    add_instance(name);
  }
  for (const auto& [name, directories] : drop_in_directories_) {
    add_instance(std::string_view(name).substr(0, name.size() - 2));
  }
  return names;
}

const Fragment* UnitIndex::fragment(std::string_view name) const {
  const auto found = fragments_.find(name);
  if (found != fragments_.end()) {
    return &found->second;
  }
  const auto parsed = parse::parse_unit_name(name);
  const auto of_template = parsed ? parsed->template_name() : std::nullopt;
  return of_template && *of_template != name ? fragment(*of_template) : nullptr;
}

std::string UnitIndex::primary_name(std::string_view name) const {
  const auto found = fragments_.find(name);
  return found != fragments_.end() && found->second.alias_of ? *found->second.alias_of
                                                             : std::string(name);
}

std::vector<std::string> UnitIndex::all_names(std::string_view name) const {
  const std::string primary = primary_name(name);
  std::vector<std::string> names = {primary};
  if (const auto found = aliases_.find(primary); found != aliases_.end()) {
    names.insert(names.end(), found->second.begin(), found->second.end());
  }
  return names;
}

std::vector<DropIn> UnitIndex::drop_ins(std::string_view name) const {
  // Directories by place, and in one place the most specific first; the whole type's come last.
  std::vector<const DropInDirectory*> ordered;
  const auto add = [&](const std::string& directory) {
    if (const auto found = drop_in_directories_.find(directory);
        found != drop_in_directories_.end()) {
      for (const auto& one : found->second) {
        ordered.push_back(&one);
      }
    }
  };
  for (const auto& unit : all_names(name)) {
    const size_t start = ordered.size();
    for (const auto& directory : drop_in_names(unit)) {
      add(directory);
    }
    std::stable_sort(ordered.begin() + static_cast<std::ptrdiff_t>(start), ordered.end(),
                     [](const auto* a, const auto* b) { return a->rank < b->rank; });
  }
  if (const auto parsed = parse::parse_unit_name(name)) {
    add(std::string(parsed->type) + ".d");
  }
  // Of files with the same name the first counts, and all apply in the order of their names.
  std::map<std::string, DropIn> by_name;
  for (const auto* directory : ordered) {
    for (const auto& file : directory->files) {
      if (file.ends_with(".conf")) {
        by_name.emplace(file, DropIn{join_path(directory->path, file), directory->reported});
      }
    }
  }
  std::vector<DropIn> result;
  for (auto& [file, drop_in] : by_name) {
    if (!is_masked(drop_in.path)) {
      result.push_back(std::move(drop_in));
    }
  }
  return result;
}

Wants UnitIndex::wants(std::string_view name, std::string_view default_instance) const {
  Wants result;
  const auto add = [&](std::string_view unit, bool enables) {
    if (const auto found = wants_.find(unit); found != wants_.end()) {
      result.by.insert(found->second.by.begin(), found->second.by.end());
      result.reported = result.reported || found->second.reported;
      Link& link = enables ? result.link : result.other_link;
      link = std::max(link, found->second.link);
    }
  };
  for (const auto& unit : all_names(name)) {
    add(unit, unit == name);
    if (const auto found = instances_.find(unit); found != instances_.end()) {
      for (const std::string& instance : found->second) {
        add(instance, parse::parse_unit_name(instance)->instance == default_instance);
      }
    }
  }
  return result;
}

std::vector<std::pair<std::string, Link>> UnitIndex::alias_links(std::string_view name) const {
  std::vector<std::pair<std::string, Link>> links;
  if (const auto found = aliases_.find(name); found != aliases_.end()) {
    for (const std::string& alias : found->second) {
      const Fragment& fragment = fragments_.find(alias)->second;
      links.emplace_back(alias, link_in(fragment.origin, fragment.path));
    }
  }
  return links;
}

}  // namespace genba::collect::systemd
