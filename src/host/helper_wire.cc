// SPDX-License-Identifier: Apache-2.0
#include "host/helper_wire.h"

#include <utility>

namespace genba::host {

using base::Error;
using base::ErrorCode;
using base::fail;

namespace {

class Writer {
 public:
  Writer() { put(uint32_t{0}); }

  template <class Number>
  void put(Number number) {
    static_assert(std::is_arithmetic_v<Number>);
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void put(std::string_view text) {
    put(static_cast<uint32_t>(text.size()));
    bytes_.append(text);
  }
  void put(const Error& error) {
    put(uint8_t{0});
    put(static_cast<uint8_t>(error.code));
    put(static_cast<int32_t>(error.sys_errno));
    put(std::string_view(error.what));
  }
  /// The frame, its length filled in.
  std::string finish() {
    const auto size = static_cast<uint32_t>(bytes_.size() - sizeof(uint32_t));
    std::memcpy(bytes_.data(), &size, sizeof size);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

// Reads what Writer wrote; after the first short read all further ones give nothing.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  template <class Number>
  Number number() {
    Number value{};
    if (left_.size() < sizeof value) {
      short_ = true;
      left_ = {};
      return value;
    }
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const auto size = number<uint32_t>();
    if (left_.size() < size) {
      short_ = true;
      left_ = {};
      return {};
    }
    const std::string_view result = left_.substr(0, size);
    left_.remove_prefix(size);
    return result;
  }
  Error error() {
    Error result;
    const auto code = number<uint8_t>();
    result.code = code <= static_cast<uint8_t>(ErrorCode::kIo) ? static_cast<ErrorCode>(code)
                                                               : ErrorCode::kIo;
    result.sys_errno = number<int32_t>();
    result.what = text();
    return result;
  }
  bool is_short() const { return short_; }

 private:
  std::string_view left_;
  bool short_ = false;
};

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::kDamaged, "a helper's answer is damaged");
}

}  // namespace

void FrameStream::append(std::string_view bytes) {
  if (taken_ == bytes_.size() || taken_ > (1U << 20)) {
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  bytes_.append(bytes);
}

Result<std::optional<std::string_view>> FrameStream::take() {
  const std::string_view left = std::string_view(bytes_).substr(taken_);
  uint32_t size = 0;
  if (left.size() < sizeof size) {
    return std::nullopt;
  }
  std::memcpy(&size, left.data(), sizeof size);
  if (size > kFrameLimit) {
    return damaged();
  }
  if (left.size() - sizeof size < size) {
    return std::nullopt;
  }
  taken_ += sizeof size + size;
  return left.substr(sizeof size, size);
}

std::string encode_request(const HelperRequest& request) {
  Writer writer;
  writer.put(static_cast<uint8_t>(request.task));
  writer.put(static_cast<uint32_t>(request.reads.size()));
  for (const RiskyRead& read : request.reads) {
    writer.put(read.limit);
    writer.put(std::string_view(read.path));
  }
  writer.put(request.namespace_pid);
  writer.put(static_cast<uint32_t>(request.families.size()));
  for (const DiagFamily& family : request.families) {
    writer.put(family.family);
    writer.put(family.protocol);
  }
  return writer.finish();
}

std::optional<HelperRequest> decode_request(std::string_view frame) {
  Reader reader(frame);
  HelperRequest request;
  request.task = static_cast<HelperTask>(reader.number<uint8_t>());
  const auto reads = reader.number<uint32_t>();
  for (uint32_t i = 0; i < reads && !reader.is_short(); ++i) {
    RiskyRead read;
    read.limit = reader.number<uint64_t>();
    read.path = reader.text();
    request.reads.push_back(std::move(read));
  }
  request.namespace_pid = reader.number<int64_t>();
  const auto families = reader.number<uint32_t>();
  for (uint32_t i = 0; i < families && !reader.is_short(); ++i) {
    const auto family = reader.number<uint8_t>();
    request.families.push_back({family, reader.number<uint8_t>()});
  }
  return reader.is_short() ? std::nullopt : std::optional(std::move(request));
}

std::string encode_file(const Result<FileBytes>& result) {
  Writer writer;
  if (!result) {
    writer.put(result.error());
    return writer.finish();
  }
  writer.put(uint8_t{1});
  writer.put(static_cast<uint8_t>(result->truncated));
  writer.put(std::string_view(result->bytes));
  return writer.finish();
}

Result<FileBytes> decode_file(std::string_view frame) {
  Reader reader(frame);
  if (reader.number<uint8_t>() == 0) {
    Error error = reader.error();
    return reader.is_short() ? damaged() : fail(std::move(error));
  }
  FileBytes result;
  result.truncated = reader.number<uint8_t>() != 0;
  result.bytes = reader.text();
  if (reader.is_short()) {
    return damaged();
  }
  return result;
}

std::string encode_sockets(const Result<std::vector<DiagSocket>>& result) {
  Writer writer;
  if (!result) {
    writer.put(result.error());
    return writer.finish();
  }
  writer.put(uint8_t{1});
  writer.put(static_cast<uint32_t>(result->size()));
  for (const DiagSocket& socket : *result) {
    writer.put(socket.family);
    writer.put(socket.protocol);
    writer.put(socket.state);
    writer.put(socket.uid);
    writer.put(socket.inode);
    writer.put(socket.local_port);
    writer.put(socket.remote_port);
    writer.put(std::string_view(socket.local_address));
    writer.put(std::string_view(socket.remote_address));
  }
  return writer.finish();
}

Result<std::vector<DiagSocket>> decode_sockets(std::string_view frame) {
  Reader reader(frame);
  if (reader.number<uint8_t>() == 0) {
    Error error = reader.error();
    return reader.is_short() ? damaged() : fail(std::move(error));
  }
  std::vector<DiagSocket> sockets;
  const auto count = reader.number<uint32_t>();
  for (uint32_t i = 0; i < count && !reader.is_short(); ++i) {
    DiagSocket socket;
    socket.family = reader.number<uint8_t>();
    socket.protocol = reader.number<uint8_t>();
    socket.state = reader.number<uint8_t>();
    socket.uid = reader.number<uint32_t>();
    socket.inode = reader.number<uint64_t>();
    socket.local_port = reader.number<uint16_t>();
    socket.remote_port = reader.number<uint16_t>();
    socket.local_address = reader.text();
    socket.remote_address = reader.text();
    sockets.push_back(std::move(socket));
  }
  if (reader.is_short()) {
    return damaged();
  }
  return sockets;
}

}  // namespace genba::host
