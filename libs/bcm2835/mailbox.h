// The property mailbox: how an Arm core of a Raspberry Pi asks the graphics processor, which owns
// the machine, for what only that one gives: a screen, a device's power.
//
// [mailbox] raspberrypi/firmware wiki, "Accessing mailboxes" and "Mailbox property interface".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

#include "libs/base/result.h"
#include "libs/io/io.h"

namespace ashlar::bcm2835 {

/// A message with one question; the answer comes in its place. Must lie below 1 GiB at its physical
/// address; the alignment keeps it in a cache line of its own.
struct alignas(64) PropertyMessage {
  static constexpr std::uint32_t kRequest = 0;
  static constexpr std::uint32_t kSuccess = 0x8000'0000;

  std::array<std::uint32_t, 32> words = {};
};

/// A framebuffer, as the graphics processor chose it.
struct Screen {
  std::uint32_t address;  ///< physical
  std::uint32_t size;     ///< bytes
  std::uint32_t width;    ///< pixels
  std::uint32_t height;
  std::uint32_t bytes_per_row;
};

/// What the graphics processor switches on.
enum class PoweredDevice : std::uint32_t { kUsb = 3 };

/// The mailbox behind `Bus`, which reaches kRegisterBytes of its registers. `SyncCaches` is called
/// with a message before and after the graphics processor, which sees no cache, uses it.
///
/// Errors of every call: kTimedOut: no answer; kBroken: an answer that makes no sense;
/// kUnsupported: the firmware does not know the question. Each waits by polling: it is given up
/// after a million reads of a register, a tenth of a second at least, without any answer; answers
/// to others, of which there may be a few, begin that anew.
template <io::Bus Bus, typename SyncCaches>
class Mailbox {
 public:
  static constexpr std::size_t kRegisterBytes = 0x40;

  Mailbox(Bus bus, SyncCaches sync_caches, PropertyMessage& message)
      : bus_(std::move(bus)), sync_caches_(std::move(sync_caches)), message_(message) {}

  /// Has a screen of `width` by `height` pixels, 32 bits each, shown.
  Result<Screen> AllocateScreen(std::uint32_t width, std::uint32_t height) {
    using Pair = std::array<std::uint32_t, 2>;
    constexpr std::uint32_t kBitsPerPixel = 32;
    const Pair physical = ASHLAR_TRY(Ask(kSetPhysicalSize, Pair{width, height}));
    const Pair virtual_size = ASHLAR_TRY(Ask(kSetVirtualSize, physical));
    const std::array<std::uint32_t, 1> depth =
        ASHLAR_TRY(Ask(kSetDepth, std::array{kBitsPerPixel}));
    constexpr std::uint32_t kPage = 4096;
    const Pair buffer = ASHLAR_TRY(Ask(kAllocateBuffer, Pair{kPage, 0}));
    const std::array<std::uint32_t, 1> pitch =
        ASHLAR_TRY(Ask(kGetPitch, std::array<std::uint32_t, 1>{}));
    const Screen screen = {buffer[0] & kBusAddressMask, buffer[1], virtual_size[0], virtual_size[1],
                           pitch[0]};
    // Pixels are words, and devices' memory wants accesses aligned.
    const bool fits = depth[0] == kBitsPerPixel && screen.address != 0 && screen.address % 4 == 0 &&
                      screen.bytes_per_row % 4 == 0 &&
                      screen.address + std::uint64_t{screen.size} <= kPeripherals &&
                      screen.bytes_per_row >= std::uint64_t{screen.width} * (kBitsPerPixel / 8) &&
                      screen.bytes_per_row * std::uint64_t{screen.height} <= screen.size;
    if (!fits) {
      return std::unexpected(Error::kBroken);
    }
    return screen;
  }

  /// Switches a device on, and waits until it may be used. kNotFound: there is none.
  Result<void> SwitchOn(PoweredDevice device) {
    constexpr std::uint32_t kOn = 1;
    constexpr std::uint32_t kWait = 2;
    constexpr std::uint32_t kMissing = 2;
    const std::array<std::uint32_t, 2> state = ASHLAR_TRY(
        Ask(kSetPowerState, std::array{static_cast<std::uint32_t>(device), kOn | kWait}));
    if ((state[1] & kMissing) != 0) {
      return std::unexpected(Error::kNotFound);
    }
    if ((state[1] & kOn) == 0) {
      return std::unexpected(Error::kBroken);
    }
    return {};
  }

 private:
  // [mailbox] mailbox 0 is read, mailbox 1 written.
  static constexpr std::size_t kRead = 0x00;
  static constexpr std::size_t kStatus = 0x18;
  static constexpr std::size_t kWrite = 0x20;
  static constexpr std::size_t kWriteStatus = 0x38;
  static constexpr std::uint32_t kFull = 0x8000'0000;
  static constexpr std::uint32_t kEmpty = 0x4000'0000;
  static constexpr std::uint32_t kPropertyChannel = 8;

  static constexpr std::uint32_t kSetPowerState = 0x0002'8001;
  static constexpr std::uint32_t kAllocateBuffer = 0x0004'0001;
  static constexpr std::uint32_t kGetPitch = 0x0004'0008;
  static constexpr std::uint32_t kSetPhysicalSize = 0x0004'8003;
  static constexpr std::uint32_t kSetVirtualSize = 0x0004'8004;
  static constexpr std::uint32_t kSetDepth = 0x0004'8005;

  // The graphics processor's address of RAM, past its caches [BCM2835 §1.2.4].
  static constexpr std::uint32_t kUncachedAlias = 0xc000'0000;
  static constexpr std::uint32_t kBusAddressMask = 0x3fff'ffff;
  // No board of this family has RAM from here on below 1 GiB.
  static constexpr std::uint64_t kPeripherals = 0x3f00'0000;

  // A read takes a tenth of a microsecond at least.
  static constexpr int kMaxPolls = 1'000'000;

  template <std::size_t count>
  Result<std::array<std::uint32_t, count>> Ask(std::uint32_t tag,
                                               const std::array<std::uint32_t, count>& values) {
    constexpr std::uint32_t kBytes = count * sizeof(std::uint32_t);
    // The whole size, the code, then the tag: its name, its room, the size of what is in there, the
    // values; and a zero.
    const auto address = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&message_));
    auto& words = message_.words;
    words = {static_cast<std::uint32_t>((6 + count) * sizeof(std::uint32_t)),
             PropertyMessage::kRequest, tag, kBytes, kBytes};
    for (std::size_t i = 0; i < count; ++i) {
      words[5 + i] = values[i];
    }
    words[5 + count] = 0;
    sync_caches_(message_);
    ASHLAR_TRY(Exchange((address | kUncachedAlias) | kPropertyChannel));
    sync_caches_(message_);
    constexpr std::uint32_t kAnswered = 0x8000'0000;
    if (words[1] != PropertyMessage::kSuccess) {
      return std::unexpected(Error::kBroken);
    }
    const std::uint32_t length = words[4];
    if ((length & kAnswered) == 0) {
      return std::unexpected(Error::kUnsupported);
    }
    if ((length & ~kAnswered) < kBytes) {
      return std::unexpected(Error::kBroken);
    }
    std::array<std::uint32_t, count> answer;
    for (std::size_t i = 0; i < count; ++i) {
      answer[i] = words[5 + i];
    }
    return answer;
  }

  // Until the message itself comes back: others may be under way, of whoever ran before.
  Result<void> Exchange(std::uint32_t word) {
    ASHLAR_TRY(WaitWhile(kWriteStatus, kFull));
    bus_.Write32(kWrite, word);
    constexpr int kMostOthers = 8;
    for (int i = 0; i <= kMostOthers; ++i) {
      ASHLAR_TRY(WaitWhile(kStatus, kEmpty));
      if (bus_.Read32(kRead) == word) {
        return {};
      }
    }
    return std::unexpected(Error::kBroken);
  }

  Result<void> WaitWhile(std::size_t status, std::uint32_t bit) {
    for (int i = 0; i < kMaxPolls; ++i) {
      if ((bus_.Read32(status) & bit) == 0) {
        return {};
      }
    }
    return std::unexpected(Error::kTimedOut);
  }

  Bus bus_;
  SyncCaches sync_caches_;
  PropertyMessage& message_;
};

}  // namespace ashlar::bcm2835
