// SPDX-License-Identifier: Apache-2.0
//
// Which processes were started with variables that inject code? Only these keys are kept (values of
// others may be secrets): LD_PRELOAD, LD_LIBRARY_PATH, LD_AUDIT, GCONV_PATH, BASH_ENV, ENV,
// PROMPT_COMMAND, PYTHONSTARTUP, PYTHONPATH, PERL5OPT, PERL5LIB, RUBYOPT, NODE_OPTIONS,
// JAVA_TOOL_OPTIONS, HISTFILE, and HISTSIZE when 0. Source: /proc/PID/environ.
#pragma once

#include <cstdint>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Environment variables that make programs load or run foreign code.
struct ProcessEnv {
  int64_t pid = 0;
  std::string key;
  std::string value;
};

template <>
struct TableOf<ProcessEnv> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ProcessEnv::pid>("pid", "Process id."),
      column<&ProcessEnv::key>("key", "Name of the variable."),
      column<&ProcessEnv::value>("value", "Its value."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<ProcessEnv>(
        "process_envs", "Environment variables that make programs load or run foreign code.",
        TableScope::kLiveOnly, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& process_envs() {
  return TableOf<ProcessEnv>::info();
}
}  // namespace tables

}  // namespace genba::model
