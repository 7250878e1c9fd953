// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "fmt/format.h"

namespace genba::base {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kGone: return "gone";
    case ErrorCode::kDenied: return "denied";
    case ErrorCode::kTimedOut: return "timed_out";
    case ErrorCode::kTooLarge: return "too_large";
    case ErrorCode::kWrongType: return "wrong_type";
    case ErrorCode::kLoop: return "loop";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kDamaged: return "damaged";
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kOutput: return "output";
    case ErrorCode::kIo: return "io";
  }
  return "io";
}

Error Error::with_context(std::string_view context) const {
  return Error{code, sys_errno, fmt::format("{}: {}", context, what)};
}

namespace {

ErrorCode code_from_errno(int sys_errno) {
  switch (sys_errno) {
    case ENOENT:
    case ENOTDIR: return ErrorCode::kNotFound;
    case ESRCH: return ErrorCode::kGone;
    case EACCES:
    case EPERM: return ErrorCode::kDenied;
    case ETIMEDOUT: return ErrorCode::kTimedOut;
    case EFBIG:
    case EOVERFLOW: return ErrorCode::kTooLarge;
    case EISDIR:
    case ENXIO: return ErrorCode::kWrongType;
    case ELOOP: return ErrorCode::kLoop;
    case ENOSYS:
    case EOPNOTSUPP:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT: return ErrorCode::kUnsupported;
    case EINVAL: return ErrorCode::kInvalid;
    default: return ErrorCode::kIo;
  }
}

}  // namespace

Error error_from_errno(int sys_errno, std::string_view doing) {
  // strerrordesc_np, not strerror: the latter may read a message catalogue of the host's locale.
  const char* words = strerrordesc_np(sys_errno);
  std::string text(words == nullptr ? "unknown error" : words);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return Error{code_from_errno(sys_errno), sys_errno, fmt::format("{}: {}", doing, text)};
}

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "genba: internal error at %s:%d: %s does not hold; please report this\n",
               file, line, expression);
  std::abort();
}

}  // namespace genba::base
