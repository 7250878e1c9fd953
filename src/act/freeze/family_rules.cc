// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/family_rules.h"

#include <algorithm>
#include <iterator>

#include "act/freeze/family.h"
#include "base/places.h"
#include "base/split.h"

namespace genba::act {

namespace {

// One file, many names: the first argument is no lie there.
constexpr std::string_view kOfManyNames[] = {"busybox", "toybox", "coreutils",
                                             "systemd", "snap",   "systemd-executor"};

constexpr std::string_view kDaemons[] = {
    "init",          "cron",           "crond",          "atd",      "dbus-daemon",
    "dbus-broker",   "rsyslogd",       "syslog-ng",      "auditd",   "agetty",
    "getty",         "login",          "dropbear",       "nginx",    "apache2",
    "httpd",         "lighttpd",       "caddy",          "haproxy",  "varnishd",
    "squid",         "mysqld",         "mariadbd",       "postgres", "mongod",
    "memcached",     "redis-server",   "valkey-server",  "beam.smp", "epmd",
    "dockerd",       "conmon",         "podman",         "runc",     "crun",
    "kubelet",       "kube-proxy",     "etcd",           "libvirtd", "master",
    "exim4",         "exim",           "sendmail",       "dovecot",  "named",
    "unbound",       "dnsmasq",        "chronyd",        "ntpd",     "dhclient",
    "dhcpcd",        "NetworkManager", "wpa_supplicant", "smbd",     "nmbd",
    "rpcbind",       "vsftpd",         "proftpd",        "openvpn",  "snmpd",
    "zabbix_agentd", "node_exporter",  "polkitd",        "udevd",    "tmux",
    "screen"};

constexpr std::string_view kSystem[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"};
constexpr std::string_view kLocal = "/usr/local";

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_any(std::string_view name, const std::string_view* begin, const std::string_view* end) {
  return std::find(begin, end, name) != end;
}

}  // namespace

bool is_vouched_by_place(const model::Process& process) {
  if (process.kernel_thread) {
    return true;
  }
  if (!process.path || process.exe_kind == "memfd") {
    return false;
  }
  const std::string& path = *process.path;
  const bool in_system =
      std::any_of(std::begin(kSystem), std::end(kSystem),
                  [&](std::string_view directory) { return base::lies_in(path, directory); }) &&
      !base::lies_in(path, kLocal) && !base::is_hidden_in_system_place(path);
  // Deleted, with a new file in its place: an upgrade. Deleted without: nobody upgrades like that.
  const bool deleted = process.deleted.value_or(false) || process.exe_kind == "deleted";
  return in_system && (!deleted || process.replaced_by.has_value());
}

bool is_known_daemon(std::string_view path) {
  const std::string_view name = base_name(path);
  return is_any(name, std::begin(kDaemons), std::end(kDaemons)) || name.starts_with("systemd") ||
         name.starts_with("containerd") || name.starts_with("qemu-") || name.starts_with("sshd");
}

std::string_view telling_word(std::string_view cmdline) {
  for (const std::string_view word : base::split_words(cmdline)) {
    // "sh -c '/tmp/x;'" and "--file=/tmp/x" too.
    const size_t slash = word.find('/');
    const std::string_view path = slash == std::string_view::npos ? "" : word.substr(slash);
    if (base::lies_in_volatile_directory(path) || base::is_hidden_in_system_place(path)) {
      return path;
    }
  }
  return {};
}

bool pretends(const model::Process& process) {
  if (!process.path || !process.argv0) {
    return false;
  }
  const std::string_view real = base_name(*process.path);
  std::string_view said = *process.argv0;
  if (is_any(real, std::begin(kOfManyNames), std::end(kOfManyNames)) ||
      (!said.starts_with('/') && !said.starts_with('['))) {
    return false;
  }
  if (said.starts_with('[')) {
    return true;
  }
  said = base::take_word(said);
  said = base_name(said.substr(0, said.find(':')));
  return !said.starts_with(real) && !real.starts_with(said);
}

bool is_private_channel(const std::set<int64_t>& member, const std::set<int64_t>& other) {
  const auto is_standard = [](const std::set<int64_t>& fds) {
    return std::all_of(fds.begin(), fds.end(), [](int64_t fd) { return fd >= 0 && fd <= 2; });
  };
  if (!is_standard(member)) {
    return true;
  }
  if (!is_standard(other)) {
    return false;
  }
  // Of one pipeline: what one writes is the other's input.
  return member.contains(0) != other.contains(0);
}

bool runs_from_telling_place(const model::Process& process) {
  if (process.kernel_thread || !process.path) {
    return false;
  }
  return process.exe_kind == "memfd" || base::lies_in_volatile_directory(*process.path) ||
         base::is_hidden_in_system_place(*process.path);
}

bool is_cgroup_of_one_purpose(std::string_view path) {
  return path != "/" && !path.empty() && !path.ends_with(".slice") &&
         !path.ends_with("/init.scope") && !path.ends_with("/..");
}

bool is_meeting_place(std::string_view path) {
  return base::lies_in(path, "/dev/shm") ||
         (base::lies_in_volatile_directory(path) && base::is_hidden_in_system_place(path));
}

}  // namespace genba::act
