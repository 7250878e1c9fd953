// SPDX-License-Identifier: Apache-2.0
#include "support/small_system.h"

#include <array>
#include <filesystem>

namespace genba::test {

namespace {

struct Package {
  std::string_view name;
  std::string_view program;  ///< without the first slash
  std::string_view other;    ///< one more file of its list; empty for none
  std::string_view md5;      ///< of what add_program writes
};

constexpr std::array<Package, 3> kPackages = {{
    {"coreutils", "usr/bin/ls", "", "a014b988c7bdc2d529a1bbe3ed7f8944"},
    {"bash", "usr/bin/bash", "", "7d8650a5cd6dad1a8cdf01f3fe3d714d"},
    {"cron", "usr/sbin/cron", "usr/lib/systemd/system/cron.service",
     "43620848740c8fdaa625072207d2d9f0"},
}};

void add_package(Scratch& tree, const Package& package, std::string& status) {
  const std::string info = "var/lib/dpkg/info/" + std::string(package.name);
  const std::string program(package.program);
  std::string list = "/.\n/usr\n/" + program + "\n";
  if (!package.other.empty()) {
    list += "/" + std::string(package.other) + "\n";
  }
  tree.file(info + ".list", list);
  tree.file(info + ".md5sums", std::string(package.md5) + "  " + program + "\n");
  add_program(tree, program);
  status += "Package: " + std::string(package.name) +
            "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n"
            "Maintainer: Nobody <nobody@example.org>\nDescription: a stand-in\n\n";
}

}  // namespace

void add_program(Scratch& tree, std::string_view path) {
  const std::string name(path.substr(path.rfind('/') + 1));
  tree.file(path,
            "\x7f"
            "ELF\x02\x01\x01 a stand-in for " +
                name + ", never run\n");
  std::filesystem::permissions(tree.at(path), std::filesystem::perms{0755});
}

void build_small_system(Scratch& tree) {
  std::string status;
  for (const Package& package : kPackages) {
    add_package(tree, package, status);
  }
  tree.file("var/lib/dpkg/status", status);
  tree.file("usr/lib/systemd/system/cron.service",
            "[Unit]\nDescription=Regular background programs\n[Service]\n"
            "ExecStart=/usr/sbin/cron -f\nRestart=on-failure\n"
            "[Install]\nWantedBy=multi-user.target\n");
  tree.link("bin", "usr/bin");
  tree.link("sbin", "usr/sbin");
  tree.link("lib", "usr/lib");
  tree.file("etc/os-release",
            "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  tree.file("etc/hostname", "small\n");
  tree.file("etc/passwd",
            "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
            "hana:x:1000:1000:Hana,,,:/home/hana:/bin/bash\n");
  tree.file("etc/group", "root:x:0:\ndaemon:x:1:\nhana:x:1000:\n");
  tree.file("etc/shadow",
            "root:*:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\n"
            "hana:!:20000:0:99999:7:::\n");
  tree.file("etc/crontab", "SHELL=/bin/sh\n17 * * * * root ls /etc/cron.hourly\n");
  tree.directory("root");
  tree.directory("home/hana");
  tree.directory("tmp");
}

void add_impostor(Scratch& tree) {
  add_program(tree, "usr/bin/cd");
  tree.file("etc/cron.d/cd", "* * * * * root /usr/bin/cd\n");
}

}  // namespace genba::test
