// SPDX-License-Identifier: Apache-2.0
//
// A rule of nf_tables, written as it reads:
//
//   NftRule{}.nfproto(NFPROTO_IPV6).l4proto(IPPROTO_TCP).is(kNftDestinationPort, 22)
//       .in("admins", {kNftIpv6Source}).counter().accept().comment("the responder's network")
//
// The kernel runs the expressions from left to right and leaves the rule at the first that does not
// hold. A test loads a field into registers and compares; that is all there is, so nothing here
// looks at a packet's protocol for the writer: nfproto() and l4proto() must stand before fields of
// a header. Numbers are converted by the field, which knows its byte order. Source:
// include/uapi/linux/netfilter/nf_tables.h. Covered by sys/nf_tables/nf_tables_rule_test.cc.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "sys/nf_tables/nf_tables_wire.h"

namespace genba::sys {

/// What a rule can look at.
struct NftField {
  enum class Source : uint8_t { kMeta, kNetworkHeader, kTransportHeader, kSocketCgroup };
  enum class Order : uint8_t { kNetwork, kHost };
  Source source = Source::kMeta;
  /// The NFT_META_ key; the offset in the header; the level of the cgroup, the root's being 0.
  uint32_t number = 0;
  uint32_t size = 0;  ///< in bytes, at most 16
  Order order = Order::kNetwork;
};

// About the packet (enum nft_meta_keys). Devices are known on their own side only: there is no
// output device in an input chain.
inline constexpr NftField kNftNfproto{NftField::Source::kMeta, 15, 1};
inline constexpr NftField kNftL4proto{NftField::Source::kMeta, 16, 1};
/// The EtherType, in netdev and bridge chains too.
inline constexpr NftField kNftProtocol{NftField::Source::kMeta, 1, 2};
inline constexpr NftField kNftInputDevice{NftField::Source::kMeta, 6, 16};
inline constexpr NftField kNftOutputDevice{NftField::Source::kMeta, 7, 16};
/// Interface indices, as if_nametoindex(3).
inline constexpr NftField kNftInputIndex{NftField::Source::kMeta, 4, 4, NftField::Order::kHost};
inline constexpr NftField kNftOutputIndex{NftField::Source::kMeta, 5, 4, NftField::Order::kHost};
/// ARPHRD_ types, if_arp.h.
inline constexpr NftField kNftInputDeviceType{NftField::Source::kMeta, 8, 2,
                                              NftField::Order::kHost};
inline constexpr NftField kNftOutputDeviceType{NftField::Source::kMeta, 9, 2,
                                               NftField::Order::kHost};
inline constexpr NftField kNftMark{NftField::Source::kMeta, 3, 4, NftField::Order::kHost};
/// The owner of the sending socket; a packet without a full socket does not match anything.
inline constexpr NftField kNftSocketUid{NftField::Source::kMeta, 10, 4, NftField::Order::kHost};
/// net_cls.classid, cgroup v1.
inline constexpr NftField kNftCgroupClass{NftField::Source::kMeta, 23, 4, NftField::Order::kHost};
/// The inode number of the socket's cgroup v2 ancestor at `level` (Linux 5.13, module nft_socket).
constexpr NftField nft_socket_cgroup(uint32_t level) {
  return {NftField::Source::kSocketCgroup, level, 8, NftField::Order::kHost};
}

// Of the network header (RFC 791, RFC 8200).
inline constexpr NftField kNftIpv4Protocol{NftField::Source::kNetworkHeader, 9, 1};
inline constexpr NftField kNftIpv4FragmentOffset{NftField::Source::kNetworkHeader, 6, 2};
inline constexpr NftField kNftIpv4Source{NftField::Source::kNetworkHeader, 12, 4};
inline constexpr NftField kNftIpv4Destination{NftField::Source::kNetworkHeader, 16, 4};
inline constexpr NftField kNftIpv6HopLimit{NftField::Source::kNetworkHeader, 7, 1};
inline constexpr NftField kNftIpv6Source{NftField::Source::kNetworkHeader, 8, 16};
inline constexpr NftField kNftIpv6Destination{NftField::Source::kNetworkHeader, 24, 16};

// Of the transport header (RFC 9293, RFC 768, RFC 792, RFC 4443). There is none in a later
// fragment, and then no test of these holds.
inline constexpr NftField kNftSourcePort{NftField::Source::kTransportHeader, 0, 2};
inline constexpr NftField kNftDestinationPort{NftField::Source::kTransportHeader, 2, 2};
inline constexpr NftField kNftTcpFlags{NftField::Source::kTransportHeader, 13, 1};
inline constexpr NftField kNftIcmpType{NftField::Source::kTransportHeader, 0, 1};
inline constexpr NftField kNftIcmpCode{NftField::Source::kTransportHeader, 1, 1};

class NftRule {
 public:
  /// Fields that hold a number, in any byte order.
  NftRule& is(const NftField& field, uint64_t value);
  NftRule& is_not(const NftField& field, uint64_t value);
  /// From `first` to `last`, both included; only fields in network order can be ordered.
  NftRule& between(const NftField& field, uint64_t first, uint64_t last);
  /// (field & mask) == value, or != value.
  NftRule& masked(const NftField& field, uint64_t mask, uint64_t value);
  NftRule& masked_not(const NftField& field, uint64_t mask, uint64_t value);
  /// Fields that hold bytes: addresses in network order, names (padded with NULs here).
  NftRule& is(const NftField& field, std::string_view bytes);
  NftRule& is_not(const NftField& field, std::string_view bytes);
  /// The first `prefix` bits are those of `address`.
  NftRule& in_network(const NftField& field, std::string_view address, uint32_t prefix);
  /// The fields, concatenated in this order, are an element of the named set of the rule's table.
  NftRule& in(std::string_view set, std::initializer_list<NftField> fields);
  NftRule& not_in(std::string_view set, std::initializer_list<NftField> fields);

  NftRule& nfproto(uint8_t family) { return is(kNftNfproto, uint64_t{family}); }
  NftRule& l4proto(uint8_t protocol) { return is(kNftL4proto, uint64_t{protocol}); }
  NftRule& ethertype(uint16_t type) { return is(kNftProtocol, uint64_t{type}); }
  NftRule& input_device(std::string_view name) { return is(kNftInputDevice, name); }
  NftRule& output_device(std::string_view name) { return is(kNftOutputDevice, name); }

  /// Counts the packets and bytes that came this far in the rule.
  NftRule& counter();
  /// Holds for `packets` in a second, with a burst of as many.
  NftRule& limit(uint64_t packets);

  // How the rule ends. accept() ends only this base chain: later chains at the hook still decide.
  NftRule& accept();
  NftRule& drop();
  NftRule& jump(std::string_view chain);
  NftRule& go_to(std::string_view chain);
  NftRule& return_to_caller();

  /// What nft(8) shows as `comment`, and how read_nft_table names the rule; at most 253 bytes.
  NftRule& comment(std::string_view text);

  /// An expression that this builder has no word for: its kernel name and attributes.
  NftRule& expression(std::string_view name, const NftAttributes& data);

  const NftAttributes& expressions() const { return expressions_; }
  const std::string& comment() const { return comment_; }
  /// The kernel's names of the expressions in use ("meta", "cmp" …).
  const std::set<std::string>& expression_names() const { return names_; }
  /// Why the rule cannot be: a value too large for its field, too many fields. Empty if it can.
  const std::string& mistake() const { return mistake_; }

 private:
  void load(const NftField& field, uint32_t to_register);
  void compare(uint32_t operation, std::string_view value);
  void mask(std::string_view mask);
  void lookup(std::string_view set, std::initializer_list<NftField> fields, uint32_t flags);
  NftRule& compare_number(const NftField& field, uint32_t operation, uint64_t value);
  NftRule& compare_masked(const NftField& field, uint32_t operation, uint64_t mask_value,
                          uint64_t value);
  NftRule& compare_bytes(const NftField& field, uint32_t operation, std::string_view value);
  NftRule& verdict(int32_t code, std::string_view chain);
  std::string number_bytes(const NftField& field, uint64_t value);
  NftAttributes expressions_;
  std::string comment_;
  std::string mistake_;
  std::set<std::string> names_;
};

/// A value in the field's size and byte order: an element's key, say. Upper bytes that do not fit
/// are lost.
std::string nft_number(const NftField& field, uint64_t value);

/// A comment as nft(8) keeps it in userdata: type 0, length, text, NUL. And read again; empty when
/// there is none.
std::string nft_comment_userdata(std::string_view text);
std::string nft_comment_of(std::string_view userdata);
inline constexpr size_t kNftLongestComment = 253;

}  // namespace genba::sys
