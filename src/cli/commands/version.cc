// SPDX-License-Identifier: Apache-2.0
#include "cli/common.h"
#include "fmt/format.h"

namespace genba::cli {

namespace {

constexpr Example kExamples[] = {
    {"genba version",
     {"Version, commit and build; 'genba --version' says the same.",
      "バージョン、コミット、ビルド種別を表示します（genba --version も同じ）。"}},
};

Exit run(const Invocation& /*invocation*/, const Terminal& terminal) {
  return tell(fmt::format("genba {}\n", version_text()), terminal.language);
}

}  // namespace

const Command& version_command() {
  static constexpr Command kCommand{
      "version", {"Print version, commit and build", "バージョン、コミット、ビルド種別を表示する"},
      kExamples, {},
      {},        run};
  return kCommand;
}

}  // namespace genba::cli
