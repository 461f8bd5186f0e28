// HeadCache: the heads of files that are asked for often, ready to send.
//
// A head is the same for every request of a file but for its date, which changes once a second and
// is patched in place. A small file's bytes stand right behind its head, so that the response is
// one piece.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "apps/httpd/response.h"

namespace ashlar::httpd {

class HeadCache {
 public:
  struct Entry {
    /// The head alone, and what is to be sent of it for a GET.
    std::string_view head() const { return {text.data(), head_size}; }
    bool holds_body() const { return whole_size != head_size; }
    std::string_view whole() const { return {text.data(), whole_size}; }

    static constexpr std::size_t kSize = 488;

    std::uint32_t file = kNoFile;  ///< index in the archive
    std::uint32_t date_stamp = 0;
    std::uint32_t batch = 0;  ///< that used it last
    std::uint16_t head_size = 0;
    std::uint16_t whole_size = 0;  ///< with the body, where it fits; else head_size
    std::uint16_t date_offset = 0;
    std::uint8_t variant = 0;
    std::array<char, kSize> text;
  };

  /// The head of `response`, which is_whole_file(), or nullptr if it can't be had here: write it
  /// yourself then. What was found stays valid as long as Find is called with the same `batch`
  /// number.
  const Entry* Find(const Response& response, const DateText& date, std::uint32_t batch) {
    // How the head ends: in nothing, "Connection: close" or "Connection: keep-alive".
    const std::uint8_t variant = !response.keep_alive ? 1 : response.keep_alive_said ? 2 : 0;
    Entry& entry = entries_[(response.file.index * 3 + variant) % entries_.size()];
    if (entry.file != response.file.index || entry.variant != variant) [[unlikely]] {
      if (entry.file != kNoFile && entry.batch == batch) {
        return nullptr;  // another file's head, about to be sent
      }
      if (!Fill(entry, variant, response, date)) {
        return nullptr;
      }
    }
    entry.batch = batch;
    if (entry.date_stamp != date.stamp) [[unlikely]] {
      std::memcpy(entry.text.data() + entry.date_offset, date.text.data(), date.text.size());
      entry.date_stamp = date.stamp;
    }
    return &entry;
  }

 private:
  static constexpr std::uint32_t kNoFile = UINT32_MAX;

  static bool Fill(Entry& entry, std::uint8_t variant, const Response& response,
                   const DateText& date);

  std::array<Entry, 32> entries_;
};

}  // namespace ashlar::httpd
