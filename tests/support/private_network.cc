// SPDX-License-Identifier: Apache-2.0
#include "support/private_network.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace genba::test {

namespace {

constexpr int kSkipped = 77;
constexpr unsigned kMostSeconds = 60;

}  // namespace

void network_cannot_be_made_here() {
  ::_exit(kSkipped);
}

bool enter_new_network() {
  if (::unshare(CLONE_NEWNET) != 0) {
    return false;
  }
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const bool up = ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  ::close(fd);
  return up;
}

void in_private_network(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    ::alarm(kMostSeconds);
    if (!enter_new_network()) {
      network_cannot_be_made_here();
    }
    body();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kSkipped) {
    GTEST_SKIP() << "SKIPPED: needs root, a network namespace of its own, and nf_tables";
  }
  ASSERT_EQ(status, 0);
}

}  // namespace genba::test
