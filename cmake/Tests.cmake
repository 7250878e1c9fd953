# SPDX-License-Identifier: Apache-2.0
#
# Tests, found by their place:
#   src/<folder>/**/*_test.cc  genba_<folder>_test   units, beside the code
#   tests/<kind>/*_test.cc     genba_<kind>_test     meta, whole, scenarios, live; with tests/<kind>/*.cc
#   tests/**/*_test.sh         by its path           scripts
#   tests/support/*.cc         genba_test_support    linked into all of them
# They run in the source directory and learn from the environment where things are: GENBA_BINARY,
# GENBA_BUILD_DIR, GENBA_SOURCE_DIR, GENBA_SHARED_DIR, GENBA_SANITIZE (empty, address or thread).

find_package(GTest REQUIRED)

if(GENBA_PCH)
  genba_add_pch(genba_test_pch ${GENBA_PCH_HEADERS} <gtest/gtest.h>)
  target_link_libraries(genba_test_pch PRIVATE GTest::gtest)
endif()

# Folders that start threads; ThreadSanitizer runs only their tests.
set(GENBA_THREADED host collect app)

function(genba_test_properties name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LABELS")
  cmake_path(GET CMAKE_SOURCE_DIR PARENT_PATH parent)
  set(environment
      GENBA_BINARY=${CMAKE_BINARY_DIR}/genba GENBA_BUILD_DIR=${CMAKE_BINARY_DIR}
      GENBA_SOURCE_DIR=${CMAKE_SOURCE_DIR} GENBA_SHARED_DIR=${parent}/shared
      GENBA_SANITIZE=${GENBA_SANITIZE})
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

# One gtest executable, registered as one ctest test of the same name.
function(genba_add_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE genba_test_support ${arg_LIBRARIES} GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  genba_use_pch(${name} genba_test_pch)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  genba_test_properties(${name} TIMEOUT ${arg_TIMEOUT} LABELS ${arg_LABELS})
endfunction()

function(genba_add_unit_tests)
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
    if(folder IN_LIST GENBA_THREADED)
      list(APPEND labels threads)
      add_dependencies(genba_thread_tests genba_${folder}_test)
    endif()
    genba_add_gtest(genba_${folder}_test SOURCES ${sources} LIBRARIES genba_${folder}
                    LABELS ${labels} TIMEOUT 300)
  endforeach()
endfunction()

function(genba_add_crossing_tests)
  file(GLOB folders LIST_DIRECTORIES true CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*)
  foreach(path IN LISTS folders)
    cmake_path(GET path FILENAME kind)
    file(GLOB sources CONFIGURE_DEPENDS ${path}/*.cc)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cc$")
    if(kind STREQUAL "support" OR NOT tests)
      continue()
    endif()
    list(SORT sources)
    genba_add_gtest(genba_${kind}_test SOURCES ${sources} LIBRARIES genba_cli LABELS ${kind}
                    TIMEOUT 900)
    if(TARGET genba)
      add_dependencies(genba_${kind}_test genba)
    endif()
    if(kind STREQUAL "live")
      set_tests_properties(genba_${kind}_test PROPERTIES RUN_SERIAL TRUE)
    endif()
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
  file(GLOB support CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/support/*.cc)
  list(FILTER support EXCLUDE REGEX "_test\\.cc$")
  if(support)
    # It links no folder of src/: it stands before them on every link line, and each test brings
    # the ones that it may see.
    list(SORT support)
    add_library(genba_test_support STATIC ${support})
    target_link_libraries(genba_test_support PUBLIC GTest::gtest)
    target_include_directories(genba_test_support PUBLIC ${CMAKE_SOURCE_DIR}/tests)
    genba_use_pch(genba_test_support genba_test_pch)
  else()
    add_library(genba_test_support INTERFACE)
  endif()
  genba_add_unit_tests()
  genba_add_crossing_tests()
  genba_add_script_tests()
endfunction()
