// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_present.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "sys/file.h"

namespace genba::sys {

namespace {

// A piece, the function without which it cannot be, and the module that it may live in.
struct Piece {
  std::string_view name;
  std::string_view symbol;
  std::string_view module;
};

constexpr std::string_view kCore = "nf_tables";
constexpr std::array kPieces = {
    Piece{kCore, "nf_tables_newtable", "nf_tables"},
    Piece{"counter", "nft_counter_eval", "nft_counter"},
    Piece{"limit", "nft_limit_pkts_eval", "nft_limit"},
    Piece{"meta", "nft_meta_get_eval", "nft_meta"},
    Piece{"socket", "nft_socket_eval", "nft_socket"},
    Piece{"chain inet", "nft_do_chain_inet", "nf_tables_inet"},
    Piece{"chain ip", "nft_do_chain_ipv4", "nf_tables_ipv4"},
    Piece{"chain ip6", "nft_do_chain_ipv6", "nf_tables_ipv6"},
    Piece{"chain arp", "nft_do_chain_arp", "nf_tables_arp"},
    Piece{"chain bridge", "nft_do_chain_bridge", "nf_tables_bridge"},
    Piece{"chain netdev", "nft_do_chain_netdev", "nf_tables_netdev"},
    Piece{"set hash", "nft_rhash_lookup", "nft_set_hash"},
    Piece{"set ranges", "nft_rbtree_lookup", "nft_set_rbtree"},
    Piece{"set concatenated ranges", "nft_pipapo_lookup", "nft_set_pipapo"},
};

// These came with nf_tables itself (3.13) and were never apart from it.
constexpr std::array<std::string_view, 5> kAlwaysThere = {"bitwise", "cmp", "immediate", "lookup",
                                                          "payload"};

constexpr size_t kLongestLine = 4096;
constexpr size_t kBufferSize = 256U << 10;

// Calls `each` for every line; false when the file cannot be read to its end.
bool read_lines(const std::string& path, const std::function<void(std::string_view)>& each) {
  const auto file = openat(AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (!file) {
    return false;
  }
  std::vector<char> buffer(kBufferSize);
  std::string line;
  while (true) {
    const auto size = read(file->get(), buffer);
    if (!size) {
      return false;
    }
    if (*size == 0) {
      break;
    }
    std::string_view rest(buffer.data(), *size);
    for (size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;) {
      const std::string_view head = rest.substr(0, end);
      // A line in one piece, as nearly all are, is not copied.
      each(line.empty() ? head : std::string_view(line.append(head)));
      line.clear();
      rest.remove_prefix(end + 1);
    }
    line.append(rest.substr(0, kLongestLine));
  }
  if (!line.empty()) {
    each(line);
  }
  return true;
}

bool exists(const std::string& path) {
  return openat(AT_FDCWD, path.c_str(), O_PATH | O_CLOEXEC).has_value();
}

// The modprobe path without its newline; nothing when it cannot be read.
std::optional<std::string> modprobe_path(const std::string& proc) {
  std::string path;
  if (!read_lines(proc + "/sys/kernel/modprobe", [&](std::string_view line) { path = line; })) {
    return std::nullopt;
  }
  return path;
}

void add_module(std::string_view line, NftKernel& kernel) {
  // name size users dependants state address (proc_modules(5)); other states are not usable yet
  const std::string_view name = line.substr(0, line.find(' '));
  if (line.find(" Live ") == std::string_view::npos) {
    return;
  }
  for (const Piece& piece : kPieces) {
    if (piece.module == name) {
      kernel.pieces.emplace(piece.name);
    }
  }
}

void add_symbol(std::string_view line, NftKernel& kernel) {
  // address type name [module], the name perhaps with a compiler's suffix after a dot
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || line.compare(second + 1, 2, "nf") != 0) {
    return;
  }
  const std::string_view rest = line.substr(second + 1);
  const std::string_view name = rest.substr(0, rest.find_first_of("\t ."));
  for (const Piece& piece : kPieces) {
    if (piece.symbol == name) {
      kernel.pieces.emplace(piece.name);
    }
  }
}

}  // namespace

bool NftKernel::may_ask() const {
  return asking == NftAsking::kRunsNothing || presence == NftPresence::kPresent;
}

bool NftKernel::may_use(std::string_view piece) const {
  return asking == NftAsking::kRunsNothing ||
         (presence == NftPresence::kPresent &&
          (pieces.count(piece) != 0 ||
           std::find(kAlwaysThere.begin(), kAlwaysThere.end(), piece) != kAlwaysThere.end()));
}

NftKernel nf_tables_present(const std::string& proc, const std::string& sysfs) {
  NftKernel kernel;
  const bool modules_known =
      read_lines(proc + "/modules", [&](std::string_view line) { add_module(line, kernel); });
  // A procfs without a list of modules is that of a kernel without modules.
  if (!modules_known && exists(proc + "/self/stat") && !exists(proc + "/modules")) {
    kernel.asking = NftAsking::kRunsNothing;
    kernel.evidence = "this kernel loads no modules, so asking it runs nothing";
    return kernel;
  }
  if (const auto path = modprobe_path(proc); path && path->empty()) {
    kernel.asking = NftAsking::kRunsNothing;
    kernel.evidence = "/proc/sys/kernel/modprobe is empty, so asking the kernel runs nothing";
    return kernel;
  }
  bool seen = kernel.pieces.count(kCore) != 0;
  kernel.evidence = "/proc/modules lists nf_tables";
  if (!seen && exists(sysfs + "/module/nf_tables")) {
    seen = true;
    kernel.evidence = "/sys/module/nf_tables exists";
  }
  const bool symbols_known =
      read_lines(proc + "/kallsyms", [&](std::string_view line) { add_symbol(line, kernel); });
  if (!seen && kernel.pieces.count(kCore) != 0) {
    seen = true;
    kernel.evidence = "/proc/kallsyms has its functions";
  }
  if (seen) {
    kernel.presence = NftPresence::kPresent;
  } else if (symbols_known) {
    kernel.presence = NftPresence::kAbsent;
    kernel.evidence = "neither /proc/modules nor /proc/kallsyms has nf_tables";
  } else {
    kernel.evidence = "/proc/kallsyms cannot be read, and nothing else tells";
  }
  return kernel;
}

}  // namespace genba::sys
