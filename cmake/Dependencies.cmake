# SPDX-License-Identifier: Apache-2.0
#
# The libraries of Debian 12 that Genba links, each as a target genba_ext_<name>, and which folder
# of src/ uses which. In a static build only static libraries count. A missing one names the
# package that brings it; `./dev` installs them all.

find_package(Threads REQUIRED)

# genba_external(NAME HEADER h PACKAGE p [LIB l]): without LIB the library is header-only.
function(genba_external name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;PACKAGE;LIB" "")
  if(GENBA_STATIC)
    set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  endif()
  find_path(GENBA_${name}_INCLUDE ${arg_HEADER})
  if(NOT GENBA_${name}_INCLUDE)
    message(FATAL_ERROR "${arg_HEADER} not found: install the package ${arg_PACKAGE}")
  endif()
  add_library(genba_ext_${name} INTERFACE)
  target_include_directories(genba_ext_${name} SYSTEM INTERFACE ${GENBA_${name}_INCLUDE})
  if(arg_LIB)
    find_library(GENBA_${name}_LIBRARY ${arg_LIB})
    if(NOT GENBA_${name}_LIBRARY)
      message(FATAL_ERROR "library ${arg_LIB} not found: install the package ${arg_PACKAGE}")
    endif()
    target_link_libraries(genba_ext_${name} INTERFACE ${GENBA_${name}_LIBRARY})
  endif()
endfunction()

genba_external(expected HEADER tl/expected.hpp PACKAGE libexpected-dev)
genba_external(fmt HEADER fmt/format.h PACKAGE libfmt-dev)
genba_external(crypto HEADER openssl/sha.h PACKAGE libssl-dev LIB crypto)
genba_external(xxhash HEADER xxhash.h PACKAGE libxxhash-dev LIB xxhash)
genba_external(json HEADER nlohmann/json.hpp PACKAGE nlohmann-json3-dev)
genba_external(seccomp HEADER seccomp.h PACKAGE libseccomp-dev LIB seccomp)
genba_external(sqlite HEADER sqlite3.h PACKAGE libsqlite3-dev LIB sqlite3)
genba_external(sodium HEADER sodium.h PACKAGE libsodium-dev LIB sodium)
genba_external(zlib HEADER zlib.h PACKAGE zlib1g-dev LIB z)
genba_external(lzma HEADER lzma.h PACKAGE liblzma-dev LIB lzma)
genba_external(zstd HEADER zstd.h PACKAGE libzstd-dev LIB zstd)
genba_external(lz4 HEADER lz4.h PACKAGE liblz4-dev LIB lz4)
genba_external(bzip2 HEADER bzlib.h PACKAGE libbz2-dev LIB bz2)
genba_external(yaml HEADER yaml-cpp/yaml.h PACKAGE libyaml-cpp-dev LIB yaml-cpp)
genba_external(cli11 HEADER CLI/CLI.hpp PACKAGE libcli11-dev)

target_link_libraries(genba_ext_crypto INTERFACE ${CMAKE_DL_LIBS} Threads::Threads)
target_link_libraries(genba_ext_sqlite INTERFACE m ${CMAKE_DL_LIBS} Threads::Threads)

# What each folder of src/ uses; folders above it inherit.
set(GENBA_EXTERNAL_base expected fmt crypto xxhash)
set(GENBA_EXTERNAL_model json)
set(GENBA_EXTERNAL_parse zlib lzma zstd lz4 bzip2 sqlite)
set(GENBA_EXTERNAL_sys seccomp)
set(GENBA_EXTERNAL_store sqlite sodium json)
set(GENBA_EXTERNAL_judge yaml)
set(GENBA_EXTERNAL_render json)
set(GENBA_EXTERNAL_cli cli11)
