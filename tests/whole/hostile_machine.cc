// SPDX-License-Identifier: Apache-2.0
#include "whole/hostile_machine.h"

#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/run_program.h"
#include "support/stuck_filesystem.h"
#include "whole/trace.h"

namespace genba::test {

namespace {

std::vector<std::string> hostile_environment(const Scratch& scratch) {
  const std::string evil = scratch.at("evil.so");
  return {"LD_PRELOAD=" + evil,
          "LD_AUDIT=" + evil,
          "LD_LIBRARY_PATH=" + scratch.path(),
          "GCONV_PATH=" + scratch.path(),
          "OPENSSL_CONF=" + scratch.at("openssl.cnf"),
          "LOCPATH=" + scratch.path(),
          "LANG=tlh_KX.EVIL",
          "LC_ALL=ja_JP.EUC-JP",
          "TZ=" + scratch.at("zone"),
          "TZDIR=" + scratch.path(),
          "TMPDIR=" + scratch.path(),
          "MALLOC_PERTURB_=1",
          "MALLOC_TRACE=" + scratch.at("malloc.trace"),
          "NLSPATH=" + scratch.at("%N"),
          "HOSTALIASES=" + scratch.at("aliases"),
          "RES_OPTIONS=debug",
          "GLIBC_TUNABLES=glibc.malloc.check=3",
          "TERM=xterm",
          "SQLITE_TMPDIR=" + scratch.path(),
          "LIBSECCOMP_DEBUG=1",
          "PATH=/nowhere"};
}

}  // namespace

bool make_hostile_root(const Scratch& scratch) {
  if (!enter_private_mounts()) {
    return false;
  }
  const std::string work = scratch.at("overlay");
  std::filesystem::create_directories(work);
  if (::mount("genba-test", work.c_str(), "tmpfs", 0, nullptr) != 0) {
    return false;
  }
  for (const char* name : {"/upper/ssl", "/work"}) {
    std::filesystem::create_directories(work + name);
  }
  const std::string evil = scratch.at("evil.so");
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(work + "/upper/" + name) << text;
  };
  write("ld.so.preload", evil + "\n");
  write("nsswitch.conf", "passwd: evil\ngroup: evil\nhosts: evil\n");
  write("localtime", "TZif2");
  write("ssl/openssl.cnf",
        "openssl_conf = a\n[a]\nengines = b\n[b]\nx = c\n[c]\ndynamic_path = " + evil + "\n");
  write("resolv.conf", "nameserver 192.0.2.1\n");
  write("ld.so.conf", scratch.path() + "\n");
  const std::string options = "lowerdir=/etc,upperdir=" + work + "/upper,workdir=" + work + "/work";
  return ::mount("genba-test", "/etc", "overlay", 0, options.c_str()) == 0;
}

std::vector<std::string> traced_binary(const Scratch& scratch, const std::string& binary,
                                       const std::string& trace) {
  std::vector<std::string> command{"/usr/bin/strace"};
  for (const std::string& option : strace_options()) {
    command.push_back(option);
  }
  command.insert(command.end(), {"-o", trace});
  // strace starts with a clean environment and gives the hostile one to the binary alone.
  for (const std::string& variable : hostile_environment(scratch)) {
    if (is_static(binary) || variable.rfind("LD_", 0) != 0) {
      command.insert(command.end(), {"-E", variable});
    }
  }
  command.push_back(binary);
  return command;
}

std::string read_whole(const std::string& path) {
  std::ifstream stream(path);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace genba::test
