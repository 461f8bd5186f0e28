// The transmitter of a 16550 serial line controller, reached over any bus.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "libs/io/io.h"

namespace ashlar::console {

/// What the line status register says [PC16550D §8.6.3].
struct LineStatus {
  std::uint8_t value;

  /// Bit 5, THRE: with FIFOs on, the whole transmit FIFO is empty; without, the holding register.
  constexpr bool transmitter_holding_register_empty() const { return (value & 0x20) != 0; }
};
// The line at rest: THRE and TEMT [PC16550D table II].
static_assert(LineStatus{0x60}.transmitter_holding_register_empty());
static_assert(!LineStatus{0x40}.transmitter_holding_register_empty());

/// The driver. The bus's offsets are the register's numbers, 0 to 7.
/// Set up by the first Write(): 115200 baud, 8 data bits, no parity, one stop bit, FIFOs on,
/// interrupts off.
template <io::Bus Bus>
class Ns16550 {
 public:
  constexpr explicit Ns16550(Bus bus) : bus_(std::move(bus)) {}

  /// Whether there is one: its scratch register keeps what is written to it [PC16550D §8.6.8].
  bool Present() {
    for (const std::uint8_t value : {std::uint8_t{0x5a}, std::uint8_t{0xa5}}) {
      bus_.Write8(kScratch, value);
      if (bus_.Read8(kScratch) != value) {
        return false;
      }
    }
    return true;
  }

  /// Sends all of `text`; returns when the device has taken the last byte. Waits for the device as
  /// long as it takes, but not for ever: one that stays busy beyond kMaxPolls reads is taken for
  /// absent and the text dropped, as is all further text until it is found ready.
  void Write(std::string_view text) {
    if (fifo_size_ == 0) {
      Initialise();
    }
    while (!text.empty()) {
      if (!WaitUntilEmpty()) {
        return;
      }
      for (std::size_t room = fifo_size_; room != 0 && !text.empty(); --room) {
        bus_.Write8(kTransmitterHolding, static_cast<std::uint8_t>(text.front()));
        text.remove_prefix(1);
      }
    }
  }

 private:
  // [PC16550D table II]; the first two are the divisor's bytes while the divisor latch is open.
  static constexpr std::size_t kTransmitterHolding = 0;
  static constexpr std::size_t kInterruptEnable = 1;
  static constexpr std::size_t kInterruptIdentification = 2;  // read
  static constexpr std::size_t kFifoControl = 2;              // write
  static constexpr std::size_t kLineControl = 3;
  static constexpr std::size_t kModemControl = 4;
  static constexpr std::size_t kLineStatus = 5;
  static constexpr std::size_t kScratch = 7;

  static constexpr std::uint8_t kDivisorLatch = 0x80;
  static constexpr std::uint8_t kEightBitsNoParity = 0x03;
  static constexpr std::uint8_t kFifosOnAndClear = 0x07;
  static constexpr std::uint8_t kFifosOn = 0xc0;
  static constexpr std::uint8_t kReadyToTalk = 0x03;  // DTR and RTS

  // A byte takes 87 us at 115200 baud and a read at least 0.1 us, so 16 bytes are out after at most
  // 14,000 reads.
  static constexpr int kMaxPolls = 1'000'000;

  void Initialise() {
    bus_.Write8(kLineControl, kDivisorLatch);
    bus_.Write8(kTransmitterHolding, 1);  // 1.8432 MHz / 16 / 115200
    bus_.Write8(kInterruptEnable, 0);
    bus_.Write8(kLineControl, kEightBitsNoParity);
    bus_.Write8(kInterruptEnable, 0);
    bus_.Write8(kFifoControl, kFifosOnAndClear);
    bus_.Write8(kModemControl, kReadyToTalk);
    // An 8250 or 16450 has no FIFO and says so.
    const std::uint8_t identification = bus_.Read8(kInterruptIdentification);
    fifo_size_ = (identification & kFifosOn) == kFifosOn ? 16 : 1;
  }

  bool WaitUntilEmpty() {
    for (int i = 0; i < polls_; ++i) {
      if (LineStatus{bus_.Read8(kLineStatus)}.transmitter_holding_register_empty()) {
        polls_ = kMaxPolls;
        return true;
      }
    }
    polls_ = 1;
    return false;
  }

  Bus bus_;
  std::size_t fifo_size_ = 0;  // zero: not set up yet
  int polls_ = kMaxPolls;      // one while it is taken for absent
};

}  // namespace ashlar::console
