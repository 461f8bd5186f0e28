// The status codes that this server sends [RFC9110 §15].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace ashlar::httpd {

enum class StatusCode : std::uint16_t {
  kOk = 200,
  kPartialContent = 206,
  kMovedPermanently = 301,
  kNotModified = 304,
  kBadRequest = 400,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kRequestTimeout = 408,
  kPreconditionFailed = 412,
  kContentTooLarge = 413,
  kUriTooLong = 414,
  kRangeNotSatisfiable = 416,
  kExpectationFailed = 417,
  kHeaderFieldsTooLarge = 431,
  kInternalServerError = 500,
  kNotImplemented = 501,
  kServiceUnavailable = 503,
  kVersionNotSupported = 505,
};

/// "200 OK": the code and its reason phrase, as they stand in a status line.
constexpr std::string_view StatusText(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "200 OK";
    case StatusCode::kPartialContent:
      return "206 Partial Content";
    case StatusCode::kMovedPermanently:
      return "301 Moved Permanently";
    case StatusCode::kNotModified:
      return "304 Not Modified";
    case StatusCode::kBadRequest:
      return "400 Bad Request";
    case StatusCode::kNotFound:
      return "404 Not Found";
    case StatusCode::kMethodNotAllowed:
      return "405 Method Not Allowed";
    case StatusCode::kRequestTimeout:
      return "408 Request Timeout";
    case StatusCode::kPreconditionFailed:
      return "412 Precondition Failed";
    case StatusCode::kContentTooLarge:
      return "413 Content Too Large";
    case StatusCode::kUriTooLong:
      return "414 URI Too Long";
    case StatusCode::kRangeNotSatisfiable:
      return "416 Range Not Satisfiable";
    case StatusCode::kExpectationFailed:
      return "417 Expectation Failed";
    case StatusCode::kHeaderFieldsTooLarge:
      return "431 Request Header Fields Too Large";
    case StatusCode::kInternalServerError:
      return "500 Internal Server Error";
    case StatusCode::kNotImplemented:
      return "501 Not Implemented";
    case StatusCode::kServiceUnavailable:
      return "503 Service Unavailable";
    case StatusCode::kVersionNotSupported:
      return "505 HTTP Version Not Supported";
  }
  return "500 Internal Server Error";
}

/// All codes of final responses, ascending: what /metrics counts.
inline constexpr StatusCode kFinalStatusCodes[] = {
    StatusCode::kOk,
    StatusCode::kPartialContent,
    StatusCode::kMovedPermanently,
    StatusCode::kNotModified,
    StatusCode::kBadRequest,
    StatusCode::kNotFound,
    StatusCode::kMethodNotAllowed,
    StatusCode::kRequestTimeout,
    StatusCode::kPreconditionFailed,
    StatusCode::kContentTooLarge,
    StatusCode::kUriTooLong,
    StatusCode::kRangeNotSatisfiable,
    StatusCode::kExpectationFailed,
    StatusCode::kHeaderFieldsTooLarge,
    StatusCode::kInternalServerError,
    StatusCode::kNotImplemented,
    StatusCode::kServiceUnavailable,
    StatusCode::kVersionNotSupported,
};

}  // namespace ashlar::httpd
