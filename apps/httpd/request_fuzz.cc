// Any bytes as requests to a small site: what comes out must hold together.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "apps/httpd/request.h"
#include "apps/httpd/response.h"
#include "apps/httpd/target.h"
#include "libs/base/check.h"
#include "libs/rootfs/rootfs.h"

namespace {

using namespace ashlar;         // NOLINT: a program of its own
using namespace ashlar::httpd;  // NOLINT

void CheckTarget(std::string_view text) {
  std::array<char, kMaxPathSize> scratch;
  const auto target = ParseTarget(text, scratch);
  if (!target.has_value()) {
    return;
  }
  ASHLAR_CHECK(!target->path.starts_with("../") && !target->path.contains("/../") &&
               target->path != "..");
  ASHLAR_CHECK(!target->path.contains('\0'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const rootfs::Archive files = rootfs::Embedded();
  const DateText date;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  while (!input.empty()) {
    Request request;
    const HeadResult head = ParseHead(input, 0, request);
    if (head.state == HeadResult::State::kIncomplete) {
      ASHLAR_CHECK(input.size() < kMaxHeadSize);
      break;
    }
    const bool refused = head.state == HeadResult::State::kRefused;
    const Response response = refused ? Refusal(head.refusal) : Respond(request, files);
    std::array<char, kMaxResponseHeadSize> buffer;
    TextWriter writer(buffer);
    ASHLAR_CHECK(WriteHead(response, ContentLength(response), date, writer));
    // One head: no line break smuggled in by the request.
    const std::string_view text = writer.text();
    const std::size_t end = text.find("\r\n\r\n");
    ASHLAR_CHECK(end != std::string_view::npos);
    ASHLAR_CHECK(response.bytes.size() <= response.file.bytes.size());
    if (refused) {
      ASHLAR_CHECK(!response.keep_alive);
      break;
    }
    ASHLAR_CHECK(head.size > 0 && head.size <= input.size());
    CheckTarget(request.target);
    input.remove_prefix(head.size);
  }
  return 0;
}
