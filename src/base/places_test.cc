// SPDX-License-Identifier: Apache-2.0
#include "base/places.h"

#include "gtest/gtest.h"

namespace genba::base {
namespace {

TEST(HiddenInSystemPlace, WhereOnlyTheSystemInstalls) {
  for (const auto* path :
       {"/usr/lib/.cache/x", "/usr/bin/.x", "/etc/.x/run", "/dev/.x", "/run/.x", "/tmp/.X/a",
        "/var/tmp/.a/b", "/var/spool/.x", "/var/log/a/.b/c", "/.x", "/.x/y", "/var/.x/y",
        "/var/lib/.x/y", "/lib/.x", "/boot/.x", "/dev/shm/...", "/usr/lib/node_modules/.x/y"}) {
    EXPECT_TRUE(is_hidden_in_system_place(path)) << path;
  }
}

TEST(HiddenInSystemPlace, WherePeopleInstallTools) {
  for (const auto* path :
       {"/var/lib/jenkins/.nvm/versions/node/v20/bin/node", "/var/www/.nvm/node",
        "/home2/u/.nvm/node", "/data/app/.venv/bin/python3", "/workspace/.cargo/bin/x",
        "/var/home/u/.vscode-server/node", "/gnu/store/abc-htop/bin/.htop-real",
        "/nix/store/abc/bin/.htop-wrapped", "/opt/app/.venv/bin/app", "/usr/local/lib/.x/y",
        "/usr/src/app/.venv/bin/python3", "/run/media/u/disk/.x", "/usr/bin/ls", "/usr/./bin",
        "/usr/lib/node_modules/pnpm/node_modules/.pnpm/esbuild/bin/esbuild", "", ".x"}) {
    EXPECT_FALSE(is_hidden_in_system_place(path)) << path;
  }
}

TEST(VolatileDirectory, ASimilarNameIsNotInside) {
  EXPECT_TRUE(lies_in_volatile_directory("/tmp/a"));
  EXPECT_TRUE(lies_in_volatile_directory("/run/user/1000/a"));
  EXPECT_TRUE(lies_in_volatile_directory("/dev/mqueue/a"));
  EXPECT_FALSE(lies_in_volatile_directory("/tmpx/a"));
  EXPECT_FALSE(lies_in_volatile_directory("/home/u/tmp/a"));
  EXPECT_FALSE(lies_in_volatile_directory("/tmp"));
}

}  // namespace
}  // namespace genba::base
