// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables_wire.h"

#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <vector>

namespace genba::sys {
namespace {

std::string message(uint16_t type, std::string_view body, uint16_t flags = 0) {
  const nlmsghdr head{static_cast<uint32_t>(sizeof(nlmsghdr) + body.size()), type, flags, 7, 9};
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  return bytes.append(body);
}

std::string status_body(int32_t status) {
  return {reinterpret_cast<const char*>(&status), sizeof status};
}

// The messages of a datagram; `damaged` when it ended in damage.
std::vector<NftMessage> messages_of(std::string_view bytes, bool& damaged) {
  std::vector<NftMessage> messages;
  damaged = !parse_nft_datagram(bytes, [&](const NftMessage& one) {
    messages.push_back(one);
    return true;
  });
  return messages;
}

TEST(NftWire, AttributesAreReadAsTheyWereWritten) {
  const auto written = NftAttributes{}
                           .u8(1, 0x12)
                           .u32(2, 0x12345678)
                           .u64(3, 0x123456789ABCDEF0)
                           .text(4, "name")
                           .nested(5, NftAttributes{}.u32(1, 6));
  EXPECT_EQ(written.bytes().size() % 4, 0U);
  EXPECT_EQ(find_nft_attribute(written.bytes(), 1), std::string_view("\x12"));
  EXPECT_EQ(find_nft_u32(written.bytes(), 2), 0x12345678U);
  EXPECT_EQ(find_nft_u64(written.bytes(), 3), 0x123456789ABCDEF0U);
  EXPECT_EQ(find_nft_text(written.bytes(), 4), "name");
  const auto inner = find_nft_attribute(written.bytes(), 5);
  ASSERT_TRUE(inner);
  EXPECT_EQ(find_nft_u32(*inner, 1), 6U);
  EXPECT_FALSE(find_nft_u32(written.bytes(), 1)) << "a number of another size";
  EXPECT_FALSE(find_nft_attribute(written.bytes(), 6));
}

TEST(NftWire, AnAttributeOfImpossibleLengthIsDamage) {
  for (const uint16_t length : std::initializer_list<uint16_t>{0, 3, 9, 0xFFFF}) {
    std::string bytes = NftAttributes{}.u32(1, 1).bytes();
    std::memcpy(bytes.data(), &length, sizeof length);
    NftAttributeReader reader(bytes);
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.damaged());
  }
  NftAttributeReader cut("abc");
  EXPECT_FALSE(cut.next());
  EXPECT_TRUE(cut.damaged());
  NftAttributeReader empty("");
  EXPECT_FALSE(empty.next());
  EXPECT_FALSE(empty.damaged());
}

TEST(NftWire, WhatOutgrowsItsLengthIsTooLarge) {
  NftAttributes attributes;
  attributes.raw(1, std::string(UINT16_MAX - sizeof(nlattr), 'x'));
  EXPECT_FALSE(attributes.too_large());
  EXPECT_TRUE(NftAttributes{}.nested(1, attributes).too_large());
  EXPECT_TRUE(NftAttributes{}.raw(1, std::string(UINT16_MAX, 'x')).too_large());
}

TEST(NftWire, ARequestIsReadAsItWasWritten) {
  std::string bytes;
  const auto attributes = NftAttributes{}.text(1, "x");
  append_nft_message(bytes, {nft_message_type(NFT_MSG_NEWTABLE), NLM_F_REQUEST, 5, 2, 0},
                     attributes.bytes());
  append_nft_message(bytes, {NFNL_MSG_BATCH_END, NLM_F_REQUEST, 6, 0, NFNL_SUBSYS_NFTABLES}, {});
  bool damaged = false;
  const auto messages = messages_of(bytes, damaged);
  EXPECT_FALSE(damaged);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].kind, NftMessage::Kind::kNfTables);
  EXPECT_EQ(messages[0].operation, NFT_MSG_NEWTABLE);
  EXPECT_EQ(messages[0].family, 2);
  EXPECT_EQ(messages[0].sequence, 5U);
  EXPECT_EQ(messages[0].attributes, attributes.bytes());
  EXPECT_EQ(messages[1].kind, NftMessage::Kind::kOther);
}

TEST(NftWire, AStatusThatIsNoErrnoIsAnErrorToo) {
  const std::pair<int32_t, int> cases[] = {
      {0, 0}, {-EPERM, EPERM}, {INT32_MIN, EIO}, {7, EIO}, {-5000, EIO}};
  for (const auto& [sent, read] : cases) {
    bool damaged = false;
    const std::string echoed = message(0, "");
    for (const uint16_t type : std::initializer_list<uint16_t>{NLMSG_ERROR, NLMSG_DONE}) {
      const auto messages = messages_of(message(type, status_body(sent) + echoed), damaged);
      ASSERT_EQ(messages.size(), 1U);
      EXPECT_EQ(messages[0].status, read);
    }
  }
}

TEST(NftWire, AnErrorWithoutAStatusIsAnError) {
  bool damaged = false;
  const auto error = messages_of(message(NLMSG_ERROR, ""), damaged);
  ASSERT_EQ(error.size(), 1U);
  EXPECT_EQ(error[0].status, EIO);
  const auto done = messages_of(message(NLMSG_DONE, ""), damaged);
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].status, 0);
}

TEST(NftWire, TheKernelsWordsFollowWhatItEchoes) {
  const std::string words = NftAttributes{}.text(NLMSGERR_ATTR_MSG, "no such thing").bytes();
  const std::string asked = message(1, "body");
  bool damaged = false;
  const auto whole = messages_of(
      message(NLMSG_ERROR, status_body(-ENOENT) + asked + words, NLM_F_ACK_TLVS), damaged);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole[0].words, "no such thing");
  const auto capped = messages_of(
      message(NLMSG_ERROR, status_body(-ENOENT) + asked.substr(0, sizeof(nlmsghdr)) + words,
              NLM_F_ACK_TLVS | NLM_F_CAPPED),
      damaged);
  ASSERT_EQ(capped.size(), 1U);
  EXPECT_EQ(capped[0].words, "no such thing");
}

TEST(NftWire, AnEchoThatClaimsTooMuchLeavesNoWords) {
  std::string asked = message(1, "body");
  for (const uint32_t length : {0U, 3U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
    std::memcpy(asked.data(), &length, sizeof length);
    bool damaged = false;
    const auto messages =
        messages_of(message(NLMSG_ERROR, status_body(-ENOENT) + asked, NLM_F_ACK_TLVS), damaged);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].status, ENOENT);
  }
}

TEST(NftWire, MessagesOfImpossibleLengthAreDamage) {
  const std::string good = message(nft_message_type(NFT_MSG_NEWGEN), std::string(4, '\0'));
  for (const uint32_t length : {0U, 15U, 21U, 0xFFFFFFFFU}) {
    std::string bad = good;
    std::memcpy(bad.data(), &length, sizeof length);
    bool damaged = false;
    EXPECT_EQ(messages_of(good + bad, damaged).size(), 1U) << length;
    EXPECT_TRUE(damaged);
  }
  bool damaged = false;
  EXPECT_TRUE(messages_of(good.substr(0, 7), damaged).empty());
  EXPECT_TRUE(damaged);
}

TEST(NftWire, AShortMessageOfNfTablesIsNone) {
  bool damaged = false;
  const auto messages = messages_of(message(nft_message_type(NFT_MSG_NEWGEN), "xx"), damaged);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, NftMessage::Kind::kOther);
}

}  // namespace
}  // namespace genba::sys
