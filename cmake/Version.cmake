# SPDX-License-Identifier: Apache-2.0
#
# Version, commit and build type, as "version.h" and a library of one small file, genba_version:
# a new commit recompiles that file and relinks, nothing else. Also run as a script at build time
# (cmake -P) to look at the commit anew.

if(CMAKE_SCRIPT_MODE_FILE)
  set(GENBA_COMMIT unknown)
  find_program(GIT git)
  if(GIT AND EXISTS ${SOURCE_DIR}/.git)
    execute_process(COMMAND ${GIT} describe --always --exclude=* --abbrev=12 --dirty=+changes
                    WORKING_DIRECTORY ${SOURCE_DIR} RESULT_VARIABLE failed OUTPUT_VARIABLE commit
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(failed EQUAL 0 AND commit)
      set(GENBA_COMMIT ${commit})
    endif()
  endif()
  configure_file(${SOURCE_DIR}/cmake/version.cc.in ${OUTPUT} @ONLY)
  return()
endif()

configure_file(${CMAKE_SOURCE_DIR}/cmake/version.h.in ${GENBA_GENERATED}/version.h @ONLY)
set(GENBA_VERSION_ARGUMENTS
    -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DOUTPUT=${GENBA_GENERATED}/version.cc
    -DGENBA_VERSION=${PROJECT_VERSION} -DGENBA_BUILD=${CMAKE_BUILD_TYPE}
    -P ${CMAKE_SOURCE_DIR}/cmake/Version.cmake)
execute_process(COMMAND ${CMAKE_COMMAND} ${GENBA_VERSION_ARGUMENTS})
add_custom_target(genba_version_check
                  COMMAND ${CMAKE_COMMAND} ${GENBA_VERSION_ARGUMENTS}
                  BYPRODUCTS ${GENBA_GENERATED}/version.cc
                  COMMENT "" VERBATIM)
add_library(genba_version STATIC ${GENBA_GENERATED}/version.cc)
add_dependencies(genba_version genba_version_check)
