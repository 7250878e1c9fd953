// SPDX-License-Identifier: Apache-2.0
//
// Sets up one end of a WireGuard tunnel between two namespaces of a guest, which has no wg(8):
//   wireguard_end DEVICE PRIVATE_KEY PORT PEER_KEY ALLOWED/BITS [ENDPOINT PORT]
// Keys are 64 hex digits and known to everybody. Source: include/uapi/linux/wireguard.h.
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "wireguard_end: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

std::string attribute(uint16_t type, const std::string& value) {
  const nlattr head{static_cast<uint16_t>(sizeof head + value.size()), type};
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  bytes += value;
  bytes.resize((bytes.size() + 3) & ~size_t{3}, '\0');
  return bytes;
}

std::string nested(uint16_t type, const std::string& value) {
  return attribute(static_cast<uint16_t>(type | NLA_F_NESTED), value);
}

template <class Number>
std::string number(Number value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string key(const char* hex) {
  std::string bytes;
  for (; std::strlen(hex) >= 2; hex += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex, 2), nullptr, 16));
  }
  return bytes;
}

// Sends one request; returns the answer's attributes, or ends the program.
std::string ask(int fd, uint16_t family, uint8_t command, uint8_t version,
                const std::string& attributes) {
  const genlmsghdr about{command, version, 0};
  const std::string body = number(about) + attributes;
  const nlmsghdr head{static_cast<uint32_t>(sizeof head + body.size()), family,
                      NLM_F_REQUEST | NLM_F_ACK, 1, 0};
  const std::string bytes = number(head) + body;
  if (send(fd, bytes.data(), bytes.size(), 0) < 0) {
    give_up("send");
  }
  std::string found;
  char buffer[16384];
  while (true) {
    const ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    nlmsghdr answer{};
    if (size < static_cast<ssize_t>(sizeof answer)) {
      give_up("recv");
    }
    std::memcpy(&answer, buffer, sizeof answer);
    if (answer.nlmsg_type == NLMSG_ERROR) {
      int status = 0;
      std::memcpy(&status, buffer + sizeof answer, sizeof status);
      errno = -status;
      if (status != 0) {
        give_up("the kernel refused");
      }
      return found;
    }
    found.assign(buffer + sizeof answer + sizeof about,
                 static_cast<size_t>(size) - sizeof answer - sizeof about);
  }
}

uint16_t family_of(const std::string& attributes) {
  for (size_t at = 0; at + sizeof(nlattr) <= attributes.size();) {
    nlattr head{};
    std::memcpy(&head, attributes.data() + at, sizeof head);
    if (head.nla_type == CTRL_ATTR_FAMILY_ID) {
      uint16_t id = 0;
      std::memcpy(&id, attributes.data() + at + sizeof head, sizeof id);
      return id;
    }
    at += (head.nla_len + 3U) & ~3U;
  }
  give_up("no family");
}

std::string endpoint(const char* address, const char* port) {
  sockaddr_in end{};
  end.sin_family = AF_INET;
  end.sin_port = htons(static_cast<uint16_t>(std::atoi(port)));
  if (inet_pton(AF_INET, address, &end.sin_addr) != 1) {
    give_up("endpoint");
  }
  return attribute(WGPEER_A_ENDPOINT, number(end));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6 && argc != 8) {
    return 2;
  }
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel) < 0) {
    give_up("netlink");
  }
  const std::string name(WG_GENL_NAME, sizeof WG_GENL_NAME);
  const uint16_t family = family_of(
      ask(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, attribute(CTRL_ATTR_FAMILY_NAME, name)));
  const std::string allowed = argv[5];
  const size_t slash = allowed.find('/');
  in_addr network{};
  if (slash == std::string::npos ||
      inet_pton(AF_INET, allowed.substr(0, slash).c_str(), &network) != 1) {
    give_up("allowed");
  }
  const std::string address =
      attribute(WGALLOWEDIP_A_FAMILY, number(uint16_t{AF_INET})) +
      attribute(WGALLOWEDIP_A_IPADDR, number(network)) +
      attribute(WGALLOWEDIP_A_CIDR_MASK,
                number(static_cast<uint8_t>(std::stoi(allowed.substr(slash + 1)))));
  std::string peer = attribute(WGPEER_A_PUBLIC_KEY, key(argv[4])) +
                     nested(WGPEER_A_ALLOWEDIPS, nested(0, address));
  if (argc == 8) {
    peer += endpoint(argv[6], argv[7]);
  }
  const std::string device(argv[1], std::strlen(argv[1]) + 1);
  ask(fd, family, WG_CMD_SET_DEVICE, WG_GENL_VERSION,
      attribute(WGDEVICE_A_IFNAME, device) + attribute(WGDEVICE_A_PRIVATE_KEY, key(argv[2])) +
          attribute(WGDEVICE_A_LISTEN_PORT, number(static_cast<uint16_t>(std::atoi(argv[3])))) +
          nested(WGDEVICE_A_PEERS, nested(0, peer)));
  close(fd);
  return 0;
}
