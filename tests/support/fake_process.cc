// SPDX-License-Identifier: Apache-2.0
//
// FakeHost::add_process: the files of /proc/PID as Linux 6.1 writes them
// (fs/proc/array.c).
#include "fmt/format.h"
#include "support/fake_host.h"

namespace genba::test {

namespace {

constexpr uint32_t kKernelThread = 0x00200000;  // PF_KTHREAD in include/linux/sched.h
constexpr uint32_t kUserProcess = 0x00400000;   // PF_RANDOMIZE, as most programs show

std::string joined(const std::vector<std::string>& parts) {
  std::string bytes;
  for (const std::string& part : parts) {
    bytes += part;
    bytes += '\0';
  }
  return bytes;
}

std::string stat_line(const FakeProcess& process) {
  const bool kernel = process.arguments.empty() && process.executable.empty();
  return fmt::format(
      "{0} ({1}) {2} {3} {0} {0} 0 -1 {4} 100 0 0 0 5 3 0 0 20 "
      "0 1 0 {5} {6} {7} "
      "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 "
      "0 0 0 0 0 0 0 0 0 0\n",
      process.pid, process.name, process.state, process.ppid, kernel ? kKernelThread : kUserProcess,
      process.start_ticks, kernel ? 0 : 10'000'000, kernel ? 0 : 500);
}

std::string status_text(const FakeProcess& process) {
  std::string memory;
  if (!process.arguments.empty() || !process.executable.empty()) {
    memory = "VmPeak:\t    9768 kB\nVmSize:\t    9765 kB\nVmRSS:\t    2000 kB\n";
  }
  return fmt::format(
      "Name:\t{0}\nUmask:\t0022\nState:\t{1} "
      "(sleeping)\nTgid:\t{2}\nNgid:\t0\nPid:\t{2}\n"
      "PPid:\t{3}\nTracerPid:\t0\nUid:\t{4}\t{4}\t{4}\t{4}\nGid:\t{5}\t{5}\t{5}"
      "\t{5}\n"
      "FDSize:\t64\nGroups:\t "
      "\nNStgid:\t{2}\nNSpid:\t{2}\nNSpgid:\t{2}\nNSsid:\t{2}\n{6}"
      "Threads:\t1\nSigQ:\t0/"
      "7823\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n"
      "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:"
      "\t0000000000000000\n"
      "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:"
      "\t0000000000000000\n"
      "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:"
      "\t0\nSeccomp:\t0\n",
      process.name, process.state, process.pid, process.ppid, process.uid, process.gid, memory);
}

}  // namespace

FakeHost& FakeHost::add_process(const FakeProcess& process) {
  const std::string top = fmt::format("/proc/{}", process.pid);
  const With owner{.mode = std::nullopt, .uid = process.uid, .gid = process.gid};
  add_directory(top, owner);
  add_file(top + "/stat", stat_line(process), owner);
  add_file(top + "/status", status_text(process), owner);
  add_file(top + "/comm", process.name + "\n", owner);
  add_file(top + "/cmdline", joined(process.arguments), owner);
  add_file(top + "/environ", joined(process.environment), owner);
  add_file(top + "/maps", "", owner);
  add_file(top + "/cgroup", "0::/init.scope\n", owner);
  add_directory(top + "/fd", owner);
  add_directory(fmt::format("{0}/task/{1}", top, process.pid), owner);
  add_file(fmt::format("{0}/task/{1}/stat", top, process.pid), stat_line(process), owner);
  add_magic_link(top + "/cwd", process.working_directory);
  add_magic_link(top + "/root", "/");
  if (!process.executable.empty()) {
    add_magic_link(top + "/exe", process.executable, process.executable_bytes);
  }
  return *this;
}

}  // namespace genba::test
