// Responses: what a request gets. The plan, and the head that says it. No sockets, no allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "apps/httpd/http_date.h"
#include "apps/httpd/request.h"
#include "apps/httpd/status_code.h"
#include "apps/httpd/text_writer.h"
#include "libs/rootfs/rootfs.h"

namespace ashlar::httpd {

/// Pages that are made when they are asked for.
inline constexpr std::string_view kStatusPath = "status";
inline constexpr std::string_view kMetricsPath = "metrics";

/// The time of day as responses say it; renewed once a second.
struct DateText {
  bool known = false;       ///< machines without a clock of day say no date [RFC9110 §6.6.1]
  std::uint32_t stamp = 0;  ///< another one for each text
  std::array<char, kHttpDateSize> text{};
};

/// A response, decided but not yet written.
struct Response {
  enum class Body : std::uint8_t {
    kNone,    ///< and no Content-Length: 304
    kReason,  ///< one line: the status
    kFile,    ///< `bytes`, of `file`
    kStatusPage,
    kMetrics,
  };

  StatusCode status = StatusCode::kOk;
  Body body = Body::kReason;
  bool head_only = false;        ///< answers HEAD: the body is described and not sent
  bool keep_alive = false;       ///< whether the connection goes on; the head says so
  bool keep_alive_said = false;  ///< say it even though it goes on
  rootfs::File file;             ///< with Body::kFile, and 304, 412, 416 for what they tell of it
  std::span<const std::byte> bytes;  ///< of the file: all of it, or the range that was asked for
  std::string_view raw_path;         ///< with 301: what the client asked for
  std::string_view query;

  /// Whether its head is that of every request for this file: a candidate for HeadCache.
  bool is_whole_file() const { return body == Body::kFile && status == StatusCode::kOk; }
};

/// Answers a complete head from `files`. Directories have the page index.html in them; a path to
/// one without the slash at its end is sent there (301); 404 shows the file 404.html if there is
/// one. The request and the files must stay as they are until the response is written. A cost of
/// its own: about 150 instructions.
Response Respond(const Request& request, const rootfs::Archive& files);

/// The answer to a head that was refused: the reason, and the connection ends.
Response Refusal(StatusCode code);

/// The head of a response whose body is `content_length` bytes; kReason bodies follow in the same
/// text (unless head_only). False if it doesn't fit: kMaxResponseHeadSize always does.
bool WriteHead(const Response& response, std::uint64_t content_length, const DateText& date,
               TextWriter& out);
inline constexpr std::size_t kMaxResponseHeadSize = 512 + kMaxTargetSize;

/// How many bytes the body of `response` has, for the bodies whose size is known beforehand.
std::uint64_t ContentLength(const Response& response);

}  // namespace ashlar::httpd
