// SPDX-License-Identifier: Apache-2.0
#include "collect/systemd/unit_state.h"

#include <algorithm>

#include "parse/text_lines/text_lines.h"

namespace genba::collect::systemd {

namespace {

bool has_install(const parse::UnitFile& file, std::string_view key) {
  return !parse::merged_values({&file, 1}, "Install", key).empty();
}

/// Whether the unit asks for this second name, so that enabling it makes the link.
bool asks_for_alias(const parse::UnitFile& file, std::string_view alias) {
  for (const auto& value : parse::merged_values({&file, 1}, "Install", "Alias")) {
    std::string_view rest = value.assignment->value;
    for (auto word = parse::take_word(rest); !word.empty(); word = parse::take_word(rest)) {
      if (word == alias) {
        return true;
      }
    }
  }
  return false;
}

bool is_instance(std::string_view name) {
  const auto parsed = parse::parse_unit_name(name);
  return parsed && parsed->instance && !parsed->instance->empty();
}

/// A link that leads out of all unit directories, under the unit's own name or another.
std::string_view linked_name(const Fragment& fragment) {
  return std::string_view(*fragment.link_target).substr(fragment.link_target->rfind('/') + 1);
}

}  // namespace

std::string unit_file_state(const UnitIndex& index, std::string_view name, const Fragment& fragment,
                            const parse::UnitFile& file, const Wants& wants) {
  const bool runtime = fragment.path.starts_with("/run/");
  if (fragment.masked) {
    return runtime ? "masked-runtime" : "masked";
  }
  const bool renamed = fragment.link_target && linked_name(fragment) != name;
  if (!is_instance(name) && (fragment.alias_of || renamed)) {
    return "alias";
  }
  if (fragment.origin == Origin::kGenerator) {
    return "generated";
  }
  if (fragment.origin == Origin::kTransient) {
    return "transient";
  }
  Link link = wants.link;
  Link other = wants.other_link;
  for (const auto& [alias, made_by] : index.alias_links(name)) {
    Link& counts = asks_for_alias(file, alias) ? link : other;
    counts = std::max(counts, made_by);
  }
  if (link >= Link::kRuntime) {
    return link == Link::kAdmin ? "enabled" : "enabled-runtime";
  }
  if (link == Link::kVendor && is_instance(name)) {
    return "static";
  }
  if (fragment.link_target) {
    return runtime ? "linked-runtime" : "linked";
  }
  if (other >= Link::kRuntime) {
    return "indirect";
  }
  for (const std::string_view key : {"WantedBy", "RequiredBy", "UpheldBy", "Alias"}) {
    if (has_install(file, key)) {
      return "disabled";
    }
  }
  return has_install(file, "Also") ? "indirect" : "static";
}

}  // namespace genba::collect::systemd
