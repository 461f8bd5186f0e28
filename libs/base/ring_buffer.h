// A queue of fixed capacity in its owner's memory: first in, first out, no allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

namespace ashlar {

/// Holds up to `kCapacity` values, a power of two. One user at a time: it is not shared between
/// CPUs or with interrupt handlers. O(1) everything.
template <typename T, std::size_t kCapacity>
class RingBuffer {
  static_assert(std::has_single_bit(kCapacity), "the capacity must be a power of two");

 public:
  constexpr bool empty() const { return first_ == end_; }
  constexpr bool full() const { return size() == kCapacity; }
  constexpr std::size_t size() const { return end_ - first_; }
  static constexpr std::size_t capacity() { return kCapacity; }

  /// Puts `value` at the end. False, and nothing changed, if the buffer is full.
  [[nodiscard]] constexpr bool PushBack(T value) {
    if (full()) {
      return false;
    }
    values_[end_++ % kCapacity] = std::move(value);
    return true;
  }

  /// Takes the oldest value out; nothing if the buffer is empty.
  [[nodiscard]] constexpr std::optional<T> PopFront() {
    if (empty()) {
      return std::nullopt;
    }
    return std::move(values_[first_++ % kCapacity]);
  }

  /// The oldest value; the buffer must not be empty.
  constexpr T& front() { return values_[first_ % kCapacity]; }

  constexpr void Clear() { first_ = end_ = 0; }

 private:
  // Both only grow, and wrap round at a multiple of the capacity.
  std::size_t first_ = 0;
  std::size_t end_ = 0;
  T values_[kCapacity] = {};
};

}  // namespace ashlar
