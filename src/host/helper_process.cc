// SPDX-License-Identifier: Apache-2.0
#include "host/helper_process.h"

#include <array>
#include <utility>

#include "fmt/format.h"
#include "host/helper_wire.h"
#include "host/tree_backed_host.h"
#include "sys/channel.h"
#include "sys/netlink.h"
#include "sys/process.h"
#include "sys/process_setup.h"

namespace genba::host {

using base::fail;

namespace {

Result<FileBytes> read_risky_file(const RootedTree& tree, const RiskyRead& read) {
  const auto run = [&]() -> Result<FileBytes> {
    GENBA_TRY(const RootedTree::OpenFile file, tree.open_regular(read.path));
    return read_open_file(tree, file, read.limit);
  };
  auto result = run();
  return result ? std::move(result) : fail(tree.tell(result.error(), "reading", read.path));
}

// Moves this process into the namespace of `pid`, unless it is there already.
Result<void> enter_namespace_of(const RootedTree& tree, int64_t pid) {
  if (pid == 0) {
    return {};
  }
  const std::string path = fmt::format("{}/ns/net", pid);
  GENBA_TRY(const sys::Fd theirs, sys::openat(tree.procfs().get(), path.c_str(), O_RDONLY));
  GENBA_TRY(const auto their_status, sys::statx(theirs.get(), "", AT_EMPTY_PATH, STATX_INO));
  const auto own_status = sys::statx(tree.procfs().get(), "self/ns/net", 0, STATX_INO);
  if (own_status && own_status->stx_ino == their_status.stx_ino) {
    return {};
  }
  return sys::enter_network_namespace(theirs);
}

Result<std::vector<DiagSocket>> read_sockets(const RootedTree& tree, const HelperRequest& request) {
  if (auto entered = enter_namespace_of(tree, request.namespace_pid); !entered) {
    return fail(entered.error().with_context(
        fmt::format("entering the network namespace of process {}", request.namespace_pid)));
  }
  GENBA_TRY(const sys::Fd diag, sys::open_sock_diag());
  std::vector<sys::DiagEntry> entries;
  for (const DiagFamily& family : request.families) {
    auto dumped = sys::dump_sockets(diag, family.family, family.protocol, entries);
    if (!dumped && dumped.error().code != base::ErrorCode::kUnsupported) {
      return fail(dumped.error());
    }
  }
  std::vector<DiagSocket> sockets;
  sockets.reserve(entries.size());
  for (sys::DiagEntry& entry : entries) {
    sockets.push_back({entry.family, entry.protocol, entry.state, entry.uid, entry.inode,
                       entry.local_port, entry.remote_port, std::move(entry.local_address),
                       std::move(entry.remote_address)});
  }
  return sockets;
}

void serve(const RootedTree& tree, const sys::Fd& socket, const HelperRequest& request) {
  if (request.task == HelperTask::kSockDiag) {
    (void)sys::send_all(socket.get(), encode_sockets(read_sockets(tree, request)));
    sys::exit_now(0);  // it may stand in another namespace now
  }
  for (const RiskyRead& read : request.reads) {
    // One send an answer: the main process learns at once that the next read has begun.
    if (!sys::send_all(socket.get(), encode_file(read_risky_file(tree, read)))) {
      sys::exit_now(0);
    }
  }
}

[[noreturn]] void run_helper(const RootedTree& tree, sys::Fd socket, pid_t spawner) {
  if (!sys::die_with_parent(spawner)) {
    sys::exit_now(0);
  }
  sys::set_name("genba-helper");
  sys::close_from(3, std::array{socket.get(), tree.root().get(), tree.procfs().get()});
  // Before Linux 3.5 there are no filters; the helper works without.
  (void)sys::enter_sandbox(sys::Profile::kHelper);
  FrameStream stream;
  std::array<char, 65536> buffer;
  while (true) {
    const auto size = sys::receive(socket.get(), buffer);
    if (!size || *size == 0) {
      sys::exit_now(0);
    }
    stream.append(std::string_view(buffer.data(), *size));
    for (auto frame = stream.take(); frame && *frame; frame = stream.take()) {
      const auto request = decode_request(**frame);
      if (!request) {
        sys::exit_now(1);
      }
      serve(tree, socket, *request);
    }
  }
}

// Forks one helper and hands its socket over. The helper waits for its first request, so its pid
// cannot be another's when the pidfd is opened.
bool spawn_helper(const RootedTree& tree, const sys::Fd& control) {
  auto pair = sys::stream_pair();
  if (!pair) {
    return sys::send_message(control.get(), "-").has_value();
  }
  const pid_t self = sys::getpid();
  const auto child = sys::fork();
  if (child && *child == 0) {
    run_helper(tree, std::move(pair->second), self);
  }
  pair->second.reset();
  if (!child) {
    return sys::send_message(control.get(), "-").has_value();
  }
  const auto pidfd = sys::pidfd_open(*child);
  const std::array fds{pair->first.get(), pidfd ? pidfd->get() : -1};
  return sys::send_message(control.get(), "+", std::span(fds).first(pidfd ? 2 : 1)).has_value();
}

}  // namespace

void run_spawner(RootedTree& tree, sys::Fd control, pid_t main_process) {
  if (!sys::die_with_parent(main_process)) {
    sys::exit_now(0);
  }
  sys::set_name("genba-spawner");
  // A helper stuck for ever must not keep the pipe open that the person reads Genba through.
  sys::detach_standard_streams();
  tree.allow_remote();
  sys::close_from(3, std::array{control.get(), tree.root().get(), tree.procfs().get()});
  sys::ignore_terminal_signals();
  sys::let_kernel_reap_children();
  (void)sys::set_undumpable();
  // Its number as the host's listing shows it, which in a PID namespace is not its own word for it.
  const auto self = sys::readlinkat(tree.procfs().get(), "self");
  if (!sys::send_message(control.get(), self ? *self : "unknown")) {
    sys::exit_now(0);
  }
  while (true) {
    const auto message = sys::receive_message(control.get(), 16);
    if (!message || message->bytes != kHelperPlease || !spawn_helper(tree, control)) {
      sys::exit_now(0);
    }
  }
}

}  // namespace genba::host
