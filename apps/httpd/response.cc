// Responses.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/response.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "apps/httpd/ascii.h"
#include "apps/httpd/target.h"

namespace ashlar::httpd {
namespace {

using rootfs::File;

/// Calls `visit(tag, weak)` with each entity tag of a list; stops when it returns true, and returns
/// that.
template <typename Visit>
bool AnyEntityTag(std::string_view list, Visit visit) {
  while (true) {
    const std::size_t start = list.find_first_not_of(" \t,");
    if (start == std::string_view::npos) {
      return false;
    }
    list.remove_prefix(start);
    const bool weak = list.starts_with("W/");
    if (weak) {
      list.remove_prefix(2);
    }
    const std::size_t end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      return false;  // not a list of entity tags from here on
    }
    if (visit(list.substr(0, end + 1), weak)) {
      return true;
    }
    list.remove_prefix(end + 1);
  }
}

bool MatchesAny(std::string_view list, const File& file, bool weakly) {
  return list == "*" || AnyEntityTag(list, [&](std::string_view tag, bool weak) {
           return tag == file.entity_tag && (weakly || !weak);
         });
}

bool IsDated(const File& file) { return file.modified.time_since_epoch().count() != 0; }

/// Whether `date` names a time, and the file is not newer.
bool IsUnmodifiedSince(std::string_view date, const File& file) {
  const auto time = ParseHttpDate(date);
  return time.has_value() && file.modified <= *time;
}

/// The preconditions, in the order of [RFC9110 §13.2.2]: the status that they end the request with,
/// if any.
std::optional<StatusCode> Precondition(const Request& request, const File& file) {
  if (!request.if_match.empty()) {
    if (!MatchesAny(request.if_match, file, /*weakly=*/false)) {
      return StatusCode::kPreconditionFailed;
    }
  } else if (!request.if_unmodified_since.empty() && IsDated(file)) {
    if (const auto time = ParseHttpDate(request.if_unmodified_since);
        time && file.modified > *time) {
      return StatusCode::kPreconditionFailed;
    }
  }
  if (!request.if_none_match.empty()) {
    if (MatchesAny(request.if_none_match, file, /*weakly=*/true)) {
      return StatusCode::kNotModified;
    }
  } else if (!request.if_modified_since.empty() && IsDated(file)) {
    if (IsUnmodifiedSince(request.if_modified_since, file)) {
      return StatusCode::kNotModified;
    }
  }
  return std::nullopt;
}

/// Whether If-Range allows the range: the client's part is of this very version.
bool RangeIsCurrent(std::string_view if_range, const File& file) {
  if (if_range.empty()) {
    return true;
  }
  if (if_range.starts_with('"')) {
    return if_range == file.entity_tag;
  }
  const auto time = ParseHttpDate(if_range);  // weak tags end here too, as no date
  return time.has_value() && IsDated(file) && *time == file.modified;
}

struct Range {
  std::uint64_t first;
  std::uint64_t last;
};

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
    return UINT64_MAX;  // beyond any file, like many other numbers
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

/// Applies the request's range to a response that is the whole file. A unit that is not known, a
/// malformed range, and several ranges at once are ignored, as a server may [RFC9110 §14.2].
void ApplyRange(std::string_view range, Response& response) {
  if (range.size() < 6 || !EqualsIgnoringCase(range.substr(0, 6), "bytes=")) {
    return;
  }
  range = Trim(range.substr(6));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.contains(',')) {
    return;
  }
  const std::uint64_t size = response.bytes.size();
  const auto first = ParseNumber(range.substr(0, dash));
  const auto last = ParseNumber(range.substr(dash + 1));
  std::optional<Range> wanted;
  if (dash == 0) {
    if (!last.has_value()) {
      return;
    }
    if (*last != 0 && size != 0) {  // the last so many bytes
      wanted = Range{size - std::min(*last, size), size - 1};
    }
  } else {
    const bool open = dash + 1 == range.size();
    if (!first.has_value() || (!open && (!last.has_value() || *last < *first))) {
      return;
    }
    if (*first < size) {
      wanted = Range{*first, open ? size - 1 : std::min(*last, size - 1)};
    }
  }
  if (!wanted.has_value()) {
    response.status = StatusCode::kRangeNotSatisfiable;
    response.body = Response::Body::kReason;
    return;
  }
  response.status = StatusCode::kPartialContent;
  response.bytes = response.bytes.subspan(wanted->first, wanted->last - wanted->first + 1);
}

/// The response that is the whole of `file`, or what the request's conditions make of it.
void ServeFile(const Request& request, const File& file, Response& response) {
  response.file = file;
  response.bytes = file.bytes;
  response.body = Response::Body::kFile;
  if (const auto code = Precondition(request, file); code.has_value()) {
    response.status = *code;
    response.body =
        *code == StatusCode::kNotModified ? Response::Body::kNone : Response::Body::kReason;
    return;
  }
  if (!request.range.empty() && request.method == Method::kGet &&
      RangeIsCurrent(request.if_range, file)) {
    ApplyRange(request.range, response);
  }
}

void ServeNotFound(const rootfs::Archive& files, Response& response) {
  response.status = StatusCode::kNotFound;
  if (const auto page = files.Find("404.html"); page.has_value() && !page->is_directory()) {
    response.file = *page;
    response.bytes = page->bytes;
    response.body = Response::Body::kFile;
  }
}

/// The path of the page that stands for a directory.
Result<File> FindIndex(const rootfs::Archive& files, std::string_view directory) {
  static constexpr std::string_view kIndex = "index.html";
  if (directory.empty()) {
    return files.Find(kIndex);
  }
  std::array<char, kMaxPathSize> buffer;
  TextWriter path(buffer);
  path << directory << '/' << kIndex;
  return path.overflowed() ? Result<File>(std::unexpected(Error::kNotFound))
                           : files.Find(path.text());
}

}  // namespace

Response Refusal(StatusCode code) {
  Response response;
  response.status = code;
  return response;
}

Response Respond(const Request& request, const rootfs::Archive& files) {
  Response response;
  // A client that waits for a word before it sends its body gets this response instead, and may
  // then send it or not: where the next request begins is not known [RFC9110 §10.1.1]. Nor is it
  // behind chunks, which nothing here reads: a proxy that finds their end elsewhere would take the
  // answer to one client's request for another's [RFC9112 §11.2].
  response.keep_alive =
      request.keep_alive && !request.chunked && !(request.expects_continue && request.has_body());
  response.keep_alive_said = request.keep_alive_said;
  response.head_only = request.method == Method::kHead;
  if (request.method == Method::kOther || request.method == Method::kUnknown) {
    response.status = request.method == Method::kOther ? StatusCode::kMethodNotAllowed
                                                       : StatusCode::kNotImplemented;
    return response;
  }

  std::array<char, kMaxPathSize> scratch;
  const auto target = ParseTarget(request.target, scratch);
  if (!target.has_value()) {
    response.status = target.error();
    if (response.status == StatusCode::kNotFound) {
      ServeNotFound(files, response);
    }
    return response;
  }
  if (!target->is_directory) {
    if (target->path == kStatusPath || target->path == kMetricsPath) {
      response.body =
          target->path == kStatusPath ? Response::Body::kStatusPage : Response::Body::kMetrics;
      return response;
    }
    const auto file = files.Find(target->path);
    if (!file.has_value()) {
      ServeNotFound(files, response);
    } else if (!file->is_directory()) {
      ServeFile(request, *file, response);
    } else if (target->raw_path.starts_with("//")) {
      ServeNotFound(files, response);  // as a Location it would name another host
    } else {
      response.status = StatusCode::kMovedPermanently;
      response.raw_path = target->raw_path;
      response.query = target->query;
    }
    return response;
  }
  const auto index = FindIndex(files, target->path);
  if (index.has_value() && !index->is_directory()) {
    ServeFile(request, *index, response);
  } else {
    ServeNotFound(files, response);
  }
  return response;
}

std::uint64_t ContentLength(const Response& response) {
  switch (response.body) {
    case Response::Body::kReason:
      return StatusText(response.status).size() + 1;
    case Response::Body::kFile:
      return response.bytes.size();
    default:
      return 0;
  }
}

bool WriteHead(const Response& response, std::uint64_t content_length, const DateText& date,
               TextWriter& out) {
  const File& file = response.file;
  out << "HTTP/1.1 " << StatusText(response.status) << "\r\nServer: Ashlar\r\n";
  if (date.known) {
    out << "Date: " << std::string_view(date.text.data(), date.text.size()) << "\r\n";
  }
  if (response.body != Response::Body::kNone) {
    out << "Content-Type: ";
    switch (response.body) {
      case Response::Body::kFile:
        out << file.content_type;
        break;
      case Response::Body::kStatusPage:
        out << "text/html; charset=utf-8";
        break;
      case Response::Body::kMetrics:
        out << "text/plain; version=0.0.4; charset=utf-8";  // Prometheus' own
        break;
      default:
        out << "text/plain; charset=utf-8";
        break;
    }
    out << "\r\nContent-Length: " << content_length << "\r\nX-Content-Type-Options: nosniff\r\n";
  }
  switch (response.status) {
    case StatusCode::kOk:
    case StatusCode::kPartialContent:
    case StatusCode::kNotModified:
      if (!file.entity_tag.empty()) {
        out << "ETag: " << file.entity_tag << "\r\n";
        if (IsDated(file)) {
          const auto modified = FormatHttpDate(file.modified);
          out << "Last-Modified: " << std::string_view(modified.data(), modified.size()) << "\r\n";
        }
        out << "Accept-Ranges: bytes\r\nCache-Control: no-cache\r\n";  // keep it, but ask whether
                                                                       // it is current
      } else {
        out << "Cache-Control: no-store\r\n";
      }
      if (response.status == StatusCode::kPartialContent) {
        const auto first = static_cast<std::uint64_t>(response.bytes.data() - file.bytes.data());
        out << "Content-Range: bytes " << first << '-' << first + response.bytes.size() - 1 << '/'
            << file.bytes.size() << "\r\n";
      }
      break;
    case StatusCode::kRangeNotSatisfiable:
      out << "Content-Range: bytes */" << file.bytes.size() << "\r\n";
      break;
    case StatusCode::kMovedPermanently:
      out << "Location: " << response.raw_path << '/';
      if (!response.query.empty()) {
        out << '?' << response.query;
      }
      out << "\r\n";
      break;
    case StatusCode::kMethodNotAllowed:
      out << "Allow: GET, HEAD\r\n";
      break;
    case StatusCode::kServiceUnavailable:
      out << "Retry-After: 1\r\n";
      break;
    default:
      break;
  }
  if (!response.keep_alive) {
    out << "Connection: close\r\n";
  } else if (response.keep_alive_said) {
    out << "Connection: keep-alive\r\n";
  }
  out << "\r\n";
  if (response.body == Response::Body::kReason && !response.head_only) {
    out << StatusText(response.status) << '\n';
  }
  return !out.overflowed();
}

}  // namespace ashlar::httpd
