// SPDX-License-Identifier: Apache-2.0
//
// How a fuzz target is written: one file src/<folder>/<format>/<name>_fuzz.cc with
//
//   #include "fuzz/fuzz.h"
//   GENBA_FUZZ(name) {
//     (void)parse_thing({reinterpret_cast<const char*>(data), size});
//   }
//
// `name` is the name of the file without _fuzz.cc. The body returns nothing; leave it early with
// `return;`. It fails by crashing, by a sanitizer's report, or by aborting (GENBA_CHECK). The files
// of samples/ beside it are its seeds. cmake/Fuzz.cmake says what is built from it.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef GENBA_LIBFUZZER
#define GENBA_FUZZ_ENTRY(name) LLVMFuzzerTestOneInput
#else
#define GENBA_FUZZ_ENTRY(name) genba_fuzz_##name
#endif

/// Opens the body of a fuzz target, which sees its input as `data` and `size`.
#define GENBA_FUZZ(name)                                                              \
  static void genba_fuzz_body_##name(const std::uint8_t* data, std::size_t size);     \
  extern "C" int GENBA_FUZZ_ENTRY(name)(const std::uint8_t* data, std::size_t size);  \
  extern "C" int GENBA_FUZZ_ENTRY(name)(const std::uint8_t* data, std::size_t size) { \
    genba_fuzz_body_##name(data, size);                                               \
    return 0;                                                                         \
  }                                                                                   \
  static void genba_fuzz_body_##name([[maybe_unused]] const std::uint8_t* data,       \
                                     [[maybe_unused]] std::size_t size)
