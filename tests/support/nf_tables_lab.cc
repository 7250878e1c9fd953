// SPDX-License-Identifier: Apache-2.0
#include "support/nf_tables_lab.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "support/private_network.h"

namespace genba::test {

sys::NfTables open_tables() {
  auto tables = sys::NfTables::open(sys::nf_tables_present());
  if (!tables && tables.error().code == base::ErrorCode::kUnsupported) {
    network_cannot_be_made_here();
  }
  EXPECT_TRUE(tables) << tables.error().what;
  return std::move(*tables);
}

void expect_done(const sys::Result<void>& result) {
  EXPECT_TRUE(result) << result.error().what;
}

sys::NftChain output_chain(const std::string& name, uint32_t policy) {
  return {kTable, name, sys::NftHook{NF_INET_LOCAL_OUT, kFirst, policy, {}}};
}

sys::NftBatch flush_ruleset() {
  sys::NftBatch batch;
  batch.message(NFT_MSG_DELTABLE, 0, NFPROTO_UNSPEC, {}, "flushing the ruleset");
  return batch;
}

namespace {

// The loopback address with a port, and its size.
socklen_t loopback(int domain, uint16_t port, sockaddr_storage& storage) {
  storage = {};
  if (domain == AF_INET) {
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof four;
  }
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  six.sin6_addr = in6addr_loopback;
  return sizeof six;
}

sys::Fd bound_socket(int domain, uint16_t port) {
  sys::Fd fd(::socket(domain, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  const socklen_t size = loopback(domain, port, storage);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&storage), size), 0);
  return fd;
}

}  // namespace

bool passes(int domain, const Datagram& datagram) {
  const sys::Fd receiver = bound_socket(domain, datagram.to);
  const sys::Fd sender = bound_socket(domain, datagram.from);
  if (datagram.mark != 0) {
    EXPECT_EQ(::setsockopt(sender.get(), SOL_SOCKET, SO_MARK, &datagram.mark, sizeof(uint32_t)), 0);
  }
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  EXPECT_EQ(::getsockname(receiver.get(), address, &size), 0);
  const bool sent = ::sendto(sender.get(), "x", 1, 0, address, size) == 1;
  char byte = 0;
  return sent && ::recv(receiver.get(), &byte, 1, MSG_DONTWAIT) == 1;
}

}  // namespace genba::test
