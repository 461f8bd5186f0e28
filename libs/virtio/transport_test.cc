// Tests of both transports against the registers of a device in memory.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "gtest/gtest.h"
#include "libs/io/io.h"
#include "libs/pci/fake_config_space.h"
#include "libs/pci/pci.h"
#include "libs/virtio/mmio_transport.h"
#include "libs/virtio/pci_transport.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {
namespace {

// Registers: each keeps what was written, unless the test has a say in it.
struct Registers {
  std::map<std::uint64_t, std::uint64_t> values;
  std::function<std::optional<std::uint64_t>(std::uint64_t)> on_read;
  std::function<void(std::uint64_t, std::uint64_t)> on_write;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> writes;

  std::uint64_t Read(std::uint64_t address) {
    if (on_read) {
      if (const auto value = on_read(address)) {
        return *value;
      }
    }
    return values[address];
  }
  void Write(std::uint64_t address, std::uint64_t value) {
    writes.emplace_back(address, value);
    values[address] = value;
    if (on_write) {
      on_write(address, value);
    }
  }
};

class RegisterBus {
 public:
  explicit RegisterBus(Registers& registers, std::uint64_t base = 0)
      : registers_(&registers), base_(base) {}
  std::uint8_t Read8(std::size_t offset) {
    return static_cast<std::uint8_t>(registers_->Read(base_ + offset));
  }
  std::uint16_t Read16(std::size_t offset) {
    return static_cast<std::uint16_t>(registers_->Read(base_ + offset));
  }
  std::uint32_t Read32(std::size_t offset) {
    return static_cast<std::uint32_t>(registers_->Read(base_ + offset));
  }
  void Write8(std::size_t offset, std::uint8_t value) { registers_->Write(base_ + offset, value); }
  void Write16(std::size_t offset, std::uint16_t value) {
    registers_->Write(base_ + offset, value);
  }
  void Write32(std::size_t offset, std::uint32_t value) {
    registers_->Write(base_ + offset, value);
  }

 private:
  Registers* registers_;
  std::uint64_t base_;
};

struct Interrupts {
  std::map<std::uint32_t, events::Event*> lines;
  std::vector<events::Event*> messages;
  bool has_messages = true;
};

struct TestMachine {
  using Bus = RegisterBus;
  Registers* registers;
  Interrupts* interrupts;

  Result<Bus> Map(std::uint64_t address, std::size_t) { return RegisterBus(*registers, address); }
  Result<void> Listen(std::uint32_t source, events::Event& event) {
    if (interrupts->lines.contains(source)) {
      return std::unexpected(Error::kExists);
    }
    interrupts->lines[source] = &event;
    return {};
  }
  Result<events::Message> AllocateMessage(events::Event& event) {
    if (!interrupts->has_messages) {
      return std::unexpected(Error::kUnsupported);
    }
    interrupts->messages.push_back(&event);
    return events::Message{0xfee00000,
                           static_cast<std::uint32_t>(0x40 + interrupts->messages.size())};
  }
};

constexpr RingAddresses kRing = {
    .size = 64, .descriptors = 0x1'0000'2000, .driver = 0x1'0000'2400, .device = 0x1'0000'24c0};

// Over MMIO.

class MmioTest : public testing::Test {
 protected:
  using TestTransport = MmioTransport<RegisterBus, TestMachine>;

  MmioTest() {
    registers_.values = {{MmioRegister::kMagic, 0x74726976},
                         {MmioRegister::kVersion, 2},
                         {MmioRegister::kDeviceId, 1},
                         {MmioRegister::kQueueSizeMaximum, 256}};
  }
  Result<TestTransport> Create() {
    return TestTransport::Create(RegisterBus(registers_),
                                 {.address = 0, .size = 512, .interrupt = 12},
                                 TestMachine{&registers_, &interrupts_});
  }

  Registers registers_;
  Interrupts interrupts_;
  events::Event event_;
};

TEST_F(MmioTest, ASlotIsToldFromAnEmptyOneAStrangeOneAndNone) {
  EXPECT_EQ(Create()->type(), DeviceType::kNetwork);
  EXPECT_FALSE(Create()->legacy());
  registers_.values[MmioRegister::kDeviceId] = 0;
  EXPECT_EQ(Create().error(), Error::kNotFound);
  registers_.values[MmioRegister::kVersion] = 3;
  EXPECT_EQ(Create().error(), Error::kUnsupported);
  registers_.values[MmioRegister::kMagic] = 0xffffffff;
  EXPECT_EQ(Create().error(), Error::kBroken);
}

TEST_F(MmioTest, FeaturesAreReadAndWrittenInHalves) {
  auto transport = Create().value();
  registers_.on_read = [&](std::uint64_t address) -> std::optional<std::uint64_t> {
    if (address == MmioRegister::kDeviceFeatures) {
      return registers_.values[MmioRegister::kDeviceFeaturesSelect] == 0 ? 0x30000020u : 0x1u;
    }
    return std::nullopt;
  };
  EXPECT_EQ(transport.ReadFeatures(), 0x1'3000'0020u);
  registers_.writes.clear();
  transport.WriteFeatures(0x1'2000'0020);
  EXPECT_EQ(registers_.writes, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{
                                   {MmioRegister::kDriverFeaturesSelect, 0},
                                   {MmioRegister::kDriverFeatures, 0x20000020},
                                   {MmioRegister::kDriverFeaturesSelect, 1},
                                   {MmioRegister::kDriverFeatures, 1}}));
}

TEST_F(MmioTest, AQueueStartsWithItsAddressesAndTheLine) {
  auto transport = Create().value();
  EXPECT_EQ(transport.MaximumRingSize(0).value(), 256);
  const auto signals = transport.StartQueue(0, kRing, &event_);
  ASSERT_TRUE(signals);
  EXPECT_EQ(registers_.values[MmioRegister::kQueueSize], 64u);
  EXPECT_EQ(registers_.values[MmioRegister::kQueueDescriptors], 0x2000u);
  EXPECT_EQ(registers_.values[MmioRegister::kQueueDescriptors + 4], 1u);
  EXPECT_EQ(registers_.values[MmioRegister::kQueueDevice], 0x24c0u);
  EXPECT_EQ(registers_.values[MmioRegister::kQueueReady], 1u);
  EXPECT_EQ(interrupts_.lines.at(12), &event_);
  EXPECT_TRUE(transport.StartQueue(1, kRing, &event_));  // the same event: no second line
  events::Event other;
  EXPECT_EQ(transport.StartQueue(2, kRing, &other).error(), Error::kExists);
  (*signals)->Notify(1);
  EXPECT_EQ(registers_.values[MmioRegister::kQueueNotify], 1u);
  registers_.values[MmioRegister::kInterruptStatus] = 3;
  (*signals)->AcknowledgeInterrupt();
  EXPECT_EQ(registers_.values[MmioRegister::kInterruptAcknowledge], 3u);
}

TEST_F(MmioTest, AQueueThatIsPolledTakesNoLine) {
  auto transport = Create().value();
  ASSERT_TRUE(transport.StartQueue(0, kRing, nullptr));
  EXPECT_TRUE(interrupts_.lines.empty());
  EXPECT_EQ(registers_.values[MmioRegister::kQueueReady], 1u);
}

TEST_F(MmioTest, AMissingQueueIsNotFoundAndOneThatDoesNotStartIsBroken) {
  auto transport = Create().value();
  registers_.values[MmioRegister::kQueueSizeMaximum] = 0;
  EXPECT_EQ(transport.MaximumRingSize(3).error(), Error::kNotFound);
  registers_.values[MmioRegister::kQueueSizeMaximum] = 0xffffffff;
  EXPECT_EQ(transport.MaximumRingSize(0).value(), 32768);
  registers_.on_read = [](std::uint64_t address) -> std::optional<std::uint64_t> {
    return address == MmioRegister::kQueueReady ? std::optional<std::uint64_t>(0) : std::nullopt;
  };
  EXPECT_EQ(transport.StartQueue(0, kRing, &event_).error(), Error::kBroken);
}

TEST_F(MmioTest, ALegacyDeviceGetsOnePageNumber) {
  registers_.values[MmioRegister::kVersion] = 1;
  auto transport = Create().value();
  EXPECT_TRUE(transport.legacy());
  transport.WriteFeatures(0x20);
  EXPECT_EQ(registers_.values[MmioRegister::kGuestPageSize], 4096u);
  ASSERT_TRUE(transport.StartQueue(0, kRing, &event_));
  EXPECT_EQ(registers_.values[MmioRegister::kQueuePageNumber], 0x100002u);
  EXPECT_EQ(registers_.values[MmioRegister::kQueueAlign], 64u);
  EXPECT_FALSE(registers_.values.contains(MmioRegister::kQueueDescriptors));
}

TEST_F(MmioTest, AConfigurationIsOfOneMomentOrBroken) {
  auto transport = Create().value();
  registers_.values[MmioRegister::kConfig + 6] = 0x0102;
  int generation = 0;
  int unstable = 3;
  registers_.on_read = [&](std::uint64_t address) -> std::optional<std::uint64_t> {
    if (address == MmioRegister::kConfigGeneration) {
      return unstable-- > 0 ? ++generation : generation;
    }
    return std::nullopt;
  };
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, 6).value(), 0x0102);
  unstable = 1'000'000;
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, 6).error(), Error::kBroken);
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, 0xff).error(), Error::kUnsupported);
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, ~std::size_t{0}).error(),
            Error::kUnsupported);
}

// Over PCI.

constexpr std::uint64_t kBar = 0x38'0000'4000;
constexpr std::uint64_t kTable = 0xfebf0000;
constexpr pci::Address kAddress = {.bus = 0, .device = 3};

std::vector<std::uint32_t> Structure(std::uint8_t type, std::uint32_t offset, std::uint32_t size,
                                     std::vector<std::uint32_t> more = {}) {
  const std::uint32_t length = type == 2 ? 20 : 16;
  std::vector<std::uint32_t> words = {length << 16 | std::uint32_t{type} << 24, 4, offset, size};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class PciTest : public testing::Test {
 protected:
  using TestTransport = PciTransport<TestMachine>;

  PciTest() {
    pci::FakeFunction& function = config_.At(kAddress);
    function = pci::FakeFunction::Device(0x1af4, 0x1041);
    function.Bar(1, kTable, 0x1000).Bar(4, kBar, 0x4000, true);
    function.Capability(0x40, 9, Structure(1, 0x0000, 0x1000))
        .Capability(0x50, 9, Structure(3, 0x1000, 0x1000))
        .Capability(0x60, 9, Structure(4, 0x2000, 0x1000))
        .Capability(0x70, 9, Structure(2, 0x3000, 0x1000, {4}))
        .Capability(0x84, 9, Structure(5, 0, 0))
        .Capability(0x98, pci::kCapabilityMsix, {0x00020000, 0x00000001, 0});
    registers_.values[kBar + PciCommon::kQueues] = 3;
    registers_.values[kBar + PciCommon::kQueueSize] = 256;
    registers_.on_read = [this](std::uint64_t address) -> std::optional<std::uint64_t> {
      if (address == kBar + PciCommon::kQueueNotifyOffset) {
        return registers_.values[kBar + PciCommon::kQueueSelect] + notify_offset_;
      }
      if (address == kBar + PciCommon::kQueueVector && refuse_vector_) {
        return 0xffff;
      }
      return std::nullopt;
    };
  }
  pci::Function Function() { return pci::Walk(config_).Next().value(); }
  Result<TestTransport> Create() {
    return TestTransport::Create(config_, Function(), TestMachine{&registers_, &interrupts_});
  }

  pci::FakeConfigSpace config_;
  Registers registers_;
  Interrupts interrupts_;
  events::Event event_;
  std::uint64_t notify_offset_ = 0;
  bool refuse_vector_ = false;
};

TEST_F(PciTest, ModernAndTransitionalDevicesAreToldFromOthers) {
  EXPECT_EQ(PciDeviceType(config_, Function()), DeviceType::kNetwork);
  config_.At(kAddress).registers[0] = 0x1000'1af4;
  config_.At(kAddress).registers[0x2c / 4] = 4 << 16;
  EXPECT_EQ(PciDeviceType(config_, Function()), DeviceType::kEntropy);
  config_.At(kAddress).registers[0] = 0x1110'1af4;
  EXPECT_EQ(PciDeviceType(config_, Function()), DeviceType::kNone);
  config_.At(kAddress).registers[0] = 0x1041'8086;
  EXPECT_EQ(PciDeviceType(config_, Function()), DeviceType::kNone);
}

TEST_F(PciTest, TheStructuresAreFoundInTheirRange) {
  const PciLayout layout = FindPciLayout(config_, kAddress).value();
  EXPECT_EQ(layout.common.address, kBar);
  EXPECT_EQ(layout.interrupt_status.address, kBar + 0x1000);
  EXPECT_EQ(layout.device.address, kBar + 0x2000);
  EXPECT_EQ(layout.notify.address, kBar + 0x3000);
  EXPECT_EQ(layout.notify_multiplier, 4u);
  ASSERT_TRUE(Create());
  EXPECT_NE(config_.At(kAddress).registers[1] & pci::kCommandBusMaster, 0u);
}

TEST_F(PciTest, StructuresThatCannotBeAreBroken) {
  pci::FakeFunction& function = config_.At(kAddress);
  const auto original = function;
  function.registers[0x48 / 4] = 0x3f80;  // the common structure reaches over the range's end
  function.registers[0x4c / 4] = 0x1000;
  EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kBroken);
  function = original;
  function.registers[0x48 / 4] = 0xfffffff0;  // or wraps round
  EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kBroken);
  function = original;
  function.registers[0x4c / 4] = 0x20;  // or is too small
  EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kBroken);
  function = original;
  function.registers[0x44 / 4] = 6;  // or in no range
  EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kBroken);
  // Or one of those with registers of several bytes is not aligned.
  for (const std::size_t capability : {0x40u, 0x60u, 0x70u}) {
    function = original;
    function.registers[(capability + 8) / 4] += 1;
    EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kBroken) << capability;
  }
  function = original;
  function.registers[0x40 / 4] = 0x01045009;  // or its capability is cut short
  EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kBroken);
  function = original;
  function.registers[0x84 / 4] = (function.registers[0x84 / 4] & 0xffff00ff) | 0x4000;  // a circle
  EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kBroken);
}

TEST_F(PciTest, ADeviceFromBeforeVersion1IsUnsupported) {
  config_.At(kAddress).registers[1] &= ~(1u << 20);
  EXPECT_EQ(FindPciLayout(config_, kAddress).error(), Error::kUnsupported);
}

TEST_F(PciTest, AQueueStartsWithItsAddressesAndAMessage) {
  auto transport = Create().value();
  EXPECT_EQ(transport.MaximumRingSize(1).value(), 256);
  EXPECT_EQ(transport.MaximumRingSize(3).error(), Error::kNotFound);
  const auto signals = transport.StartQueue(1, kRing, &event_);
  ASSERT_TRUE(signals);
  EXPECT_EQ(interrupts_.messages, std::vector<events::Event*>{&event_});
  EXPECT_EQ(registers_.values[kTable], 0xfee00000u);
  EXPECT_EQ(registers_.values[kTable + 8], 0x41u);
  EXPECT_EQ(registers_.values[kTable + 12], 0u);
  EXPECT_EQ(registers_.values[kBar + PciCommon::kQueueVector], 0u);
  EXPECT_EQ(registers_.values[kBar + PciCommon::kConfigVector], 0xffffu);
  EXPECT_EQ(registers_.values[kBar + PciCommon::kQueueDriver], 0x2400u);
  EXPECT_EQ(registers_.values[kBar + PciCommon::kQueueEnable], 1u);
  EXPECT_TRUE(transport.StartQueue(0, kRing, &event_));
  EXPECT_EQ(interrupts_.messages.size(), 1u);
  (*signals)->Notify(1);
  EXPECT_EQ(registers_.values[kBar + 0x3004], 1u);
  registers_.writes.clear();
  (*signals)->AcknowledgeInterrupt();
  EXPECT_TRUE(registers_.writes.empty());
}

TEST_F(PciTest, AQueueThatIsPolledTakesNoMessage) {
  auto transport = Create().value();
  ASSERT_TRUE(transport.StartQueue(0, kRing, nullptr));
  EXPECT_TRUE(interrupts_.messages.empty());
  EXPECT_TRUE(interrupts_.lines.empty());
  EXPECT_EQ(registers_.values[kBar + PciCommon::kQueueEnable], 1u);
}

TEST_F(PciTest, EventsHaveMessagesOfTheirOwnAsLongAsTheTableLasts) {
  auto transport = Create().value();
  events::Event others[3];
  EXPECT_TRUE(transport.StartQueue(0, kRing, &others[0]));
  EXPECT_TRUE(transport.StartQueue(1, kRing, &others[1]));
  EXPECT_EQ(registers_.values[kBar + PciCommon::kQueueVector], 1u);
  EXPECT_TRUE(transport.StartQueue(2, kRing, &others[2]));
  EXPECT_EQ(transport.StartQueue(2, kRing, &event_).error(), Error::kNoSpace);
}

TEST_F(PciTest, WithoutMessagesTheLineServes) {
  interrupts_.has_messages = false;
  config_.At(kAddress).registers[0x3c / 4] = 0x010b;
  auto transport = Create().value();
  const auto signals = transport.StartQueue(0, kRing, &event_);
  ASSERT_TRUE(signals);
  EXPECT_TRUE(transport.StartQueue(1, kRing, &event_));
  EXPECT_EQ(interrupts_.lines.at(11), &event_);
  EXPECT_EQ(config_.At(kAddress).registers[0x98 / 4] >> 31, 0u);
  bool read = false;
  registers_.on_read = [&](std::uint64_t address) -> std::optional<std::uint64_t> {
    read = read || address == kBar + 0x1000;
    return std::nullopt;
  };
  (*signals)->AcknowledgeInterrupt();
  EXPECT_TRUE(read);
}

TEST_F(PciTest, ADoorbellOutsideItsStructureIsBroken) {
  auto transport = Create().value();
  notify_offset_ = 0x400;
  EXPECT_EQ(transport.StartQueue(0, kRing, &event_).error(), Error::kBroken);
}

TEST_F(PciTest, AVectorThatTheDeviceRefusesIsAnError) {
  auto transport = Create().value();
  refuse_vector_ = true;
  EXPECT_EQ(transport.StartQueue(0, kRing, &event_).error(), Error::kNoSpace);
}

TEST_F(PciTest, AConfigurationIsReadWithinItsStructure) {
  auto transport = Create().value();
  registers_.values[kBar + 0x2006] = 1;
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, 6).value(), 1);
  EXPECT_EQ(ReadConfigValue<std::uint16_t>(transport, 0xfff).error(), Error::kUnsupported);
}

}  // namespace
}  // namespace ashlar::virtio
