// The GICs' drivers on registers that keep what is written.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "gtest/gtest.h"
#include "libs/interrupt_controllers/gic_distributor.h"
#include "libs/interrupt_controllers/gic_v2.h"
#include "libs/interrupt_controllers/gic_v3.h"
#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {
namespace {

// Registers by offset; what was never written reads as zero.
using Registers = std::map<std::size_t, std::uint32_t>;

class RegisterBus {
 public:
  explicit RegisterBus(Registers& registers) : registers_(&registers) {}

  std::uint8_t Read8(std::size_t offset) { return static_cast<std::uint8_t>(Read32(offset)); }
  std::uint16_t Read16(std::size_t offset) { return static_cast<std::uint16_t>(Read32(offset)); }
  std::uint32_t Read32(std::size_t offset) { return (*registers_)[offset]; }
  void Write8(std::size_t offset, std::uint8_t value) { (*registers_)[offset] = value; }
  void Write16(std::size_t offset, std::uint16_t value) { (*registers_)[offset] = value; }
  void Write32(std::size_t offset, std::uint32_t value) { (*registers_)[offset] = value; }

 private:
  Registers* registers_;
};
static_assert(io::Bus<RegisterBus>);

struct FakeCpu {
  struct State {
    std::uint64_t affinity = 0x8000'0001;  // bit 31 is no part of it
    std::uint32_t pending = 1023;
    std::uint32_t ended = 0;
    bool started = false;
  };
  State* state;

  std::uint64_t Affinity() { return state->affinity; }
  void Start() { state->started = true; }
  std::uint32_t Acknowledge() { return state->pending; }
  void End(std::uint32_t interrupt) { state->ended = interrupt; }
};

TEST(GicTest, TheTypeTellsHowManyInterruptsThereAre) {
  EXPECT_EQ(GicInterruptCount(0), 32U);
  EXPECT_EQ(GicInterruptCount(0x8), 288U);
  EXPECT_EQ(GicInterruptCount(0xffff'ffff), 1020U);
}

TEST(GicV2Test, AnInterruptIsRoutedHereAndEnabled) {
  Registers distributor = {{0x004, 3}, {0x800, 4}};  // 128 interrupts; this is CPU 2
  Registers cpu = {{0xd0, 1 << 20}};                 // whoever was here before was handling one
  GicV2 gic{RegisterBus(distributor), RegisterBus(cpu)};
  gic.Start();
  EXPECT_EQ(cpu[0xd0], 0U);
  EXPECT_EQ(distributor[0x000], 1U);
  EXPECT_EQ(distributor[0x18c], 0xffff'ffffU);
  EXPECT_EQ(distributor[0x38c], 0xffff'ffffU);
  EXPECT_FALSE(distributor.contains(0x190));
  EXPECT_EQ(cpu[0x00], 1U);
  EXPECT_EQ(cpu[0x04], 0xffU);
  EXPECT_FALSE(gic.Has(15));
  EXPECT_TRUE(gic.Has(127));
  EXPECT_FALSE(gic.Has(128));
  gic.Enable(49, true);
  EXPECT_EQ(distributor[0x400 + 49], 0xa0U);
  EXPECT_FALSE(distributor.contains(0x400 + 50));
  EXPECT_EQ(distributor[0x800 + 49], 4U);
  EXPECT_EQ(distributor[0xc0c], 2U << 2);
  EXPECT_EQ(distributor[0x104], 1U << 17);
}

TEST(GicV2Test, WhatPendsIsAcknowledgedAndEndedWhole) {
  Registers distributor;
  Registers cpu = {{0x0c, 0x1c31}};  // interrupt 49, and the CPU that sent it
  GicV2 gic{RegisterBus(distributor), RegisterBus(cpu)};
  EXPECT_EQ(gic.Acknowledge(), 49U);
  gic.End();
  EXPECT_EQ(cpu[0x10], 0x1c31U);
  cpu[0x0c] = 1023;
  EXPECT_EQ(gic.Acknowledge(), std::nullopt);
}

class GicV3Test : public testing::Test {
 protected:
  using Gic = GicV3<RegisterBus, FakeCpu>;

  Gic Make(std::size_t size) {
    return {RegisterBus(distributor_), RegisterBus(redistributors_), size, FakeCpu{&cpu_}};
  }

  static constexpr std::size_t kStride = 0x20000;
  Registers distributor_ = {{0x0004, 3}};
  Registers redistributors_ = {{0x0008, 0}, {kStride + 0x08, 1 << 4}, {kStride + 0x0c, 1}};
  FakeCpu::State cpu_;
};

TEST_F(GicV3Test, ItsOwnRedistributorIsTheOneWithTheCpusAffinity) {
  redistributors_[kStride + 0x14] = 2;
  Gic gic = Make(2 * kStride);
  ASSERT_TRUE(gic.Start());
  EXPECT_TRUE(cpu_.started);
  EXPECT_EQ(redistributors_[kStride + 0x14], 0U);
  EXPECT_EQ(distributor_[0x0000], 0x12U);
  EXPECT_EQ(distributor_[0x0084], 0xffff'ffffU);
  EXPECT_EQ(distributor_[0x0384], 0xffff'ffffU);
  EXPECT_EQ(redistributors_[kStride + 0x10380], 0xffff'ffffU);
  gic.Enable(27, false);
  EXPECT_EQ(redistributors_[kStride + 0x10400 + 27], 0xa0U);
  EXPECT_EQ(redistributors_[kStride + 0x10100], 1U << 27);
  gic.Enable(49, true);
  EXPECT_EQ(distributor_[0x0400 + 49], 0xa0U);
  EXPECT_EQ(distributor_[0x6000 + 49 * 8], 1U);
  EXPECT_EQ(distributor_[0x6000 + 49 * 8 + 4], 0U);
  EXPECT_EQ(distributor_[0x0c0c], 2U << 2);
  EXPECT_EQ(distributor_[0x0104], 1U << 17);
}

TEST_F(GicV3Test, WithoutARedistributorItDoesNotStart) {
  cpu_.affinity = 7;
  EXPECT_FALSE(Make(16 * kStride).Start());  // The last one says so.
  redistributors_[kStride + 0x08] = 0;
  EXPECT_FALSE(Make(2 * kStride).Start());
  EXPECT_FALSE(Make(0).Start());
}

TEST_F(GicV3Test, ARedistributorThatSleepsOnIsGivenUp) {
  redistributors_[kStride + 0x14] = 6;
  EXPECT_FALSE(Make(2 * kStride).Start());
}

TEST_F(GicV3Test, WhatPendsIsAcknowledgedAndEnded) {
  Gic gic = Make(2 * kStride);
  EXPECT_EQ(gic.Acknowledge(), std::nullopt);
  cpu_.pending = 27;
  EXPECT_EQ(gic.Acknowledge(), 27U);
  gic.End();
  EXPECT_EQ(cpu_.ended, 27U);
}

}  // namespace
}  // namespace ashlar::interrupt_controllers
