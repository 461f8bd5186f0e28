// Where the devices of a BCM2837 are [BCM2835 §1.2.3; QA7 §3.1].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::raspi {

inline constexpr std::uint64_t kInterruptController = 0x3f00'b200;
inline constexpr std::uint64_t kMailbox = 0x3f00'b880;
inline constexpr std::uint64_t kPowerManagement = 0x3f10'0000;
inline constexpr std::uint64_t kRandomGenerator = 0x3f10'4000;
inline constexpr std::uint64_t kSerialLine = 0x3f20'1000;
inline constexpr std::uint64_t kUsb = 0x3f98'0000;
/// Interrupts and mailboxes of the cores.
inline constexpr std::uint64_t kLocal = 0x4000'0000;

/// Of kInterruptController [BCM2835 §7.5].
inline constexpr std::uint32_t kUsbInterrupt = 9;

}  // namespace ashlar::raspi
