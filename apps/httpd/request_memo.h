// RequestMemo: heads that came before, byte for byte, and the response they got.
//
// Clients repeat themselves: a proxy, a health check or a program that polls sends the same head
// again and again. What a head gets depends on nothing but its bytes and the files, which don't
// change, so a head that is known need not be understood a second time. Comparing costs a tenth of
// parsing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "apps/httpd/response.h"

namespace ashlar::httpd {

class RequestMemo {
 public:
  struct Entry {
    Response response;
    std::uint32_t head_size = 0;  ///< 0: the entry is free
    std::array<char, 400> head{};
  };

  /// The entry whose head `input` starts with, or nullptr. `input` must not be shorter than a word.
  const Entry* Find(std::string_view input) const {
    if (input.size() < kShortest) {
      return nullptr;
    }
    const Entry& entry = entries_[Slot(input)];
    const char* const start = input.data();  // as long as is asked for below
    return entry.head_size != 0 && entry.head_size <= input.size() &&
                   Equal(entry.head.data(), start, entry.head_size)
               ? &entry
               : nullptr;
  }

  /// Remembers the response to a complete head. It must be the same each time: the whole of a file,
  /// to a request without a body.
  void Add(std::string_view head, const Response& response) {
    if (head.size() < kShortest || head.size() > entries_[0].head.size()) {
      return;
    }
    Entry& entry = entries_[Slot(head)];
    entry.response = response;
    entry.head_size = static_cast<std::uint32_t>(head.size());
    std::memcpy(entry.head.data(), head.data(), head.size());
  }

 private:
  using Word = std::uint64_t;
  typedef Word Vector __attribute__((vector_size(16), aligned(1), may_alias));

  /// No complete head of a request that gets a file is shorter.
  static constexpr std::size_t kShortest = 16;

  static Word Load(const char* text) {
    Word word;
    std::memcpy(&word, text, sizeof word);
    return word;
  }

  /// From the first 16 bytes: method and path, as a rule; so one client's heads don't push out each
  /// other.
  static std::size_t Slot(std::string_view head) {
    const char* const start = head.data();
    const Word mixed =
        (Load(start) ^ Load(start + 8) * 0x9e37'79b9'7f4a'7c15) * 0xff51'afd7'ed55'8ccd;
    return mixed >> (64 - kSlotBits);
  }

  /// memcmp, 16 bytes at a time whatever the C library does; `size` is at least 16.
  static bool Equal(const char* a, const char* b, std::size_t size) {
    for (std::size_t i = 0; i + 16 < size; i += 16) {
      if (!EqualVector(a + i, b + i)) {
        return false;
      }
    }
    return EqualVector(a + size - 16, b + size - 16);
  }
  static bool EqualVector(const char* a, const char* b) {
    const Vector difference =
        *reinterpret_cast<const Vector*>(a) ^ *reinterpret_cast<const Vector*>(b);
    return (difference[0] | difference[1]) == 0;
  }

  static constexpr int kSlotBits = 5;
  std::array<Entry, 1 << kSlotBits> entries_;
};

}  // namespace ashlar::httpd
