// Requests: picohttpparser finds the pieces, and here is decided what they mean.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "apps/httpd/ascii.h"
#include "picohttpparser.h"

namespace ashlar::httpd {
namespace {

HeadResult Refuse(StatusCode code) { return {HeadResult::State::kRefused, 0, code}; }

/// Why a head that the parser gave up on is refused.
StatusCode ReasonOfSyntaxError(std::string_view input, std::size_t fields) {
  if (fields >= kMaxFields) {
    return StatusCode::kHeaderFieldsTooLarge;
  }
  const std::string_view line = input.substr(0, input.find('\n'));
  const std::size_t version = line.rfind(" HTTP/");
  if (version != std::string_view::npos && version + 6 < line.size() &&
      IsDigit(line[version + 6]) && line[version + 6] != '1') {
    return StatusCode::kVersionNotSupported;
  }
  return StatusCode::kBadRequest;
}

/// Why a head that does not end within the limit is refused.
StatusCode ReasonOfSize(std::string_view input) {
  return input.substr(0, kMaxTargetSize).contains('\n') ? StatusCode::kHeaderFieldsTooLarge
                                                        : StatusCode::kUriTooLong;
}

Method MethodOf(std::string_view name) {
  if (name == "GET") {
    return Method::kGet;
  }
  if (name == "HEAD") {
    return Method::kHead;
  }
  static constexpr std::string_view kOthers[] = {"POST",    "PUT",   "DELETE", "CONNECT",
                                                 "OPTIONS", "TRACE", "PATCH"};
  return std::ranges::contains(kOthers, name) ? Method::kOther : Method::kUnknown;
}

/// What is wrong with the fields, taken together, is found out at the end.
struct Facts {
  int hosts = 0;
  int content_lengths = 0;
  int transfer_encodings = 0;
  bool close = false;
  bool keep_alive = false;
  bool bad = false;
  bool unknown_coding = false;
  bool unknown_expectation = false;
  bool too_large = false;
};

void ReadConnection(std::string_view value, Facts& facts) {
  ForEachListElement(value, [&](std::string_view token) {
    facts.close |= EqualsIgnoringCase(token, "close");
    facts.keep_alive |= EqualsIgnoringCase(token, "keep-alive");
  });
}

void ReadContentLength(std::string_view value, Facts& facts, Request& request) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error == std::errc::result_out_of_range) {
    facts.too_large = true;
    return;
  }
  // from_chars takes no sign but '-', and for unsigned numbers not even that.
  facts.bad |= error != std::errc() || end != value.data() + value.size();
  facts.bad |= facts.content_lengths != 0 && length != request.content_length;
  ++facts.content_lengths;
  request.content_length = length;
}

/// One field: a switch on the name's length leaves one or two names to compare with.
void ReadField(std::string_view name, std::string_view value, Facts& facts, Request& request) {
  switch (name.size()) {
    case 4:
      facts.hosts += EqualsIgnoringCase(name, "host");
      break;
    case 5:
      if (EqualsIgnoringCase(name, "range")) {
        facts.bad |= !request.range.empty();
        request.range = value;
      }
      break;
    case 6:
      if (EqualsIgnoringCase(name, "expect")) {
        request.expects_continue = EqualsIgnoringCase(value, "100-continue");
        facts.unknown_expectation |= !request.expects_continue;
      }
      break;
    case 8:
      if (EqualsIgnoringCase(name, "if-match")) {
        request.if_match = value;
      } else if (EqualsIgnoringCase(name, "if-range")) {
        request.if_range = value;
      }
      break;
    case 10:
      if (EqualsIgnoringCase(name, "connection")) {
        ReadConnection(value, facts);
      }
      break;
    case 13:
      if (EqualsIgnoringCase(name, "if-none-match")) {
        request.if_none_match = value;
      }
      break;
    case 14:
      if (EqualsIgnoringCase(name, "content-length")) {
        ReadContentLength(value, facts, request);
      }
      break;
    case 17:
      if (EqualsIgnoringCase(name, "transfer-encoding")) {
        ++facts.transfer_encodings;
        request.chunked = EqualsIgnoringCase(value, "chunked");
        facts.unknown_coding |= !request.chunked;
      } else if (EqualsIgnoringCase(name, "if-modified-since")) {
        request.if_modified_since = value;
      }
      break;
    case 19:
      if (EqualsIgnoringCase(name, "if-unmodified-since")) {
        request.if_unmodified_since = value;
      }
      break;
    default:
      break;
  }
}

}  // namespace

HeadResult ParseHead(std::string_view input, std::size_t seen, Request& request) {
  const char* method = nullptr;
  const char* target = nullptr;
  std::size_t method_size = 0;
  std::size_t target_size = 0;
  int minor_version = 0;
  std::array<phr_header, kMaxFields> fields;
  std::size_t field_count = fields.size();
  const int parsed =
      phr_parse_request(input.data(), input.size(), &method, &method_size, &target, &target_size,
                        &minor_version, fields.data(), &field_count, seen);
  if (parsed == -2) {
    if (input.size() >= kMaxHeadSize) {
      return Refuse(ReasonOfSize(input));
    }
    return {HeadResult::State::kIncomplete};
  }
  if (parsed < 0) {
    return Refuse(ReasonOfSyntaxError(input, field_count));
  }
  const auto size = static_cast<std::size_t>(parsed);
  if (target_size > kMaxTargetSize) {
    return Refuse(StatusCode::kUriTooLong);
  }
  if (size > kMaxHeadSize) {
    return Refuse(StatusCode::kHeaderFieldsTooLarge);
  }

  request = Request();
  request.method_name = {method, method_size};
  request.method = MethodOf(request.method_name);
  request.target = {target, target_size};
  request.minor_version = static_cast<std::uint8_t>(minor_version);
  Facts facts;
  for (const phr_header& field : std::span(fields).first(field_count)) {
    if (field.name == nullptr) {  // a folded line [RFC9112 §5.2]
      return Refuse(StatusCode::kBadRequest);
    }
    ReadField({field.name, field.name_len}, {field.value, field.value_len}, facts, request);
  }
  if (facts.bad || facts.hosts > 1 || (facts.hosts == 0 && minor_version >= 1) ||
      facts.transfer_encodings > 1 ||
      // Two lengths: how requests are smuggled past a proxy [RFC9112 §6.3].
      (facts.transfer_encodings != 0 && (facts.content_lengths != 0 || minor_version == 0))) {
    return Refuse(StatusCode::kBadRequest);
  }
  if (facts.unknown_coding) {
    return Refuse(StatusCode::kNotImplemented);
  }
  if (facts.too_large || request.content_length > kMaxBodySize) {
    return Refuse(StatusCode::kContentTooLarge);
  }
  if (facts.unknown_expectation) {
    return Refuse(StatusCode::kExpectationFailed);
  }
  request.keep_alive_said = minor_version == 0 && facts.keep_alive;
  request.keep_alive = !facts.close && (minor_version >= 1 || facts.keep_alive);
  request.expects_continue = request.expects_continue && minor_version >= 1;
  return {HeadResult::State::kComplete, size};
}

}  // namespace ashlar::httpd
