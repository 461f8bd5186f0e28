// The 16550 driver, by the list of accesses that it makes on a fake bus.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/ns16550.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libs/io/fake_bus.h"

namespace ashlar::console {
namespace {

constexpr std::uint64_t kHasFifo =
    0xc1;  // interrupt identification: FIFOs on, no interrupt pending
constexpr std::uint64_t kNoFifo = 0x01;
constexpr std::uint64_t kBusy = 0x00;  // line status
constexpr std::uint64_t kReady = 0x60;

io::FakeBus::Record Answering(std::vector<std::uint64_t> reads) {
  io::FakeBus::Record record;
  record.reads = std::move(reads);
  return record;
}

// The writes of the set-up [PC16550D §8.4: 115200 baud, 8N1, FIFOs on].
std::vector<io::Write> Preparation() {
  return {{3, 0x80}, {0, 1}, {1, 0}, {3, 0x03}, {1, 0}, {2, 0x07}, {4, 0x03}};
}

std::vector<io::Write> PreparationAnd(const std::string& text) {
  std::vector<io::Write> writes = Preparation();
  for (const char character : text) {
    writes.push_back({0, static_cast<std::uint8_t>(character)});
  }
  return writes;
}

TEST(Ns16550Test, TheFirstWriteSetsTheLineUp) {
  io::FakeBus::Record record = Answering({kHasFifo, kReady});
  Ns16550(io::FakeBus(record)).Write("x");
  EXPECT_EQ(record.writes, PreparationAnd("x"));
}

TEST(Ns16550Test, LaterWritesOnlySend) {
  io::FakeBus::Record record = Answering({kHasFifo, kReady, kReady});
  Ns16550 serial{io::FakeBus(record)};
  serial.Write("a");
  serial.Write("b");
  EXPECT_EQ(record.writes, PreparationAnd("ab"));
}

TEST(Ns16550Test, WriteWaitsUntilTheTransmitterIsEmpty) {
  io::FakeBus::Record record = Answering({kHasFifo, kBusy, kBusy, kReady});
  Ns16550(io::FakeBus(record)).Write("ok");
  EXPECT_EQ(record.writes, PreparationAnd("ok"));
  EXPECT_EQ(record.reads_answered, 4u);
}

TEST(Ns16550Test, AFifoTakesSixteenBytesForEachWait) {
  const std::string text(33, 'z');
  io::FakeBus::Record record = Answering({kHasFifo, kReady, kReady, kReady});
  Ns16550(io::FakeBus(record)).Write(text);
  EXPECT_EQ(record.writes, PreparationAnd(text));
  EXPECT_EQ(record.read_accesses.size(), 4u);
}

TEST(Ns16550Test, WithoutAFifoEachByteWaits) {
  io::FakeBus::Record record = Answering({kNoFifo, kBusy, kReady, kBusy, kReady});
  Ns16550(io::FakeBus(record)).Write("ok");
  EXPECT_EQ(record.writes, PreparationAnd("ok"));
  EXPECT_EQ(record.reads_answered, 5u);
}

TEST(Ns16550Test, BytesAreSentAsTheyAre) {
  io::FakeBus::Record record = Answering({kHasFifo, kReady});
  const std::string text("\0\n\xff", 3);
  Ns16550(io::FakeBus(record)).Write(text);
  EXPECT_EQ(record.writes, PreparationAnd(text));
}

// A bus whose device never answers but with one value.
struct StuckBus {
  std::uint8_t value;
  int* writes;

  std::uint8_t Read8(std::size_t) { return value; }
  std::uint16_t Read16(std::size_t) { return value; }
  std::uint32_t Read32(std::size_t) { return value; }
  void Write8(std::size_t, std::uint8_t) { ++*writes; }
  void Write16(std::size_t, std::uint16_t) {}
  void Write32(std::size_t, std::uint32_t) {}
};

TEST(Ns16550Test, ADeviceThatIsNeverReadyDoesNotHang) {
  int writes = 0;
  Ns16550(StuckBus{.value = 0, .writes = &writes}).Write("dropped");
  EXPECT_EQ(writes, static_cast<int>(Preparation().size()));
}

// A line that nobody reads at first.
struct SleepingBus {
  int* reads_until_ready;
  int* sent;

  std::uint8_t Read8(std::size_t offset) {
    return offset == 5 && --*reads_until_ready < 0 ? kReady : kBusy;
  }
  std::uint16_t Read16(std::size_t offset) { return Read8(offset); }
  std::uint32_t Read32(std::size_t offset) { return Read8(offset); }
  void Write8(std::size_t offset, std::uint8_t) { *sent += offset == 0 ? 1 : 0; }
  void Write16(std::size_t, std::uint16_t) {}
  void Write32(std::size_t, std::uint32_t) {}
};

TEST(Ns16550Test, ADeviceThatWasNotReadyIsOnlyLookedAtUntilItIs) {
  constexpr int kMany = 1 << 30;
  int reads = kMany;
  int sent = 0;
  Ns16550 serial{SleepingBus{.reads_until_ready = &reads, .sent = &sent}};
  serial.Write("dropped");
  const int waited = kMany - reads;
  serial.Write("dropped, too");
  EXPECT_EQ(kMany - reads, waited + 1);
  const int before = sent;
  reads = 0;
  serial.Write("ab");
  EXPECT_EQ(sent, before + 2);
  // It is waited for again.
  reads = 100;
  serial.Write("c");
  EXPECT_EQ(sent, before + 3);
}

TEST(Ns16550Test, AnAbsentDeviceSwallowsTheText) {
  int writes = 0;
  Ns16550(StuckBus{.value = 0xff, .writes = &writes}).Write("gone");
  EXPECT_EQ(writes, static_cast<int>(Preparation().size()) + 4);
}

TEST(Ns16550Test, IsPresentIfItsScratchRegisterKeepsWhatIsWritten) {
  io::FakeBus::Record kept = Answering({0x5a, 0xa5});
  EXPECT_TRUE(Ns16550(io::FakeBus(kept)).Present());
  EXPECT_EQ(kept.writes, (std::vector<io::Write>{{7, 0x5a}, {7, 0xa5}}));
  io::FakeBus::Record floating = Answering({});
  EXPECT_FALSE(Ns16550(io::FakeBus(floating)).Present());
  io::FakeBus::Record stuck = Answering({0x5a, 0x5a});
  EXPECT_FALSE(Ns16550(io::FakeBus(stuck)).Present());
}

}  // namespace
}  // namespace ashlar::console
