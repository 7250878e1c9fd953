// SPDX-License-Identifier: Apache-2.0
#include "sys/process_setup.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>

namespace genba::sys {
namespace {

// The setup is for good, so each case has a child of its own; it exits 0 when all holds.
int in_child(const std::function<bool()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(body() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

TEST(ProcessSetup, TheEnvironmentIsGone) {
  EXPECT_EQ(in_child([] {
              ::setenv("GCONV_PATH", "/tmp", 1);
              return prepare_process().has_value() && ::getenv("GCONV_PATH") == nullptr;
            }),
            0);
}

TEST(ProcessSetup, StrayDescriptorsAreClosed) {
  EXPECT_EQ(in_child([] {
              ::dup2(1, 77);
              return prepare_process().has_value() && ::fcntl(77, F_GETFD) < 0 &&
                     ::fcntl(1, F_GETFD) >= 0;
            }),
            0);
}

TEST(ProcessSetup, MissingStandardStreamsAreFilledWithAnEmptyPipe) {
  EXPECT_EQ(in_child([] {
              ::close(0);
              ::close(1);
              ::close(2);
              char byte = 0;
              return prepare_process().has_value() && ::read(0, &byte, 1) == 0 &&
                     ::write(1, "x", 1) < 0 && ::write(2, "x", 1) < 0 &&
                     ::open("/", O_PATH | O_CLOEXEC) == 3;
            }),
            0);
}

TEST(ProcessSetup, NoCoreNoDumpAndNoSigpipe) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGTERM, SIG_IGN);
              sigset_t all;
              ::sigfillset(&all);
              ::sigprocmask(SIG_SETMASK, &all, nullptr);
              if (!prepare_process()) {
                return false;
              }
              rlimit limit{1, 1};
              ::getrlimit(RLIMIT_CORE, &limit);
              sigset_t now;
              ::sigprocmask(SIG_SETMASK, nullptr, &now);
              struct sigaction term {};
              struct sigaction pipe {};
              ::sigaction(SIGTERM, nullptr, &term);
              ::sigaction(SIGPIPE, nullptr, &pipe);
              return limit.rlim_cur == 0 && limit.rlim_max == 0 &&
                     ::sigismember(&now, SIGINT) == 0 && ::prctl(PR_GET_DUMPABLE) == 0 &&
                     term.sa_handler == SIG_DFL && pipe.sa_handler == SIG_IGN;
            }),
            0);
}

TEST(ProcessSetup, ALimitOnFileSizesIsAnErrorNotASignal) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const int output = ::fileno(file);
  EXPECT_EQ(in_child([&] {
              ::dup2(output, 1);
              const rlimit small{4, 4};
              return prepare_process().has_value() && ::setrlimit(RLIMIT_FSIZE, &small) == 0 &&
                     ::write(1, "12345678", 8) == 4 && ::write(1, "x", 1) < 0 && errno == EFBIG;
            }),
            0);
  std::fclose(file);
}

TEST(ProcessSetup, ASmallSoftLimitOfOpenFilesIsRaised) {
  EXPECT_EQ(in_child([] {
              rlimit limit{};
              ::getrlimit(RLIMIT_NOFILE, &limit);
              limit.rlim_cur = 10;
              ::setrlimit(RLIMIT_NOFILE, &limit);
              if (!prepare_process()) {
                return false;
              }
              ::getrlimit(RLIMIT_NOFILE, &limit);
              return limit.rlim_cur == limit.rlim_max;
            }),
            0);
}

TEST(ProcessSetup, DetachedStreamsHoldNothing) {
  EXPECT_EQ(in_child([] {
              detach_standard_streams();
              char byte = 0;
              return ::read(0, &byte, 1) == 0 && ::write(1, "x", 1) < 0 && ::write(2, "x", 1) < 0;
            }),
            0);
}

}  // namespace
}  // namespace genba::sys
