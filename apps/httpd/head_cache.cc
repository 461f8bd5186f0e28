// Filling the head cache.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/head_cache.h"

namespace ashlar::httpd {

bool HeadCache::Fill(Entry& entry, std::uint8_t variant, const Response& response,
                     const DateText& date) {
  entry.file = kNoFile;
  if (!date.known) {
    return false;  // no date to patch: rare, and correct without a cache
  }
  TextWriter writer(entry.text);
  if (!WriteHead(response, response.bytes.size(), date, writer)) {
    return false;
  }
  const std::size_t date_field = writer.text().find("\r\nDate: ");
  entry.date_offset = static_cast<std::uint16_t>(date_field + 8);
  entry.head_size = static_cast<std::uint16_t>(writer.size());
  if (response.bytes.size() <= writer.space()) {
    writer << std::string_view(reinterpret_cast<const char*>(response.bytes.data()),
                               response.bytes.size());
  }
  entry.whole_size = static_cast<std::uint16_t>(writer.size());
  entry.date_stamp = date.stamp;
  entry.variant = variant;
  entry.file = response.file.index;
  return true;
}

}  // namespace ashlar::httpd
