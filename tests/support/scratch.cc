// SPDX-License-Identifier: Apache-2.0
#include "support/scratch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/result.h"

namespace genba::test {

Scratch::Scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "genba-test-XXXXXX").string();
  GENBA_CHECK(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::at(std::string_view relative) const {
  return path_ + "/" + std::string(relative);
}

void Scratch::parents(std::string_view relative) {
  std::filesystem::create_directories(std::filesystem::path(at(relative)).parent_path());
}

void Scratch::file(std::string_view relative, std::string_view bytes) {
  parents(relative);
  std::ofstream stream(at(relative), std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  GENBA_CHECK(stream.good());
}

void Scratch::directory(std::string_view relative) {
  std::filesystem::create_directories(at(relative));
}

void Scratch::link(std::string_view relative, std::string_view target) {
  parents(relative);
  GENBA_CHECK(::symlink(std::string(target).c_str(), at(relative).c_str()) == 0);
}

void Scratch::fifo(std::string_view relative) {
  parents(relative);
  GENBA_CHECK(::mkfifo(at(relative).c_str(), 0600) == 0);
}

void Scratch::socket(std::string_view relative) {
  parents(relative);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = at(relative);
  GENBA_CHECK(fd >= 0 && path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  GENBA_CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
}

bool Scratch::device(std::string_view relative) {
  parents(relative);
  return ::mknod(at(relative).c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0;
}

void Scratch::times(std::string_view relative, int64_t seconds) {
  const std::array<timespec, 2> both{timespec{seconds, 0}, timespec{seconds, 0}};
  GENBA_CHECK(::utimensat(AT_FDCWD, at(relative).c_str(), both.data(), AT_SYMLINK_NOFOLLOW) == 0);
}

int64_t Scratch::access_time(std::string_view relative) const {
  struct stat status {};
  GENBA_CHECK(::lstat(at(relative).c_str(), &status) == 0);
  return status.st_atim.tv_sec;
}

}  // namespace genba::test
