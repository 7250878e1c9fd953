# SPDX-License-Identifier: Apache-2.0
#
# Tests, found by their place:
#   src/<folder>/**/*_test.cc  genba_<folder>_test   units, beside the code
#   tests/<kind>/*_test.cc     genba_<kind>_test     meta, whole, scenarios, live; with tests/<kind>/*.cc
#   tests/**/*_test.sh         by its path           scripts
#   tests/support/*.cc         helpers, each for the tests of the folders that it includes and above
#   tests/fixtures/*.cc        programs that tests run, static, into tests/fixtures of the build
# They run in the source directory and learn from the environment where things are: GENBA_BINARY,
# GENBA_BUILD_DIR, GENBA_SOURCE_DIR, GENBA_SHARED_DIR, GENBA_FIXTURES, GENBA_SANITIZE (empty, address
# or thread).

find_package(GTest REQUIRED)

if(GENBA_PCH)
  genba_add_pch(genba_test_pch ${GENBA_PCH_HEADERS} <gtest/gtest.h>)
  target_link_libraries(genba_test_pch PRIVATE GTest::gtest)
endif()

# Folders that start threads or are read by several; ThreadSanitizer runs only their tests.
set(GENBA_THREADED model host collect app)

function(genba_test_properties name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LABELS")
  cmake_path(GET CMAKE_SOURCE_DIR PARENT_PATH parent)
  set(environment
      GENBA_BINARY=${CMAKE_BINARY_DIR}/genba GENBA_BUILD_DIR=${CMAKE_BINARY_DIR}
      GENBA_SOURCE_DIR=${CMAKE_SOURCE_DIR} GENBA_SHARED_DIR=${parent}/shared
      GENBA_FIXTURES=${CMAKE_BINARY_DIR}/tests/fixtures GENBA_SANITIZE=${GENBA_SANITIZE})
  if(GENBA_SANITIZE STREQUAL "thread")
    list(APPEND environment TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1)
  elseif(GENBA_SANITIZE STREQUAL "address")
    list(APPEND environment UBSAN_OPTIONS=print_stacktrace=1)
    if(NOT "unit" IN_LIST arg_LABELS AND NOT "fuzz" IN_LIST arg_LABELS)
      # The leak checker traces its own process, which the binary's undumpable state forbids.
      list(APPEND environment ASAN_OPTIONS=detect_leaks=0)
    endif()
  endif()
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${environment}" LABELS "${arg_LABELS}"
                       TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()

# Sets `out` to the highest layer that a file of tests/support includes, itself or through others.
function(genba_support_layer file out)
  set(highest 0)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} lines REGEX "^#include \"[a-z_]+/")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "\"([a-z_]+)/([^\"]+)\"" unused "${line}")
    set(folder ${CMAKE_MATCH_1})
    set(number 0)
    if(folder STREQUAL "support")
      set(included ${CMAKE_SOURCE_DIR}/tests/support/${CMAKE_MATCH_2})
      if(EXISTS ${included} AND NOT included STREQUAL file)
        genba_support_layer(${included} number)
      endif()
    elseif(DEFINED GENBA_LAYER_${folder})
      set(number ${GENBA_LAYER_${folder}})
    endif()
    if(number GREATER highest)
      set(highest ${number})
    endif()
  endforeach()
  set(${out} ${highest} PARENT_SCOPE)
endfunction()

# One library for the helpers of each layer, linking that layer: a linker may take any of its
# members (for a weak std:: symbol, say), so each must be complete.
function(genba_add_test_support)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/support/*.cc)
  list(FILTER files EXCLUDE REGEX "_test\\.cc$")
  list(SORT files)
  foreach(file IN LISTS files)
    genba_support_layer(${file} number)
    set(library genba_test_support_${number})
    if(NOT TARGET ${library})
      add_library(${library} STATIC)
      target_include_directories(${library} PUBLIC ${CMAKE_SOURCE_DIR}/tests)
      target_link_libraries(${library} PUBLIC GTest::gtest)
      genba_use_pch(${library} genba_test_pch)
      foreach(folder IN LISTS GENBA_LAYERS)
        if(GENBA_LAYER_${folder} EQUAL number)
          target_link_libraries(${library} PUBLIC genba_${folder})
        endif()
      endforeach()
    endif()
    target_sources(${library} PRIVATE ${file})
  endforeach()
endfunction()

# Sets `out` to the libraries of helpers that a test of layer `number` may use.
function(genba_test_support number out)
  set(libraries "")
  foreach(layer RANGE ${number})
    if(TARGET genba_test_support_${layer})
      list(PREPEND libraries genba_test_support_${layer})
    endif()
  endforeach()
  set(${out} ${libraries} PARENT_SCOPE)
endfunction()

# One gtest executable, registered as one ctest test of the same name.
function(genba_add_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  genba_use_pch(${name} genba_test_pch)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  genba_test_properties(${name} TIMEOUT ${arg_TIMEOUT} LABELS ${arg_LABELS})
endfunction()

function(genba_add_unit_tests)
  add_custom_target(genba_unit_tests)
  add_custom_target(genba_thread_tests)
  foreach(folder IN LISTS GENBA_LAYERS)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*_test.cc)
    if(folder STREQUAL "judge")
      file(GLOB rulec_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/rulec/*_test.cc)
      list(APPEND sources ${rulec_tests})
    endif()
    if(NOT sources)
      continue()
    endif()
    list(SORT sources)
    set(labels unit)
    add_dependencies(genba_unit_tests genba_${folder}_test)
    if(folder IN_LIST GENBA_THREADED)
      list(APPEND labels threads)
      add_dependencies(genba_thread_tests genba_${folder}_test)
    endif()
    genba_test_support(${GENBA_LAYER_${folder}} support)
    genba_add_gtest(genba_${folder}_test SOURCES ${sources} LIBRARIES ${support} genba_${folder}
                    LABELS ${labels} TIMEOUT 900)
    if(folder STREQUAL "act")
      # What is stopped and ended there are fixtures.
      add_dependencies(genba_act_test genba_fixtures)
    endif()
  endforeach()
endfunction()

function(genba_add_crossing_tests)
  file(GLOB folders LIST_DIRECTORIES true CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*)
  foreach(path IN LISTS folders)
    cmake_path(GET path FILENAME kind)
    file(GLOB sources CONFIGURE_DEPENDS ${path}/*.cc)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cc$")
    if(kind MATCHES "^(support|fixtures)$" OR NOT tests)
      continue()
    endif()
    list(SORT sources)
    genba_test_support(${GENBA_LAYER_cli} support)
    genba_add_gtest(genba_${kind}_test SOURCES ${sources} LIBRARIES ${support} genba_cli
                    LABELS ${kind} TIMEOUT 900)
    if(TARGET genba)
      add_dependencies(genba_${kind}_test genba)
    endif()
    add_dependencies(genba_${kind}_test genba_fixtures)
    if(kind MATCHES "^(live|scenarios)$")
      set_tests_properties(genba_${kind}_test PROPERTIES RUN_SERIAL TRUE)
    endif()
  endforeach()
endfunction()

# A fixture stands for a program of the host: never sanitized, and it needs no library that the
# test would have to carry to where it runs.
function(genba_add_fixtures)
  add_custom_target(genba_fixtures)
  if(GENBA_SANITIZE)
    return()
  endif()
  file(GLOB fixtures CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fixtures/*.cc)
  foreach(source IN LISTS fixtures)
    cmake_path(GET source STEM name)
    add_executable(genba_fixture_${name} ${source})
    target_link_options(genba_fixture_${name} PRIVATE -static)
    set_target_properties(genba_fixture_${name} PROPERTIES OUTPUT_NAME ${name}
                          RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fixtures)
    add_dependencies(genba_fixtures genba_fixture_${name})
  endforeach()
endfunction()

# A script with the line "# presets: release" is registered only for the static build.
function(genba_add_script_tests)
  file(GLOB_RECURSE scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.sh)
  list(SORT scripts)
  foreach(script IN LISTS scripts)
    file(STRINGS ${script} only_release REGEX "^# presets: release$")
    if(only_release AND NOT GENBA_STATIC)
      continue()
    endif()
    cmake_path(RELATIVE_PATH script BASE_DIRECTORY ${CMAKE_SOURCE_DIR}/tests OUTPUT_VARIABLE name)
    string(REGEX REPLACE "\\.sh$" "" name ${name})
    string(REPLACE "/" "_" name ${name})
    string(REGEX REPLACE "_.*" "" kind ${name})
    add_test(NAME ${name} COMMAND ${script} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    genba_test_properties(${name} TIMEOUT 900 LABELS ${kind})
  endforeach()
endfunction()

function(genba_add_tests)
  genba_add_test_support()
  genba_add_unit_tests()
  genba_add_fixtures()
  genba_add_crossing_tests()
  genba_add_script_tests()
endfunction()
