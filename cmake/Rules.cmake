# SPDX-License-Identifier: Apache-2.0
#
# rules/<area>/<id>.yaml, compiled into the binary: tools/rulec reads and checks every rule at build
# time and writes generated/judge/builtin_rules.cc, which becomes part of genba_judge. A rule that
# is wrong stops the build, named by its file.

function(genba_add_rule_compiler)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/rulec/*.cc)
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(SORT sources)
  if(NOT sources OR NOT TARGET genba_judge_core)
    message(STATUS "no rule compiler (tools/rulec, src/judge): no rules are built in")
    return()
  endif()
  add_executable(rulec ${sources})
  target_link_libraries(rulec PRIVATE genba_judge_core)
  genba_use_pch(rulec)
  set_target_properties(rulec PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tools)

  file(GLOB_RECURSE rules CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rules/*.yaml)
  list(SORT rules)
  set(output ${GENBA_GENERATED}/judge/builtin_rules.cc)
  file(MAKE_DIRECTORY ${GENBA_GENERATED}/judge)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0 $<TARGET_FILE:rulec> ${output}
            ${rules}
    DEPENDS rulec ${rules}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "Compiling the rules"
    VERBATIM)
  target_sources(genba_judge PRIVATE ${output})
endfunction()
