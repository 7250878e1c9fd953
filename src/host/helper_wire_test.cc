// SPDX-License-Identifier: Apache-2.0
#include "host/helper_wire.h"

#include <gtest/gtest.h>

namespace genba::host {
namespace {

using base::ErrorCode;

std::string_view body(const std::string& frame) {
  return std::string_view(frame).substr(sizeof(uint32_t));
}

TEST(HelperWire, RequestsArriveAsTheyWereSent) {
  HelperRequest request;
  request.task = HelperTask::kSockDiag;
  request.reads = {{"/proc/1/cmdline", 7}, {std::string("/\xff\0/x", 5), 1}};
  request.namespace_pid = 42;
  request.families = {{2, 6}, {1, 0}};
  const auto decoded = decode_request(body(encode_request(request)));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->task, HelperTask::kSockDiag);
  ASSERT_EQ(decoded->reads.size(), 2U);
  EXPECT_EQ(decoded->reads[1].path, request.reads[1].path);
  EXPECT_EQ(decoded->reads[0].limit, 7U);
  EXPECT_EQ(decoded->namespace_pid, 42);
  EXPECT_EQ(decoded->families, request.families);
}

TEST(HelperWire, AnswersAndErrorsArriveAsTheyWereSent) {
  const auto file = decode_file(body(encode_file(FileBytes{std::string("a\0b", 3), true})));
  EXPECT_EQ(file->bytes, std::string("a\0b", 3));
  EXPECT_TRUE(file->truncated);
  const auto error = decode_file(body(encode_file(base::fail(ErrorCode::kDenied, "no"))));
  EXPECT_EQ(error.error().code, ErrorCode::kDenied);
  EXPECT_EQ(error.error().what, "no");
  DiagSocket socket;
  socket.inode = 99;
  socket.local_port = 22;
  socket.local_address = "\x7f\1\1\1";
  const auto sockets = decode_sockets(body(encode_sockets(std::vector<DiagSocket>{socket})));
  ASSERT_EQ(sockets->size(), 1U);
  EXPECT_EQ(sockets->at(0).local_port, 22);
  EXPECT_EQ(sockets->at(0).local_address, socket.local_address);
}

TEST(HelperWire, AnswersCutAnywhereAreDamageNotACrash) {
  DiagSocket socket;
  socket.local_address = "1234";
  const std::string sockets = encode_sockets(std::vector<DiagSocket>{socket, socket});
  const std::string file = encode_file(FileBytes{"bytes", false});
  const std::string error = encode_file(base::fail(ErrorCode::kIo, "words"));
  for (size_t size = 0; size < body(sockets).size(); ++size) {
    EXPECT_FALSE(decode_sockets(body(sockets).substr(0, size)));
    (void)decode_request(body(sockets).substr(0, size));
  }
  for (size_t size = 0; size < body(file).size(); ++size) {
    EXPECT_FALSE(decode_file(body(file).substr(0, size)));
    (void)decode_request(body(file).substr(0, size));
  }
  for (size_t size = 0; size < body(error).size(); ++size) {
    EXPECT_EQ(decode_file(body(error).substr(0, size)).error().code, ErrorCode::kDamaged);
  }
}

TEST(HelperWire, FramesComeOutWholeHoweverTheirBytesArrive) {
  const std::string frames =
      encode_file(FileBytes{"one", false}) + encode_file(FileBytes{std::string(3000, '2'), false});
  FrameStream stream;
  std::vector<std::string> taken;
  for (const char byte : frames) {
    stream.append(std::string_view(&byte, 1));
    const auto frame = stream.take();
    ASSERT_TRUE(frame);
    if (*frame) {
      taken.push_back(decode_file(**frame)->bytes);
    }
  }
  EXPECT_EQ(taken, (std::vector<std::string>{"one", std::string(3000, '2')}));
}

TEST(HelperWire, AnImpossibleLengthIsDamage) {
  FrameStream stream;
  stream.append("\xff\xff\xff\xff");
  EXPECT_EQ(stream.take().error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace genba::host
