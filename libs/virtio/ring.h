// What the two kinds of ring have in common: segments in, used chains out.
//
// A driver is a template over a Ring. It adds chains of segments, publishes them, and takes back
// the ones the device has used, each under the small number (id) that Add() gave it:
//
//     const std::uint16_t id = ring.next_id();
//     ring.Add(count, [&](std::uint16_t i) { return Segment{...}; });
//     if (ring.Publish()) signals->Notify(queue);
//     while (std::optional<Used> used = ring.Take()) { ...; ring.Free(used->id); }
//     if (ring.broken()) ...
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// A stretch of memory in a chain. Those that the device reads come before those that it writes.
struct Segment {
  std::uint64_t address;  ///< as the device addresses memory
  std::uint32_t length;   ///< bytes, not zero
  bool device_writes = false;
};

/// A chain that the device has used.
struct Used {
  std::uint16_t id;
  std::uint32_t length;  ///< bytes the device wrote: never more than the chain's segments hold
};

/// The address of something in memory as devices see it: memory is mapped at its physical address.
inline std::uint64_t DeviceAddress(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// The largest ring, of either kind [virtio-1.2 §2.7, §2.8].
inline constexpr std::uint16_t kMaxRingSize = 32768;

template <typename T>
concept Ring = requires(T ring, std::uint16_t id, std::span<std::byte> memory, Segment segment) {
  /// What must be negotiated for this kind of ring.
  { T::kRequired } -> std::convertible_to<Features>;
  /// Bytes of memory for a ring of so many descriptors, aligned to kRingAlignment.
  { T::MemoryFor(id) } -> std::same_as<std::size_t>;
  /// Takes `memory` (MemoryFor(size)), which must live as long as the device runs; a power of two
  /// of descriptors.
  { ring.Start(memory, id, Features{}) };
  { ring.addresses() } -> std::same_as<RingAddresses>;
  { ring.size() } -> std::same_as<std::uint16_t>;
  /// Descriptors not in use.
  { ring.free() } -> std::same_as<std::uint16_t>;
  /// The id that the next Add() gives its chain; below size(). There must be a free descriptor.
  { ring.next_id() } -> std::same_as<std::uint16_t>;
  /// Adds a chain of 1..free() segments.
  {
    ring.Add(id, [](std::uint16_t) { return Segment{}; })
  };
  /// Adds a chain of one segment under each id, in ascending order. All descriptors must be free.
  {
    ring.Fill([](std::uint16_t) { return Segment{}; })
  };
  /// Adds a chain of the one segment it had before, under the same id, after Take() and instead of
  /// Free().
  { ring.Repeat(id, segment) };
  /// Shows what was added to the device. True: it wants to be notified.
  { ring.Publish() } -> std::same_as<bool>;
  /// The next used chain. Nothing if there is none, or if the device broke its rules: see broken().
  { ring.Take() } -> std::same_as<std::optional<Used>>;
  /// Gives a taken chain's descriptors and its id back.
  { ring.Free(id) };
  /// After a reset: whether the chain `id` was still the device's; it is taken now.
  { ring.Abandon(id) } -> std::same_as<bool>;
  /// Asks for an interrupt at the next used chain. False if there is one already.
  { ring.EnableInterrupts() } -> std::same_as<bool>;
  { ring.DisableInterrupts() };
  /// Whether the device used what it was not given, or claims to have written more than it could.
  /// From then on Take() returns nothing: reset the device.
  { ring.broken() } -> std::same_as<bool>;
};

/// What a ring's memory must be aligned to: legacy devices address it by page.
inline constexpr std::size_t kRingAlignment = 4096;

}  // namespace ashlar::virtio
