// SPDX-License-Identifier: Apache-2.0
//
// The ruleset of a network namespace over NETLINK_NETFILTER, without the nft program: commit()
// makes a batch of changes (nf_tables_batch.h) real at once or leaves everything as it was; the
// rest asks. A socket belongs to the network namespace that it was opened in for as long as it
// lives, and so does the ownership of tables: they are owned by the socket, not by the process, and
// a socket may be sent to another process. Anyone with CAP_NET_ADMIN could send us an answer; only
// the kernel's own (port 0) count. Root may still change all of this, and a rootkit all answers:
// what counts is proven with packets. Sources: netlink(7),
// include/uapi/linux/netfilter/nfnetlink.h, nf_tables.h, net/netfilter/nfnetlink.c. Covered by
// sys/nf_tables/nf_tables_test.cc, nf_tables_dump_test.cc and nf_tables_watch_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/nf_tables/nf_tables_batch.h"
#include "sys/nf_tables/nf_tables_present.h"
#include "sys/nf_tables/nf_tables_wire.h"

namespace genba::sys {

/// The number of the last change of the ruleset, and who made it (as the kernel knew it then).
struct NftGeneration {
  uint32_t number = 0;
  uint32_t pid = 0;
  std::string name;
};

enum class ModuleLoading : uint8_t { kForbidden, kAllowed };

class NfTables {
 public:
  /// A socket in the calling thread's network namespace. kUnsupported when nf_tables is not known
  /// to be there and loading is forbidden, or when the kernel has none; kDenied without
  /// CAP_NET_ADMIN over the namespace.
  static Result<NfTables> open(const NftKernel& kernel,
                               ModuleLoading loading = ModuleLoading::kForbidden);
  /// A socket that somebody else opened, in whatever namespace.
  static Result<NfTables> adopt(Fd socket, const NftKernel& kernel,
                                ModuleLoading loading = ModuleLoading::kForbidden);

  /// The socket's port: what NftTableState::owner says of tables that it owns.
  uint32_t port() const { return port_; }
  int fd() const { return socket_.get(); }

  /// All of the batch, or nothing of it. The error tells the first message that was refused
  /// ("message 3 of 5, adding chain …") and has its errno: EPERM for a table that another socket
  /// owns (kDenied), EBUSY for what is in use, EEXIST, ENOENT (kNotFound), ERESTART (kGone) when
  /// the required generation has passed. An empty batch does nothing. After kTimedOut it is not
  /// known whether the batch was committed.
  Result<void> commit(const NftBatch& batch);
  /// Whether commit() would do it, with the same errors: the kernel carries the batch out and takes
  /// it back. Nothing is changed or told, and no packet sees it; it tells what this kernel can do.
  Result<void> check(const NftBatch& batch);

  Result<NftGeneration> generation();

  /// Whether what was visited is one state of the ruleset, or was changed while it was read.
  enum class Consistency : uint8_t { kWhole, kInterrupted };
  using Visit = std::function<void(const NftMessage&)>;
  /// One dump: visits each answer to a request for all things of a kind (NFT_MSG_GET…).
  Result<Consistency> dump(uint8_t operation, uint8_t family, const NftAttributes& attributes,
                           const Visit& visit);
  /// One answer to a request for one thing.
  Result<void> get(uint8_t operation, uint8_t family, const NftAttributes& attributes,
                   const Visit& visit);

  /// Calls `read` until the generation was the same before and after it and no dump in it was
  /// interrupted: at most kMostTries times, then kTimedOut. `read` starts from nothing each time.
  /// Returns that generation. Elements that packets add or that expire do not move it.
  static constexpr int kMostTries = 16;
  Result<uint32_t> read_consistently(const std::function<Result<Consistency>()>& read);

 private:
  NfTables(Fd socket, NftKernel kernel, ModuleLoading loading)
      : socket_(std::move(socket)), kernel_(std::move(kernel)), loading_(loading) {}
  Result<void> set_up();
  Result<void> check_pieces(const NftBatch& batch) const;
  enum class Ending : uint8_t { kCommit, kTakeBack };
  Result<void> transact(const NftBatch& batch, Ending ending);
  Result<void> send(std::string_view bytes);
  /// Visits answers to requests first … last until `visit` returns false.
  Result<void> receive_answers(uint32_t first, uint32_t last,
                               const std::function<bool(const NftMessage&)>& visit);

  Fd socket_;
  NftKernel kernel_;
  ModuleLoading loading_;
  uint32_t port_ = 0;
  uint32_t sequence_ = 0;
  std::string buffer_;
};

/// One datagram of the kernel into `buffer`, waiting at most `milliseconds` for it. What others
/// sent is passed over. kTimedOut; ENOBUFS (kIo) when the kernel had to drop something.
Result<std::string_view> receive_from_kernel(int socket, std::string& buffer, int milliseconds);

NftGeneration parse_nft_generation(const NftMessage& message);

/// The error for what nf_tables answered to `doing`.
base::Error nft_error(int sys_errno, std::string_view words, std::string_view doing);

}  // namespace genba::sys
