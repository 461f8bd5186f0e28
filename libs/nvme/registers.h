// Registers of NVMe controllers, as far as the driver uses them [NVMe-1.4 §3.1].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ashlar::nvme {

/// Offsets.
struct Register {
  static constexpr std::size_t kCapabilities = 0x00;  ///< 64 bits
  static constexpr std::size_t kVersion = 0x08;
  static constexpr std::size_t kInterruptMaskSet = 0x0c;
  static constexpr std::size_t kInterruptMaskClear = 0x10;
  static constexpr std::size_t kConfiguration = 0x14;
  static constexpr std::size_t kStatus = 0x1c;
  static constexpr std::size_t kAdminQueueSizes = 0x24;
  static constexpr std::size_t kAdminSubmission = 0x28;  ///< 64 bits
  static constexpr std::size_t kAdminCompletion = 0x30;  ///< 64 bits
  static constexpr std::size_t kDoorbells = 0x1000;
};

/// What the controller can do [NVMe-1.4 §3.1.1].
struct Capabilities {
  std::uint64_t value;

  /// Entries of the largest queue: 2..65536.
  constexpr std::uint32_t max_queue_entries() const {
    return static_cast<std::uint32_t>(value & 0xffff) + 1;
  }
  /// How long it may take to become ready or to stop.
  constexpr std::chrono::milliseconds timeout() const {
    return std::chrono::milliseconds(500 * (value >> 24 & 0xff));
  }
  /// Bytes from one doorbell to the next.
  constexpr std::size_t doorbell_stride() const { return std::size_t{4} << (value >> 32 & 0xf); }
  constexpr bool has_nvm_commands() const { return (value >> 37 & 1) != 0; }
  /// Bytes of the smallest page it takes.
  constexpr std::size_t min_page_size() const { return std::size_t{4096} << (value >> 48 & 0xf); }
};
static_assert(Capabilities{0x0020'0101'0a00'07ff}.max_queue_entries() == 2048);
static_assert(Capabilities{0x0000'0001'0a00'07ff}.doorbell_stride() == 8);
static_assert(Capabilities{0x0000'0020'0a00'07ff}.has_nvm_commands());

/// Controller configuration [NVMe-1.4 §3.1.5].
struct Configuration {
  static constexpr std::uint32_t kEnable = 1 << 0;
  static constexpr std::uint32_t kSubmissionEntrySize = 6 << 16;  ///< 2^6 bytes
  static constexpr std::uint32_t kCompletionEntrySize = 4 << 20;  ///< 2^4 bytes
};

/// Controller status [NVMe-1.4 §3.1.6].
struct ControllerStatus {
  std::uint32_t value;

  constexpr bool ready() const { return (value & 1) != 0; }
  /// Given up by itself, or gone: what is not there reads as all ones.
  constexpr bool fatal() const { return (value & 2) != 0; }
};

/// Which doorbell is whose [NVMe-1.4 §3.1.24].
constexpr std::size_t SubmissionDoorbell(std::size_t queue, std::size_t stride) {
  return Register::kDoorbells + 2 * queue * stride;
}
constexpr std::size_t CompletionDoorbell(std::size_t queue, std::size_t stride) {
  return Register::kDoorbells + (2 * queue + 1) * stride;
}
static_assert(CompletionDoorbell(1, 4) == 0x100c);

}  // namespace ashlar::nvme
