// SPDX-License-Identifier: Apache-2.0
#include "app/stop_finding.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "app/rule_set.h"
#include "base/text.h"
#include "fmt/format.h"
#include "judge/judge.h"
#include "store/case/case_reader.h"
#include "store/database.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr size_t kMostCases = 8;
constexpr uint64_t kMostNames = 4096;
constexpr uint32_t kOthersMayWrite = 0022;

Result<std::optional<model::Finding>> judge_for(const StopOptions& options,
                                                const model::Facts& facts) {
  GENBA_TRY(const auto rules, load_rules(options.rule_directories));
  GENBA_TRY(const auto database, store::Database::open(facts));
  GENBA_TRY(model::Judgement judgement, judge::judge(rules, *database, facts));
  for (model::Finding& finding : judgement.findings) {
    if (finding.id == *options.finding) {
      return std::optional(std::move(finding));
    }
  }
  return std::optional<model::Finding>();
}

std::string id_of(const StopOptions& options) {
  return base::escape_for_terminal(*options.finding);
}

}  // namespace

std::vector<KeptCase> open_kept_cases(const std::string& directory) {
  std::vector<KeptCase> cases;
  const auto above = host::open_tree_host(directory);
  const auto listing = above ? (*above)->list_directory("/", kMostNames) : fail(above.error());
  if (!listing || listing->status.uid != 0 || (listing->status.mode & kOthersMayWrite) != 0) {
    return cases;
  }
  std::vector<host::ListedFile> files = listing->files;
  std::erase_if(files, [](const host::ListedFile& file) {
    return file.status.type != host::FileType::kDirectory || file.status.uid != 0;
  });
  std::stable_sort(files.begin(), files.end(), [](const auto& one, const auto& other) {
    return one.status.mtime.nanoseconds > other.status.mtime.nanoseconds;
  });
  for (const host::ListedFile& file : files) {
    KeptCase one{fmt::format("{}/{}", directory, file.name), nullptr};
    auto tree = host::open_tree_host(one.directory);
    // Other directories may stand there, the journal's for one.
    if (tree && (*tree)->lstat("/log.jsonl") && cases.size() < kMostCases) {
      one.host = *std::move(tree);
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

Result<NamedFinding> find_finding_in_case(const StopOptions& options) {
  const auto directory = host::open_tree_host(*options.finding_case);
  const auto contents = directory ? store::read_case(**directory) : fail(directory.error());
  if (!contents) {
    return fail(ErrorCode::kInvalid,
                fmt::format("{}; give the directory of a case", contents.error().what));
  }
  GENBA_TRY(auto found, judge_for(options, contents->facts));
  if (found) {
    return NamedFinding{*std::move(found), *options.finding_case};
  }
  return fail(ErrorCode::kInvalid, fmt::format("no finding has the id '{}' in that case; 'genba "
                                               "triage --case DIR' lists them",
                                               id_of(options)));
}

Result<NamedFinding> find_finding(const StopOptions& options, const model::Facts& facts,
                                  const std::vector<KeptCase>& kept) {
  GENBA_TRY(auto now, judge_for(options, facts));
  if (now) {
    return NamedFinding{*std::move(now), ""};
  }
  for (const KeptCase& one : kept) {
    const auto contents = store::read_case(*one.host);
    auto found = contents ? judge_for(options, contents->facts) : fail(contents.error());
    if (found && *found) {
      return NamedFinding{**std::move(found), one.directory};
    }
  }
  return fail(
      ErrorCode::kInvalid,
      fmt::format("no finding has the id '{}' now, nor in the newest cases in {} ({} read); "
                  "name the case in which it was found with --case DIR, or a process",
                  id_of(options), base::escape_for_terminal(options.kept_cases), kept.size()));
}

}  // namespace genba::app
