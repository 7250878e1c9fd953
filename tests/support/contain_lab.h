// SPDX-License-Identifier: Apache-2.0
//
// A small network for tests that contain a host, within in_private_network (private_network.h): the
// host is the test's own namespace, with the device up0 to a world of its own.
//
//   host  up0 192.0.2.1/24 2001:db8::1/64  ---  far 192.0.2.2 2001:db8::2  world
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "act/contain/apply.h"
#include "act/contain/control.h"
#include "act/journal/journal.h"
#include "host/host.h"
#include "model/containment.h"
#include "support/scratch.h"
#include "sys/fd.h"

namespace genba::test {

/// A network namespace, kept open.
class Place {
 public:
  /// A new one; the caller stays where it is.
  static Place make();
  /// Where the caller is.
  static Place here();
  void in(const std::function<void()>& body) const;
  int fd() const { return fd_.get(); }

 private:
  sys::Fd fd_;
};

/// Gives a device of this namespace to another.
void give_device(int index, const Place& to);
void delete_device(std::string_view name);

/// One end of a conversation.
struct End {
  const Place* place = nullptr;
  std::string address;
};

/// Whether a datagram arrives, within a fifth of a second.
bool datagram_arrives(const End& from, const End& to, uint16_t port = 9);
/// A TCP connection and both of its ends; invalid when it did not come about in that time.
struct Connection {
  sys::Fd client;
  sys::Fd server;
  uint16_t client_port = 0;
  explicit operator bool() const { return client.valid() && server.valid(); }
  /// Whether a byte goes both ways.
  bool talks() const;
};
Connection connect(const End& from, const End& to, uint16_t port);

/// A process that lives in a namespace of its own, until the end.
class Tenant {
 public:
  Tenant();
  ~Tenant();
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;
  int pid() const { return pid_; }
  const Place& place() const { return place_; }
  model::OtherNamespace as_other() const;

 private:
  int pid_ = 0;
  Place place_;
};

class ContainLab {
 public:
  /// Skips the test where it cannot be built.
  ContainLab();
  ~ContainLab();  ///< ends the guard that a test has left
  ContainLab(const ContainLab&) = delete;
  ContainLab& operator=(const ContainLab&) = delete;

  const host::Host& host() const { return *host_; }
  const Place& here() const { return here_; }
  const Place& world() const { return world_; }
  End here4() const { return {&here_, "192.0.2.1"}; }
  End here6() const { return {&here_, "2001:db8::1"}; }
  End world4() const { return {&world_, "192.0.2.2"}; }
  End world6() const { return {&world_, "2001:db8::2"}; }

  /// A session at port 22 from the world over either family, neighbour discovery, metadata blocked.
  model::ContainmentPlan plan(int64_t seconds) const;
  model::ContainmentPlan held_plan() const;

  act::Journal journal() const;
  std::string journal_directory() const { return scratch_.at("journal"); }
  act::ApplyOptions apply_options() const;
  act::ControlOptions control_options() const;
  /// With a journal that is closed again; the guard is remembered.
  base::Result<act::ApplyReport> apply(const model::ContainmentPlan& plan,
                                       const act::ApplyOptions& options);
  base::Result<act::ControlReport> confirm(act::SessionProof proof = act::SessionProof::kProven);
  base::Result<act::ControlReport> extend(int64_t seconds);
  base::Result<act::UndoReport> undo(act::Force force = act::Force::kNo);
  /// Ends the guard with SIGKILL, as an intruder would.
  void kill_guard();
  const act::ProcessKey& guard() const { return guard_; }

  /// Whether the world is cut off over both families, in both directions.
  bool is_closed() const;
  bool is_open() const;
  /// Waits until it is open, at most so long.
  bool opens_within(int seconds) const;

 private:
  std::unique_ptr<host::Host> host_;
  Place here_;
  Place world_;
  mutable Scratch scratch_;
  act::ProcessKey guard_;
};

}  // namespace genba::test
