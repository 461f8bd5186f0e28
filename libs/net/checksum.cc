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

}  // namespace

std::uint16_t Checksum(std::span<const std::byte> bytes) {
  const std::byte* data = bytes.data();
  if (bytes.size() == 20) {  // an IPv4 header: twice for every packet
    std::uint64_t words = 0;
    for (std::size_t i = 0; i < 20; i += 4) {
      std::uint32_t word;
      std::memcpy(&word, data + i, sizeof(word));
      words += word;
    }
    words = (words & 0xffff) + (words >> 16 & 0xffff) + (words >> 32);
    words = (words & 0xffff) + (words >> 16);
    return static_cast<std::uint16_t>((words & 0xffff) + (words >> 16));
  }
  std::size_t left = bytes.size();
  unsigned long long sum = 0;
  unsigned long long carry = 0;
  for (; left >= 64; data += 64, left -= 64) {
    sum = __builtin_addcll(sum, Load(data), carry, &carry);
    sum = __builtin_addcll(sum, Load(data + 8), carry, &carry);
    sum = __builtin_addcll(sum, Load(data + 16), carry, &carry);
    sum = __builtin_addcll(sum, Load(data + 24), carry, &carry);
    sum = __builtin_addcll(sum, Load(data + 32), carry, &carry);
    sum = __builtin_addcll(sum, Load(data + 40), carry, &carry);
    sum = __builtin_addcll(sum, Load(data + 48), carry, &carry);
    sum = __builtin_addcll(sum, Load(data + 56), carry, &carry);
  }
  for (; left >= 8; data += 8, left -= 8) {
    sum = __builtin_addcll(sum, Load(data), carry, &carry);
  }
  // The rest, as the low bytes of a word. Four bytes are the end of an IPv4 header.
  if (left >= 4) {
    std::uint32_t word;
    std::memcpy(&word, data, sizeof(word));
    sum = __builtin_addcll(sum, word, carry, &carry);
    data += 4;
    left -= 4;
  }
  if (left > 0) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < left; ++i) {
      word |= std::to_integer<std::uint64_t>(data[i]) << (8 * i);
    }
    sum = __builtin_addcll(sum, word, carry, &carry);
  }
  sum = __builtin_addcll(sum, 0, carry, &carry);
  sum += carry;
  sum = (sum & 0xffff'ffff) + (sum >> 32);
  sum = (sum & 0xffff'ffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace ashlar::net

extern "C" std::uint16_t ashlar_net_checksum(const void* data, int length) {
  return ashlar::net::Checksum(
      {static_cast<const std::byte*>(data), static_cast<std::size_t>(length)});
}
