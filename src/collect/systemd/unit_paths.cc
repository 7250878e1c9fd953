// SPDX-License-Identifier: Apache-2.0
#include "collect/systemd/unit_paths.h"

#include "fmt/format.h"

namespace genba::collect::systemd {

std::vector<UnitDirectory> system_unit_directories() {
  return {
      {"/etc/systemd/system.control", Origin::kAdmin},
      {"/run/systemd/system.control", Origin::kAdmin},
      {"/run/systemd/transient", Origin::kTransient},
      {"/run/systemd/generator.early", Origin::kGenerator},
      {"/etc/systemd/system", Origin::kAdmin},
      {"/etc/systemd/system.attached", Origin::kAdmin},
      {"/run/systemd/system", Origin::kAdmin},
      {"/run/systemd/system.attached", Origin::kAdmin},
      {"/run/systemd/generator", Origin::kGenerator},
      {"/usr/local/lib/systemd/system", Origin::kVendor},
      {"/usr/lib/systemd/system", Origin::kVendor},
      {"/lib/systemd/system", Origin::kVendor},
      {"/run/systemd/generator.late", Origin::kGenerator},
  };
}

std::vector<UnitDirectory> shared_user_unit_directories() {
  return {
      {"/etc/xdg/systemd/user", Origin::kAdmin},
      {"/etc/systemd/user", Origin::kAdmin},
      {"/run/systemd/user", Origin::kAdmin},
      {"/usr/local/share/systemd/user", Origin::kVendor},
      {"/usr/share/systemd/user", Origin::kVendor},
      {"/usr/local/lib/systemd/user", Origin::kVendor},
      {"/usr/lib/systemd/user", Origin::kVendor},
      {"/lib/systemd/user", Origin::kVendor},
  };
}

std::vector<UnitDirectory> user_unit_directories(const Home& home) {
  const std::string run = fmt::format("/run/user/{}/systemd", home.uid);
  const auto in_home = [&](std::string_view name) { return join_path(home.directory, name); };
  std::vector<UnitDirectory> directories;
  const auto add = [&](std::string path, Origin origin, bool reported = true) {
    directories.push_back({std::move(path), origin, reported});
  };
  // A home that several accounts share is reported for the first of them.
  add(in_home(".config/systemd/user.control"), Origin::kAdmin, home.first);
  add(run + "/user.control", Origin::kAdmin);
  add(run + "/transient", Origin::kTransient);
  add(run + "/generator.early", Origin::kGenerator);
  add(in_home(".config/systemd/user"), Origin::kAdmin, home.first);
  add("/etc/xdg/systemd/user", Origin::kAdmin, false);
  add("/etc/systemd/user", Origin::kAdmin, false);
  add(run + "/user", Origin::kAdmin);
  add("/run/systemd/user", Origin::kAdmin, false);
  add(run + "/generator", Origin::kGenerator);
  add(in_home(".local/share/systemd/user"), Origin::kVendor, home.first);
  for (const char* path :
       {"/usr/local/share/systemd/user", "/usr/share/systemd/user", "/usr/local/lib/systemd/user",
        "/usr/lib/systemd/user", "/lib/systemd/user"}) {
    add(path, Origin::kVendor, false);
  }
  add(run + "/generator.late", Origin::kGenerator);
  return directories;
}

}  // namespace genba::collect::systemd
