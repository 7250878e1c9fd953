# SPDX-License-Identifier: Apache-2.0
#
# Flags that every target shares. They are global, not per target, so that one precompiled header
# fits them all.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Said here rather than by CMAKE_POSITION_INDEPENDENT_CODE, which makes libraries -fPIC and programs -fPIE.
add_compile_options(-fPIE)

include_directories(${CMAKE_SOURCE_DIR}/src ${GENBA_GENERATED})

# OPENSSL_SUPPRESS_DEPRECATED: the low-level SHA-256 is used on purpose, because EVP reads the host's
# openssl.cnf. _GLIBCXX_ASSERTIONS: an index past the end of attacker's bytes stops the program
# instead of reading on; it stays on in release.
add_compile_definitions(OPENSSL_SUPPRESS_DEPRECATED _GLIBCXX_ASSERTIONS _GNU_SOURCE)

if(GENBA_STRICT)
  add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Werror
                      -Wno-missing-field-initializers)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # clang counts sign conversions into -Wconversion, g++ does not; we follow g++.
    add_compile_options(-Wno-sign-conversion)
  else()
    # GCC 12 warns falsely about std::string operator+ (GCC bug 105651), and about the unused side of
    # std::optional and std::variant (GCC bug 105562).
    add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
                        -Wno-maybe-uninitialized -Wno-array-bounds)
  endif()
endif()

# One section for each function and object, so that --gc-sections drops what is never reached.
if(GENBA_STATIC)
  add_compile_options(-ffunction-sections -fdata-sections -fstack-protector-strong
                      -fstack-clash-protection -fcf-protection)
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()

if(GENBA_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(GENBA_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(NOT GENBA_SANITIZE STREQUAL "")
  message(FATAL_ERROR "GENBA_SANITIZE is '${GENBA_SANITIZE}': use address, thread or nothing")
endif()
if(GENBA_LIBFUZZER)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "GENBA_LIBFUZZER needs clang: use `cmake --preset asan`")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Precompiled headers are cached only with this sloppiness (ccache's manual, "Precompiled headers").
find_program(GENBA_CCACHE ccache)
if(GENBA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${GENBA_CCACHE})
endif()

# The release keeps the system's own linker; elsewhere lld, if it is there.
if(NOT GENBA_STATIC)
  find_program(GENBA_LLD ld.lld)
  if(GENBA_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()

# What ccache asks of users of a precompiled header.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(GENBA_PCH_OPTIONS "SHELL:-Xclang -fno-pch-timestamp")
else()
  set(GENBA_PCH_OPTIONS -fpch-preprocess)
endif()

set(GENBA_PCH_HEADERS <algorithm> <array> <chrono> <compare> <cstddef> <cstdint> <cstring>
    <functional> <map> <memory> <optional> <span> <string> <string_view> <unordered_map>
    <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# A carrier for a precompiled header; other targets with the same flags reuse it.
function(genba_add_pch name)
  set(carrier ${GENBA_GENERATED}/${name}.cc)
  file(CONFIGURE OUTPUT ${carrier} CONTENT "// carrier of a precompiled header\n")
  add_library(${name} OBJECT ${carrier})
  target_precompile_headers(${name} PRIVATE ${ARGN})
  target_compile_options(${name} PRIVATE ${GENBA_PCH_OPTIONS})
endfunction()

if(GENBA_PCH)
  genba_add_pch(genba_pch ${GENBA_PCH_HEADERS})
endif()

# Lets `target` use the precompiled header `genba_pch`, or the one named as second argument.
function(genba_use_pch target)
  if(NOT GENBA_PCH)
    return()
  endif()
  set(pch genba_pch)
  if(ARGC GREATER 1)
    set(pch ${ARGV1})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${pch})
  target_compile_options(${target} PRIVATE ${GENBA_PCH_OPTIONS})
endfunction()
