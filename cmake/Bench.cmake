# SPDX-License-Identifier: Apache-2.0
#
# bench/<name>_bench.cc, each an executable of its own; `./dev bench` runs them. Not part of ctest:
# timings are printed, never asserted.

function(genba_add_benchmarks)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*_bench.cc)
  list(SORT sources)
  add_custom_target(genba_benchmarks)
  if(NOT sources)
    return()
  endif()
  find_package(benchmark QUIET)
  if(NOT benchmark_FOUND)
    message(STATUS "no Google Benchmark (package libbenchmark-dev): no benchmarks are built")
    return()
  endif()
  foreach(file IN LISTS sources)
    cmake_path(GET file STEM name)
    add_executable(${name} EXCLUDE_FROM_ALL ${file})
    target_link_libraries(${name} PRIVATE genba_cli benchmark::benchmark benchmark::benchmark_main)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    add_dependencies(genba_benchmarks ${name})
  endforeach()
endfunction()
