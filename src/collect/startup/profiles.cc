// SPDX-License-Identifier: Apache-2.0
//
// Files that shells and sessions read at login or at start: one row a file, since what stands in
// them is code. Source: bash(1) INVOCATION, zsh(1) STARTUP/SHUTDOWN FILES, sshd(8), pam_env(8).
#include "collect/startup/startup_rows.h"

namespace genba::collect::startup {

namespace {

constexpr std::string_view kSystemFiles[] = {
    "/etc/profile",    "/etc/bash.bashrc",      "/etc/bashrc",        "/etc/environment",
    "/etc/zsh/zshenv", "/etc/zsh/zprofile",     "/etc/zsh/zshrc",     "/etc/zsh/zlogin",
    "/etc/zshenv",     "/etc/zprofile",         "/etc/zshrc",         "/etc/zlogin",
    "/etc/csh.cshrc",  "/etc/csh.login",        "/etc/ksh.kshrc",     "/etc/fish/config.fish",
    "/etc/ssh/sshrc",  "/etc/bash.bash_logout", "/etc/profile.local",
};

constexpr std::string_view kUserFiles[] = {
    ".bashrc",  ".bash_profile", ".bash_login",      ".bash_logout",     ".bash_aliases",
    ".profile", ".zshrc",        ".zshenv",          ".zprofile",        ".zlogin",
    ".zlogout", ".kshrc",        ".mkshrc",          ".cshrc",           ".tcshrc",
    ".login",   ".logout",       ".xprofile",        ".xsession",        ".xsessionrc",
    ".xinitrc", ".ssh/rc",       ".ssh/environment", ".pam_environment", ".config/fish/config.fish",
};

std::string name_of(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

void add_file(Context& context, ConfigReader& reader, std::string_view type,
              const std::string& path, Enabled enabled, const std::string* username) {
  const auto status = reader.look(path);
  if (!status || status->type != host::FileType::kRegular) {
    return;
  }
  auto& row = add_item(context, type, name_of(path), path, enabled, status);
  row.path = path;
  if (username != nullptr) {
    row.username = *username;
  }
}

}  // namespace

void collect_profiles(Context& context, PathGate& gate) {
  ConfigReader system(context, kArea, "/etc/profile, profile.d");
  for (const auto path : kSystemFiles) {
    add_file(context, system, "profile", std::string(path), Enabled::kYes, nullptr);
  }
  for (const auto& name : system.list("/etc/profile.d")) {
    const bool read_at_login = name.ends_with(".sh") || name.ends_with(".csh");
    add_file(context, system, "profile.d", join_path("/etc/profile.d", name),
             read_at_login ? Enabled::kYes : Enabled::kNo, nullptr);
  }
  system.finish();
  ConfigReader homes(context, kArea, "shell profiles in homes", &gate);
  for (const auto& home : homes_of_accounts(context.facts)) {
    if (!home.first) {
      continue;
    }
    for (const auto name : kUserFiles) {
      add_file(context, homes, "user_profile", join_path(home.directory, name), Enabled::kYes,
               &home.username);
    }
  }
  homes.finish();
}

}  // namespace genba::collect::startup
