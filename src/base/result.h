// SPDX-License-Identifier: Apache-2.0
//
// How a call says that it failed. Every function that can fail returns Result<T>: the value, or an
// Error that gains context on its way up ("reading '/proc/1/stat': permission denied"). Damaged
// data is not an Error but a Note; a bug of ours is neither and aborts through GENBA_CHECK.
// Covered by result_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tl/expected.hpp"

namespace genba::base {

/// What kind of failure a call met. kGone is normal on a live host: the thing vanished between
/// being listed and being read. kNotFound means that it was not there when first asked for.
enum class ErrorCode : uint8_t {
  kNotFound,
  kGone,
  kDenied,
  kTimedOut,
  kTooLarge,
  kWrongType,    ///< a FIFO, device or directory where a regular file was asked for
  kLoop,         ///< too many symbolic links
  kUnsupported,  ///< this kernel, or this host kind, does not offer it
  kDamaged,      ///< bytes do not follow their format
  kInvalid,      ///< the caller's arguments (a user's option, a rule file) are wrong
  kOutput,       ///< what was asked for could not be written where the responder wanted it
  kIo,           ///< any other failure of the system
};

/// The code's stable lower-case name, as used in the `coverage` table ("not_found", "denied" …).
std::string_view to_string(ErrorCode code);

/// One failure: its kind, the errno behind it (0 when there was none) and words for a person.
struct Error {
  ErrorCode code = ErrorCode::kIo;
  int sys_errno = 0;
  std::string what;

  /// The same error with `context` put before its words: "context: what".
  [[nodiscard]] Error with_context(std::string_view context) const;
};

/// Makes an Error from an errno value; the only place where errno becomes a code.
Error error_from_errno(int sys_errno, std::string_view doing);

template <class T>
using Result = tl::expected<T, Error>;

/// The failure side of a Result: `return fail(ErrorCode::kDamaged, "…");`.
inline tl::unexpected<Error> fail(ErrorCode code, std::string what) {
  return tl::unexpected<Error>(Error{code, 0, std::move(what)});
}
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

/// Damage in data that was read in spite of it: where it is and what was lost.
struct Note {
  std::string source;  ///< path or name of the artifact
  uint64_t offset = 0;
  uint64_t bytes = 0;  ///< how many bytes were passed over
  std::string reason;
};

/// Prints the broken promise to stderr and aborts. Never returns. Use through GENBA_CHECK.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace genba::base

/// Aborts when a promise of our own code is broken. Never for input or for the system's answers.
#define GENBA_CHECK(expression)                                     \
  do {                                                              \
    if (!(expression)) {                                            \
      ::genba::base::check_failed(#expression, __FILE__, __LINE__); \
    }                                                               \
  } while (false)

#define GENBA_CONCAT_INNER(a, b) a##b
#define GENBA_CONCAT(a, b) GENBA_CONCAT_INNER(a, b)

/// `GENBA_TRY(auto text, read_file(path));` declares the value, or returns the error to the caller.
#define GENBA_TRY(declaration, expression) \
  GENBA_TRY_INNER(declaration, expression, GENBA_CONCAT(genba_try_, __LINE__))
#define GENBA_TRY_INNER(declaration, expression, name)   \
  auto name = (expression);                              \
  if (!name) {                                           \
    return ::genba::base::fail(std::move(name).error()); \
  }                                                      \
  declaration = *std::move(name)

/// `GENBA_TRY_VOID(write(bytes));` returns the error to the caller, if there is one.
#define GENBA_TRY_VOID(expression)                                \
  do {                                                            \
    if (auto genba_tried = (expression); !genba_tried) {          \
      return ::genba::base::fail(std::move(genba_tried).error()); \
    }                                                             \
  } while (false)
