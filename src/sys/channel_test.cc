// SPDX-License-Identifier: Apache-2.0
#include "sys/channel.h"

#include <gtest/gtest.h>

#include <array>

#include "sys/file.h"

namespace genba::sys {
namespace {

using base::ErrorCode;

TEST(Channel, DescriptorsTravelWithAMessage) {
  auto pair = *message_pair();
  const Fd root = *openat(AT_FDCWD, "/", O_PATH);
  ASSERT_TRUE(send_message(pair.first.get(), "hello", std::array{root.get(), root.get()}));
  const auto message = receive_message(pair.second.get(), 64);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->bytes, "hello");
  ASSERT_EQ(message->fds.size(), 2U);
  EXPECT_NE(message->fds[0].get(), root.get());
}

TEST(Channel, AClosedEndIsGoneForTheWriterAndTheEndForTheReader) {
  auto pair = *stream_pair();
  pair.second.reset();
  std::array<char, 4> buffer{};
  EXPECT_EQ(*receive(pair.first.get(), buffer), 0U);
  EXPECT_EQ(send_all(pair.first.get(), "x").error().code, ErrorCode::kGone);
  auto messages = *message_pair();
  messages.second.reset();
  EXPECT_TRUE(receive_message(messages.first.get(), 8)->bytes.empty());
}

TEST(Channel, PollTellsWhichOneCanBeRead) {
  auto one = *stream_pair();
  auto other = *stream_pair();
  std::vector<bool> ready;
  const std::array fds{one.first.get(), other.first.get()};
  EXPECT_FALSE(*poll_readable(fds, 10, ready));
  ASSERT_TRUE(send_all(other.second.get(), "x"));
  EXPECT_TRUE(*poll_readable(fds, 1000, ready));
  EXPECT_EQ(ready, (std::vector<bool>{false, true}));
}

}  // namespace
}  // namespace genba::sys
