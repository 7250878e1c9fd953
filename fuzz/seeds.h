// SPDX-License-Identifier: Apache-2.0
//
// The table of fuzz targets that cmake/Fuzz.cmake generates for the seed runner, seeds.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace genba::fuzz {

struct Target {
  const char* name;
  const char* samples;  // directory, relative to the source directory; may be absent
  int (*run)(const std::uint8_t* data, std::size_t size);
};

/// Every fuzz target of the tree, by path.
std::span<const Target> all_targets();

}  // namespace genba::fuzz
