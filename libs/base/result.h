// Results and errors: what a function returns when the outside may refuse.
//
// There are few codes, each for something a *caller* does differently. What we ourselves broke is
// not an Error; it is ASHLAR_CHECKed (check.h).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

namespace ashlar {

enum class Error : std::uint8_t {
  kInvalidArgument,     ///< The call makes no sense; mend the caller.
  kNotFound,            ///< There is no such thing; look elsewhere or create it.
  kExists,              ///< It is there already; use that one.
  kUnsupported,         ///< This machine, device or build can't; use another way.
  kOutOfMemory,         ///< No memory; free some, or give the machine more.
  kNoSpace,             ///< A fixed table or ring is full; wait until it drains.
  kWouldBlock,          ///< Not now; wait for readiness and call again.
  kTimedOut,            ///< The time given ran out.
  kInterrupted,         ///< Given up on request.
  kBroken,              ///< The device or file breaks its specification; stop using it.
  kInputOutput,         ///< The device reports a failure of this one operation.
  kPermission,          ///< Not allowed.
  kAddressInUse,        ///< Another socket has that address.
  kAddressUnavailable,  ///< No interface has that address.
  kNotConnected,        ///< The socket has no peer.
  kConnectionRefused,   ///< The peer answered: nobody listens.
  kConnectionReset,     ///< The peer or the path cut the connection.
  kUnreachable,         ///< No route.
  kMessageTooLong,      ///< More than one message can carry.
};

/// The value of a call, or why there is none.
template <typename T>
using Result = std::expected<T, Error>;

/// The error's name in words, for reports: "out of memory". Never empty, lives forever.
std::string_view Describe(Error error);

}  // namespace ashlar

/// Evaluates to the value of `expression`, a Result; returns its error from the function if it has
/// none. (A GNU statement expression: the language has nothing for this yet.)
#define ASHLAR_TRY(expression)                             \
  ({                                                       \
    auto ashlar_try_result = (expression);                 \
    if (!ashlar_try_result.has_value()) [[unlikely]] {     \
      return ::std::unexpected(ashlar_try_result.error()); \
    }                                                      \
    ::ashlar::internal::TakeValue(ashlar_try_result);      \
  })

namespace ashlar::internal {

template <typename T>
constexpr T TakeValue(Result<T>& result) {
  return static_cast<T&&>(*result);
}
constexpr void TakeValue(Result<void>&) {}

}  // namespace ashlar::internal
