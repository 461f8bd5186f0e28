// Requests: a head's bytes in, what they ask for out. No sockets, no state, no allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "apps/httpd/status_code.h"

namespace ashlar::httpd {

/// The longest head that is read: request line, fields, and the empty line.
inline constexpr std::size_t kMaxHeadSize = 8 * 1024;
/// The most fields of a head.
inline constexpr std::size_t kMaxFields = 64;
/// The longest target of a request line.
inline constexpr std::size_t kMaxTargetSize = 4 * 1024;
/// The longest body that is read, to be thrown away: nothing here takes one.
inline constexpr std::uint64_t kMaxBodySize = 64 * 1024;

enum class Method : std::uint8_t {
  kGet,
  kHead,
  kOther,  ///< one of the standard, and not for files
  kUnknown,
};

/// A parsed head. The views point into the bytes that were parsed.
struct Request {
  Method method = Method::kUnknown;
  std::uint8_t minor_version = 1;  ///< of HTTP/1
  bool keep_alive = true;          ///< what the client wants, said or by default
  bool keep_alive_said = false;    ///< HTTP/1.0 clients want it said to them as well
  bool chunked = false;            ///< the body comes in chunks, of unknown length
  bool expects_continue = false;
  std::uint64_t content_length = 0;
  std::string_view method_name;
  std::string_view target;  ///< as it stands in the request line
  std::string_view if_match;
  std::string_view if_modified_since;
  std::string_view if_none_match;
  std::string_view if_range;
  std::string_view if_unmodified_since;
  std::string_view range;

  bool has_body() const { return chunked || content_length != 0; }
};

/// What ParseHead found.
struct HeadResult {
  enum class State : std::uint8_t {
    kComplete,    ///< the request is filled in; its head is the first `size` bytes
    kIncomplete,  ///< so far nothing is wrong: call again with more
    kRefused,     ///< answer with `refusal` and close: where the next request begins is not known
  } state;
  std::size_t size = 0;
  StatusCode refusal = StatusCode::kBadRequest;
};

/// Reads the head at the start of `input`. `seen`: how many of these bytes were there at the last
/// call, which said kIncomplete; so that bytes that trickle in cost no more than others.
///
/// Refused are: what is not HTTP/1.x (400, 505), a head, target or number of fields above the
/// limits (431, 414), folded fields, HTTP/1.1 without exactly one Host, a body of two different
/// lengths, or of a length and a coding (400), a coding that is not known (501), a body above
/// kMaxBodySize (413), an expectation that is not known (417). Methods are not judged here.
HeadResult ParseHead(std::string_view input, std::size_t seen, Request& request);

}  // namespace ashlar::httpd
