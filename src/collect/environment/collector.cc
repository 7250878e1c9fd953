// SPDX-License-Identifier: Apache-2.0
//
// Which processes were started with variables that inject code? Only the keys that do are kept;
// the values of others may be secrets and are never stored. What a process was started with is not
// what it set later, and it can overwrite the block. Source: proc(5). Covered by
// environment_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "collect/proc.h"
#include "model/tables/process_envs.h"
#include "parse/nul_blocks/nul_blocks.h"

namespace genba::collect::environment {

namespace {

constexpr std::string_view kArea = "environment";
constexpr std::string_view kSubject = "/proc/PID/environ";
constexpr uint64_t kLimit = 1ULL << 20;
constexpr size_t kBatch = 512;  // bounds what waits between reading and parsing

constexpr std::array<std::string_view, 15> kKeys = {
    "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT",   "GCONV_PATH",    "BASH_ENV",
    "ENV",        "PROMPT_COMMAND",  "PYTHONPATH", "PYTHONSTARTUP", "PERL5OPT",
    "PERL5LIB",   "RUBYOPT",         "HISTFILE",   "NODE_OPTIONS",  "JAVA_TOOL_OPTIONS"};

bool is_kept(std::string_view key, std::string_view value) {
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end() ||
         (key == "HISTSIZE" && value == "0");
}

void collect(Context& context) {
  if (not_live(context, kArea, kSubject)) {
    return;
  }
  CoverageCounter coverage(kArea, kSubject);
  const auto pids = list_processes(context.host);
  if (!pids) {
    coverage.asked();
    coverage.failed(pids.error());
    coverage.finish(context.facts);
    return;
  }
  auto& rows = context.facts.rows<model::ProcessEnv>();
  coverage.asked(static_cast<int64_t>(pids->size()));
  for (size_t begin = 0; begin < pids->size(); begin += kBatch) {
    std::vector<host::RiskyRead> reads;
    for (size_t i = begin; i < std::min(begin + kBatch, pids->size()); ++i) {
      reads.push_back({proc_path((*pids)[i], "environ"), kLimit});
    }
    context.host.read_risky(reads, [&](size_t index, base::Result<host::FileBytes> bytes) {
      if (!bytes) {
        coverage.failed(as_gone(std::move(bytes).error()));
        return;
      }
      coverage.seen();
      if (bytes->truncated) {
        coverage.cut("an environment is larger than 1 MiB; its beginning is read");
      }
      for (const auto& [key, value] : parse::parse_environment(bytes->bytes)) {
        if (is_kept(key, value)) {
          rows.push_back({(*pids)[begin + index], std::string(key), std::string(value)});
        }
      }
    });
  }
  coverage.finish(context.facts);
  if (saw_nothing(context.facts, kArea)) {
    context.facts.drop(model::tables::process_envs());
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::process_envs()};
  static const Collector kCollector{kArea, kProvides, {}, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::environment
