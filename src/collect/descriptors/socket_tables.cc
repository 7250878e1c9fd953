// SPDX-License-Identifier: Apache-2.0
#include "collect/descriptors/socket_tables.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include "parse/net_sockets/net_sockets.h"

namespace genba::collect::descriptors {

namespace {

using base::ErrorCode;

constexpr uint8_t kTcpListen = 10;  // include/net/tcp_states.h
constexpr size_t kPiece = 256ULL << 10;
// A million sockets; more are cut, so that time and memory stay bounded.
constexpr size_t kMaxSockets = 1'000'000;
constexpr uint64_t kUnixLimit = 128ULL << 20;
constexpr size_t kProtocols = 7;

struct InetTable {
  std::string_view file;
  Protocol protocol;
};

constexpr InetTable kInetTables[] = {
    {"net/tcp", Protocol::kTcp},         {"net/tcp6", Protocol::kTcp},
    {"net/udp", Protocol::kUdp},         {"net/udp6", Protocol::kUdp},
    {"net/udplite", Protocol::kUdplite}, {"net/udplite6", Protocol::kUdplite},
    {"net/raw", Protocol::kRaw},         {"net/raw6", Protocol::kRaw},
    {"net/icmp", Protocol::kIcmp},       {"net/icmp6", Protocol::kIcmp},
};

// What one reading of one view gave. `error` means that the view is of no use at all.
struct ViewReading {
  std::vector<Socket> sockets;
  std::optional<base::Error> error;
  std::vector<base::Error> failures;  ///< single tables
  std::vector<base::Note> notes;
  int64_t tables = 0;
  bool cut = false;
  std::array<bool, kProtocols> missed{};  ///< protocols with a table that could not be read whole

  bool whole(Protocol protocol) const {
    return !error && !cut && !missed[static_cast<size_t>(protocol)];
  }
};

std::string net_path(int64_t pid, std::string_view file) {
  return pid == kSelf ? std::string("/proc/self/").append(file) : proc_path(pid, file);
}

// A socket's identity across views and readings: its inode, or its addresses when it has none.
struct Identity {
  uint64_t inode;
  Protocol protocol;
  uint16_t local_port;
  uint16_t remote_port;
  base::Address local;
  base::Address remote;

  friend bool operator==(const Identity&, const Identity&) = default;
};

struct IdentityHash {
  size_t operator()(const Identity& id) const {
    uint64_t hash = id.inode * 0x9E3779B97F4A7C15ULL;  // 2^64 / golden ratio
    if (id.inode == 0) {
      hash ^= static_cast<uint64_t>(id.local_port) << 16 | id.remote_port;
      for (const uint8_t byte : id.local.bytes) {
        hash = hash * 31 + byte;
      }
      for (const uint8_t byte : id.remote.bytes) {
        hash = hash * 31 + byte;
      }
    }
    return static_cast<size_t>(hash);
  }
};

using Identities = std::unordered_set<Identity, IdentityHash>;

Identity identity_of(const Socket& socket) {
  if (socket.inode != 0) {
    return {socket.inode, Protocol::kTcp, 0, 0, {}, {}};
  }
  return {0, socket.protocol, socket.local_port, socket.remote_port, socket.local, socket.remote};
}

Identities identities_of(const std::vector<Socket>& sockets) {
  Identities ids;
  ids.reserve(sockets.size());
  for (const Socket& socket : sockets) {
    ids.insert(identity_of(socket));
  }
  return ids;
}

void add_inet_sockets(const std::vector<parse::InetSocket>& parsed, Protocol protocol,
                      ViewReading& reading) {
  for (const parse::InetSocket& from : parsed) {
    if (reading.sockets.size() >= kMaxSockets) {
      reading.cut = true;
      return;
    }
    Socket socket;
    socket.protocol = protocol;
    socket.state = from.state;
    socket.listening = protocol == Protocol::kTcp && from.state == kTcpListen;
    socket.local = from.local;
    socket.remote = from.remote;
    socket.local_port = from.local_port;
    socket.remote_port = from.remote_port;
    socket.uid = from.uid;
    socket.knows_uid = true;
    socket.inode = from.inode;
    reading.sockets.push_back(std::move(socket));
  }
}

// Reads one table in pieces that end at a line's end, so that memory does not grow with it.
base::Result<void> read_inet_table(const host::Host& host, const std::string& path,
                                   Protocol protocol, ViewReading& reading) {
  GENBA_TRY(const auto file, host.open_file(path));
  std::string piece;
  std::vector<parse::InetSocket> parsed;
  while (!reading.cut) {
    const size_t kept = piece.size();
    piece.resize(kept + kPiece);
    GENBA_TRY(const size_t got, file->read({piece.data() + kept, kPiece}));
    piece.resize(kept + got);
    const size_t end = got == 0 ? piece.size() : piece.rfind('\n') + 1;  // npos + 1 is 0
    parsed.clear();
    parse::parse_inet_sockets(std::string_view(piece).substr(0, end), parsed, reading.notes);
    add_inet_sockets(parsed, protocol, reading);
    piece.erase(0, end);
    if (got == 0 || piece.size() > kPiece) {
      break;
    }
  }
  return {};
}

void add_unix_sockets(std::vector<parse::UnixSocket>&& parsed, ViewReading& reading) {
  for (parse::UnixSocket& from : parsed) {
    if (reading.sockets.size() >= kMaxSockets) {
      reading.cut = true;
      return;
    }
    Socket socket;
    socket.protocol = Protocol::kUnix;
    socket.state = from.state;
    socket.listening = from.listening;
    socket.inode = from.inode;
    socket.path = std::move(from.path);
    reading.sockets.push_back(std::move(socket));
  }
}

void add_packet_sockets(const std::vector<parse::PacketSocket>& parsed, ViewReading& reading) {
  for (const parse::PacketSocket& from : parsed) {
    Socket socket;
    socket.protocol = Protocol::kPacket;
    socket.uid = from.uid;
    socket.knows_uid = true;
    socket.inode = from.inode;
    reading.sockets.push_back(std::move(socket));
  }
}

class ProcfsView {
 public:
  ProcfsView(const host::Host& host, int64_t pid) : host_(host), pid_(pid) {}

  ViewReading read() {
    for (const auto& [file, protocol] : kInetTables) {
      const size_t notes = reading_.notes.size();
      count(protocol, read_inet_table(host_, net_path(pid_, file), protocol, reading_));
      miss(protocol, reading_.notes.size() > notes);
    }
    if (const auto bytes = read_whole("net/unix", Protocol::kUnix)) {
      add_unix_sockets(parse::parse_unix_sockets(bytes->bytes, reading_.notes), reading_);
      reading_.cut = reading_.cut || bytes->truncated;
    }
    if (const auto bytes = read_whole("net/packet", Protocol::kPacket)) {
      add_packet_sockets(parse::parse_packet_sockets(bytes->bytes, reading_.notes), reading_);
    }
    if (reading_.tables == 0) {
      // Not one table: the process is gone, or the view is closed to us.
      reading_.error = reading_.failures.empty() ? base::Error{ErrorCode::kGone, 0, "no table"}
                                                 : reading_.failures.front();
    }
    return std::move(reading_);
  }

 private:
  base::Result<host::FileBytes> read_whole(std::string_view file, Protocol protocol) {
    auto bytes = host_.read_file(net_path(pid_, file), kUnixLimit);
    count(protocol, bytes ? base::Result<void>() : base::Result<void>(base::fail(bytes.error())));
    return bytes;
  }

  // Tables of protocols that this kernel does not have are not found, which is no failure.
  void count(Protocol protocol, const base::Result<void>& result) {
    if (result) {
      ++reading_.tables;
    } else if (result.error().code != ErrorCode::kNotFound) {
      reading_.failures.push_back(result.error());
      miss(protocol, true);
    }
  }

  void miss(Protocol protocol, bool missed) {
    bool& flag = reading_.missed[static_cast<size_t>(protocol)];
    flag = flag || missed;
  }

  const host::Host& host_;
  int64_t pid_;
  ViewReading reading_;
};

std::optional<Protocol> protocol_of(const host::DiagSocket& socket) {
  if (socket.family == 1) {  // AF_UNIX
    return Protocol::kUnix;
  }
  if (socket.family == 17) {  // AF_PACKET
    return Protocol::kPacket;
  }
  switch (socket.protocol) {  // IPPROTO_…, include/uapi/linux/in.h
    case 6: return Protocol::kTcp;
    case 17: return Protocol::kUdp;
    case 136: return Protocol::kUdplite;
    case 255: return Protocol::kRaw;
    default: return std::nullopt;
  }
}

ViewReading read_diag_view(const host::Host& host, int64_t pid) {
  ViewReading reading;
  auto sockets = host.read_sock_diag(pid);
  if (!sockets) {
    reading.error = std::move(sockets).error();
    return reading;
  }
  for (const host::DiagSocket& from : *sockets) {
    const auto protocol = protocol_of(from);
    if (!protocol) {
      continue;
    }
    if (reading.sockets.size() >= kMaxSockets) {
      reading.cut = true;
      break;
    }
    Socket socket;
    socket.protocol = *protocol;
    socket.view = View::kSockDiag;
    socket.state = from.state;
    socket.listening =
        from.state == kTcpListen && (*protocol == Protocol::kTcp || *protocol == Protocol::kUnix);
    socket.local = base::address_from_bytes(from.local_address).value_or(base::Address{});
    socket.remote = base::address_from_bytes(from.remote_address).value_or(base::Address{});
    socket.local_port = from.local_port;
    socket.remote_port = from.remote_port;
    socket.uid = from.uid;
    socket.knows_uid = *protocol != Protocol::kUnix;
    socket.inode = from.inode;
    reading.sockets.push_back(std::move(socket));
  }
  reading.tables = 1;
  return reading;
}

// Merges the two views of one namespace.
class CrossView {
 public:
  CrossView(Context& context, int64_t pid, SocketCoverage& coverage)
      : host_(context.host), pid_(pid), coverage_(coverage) {}

  /// Nothing when the process through which we look has ended.
  std::optional<std::vector<Socket>> read() {
    ViewReading procfs = ProcfsView(host_, pid_).read();
    if (procfs.error && procfs.error->code == ErrorCode::kGone) {
      return std::nullopt;
    }
    ViewReading diag = read_diag_view(host_, pid_);
    count(procfs, coverage_.procfs);
    if (diag.error && diag.error->code == ErrorCode::kUnsupported) {
      coverage_.sock_diag.asked();
      coverage_.unsupported = diag.error->what;
    } else {
      count(diag, coverage_.sock_diag);
      coverage_.diag_answered = coverage_.diag_answered || !diag.error;
    }
    if (diag.error) {
      return std::move(procfs.sockets);
    }
    merge(std::move(procfs), std::move(diag));
    return std::move(sockets_);
  }

 private:
  static void count(const ViewReading& reading, CoverageCounter& coverage) {
    coverage.asked();
    if (reading.error) {
      coverage.failed(*reading.error);
      return;
    }
    coverage.seen();
    for (const base::Error& failure : reading.failures) {
      coverage.failed(failure);
    }
    if (!reading.notes.empty()) {
      coverage.note(reading.notes.front());
    }
    if (reading.cut) {
      coverage.cut("there are more than a million sockets");
    }
  }

  // sock_diag answers for a protocol when it shows at least one socket of it: without its module
  // (raw_diag, udp_diag …) it shows none, and procfs alone is no sign of hiding.
  void learn_answered(const std::vector<Socket>& diag) {
    for (const Socket& socket : diag) {
      answered_[static_cast<size_t>(socket.protocol)] = true;
    }
  }
  bool answered(const Socket& socket) const {
    return answered_[static_cast<size_t>(socket.protocol)];
  }

  void merge(ViewReading&& procfs, ViewReading&& diag) {
    learn_answered(diag.sockets);
    const Identities in_procfs = identities_of(procfs.sockets);
    const Identities in_diag = identities_of(diag.sockets);
    for (Socket& socket : procfs.sockets) {
      if (in_diag.contains(identity_of(socket))) {
        socket.view = View::kBoth;
        sockets_.push_back(std::move(socket));
      } else if (answered(socket)) {
        dispute(std::move(socket), diag);
      } else {
        sockets_.push_back(std::move(socket));
      }
    }
    for (Socket& socket : diag.sockets) {
      if (!in_procfs.contains(identity_of(socket))) {
        dispute(std::move(socket), procfs);
      }
    }
    if (!disputed_.empty()) {
      look_again();
    }
  }

  // A socket that the other view lacks, which means nothing when that was not read whole.
  void dispute(Socket&& socket, const ViewReading& other) {
    if (other.whole(socket.protocol)) {
      disputed_.push_back(std::move(socket));
    } else {
      socket.view = View::kUnknown;
      sockets_.push_back(std::move(socket));
    }
  }

  // The first round read procfs, then sock_diag; this one reads them in the same order. A socket
  // that the first sock_diag and this one show was there while procfs was read in between.
  void look_again() {
    const ViewReading procfs = ProcfsView(host_, pid_).read();
    const ViewReading diag = read_diag_view(host_, pid_);
    const Identities in_procfs = identities_of(procfs.sockets);
    const Identities in_diag = identities_of(diag.sockets);
    for (Socket& socket : disputed_) {
      const Identity id = identity_of(socket);
      const bool procfs_again = in_procfs.contains(id);
      const bool diag_again = in_diag.contains(id);
      const bool by_procfs = socket.view == View::kProcfs || procfs_again;
      const bool by_diag = socket.view == View::kSockDiag || diag_again;
      if (by_procfs && by_diag) {
        socket.view = View::kBoth;
      } else if (!procfs.whole(socket.protocol) || !diag.whole(socket.protocol)) {
        socket.view = View::kUnknown;
      } else if (!procfs_again && !diag_again) {
        // Gone before anyone could say which view should have shown it.
        base::Error gone;
        gone.code = ErrorCode::kGone;
        (socket.view == View::kProcfs ? coverage_.procfs : coverage_.sock_diag).failed(gone);
        continue;
      }
      sockets_.push_back(std::move(socket));
    }
  }

  const host::Host& host_;
  int64_t pid_;
  SocketCoverage& coverage_;
  std::vector<Socket> sockets_;
  std::vector<Socket> disputed_;
  std::array<bool, kProtocols> answered_{};
};

}  // namespace

std::string_view to_string(Protocol protocol) {
  static constexpr std::array<std::string_view, kProtocols> kNames = {
      "tcp", "udp", "udplite", "raw", "icmp", "unix", "packet"};
  return kNames[static_cast<size_t>(protocol)];
}

std::string_view to_string(View view) {
  static constexpr std::array<std::string_view, 4> kNames = {"procfs", "sock_diag", "both", ""};
  return kNames[static_cast<size_t>(view)];
}

void SocketCoverage::finish(model::Facts& facts) {
  if (!unsupported.empty() && diag_answered) {
    sock_diag.cut(unsupported);
  } else if (!unsupported.empty()) {
    sock_diag.unsupported(unsupported);
  }
  procfs.finish(facts);
  sock_diag.finish(facts);
}

std::vector<Socket> read_sockets(Context& context, const NamespaceMembers& members,
                                 SocketCoverage& coverage) {
  for (const int64_t pid : members.pids) {
    if (auto sockets = CrossView(context, pid, coverage).read()) {
      return *std::move(sockets);
    }
  }
  base::Error gone;
  gone.code = ErrorCode::kGone;
  coverage.procfs.asked();
  coverage.procfs.failed(gone);
  return {};
}

}  // namespace genba::collect::descriptors
