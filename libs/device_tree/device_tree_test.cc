// Device trees as machines write them, and such as none should.
// SPDX-License-Identifier: Apache-2.0
#include "libs/device_tree/device_tree.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/device_tree/machine.h"
#include "libs/device_tree/tree_writer.h"

namespace ashlar::device_tree {
namespace {

Tree Parsed(std::span<const std::byte> bytes) {
  const Result<Tree> tree = Tree::Parse(bytes);
  EXPECT_TRUE(tree);
  return *tree;
}

// As QEMU's virt board describes itself.
TreeWriter& AddVirt(TreeWriter& writer) {
  return writer.Cells("#address-cells", {2})
      .Cells("#size-cells", {2})
      .Cells("interrupt-parent", {7})
      .Begin("psci")
      .Text("compatible", "arm,psci-0.2")
      .Text("method", "hvc")
      .End()
      .Begin("memory@40000000")
      .Text("device_type", "memory")
      .Cells("reg", {0, 0x40000000, 0, 0x4000000, 1, 0, 0, 0x1000})
      .End()
      .Begin("timer")
      .Text("compatible", "arm,armv8-timer")
      .Cells("interrupts", {1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4})
      .End()
      .Begin("intc@8000000")
      .Text("compatible", "arm,cortex-a15-gic")
      .Cells("#address-cells", {2})
      .Cells("#size-cells", {2})
      .Cells("#interrupt-cells", {3})
      .Cells("phandle", {7})
      .Cells("reg", {0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000})
      .Cells("ranges", {})
      .Begin("frames")
      .Cells("#address-cells", {2})
      .Cells("#size-cells", {2})
      .Cells("ranges", {})
      .Begin("v2m@8020000")
      .Text("compatible", "arm,gic-v2m-frame")
      .Cells("reg", {0, 0x8020000, 0, 0x1000})
      .End()
      .End()
      .End()
      .Begin("virtio_mmio@a000000")
      .Text("compatible", "virtio,mmio")
      .Cells("reg", {0, 0xa000000, 0, 0x200})
      .Cells("interrupts", {0, 16, 1})
      .End()
      .Begin("pcie@10000000")
      .Text("compatible", "pci-host-ecam-generic")
      .Cells("#address-cells", {3})
      .Cells("#size-cells", {2})
      .Cells("reg", {0x40, 0x10000000, 0, 0x10000000})
      .Cells("ranges", {0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000,  //
                        0x2000000, 0, 0x10000000, 0, 0x10000000, 0, 0x2eff0000})
      .Cells("interrupt-map-mask", {0x1800, 0, 0, 7})
      .Cells("interrupt-map", {0,     0, 0, 1, 7, 0, 0, 0, 3, 4,  //
                               0x800, 0, 0, 1, 7, 0, 0, 0, 4, 4})
      .End()
      .Begin("chosen")
      .Text("bootargs", "one two")
      .End();
}

TEST(TreeTest, FindsWhatAMachineIsMadeOf) {
  TreeWriter writer;
  const Tree tree = Parsed(AddVirt(writer).Finish());
  EXPECT_EQ(CommandLine(tree), "one two");
  std::vector<Range> memory;
  VisitMemory(tree, [&](Range range) { memory.push_back(range); });
  EXPECT_EQ(memory, (std::vector<Range>{{0x4000'0000, 0x400'0000}, {0x1'0000'0000, 0x1000}}));
  const auto controller = FindInterruptController(tree);
  ASSERT_TRUE(controller);
  EXPECT_EQ(controller->version, 2U);
  EXPECT_EQ(controller->cpu, (Range{0x801'0000, 0x1'0000}));
  EXPECT_EQ(FindMessageFrame(tree), (Range{0x802'0000, 0x1000}));
  EXPECT_EQ(FindTimerInterrupt(tree), (Interrupt{27, false}));
  EXPECT_EQ(FindPowerConduit(tree), PowerConduit::kHypervisorCall);
  EXPECT_EQ(FindClockOfDay(tree).error(), Error::kNotFound);
  int slots = 0;
  VisitVirtioMmio(tree, [&](Range range, Interrupt interrupt) {
    EXPECT_EQ(range, (Range{0xa00'0000, 0x200}));
    EXPECT_EQ(interrupt, (Interrupt{48, true}));
    ++slots;
  });
  EXPECT_EQ(slots, 1);
}

TEST(TreeTest, FindsThePciBridgeAndItsInterrupts) {
  TreeWriter writer;
  const Tree tree = Parsed(AddVirt(writer).Finish());
  const auto host = FindPciHost(tree);
  ASSERT_TRUE(host);
  EXPECT_EQ(host->ecam, (Range{0x40'1000'0000, 0x1000'0000}));
  EXPECT_EQ(host->memory, (Range{0x1000'0000, 0x2eff'0000}));
  std::optional<Node> controller;
  EXPECT_EQ(FindPciInterrupt(tree, *host, 0, 1, controller), (Interrupt{35, false}));
  EXPECT_EQ(FindPciInterrupt(tree, *host, 1, 1, controller), (Interrupt{36, false}));
  EXPECT_EQ(FindPciInterrupt(tree, *host, 4, 1, controller),
            (Interrupt{35, false}));  // as device 0: masked
  EXPECT_EQ(FindPciInterrupt(tree, *host, 1, 2, controller).error(), Error::kNotFound);
}

TEST(TreeTest, RegistersAreTranslatedThroughTheBusesAbove) {
  TreeWriter writer;
  writer.Cells("#address-cells", {1})
      .Cells("#size-cells", {1})
      .Begin("soc")
      .Cells("#address-cells", {1})
      .Cells("#size-cells", {1})
      .Cells("ranges", {0x7e000000, 0x3f000000, 0x1000000})
      .Begin("serial@7e201000")
      .Cells("reg", {0x7e201000, 0x200, 0x7effffff, 2})
      .End()
      .End()
      .Begin("closed")
      .Cells("#address-cells", {1})
      .Cells("#size-cells", {1})
      .Begin("device@0")
      .Cells("reg", {0, 4})
      .End()
      .End();
  const Tree tree = Parsed(writer.Finish());
  const auto serial = tree.Find("/soc/serial");
  ASSERT_TRUE(serial);
  EXPECT_EQ(serial->Registers(0), (Range{0x3f20'1000, 0x200}));
  EXPECT_EQ(serial->Registers(1).error(), Error::kNotFound);  // half outside of the window
  EXPECT_EQ(serial->Registers(2).error(), Error::kNotFound);
  EXPECT_EQ(tree.Find("/closed/device")->Registers().error(), Error::kNotFound);
}

TEST(TreeTest, ReservedMemoryIsSomebodys) {
  TreeWriter writer;
  writer.Cells("#address-cells", {1})
      .Cells("#size-cells", {1})
      .Begin("reserved-memory")
      .Cells("#address-cells", {1})
      .Cells("#size-cells", {1})
      .Cells("ranges", {})
      .Begin("firmware@50000000")
      .Cells("reg", {0x50000000, 0x1000})
      .End()
      .End()
      .Begin("other@60000000")
      .Cells("reg", {0x60000000, 0x1000})
      .End();
  const Tree tree = Parsed(writer.Finish());
  std::vector<Range> reserved;
  VisitReserved(tree, [&](Range range) { reserved.push_back(range); });
  EXPECT_EQ(reserved, (std::vector<Range>{{0x5000'0000, 0x1000}}));
}

TEST(TreeTest, NonsenseIsBrokenAndNotBelieved) {
  TreeWriter writer;
  writer.Cells("#address-cells", {2})
      .Cells("#size-cells", {2})
      .Begin("memory@0")
      .Text("device_type", "memory")
      .Cells("reg", {0xffffffff, 0xffffffff, 0, 2, 0, 0x1000, 0, 0, 0, 0x4000, 0, 0x1000})
      .End()
      .Begin("psci")
      .Text("compatible", "arm,psci-1.0")
      .Text("method", "shout")
      .End()
      .Begin("intc")
      .Text("compatible", "arm,gic-v3")
      .Cells("reg", {0, 0x8000000, 0, 0x10000})
      .End()
      .Begin("off")
      .Text("compatible", "arm,pl031")
      .Text("status", "disabled")
      .Cells("reg", {0, 0x9010000, 0, 0x1000})
      .End()
      .Begin("wide")
      .Cells("#address-cells", {3})
      .Begin("device")
      .Cells("reg", {0, 0, 0, 0})
      .End()
      .End();
  const Tree tree = Parsed(writer.Finish());
  std::vector<Range> memory;
  VisitMemory(tree, [&](Range range) { memory.push_back(range); });
  EXPECT_EQ(memory, (std::vector<Range>{{0x4000, 0x1000}}));
  EXPECT_EQ(FindPowerConduit(tree).error(), Error::kBroken);
  EXPECT_EQ(FindInterruptController(tree).error(), Error::kBroken);
  EXPECT_EQ(FindClockOfDay(tree).error(), Error::kNotFound);
  EXPECT_EQ(tree.Find("/wide/device")->Registers().error(), Error::kBroken);
  EXPECT_EQ(CommandLine(tree), "");
}

TEST(TreeTest, NumbersOfCellsThatAreNonsenseEndTheSearch) {
  TreeWriter writer;
  writer.Cells("#address-cells", {3})
      .Cells("#size-cells", {2})
      .Begin("memory@0")
      .Text("device_type", "memory")
      .Cells("reg", {0, 0, 0x1000, 0, 0x1000})
      .End()
      .Begin("reserved-memory")
      .Cells("#size-cells", {7})
      .Begin("one")
      .Cells("reg", {0, 0x1000, 0, 0x1000})
      .End()
      .End();
  const Tree tree = Parsed(writer.Finish());
  int visited = 0;
  VisitMemory(tree, [&](Range) { ++visited; });
  VisitReserved(tree, [&](Range) { ++visited; });
  EXPECT_EQ(visited, 0);
}

TEST(TreeTest, RegistersThatAreTooFewOrAtAnOddAddressAreBroken) {
  const auto clock = [](std::uint32_t address, std::uint32_t size) {
    TreeWriter writer;
    writer.Begin("rtc").Text("compatible", "arm,pl031").Cells("reg", {0, address, size}).End();
    return FindClockOfDay(Parsed(writer.Finish()));
  };
  EXPECT_EQ(clock(0x9010000, 0x1000), (Range{0x9010000, 0x1000}));
  EXPECT_EQ(clock(0x9010000, 0xfff).error(), Error::kBroken);
  EXPECT_EQ(clock(0x9010002, 0x1000).error(), Error::kBroken);
}

TEST(TreeTest, InterruptsThatNoControllerHasAreBroken) {
  EXPECT_EQ(ParseGicInterrupt(0, 987, 4), (Interrupt{1019, false}));
  EXPECT_EQ(ParseGicInterrupt(0, 988, 4).error(), Error::kBroken);
  EXPECT_EQ(ParseGicInterrupt(1, 15, 1), (Interrupt{31, true}));
  EXPECT_EQ(ParseGicInterrupt(1, 16, 4).error(), Error::kBroken);
  EXPECT_EQ(ParseGicInterrupt(2, 0, 4).error(), Error::kBroken);
  EXPECT_EQ(ParseGicInterrupt(0, ~std::uint64_t{0}, 4).error(), Error::kBroken);
}

TEST(TreeTest, RoomBehindTheTreeIsNotItsOwn) {
  TreeWriter writer;
  const std::span<const std::byte> tree = AddVirt(writer).Finish();
  std::vector<std::byte> padded(tree.begin(), tree.end());
  padded.resize(0x10000);
  padded[4] = std::byte{0};
  padded[5] = std::byte{1};  // 64 KiB, big-endian
  padded[6] = padded[7] = std::byte{0};
  const Tree parsed = Parsed(padded);
  EXPECT_EQ(Tree::ReadSize(padded), tree.size());
  EXPECT_EQ(parsed.bytes().size(), tree.size());
  EXPECT_EQ(CommandLine(parsed), "one two");
}

// [DT §5.1]: there is no order of blocks that a writer must keep to, and version 16 did not tell
// how long the structure is.
TEST(TreeTest, ReservationsBehindTheRestAreRead) {
  TreeWriter writer;
  const std::span<const std::byte> tree = AddVirt(writer).Finish();
  std::vector<std::byte> bytes(tree.begin(), tree.end());
  bytes.resize(AlignUp(bytes.size(), 8));
  const std::size_t reservations = bytes.size();
  bytes.resize(reservations + 48);
  bytes[reservations + 6] = std::byte{0x10};  // 2 MiB at 4 KiB
  bytes[reservations + 13] = std::byte{0x20};
  const auto write = [&](std::size_t offset, std::size_t value) {
    bytes[offset + 2] = std::byte(value >> 8);
    bytes[offset + 3] = std::byte(value & 0xff);
  };
  write(4, bytes.size());
  write(16, reservations);
  EXPECT_EQ(Tree::ReadSize(bytes), bytes.size());
  const Tree parsed = Parsed(bytes);
  EXPECT_EQ(parsed.Reservation(0), (Range{0x1000, 0x200000}));
  EXPECT_EQ(parsed.Reservation(1).error(), Error::kNotFound);
  write(16, bytes.size() - 16);
  EXPECT_EQ(Parsed(bytes).Reservation(0).error(), Error::kNotFound);
  bytes.back() = std::byte{1};  // the list does not end
  EXPECT_FALSE(Tree::Parse(bytes));
}

TEST(TreeTest, NodesAreFoundByPathAndByReference) {
  TreeWriter writer;
  const Tree tree = Parsed(AddVirt(writer).Finish());
  EXPECT_EQ(tree.Find("/intc/frames/v2m")->name(), "v2m@8020000");
  EXPECT_EQ(tree.Find("/intc@8000000/frames/v2m@8020000"), tree.Find("/intc/frames/v2m"));
  EXPECT_EQ(tree.Find("/intc/frames/v2m")->Parent()->Parent(), tree.Find("/intc"));
  EXPECT_EQ(tree.Find("/intc")->Parent(), tree.root());
  EXPECT_EQ(tree.root().Parent(), std::nullopt);
  EXPECT_EQ(tree.Find(""), tree.root());
  EXPECT_EQ(tree.Find("/int"), std::nullopt);
  EXPECT_EQ(tree.Find("/frames"), std::nullopt);
  EXPECT_EQ(tree.Find("/psci/v2m"), std::nullopt);
  EXPECT_EQ(tree.Find("intc"), std::nullopt);
  EXPECT_EQ(tree.FindReferenced(7), tree.Find("/intc"));
  EXPECT_EQ(tree.FindReferenced(8), std::nullopt);
  EXPECT_EQ(tree.FindReferenced(0), std::nullopt);
}

TEST(TreeTest, AParentIsFoundWhateverTheWayToTheNode) {
  TreeWriter writer;
  writer.Begin("bus")
      .Begin("first")
      .Begin("port")
      .End()
      .End()
      .Begin("second")
      .Text("compatible", "x")
      .End()
      .End();
  const Tree tree = Parsed(writer.Finish());
  const auto bus = tree.Find("/bus");
  ASSERT_TRUE(bus);
  EXPECT_EQ(tree.Find("/bus/second")->Parent(), bus);
  EXPECT_EQ(tree.FindCompatible({"x"})->Parent(), bus);
  EXPECT_EQ(tree.Next(*tree.Find("/bus/first/port"))->Parent(), bus);
  EXPECT_EQ(tree.Find("/bus/first/port")->Parent()->Parent(), bus);
}

TEST(TreeTest, WhatIsNoTreeIsRefused) {
  TreeWriter writer;
  const std::span<const std::byte> good = AddVirt(writer).Finish();
  EXPECT_EQ(Tree::ReadSize(good), good.size());
  EXPECT_EQ(Tree::ReadSize(good.first(39)).error(), Error::kNotFound);
  EXPECT_FALSE(Tree::Parse(good.first(good.size() - 1)));
  std::vector<std::byte> bytes(good.begin(), good.end());
  bytes[0] = std::byte{0};
  EXPECT_EQ(Tree::ReadSize(bytes).error(), Error::kNotFound);
  bytes[0] = good[0];
  bytes[4] = std::byte{0x7f};  // of 2 GiB
  EXPECT_EQ(Tree::ReadSize(bytes).error(), Error::kBroken);
  bytes[4] = good[4];
  ASSERT_TRUE(Tree::Parse(bytes));
  bytes[bytes.size() / 2] ^= std::byte{0xff};
  std::ranges::fill(bytes.begin() + 80, bytes.begin() + 96, std::byte{0xff});
  EXPECT_EQ(Tree::Parse(bytes).error(), Error::kBroken);
}

}  // namespace
}  // namespace ashlar::device_tree
