// The Internet checksum by 64-bit additions: the carries that fall out at the top go in at the
// bottom, and the sum of eight bytes folds to the sum of four 16-bit words [RFC 1071 §2].
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/checksum.h"

#include <cstring>

namespace ashlar::net {
namespace {

std::uint64_t Load(const std::byte* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// A sum of 64 bits and, apart from it, how often it overflowed.
class Sum {
 public:
  void Add(std::uint64_t word) { AddWithCarry<1>(word, 0, nullptr); }
  // `N` words, one addition each: the carry goes along with them.
  template <std::size_t N>
  void AddWords(const std::byte* data) {
    AddWithCarry<N>(Load(data), 0, data);
  }
  std::uint16_t Fold() const {
    std::uint64_t sum = (low_ & 0xffff'ffff) + (low_ >> 32) + overflows_;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16));
  }

 private:
  template <std::size_t N>
  void AddWithCarry(std::uint64_t word, unsigned long long carry, const std::byte* data) {
    low_ = __builtin_addcll(low_, word, carry, &carry);
    if constexpr (N > 1) {
      AddWithCarry<N - 1>(Load(data + 8), carry, data + 8);
    } else {
      overflows_ += carry;
    }
  }

  unsigned long long low_ = 0;
  std::uint64_t overflows_ = 0;
};

}  // namespace

std::uint16_t Checksum(std::span<const std::byte> bytes) {
  const std::byte* data = bytes.data();
  std::size_t left = bytes.size();
  Sum sum;
  for (; left >= 64; data += 64, left -= 64) {
    sum.AddWords<8>(data);
  }
  // The rest by halves, then the last bytes as the low ones of a word.
  if ((left & 32) != 0) {
    sum.AddWords<4>(data);
    data += 32;
  }
  if ((left & 16) != 0) {
    sum.AddWords<2>(data);
    data += 16;
  }
  if ((left & 8) != 0) {
    sum.Add(Load(data));
    data += 8;
  }
  if ((left & 4) != 0) {
    std::uint32_t word;
    std::memcpy(&word, data, sizeof(word));
    sum.Add(word);
    data += 4;
  }
  if ((left & 2) != 0) {
    std::uint16_t word;
    std::memcpy(&word, data, sizeof(word));
    sum.Add(word);
    data += 2;
  }
  if ((left & 1) != 0) {
    sum.Add(std::to_integer<std::uint64_t>(*data));
  }
  return sum.Fold();
}

}  // namespace ashlar::net

extern "C" std::uint16_t ashlar_net_checksum(const void* data, int length) {
  return ashlar::net::Checksum(
      {static_cast<const std::byte*>(data), static_cast<std::size_t>(length)});
}
