// SPDX-License-Identifier: Apache-2.0
//
// A session that this host's own NAT brings to sshd: does it survive containment, and can the
// responder come in again the same way, and nobody else? The NAT is the kernel's, by nf_tables, and
// so is the connection tracking that is asked. The sockets of sshd are this process's; what the
// tables would say of them is told by a story.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "act/contain/plan.h"
#include "act/contain/redirection.h"
#include "support/contain_lab.h"
#include "support/contain_story.h"
#include "support/joined_network.h"
#include "support/nat_rules.h"
#include "support/network_building.h"
#include "support/private_network.h"
#include "support/socket_address.h"

namespace genba {
namespace {

using test::socket_address;
using test::SocketAddress;

constexpr uint16_t kSshPort = 22;
constexpr uint16_t kDialled = 2222;
constexpr uint16_t kAlsoRedirected = 2223;
constexpr int kPatience = 5000;  // milliseconds for what must come; the answer is there at once
constexpr int kCut = 400;        // for what must not come

sys::Fd bound(const std::string& address, uint16_t port) {
  SocketAddress local = socket_address(*base::parse_address(address), port);
  sys::Fd fd(::socket(local.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  EXPECT_EQ(::bind(fd.get(), local.get(), local.size), 0) << address;
  return fd;
}

bool ready(const sys::Fd& fd, int milliseconds) {
  pollfd one{fd.get(), POLLIN, 0};
  return ::poll(&one, 1, milliseconds) == 1;
}

bool passes(const sys::Fd& from, const sys::Fd& to, int milliseconds) {
  char byte = 0;
  return ::send(from.get(), "x", 1, MSG_NOSIGNAL) == 1 && ready(to, milliseconds) &&
         ::recv(to.get(), &byte, 1, 0) == 1;
}

struct Session {
  sys::Fd client;
  sys::Fd server;
  uint16_t client_port = 0;
  std::string seen;  // our own address, as sshd sees it
  bool made() const { return server.valid(); }
  bool talks(int milliseconds = kPatience) const {
    return passes(client, server, milliseconds) && passes(server, client, milliseconds);
  }
};

// What differs between the ways in.
struct Way {
  const char* name;
  const char* dialled;  // an address of this host
  const char* client;
  const char* stranger;
  const char* sshd;  // where sshd sees the session
  bool translate;    // DNAT to that address, else REDIRECT
};
constexpr Way kRedirect4{"REDIRECT, IPv4", "192.0.2.1", "192.0.2.2",
                         "192.0.2.66",     "192.0.2.1", false};
constexpr Way kRedirect6{"REDIRECT, IPv6", "2001:db8::1", "2001:db8::2",
                         "2001:db8::66",   "2001:db8::1", false};
constexpr Way kTranslate4{"DNAT, IPv4", "192.0.2.1", "192.0.2.2", "192.0.2.66", "10.66.0.1", true};
constexpr Way kTranslate6{"DNAT, IPv6",   "2001:db8::1",    "2001:db8::2",
                          "2001:db8::66", "2001:db8:66::1", true};

enum class Looked : uint8_t { kNo, kYes };

// A host with such NAT and a session over it.
class Redirected {
 public:
  explicit Redirected(const Way& way) : way_(way) {
    const bool v6 = std::string_view(way.client).find(':') != std::string_view::npos;
    const int up0 = index_of("up0");
    EXPECT_TRUE(!way.translate || test::add_address(up0, with_mask(way.sshd, v6)));
    lab_.world().in(
        [&] { EXPECT_TRUE(test::add_address(index_of("far"), with_mask(way.stranger, v6))); });
    for (const uint16_t port : {kDialled, kAlsoRedirected}) {
      way.translate ? test::translate_port(port, way.sshd, kSshPort)
                    : test::redirect_port(port, kSshPort);
    }
    listener_ = bound(v6 ? "::" : "0.0.0.0", kSshPort);
    EXPECT_EQ(::listen(listener_.get(), 5), 0);
    session_ = dial(way.client, kDialled);
    EXPECT_TRUE(session_.made() && session_.talks());
    EXPECT_EQ(session_.seen, way.sshd);
  }

  Session dial(const std::string& from, uint16_t port, int milliseconds = kPatience) const {
    Session made;
    lab_.world().in([&] {
      made.client = bound(from, 0);
      SocketAddress remote = socket_address(*base::parse_address(way_.dialled), port);
      ::connect(made.client.get(), remote.get(), remote.size);
    });
    if (ready(listener_, milliseconds)) {
      made.server = sys::Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      made.client_port = port_of(made.client, made.seen);
      (void)port_of(made.server, made.seen);
    }
    return made;
  }

  act::Found found(Looked looked) const {
    test::Story story;
    story.login(100, 1000, way_.client, session_.client_port, session_.seen.c_str());
    act::Found found = test::found_here(std::move(story), test::inode_of(test::own_network()));
    if (looked == Looked::kYes) {
      act::find_redirection(lab_.host(), act::Netfilter::kPermitted, sys::ModuleLoading::kForbidden,
                            found);
    }
    return found;
  }

  void contain(Looked looked) {
    const act::Plan plan = act::plan_containment(found(looked), {});
    ASSERT_TRUE(plan.refusals.empty()) << plan.refusals[0].text.en;
    const auto applied = lab_.apply(plan, lab_.apply_options());
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_EQ(applied->outcome, model::ActionOutcome::kDone);
  }
  void open_again() {
    const auto undone = lab_.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    for (const auto& one : undone->namespaces) {
      EXPECT_EQ(one.rules, act::UndoneNamespace::Rules::kIdentical) << one.difference.en;
    }
  }

  const Session& session() const { return session_; }
  const Way& way() const { return way_; }

 private:
  static int index_of(const char* device) {
    const auto rtnetlink = sys::open_rtnetlink();
    const auto links = *sys::dump_links(*rtnetlink);
    const auto link = std::find_if(links.begin(), links.end(),
                                   [&](const sys::Link& row) { return row.name == device; });
    return link == links.end() ? 0 : link->index;
  }
  static std::string with_mask(std::string_view address, bool v6) {
    return std::string(address) + (v6 ? "/64" : "/24");
  }
  static uint16_t port_of(const sys::Fd& fd, std::string& address) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &size), 0);
    const auto* bytes = reinterpret_cast<const char*>(&storage);
    const bool v6 = storage.ss_family == AF_INET6;
    address = base::to_text(*base::address_from_bytes(
        {bytes + (v6 ? offsetof(sockaddr_in6, sin6_addr) : offsetof(sockaddr_in, sin_addr)),
         size_t{v6 ? 16U : 4U}}));
    sockaddr_in head{};  // the port stands at the same place in both families
    std::memcpy(&head, &storage, sizeof head);
    return ntohs(head.sin_port);
  }

  const Way& way_;
  test::ContainLab lab_;
  sys::Fd listener_;
  Session session_;
};

void expect_kept(const Way& way) {
  test::in_private_network([&] {
    SCOPED_TRACE(way.name);
    Redirected host(way);
    const act::Found found = host.found(Looked::kYes);
    EXPECT_FALSE(found.redirection_unknown) << found.redirection_unknown->en;
    ASSERT_EQ(found.redirected.size(), 1U);
    EXPECT_EQ(base::to_text(found.redirected[0].destination), way.dialled);
    EXPECT_EQ(found.redirected[0].destination_port, kDialled);

    host.contain(Looked::kYes);
    EXPECT_TRUE(host.session().talks());
    const Session again = host.dial(way.client, kDialled);
    EXPECT_TRUE(again.made() && again.talks()) << "the responder again, the same way";
    EXPECT_FALSE(host.dial(way.client, kAlsoRedirected, kCut).made())
        << "only the port that was dialled";
    EXPECT_FALSE(host.dial(way.stranger, kDialled, kCut).made()) << "a stranger";

    host.open_again();
    const Session stranger = host.dial(way.stranger, kDialled);
    EXPECT_TRUE(stranger.made() && stranger.talks()) << "NAT is as it was";
  });
}

TEST(ContainRedirection, ARedirectedSessionIsKept) {
  expect_kept(kRedirect4);
}

TEST(ContainRedirection, ARedirectedSessionIsKeptOverIpv6) {
  expect_kept(kRedirect6);
}

TEST(ContainRedirection, ASessionThatIsTranslatedToAnotherAddressOfThisHostIsKept) {
  expect_kept(kTranslate4);
}

TEST(ContainRedirection, ASessionThatIsTranslatedToAnotherAddressOfThisHostIsKeptOverIpv6) {
  expect_kept(kTranslate6);
}

// Else the others would show nothing.
TEST(ContainRedirection, UnlessSomebodyLooksForTheRedirectionTheSessionIsCut) {
  test::in_private_network([] {
    Redirected host(kRedirect4);
    host.contain(Looked::kNo);
    EXPECT_FALSE(host.session().talks(kCut));
    EXPECT_FALSE(host.dial(kRedirect4.client, kDialled, kCut).made());
    host.open_again();
  });
}

}  // namespace
}  // namespace genba
