// Tables and AML as firmware writes them, whole, old, broken and cut off.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/acpi.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "libs/acpi/aml.h"
#include "libs/acpi/fadt.h"
#include "libs/acpi/fake_firmware.h"
#include "libs/acpi/hpet.h"
#include "libs/acpi/madt.h"
#include "libs/acpi/reset.h"
#include "libs/base/result.h"

namespace ashlar::acpi {
namespace {

constexpr std::uint64_t kRoot = 0xf5000;
constexpr std::uint32_t kRsdt = 0xe0000;
constexpr std::uint32_t kFirst = 0xe1000;
constexpr std::uint32_t kSecond = 0xe2000;

std::vector<std::uint8_t> Bytes(std::string_view text) { return {text.begin(), text.end()}; }

Table AsTable(std::span<const std::uint8_t> bytes) { return std::as_bytes(bytes); }

TEST(TablesTest, FindsTablesBySignature) {
  FakeFirmware firmware;
  firmware.StoreRoot(kRoot, kRsdt, {kFirst, kSecond});
  firmware.StoreTable(kFirst, "APIC", Bytes("abcd"));
  firmware.StoreTable(kSecond, "FACP", Bytes("efgh12"));
  EXPECT_EQ(FindRootPointer(FakeFirmware::Map), kRoot);
  const auto tables = Tables::Find(kRoot, FakeFirmware::Map);
  ASSERT_TRUE(tables);
  const auto found = tables->Get("FACP");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), kHeaderSize + 6);
  EXPECT_EQ((*found)[kHeaderSize], std::byte{'e'});
  EXPECT_EQ(tables->Get("HPET").error(), Error::kNotFound);
}

TEST(TablesTest, PrefersTheExtendedTableAndFallsBack) {
  FakeFirmware firmware;
  firmware.StoreRoot(kRoot, kRsdt, {kFirst});
  firmware.StoreTable(kFirst, "OLD1", {});
  firmware.StoreTable(kSecond, "NEW1", {});
  firmware.Store<std::uint8_t>(kRoot + 15, 2);
  firmware.Store<std::uint32_t>(kRoot + 20, 36);
  firmware.Store<std::uint64_t>(kRoot + 24, 0xe3000);
  firmware.Seal(kRoot, 20, kRoot + 8);
  firmware.Seal(kRoot, 36, kRoot + 32);
  std::array<std::uint8_t, 8> body = {0x00, 0x20, 0x0e};
  firmware.StoreTable(0xe3000, "XSDT", body);
  EXPECT_TRUE(Tables::Find(kRoot, FakeFirmware::Map)->Get("NEW1"));
  firmware.Store<std::uint8_t>(0xe3000 + 20, 1);  // Breaks the checksum.
  EXPECT_TRUE(Tables::Find(kRoot, FakeFirmware::Map)->Get("OLD1"));
}

TEST(TablesTest, RefusesWhatIsNotWhole) {
  FakeFirmware firmware;
  EXPECT_EQ(FindRootPointer(FakeFirmware::Map), 0U);
  EXPECT_EQ(Tables::Find(0, FakeFirmware::Map).error(), Error::kNotFound);
  EXPECT_EQ(Tables::Find(kRoot, FakeFirmware::Map).error(), Error::kBroken);
  EXPECT_EQ(Tables::Find(~std::uint64_t{0}, FakeFirmware::Map).error(), Error::kBroken);
  firmware.StoreRoot(kRoot, kRsdt, {kFirst, 0xfffffff0, kSecond});
  firmware.StoreTable(kFirst, "APIC", Bytes("abcd"));
  firmware.StoreTable(kSecond, "FACP", Bytes("abcd"));
  const auto tables = Tables::Find(kRoot, FakeFirmware::Map);
  ASSERT_TRUE(tables);
  EXPECT_TRUE(tables->Get("FACP"));
  firmware.Store<std::uint32_t>(kFirst + 4, 0xffffffff);
  EXPECT_EQ(tables->Get("APIC").error(), Error::kBroken);
  firmware.Store<std::uint32_t>(kFirst + 4, 8);
  EXPECT_EQ(tables->Get("APIC").error(), Error::kBroken);
  firmware.Store<std::uint8_t>(kSecond + 37, 'x');
  EXPECT_EQ(tables->Get("FACP").error(), Error::kBroken);
  EXPECT_EQ(tables->GetAt(kSecond, "DSDT").error(), Error::kBroken);
}

TEST(FadtTest, ReadsOldAndExtendedFields) {
  std::vector<std::uint8_t> table(276);
  const auto store = [&](std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
      table[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  };
  store(40, 0x7fe0040);
  store(48, 0xb2);
  table[52] = 2;
  store(64, 0x604);
  store(76, 0x608);
  store(112, 1 << 8);
  Fadt fadt = ParseFadt(AsTable(table));
  EXPECT_EQ(fadt.dsdt, 0x7fe0040U);
  EXPECT_EQ(fadt.smi_command_port, 0xb2);
  EXPECT_EQ(fadt.acpi_enable, 2);
  EXPECT_TRUE(fadt.pm1a_control.is_port());
  EXPECT_EQ(fadt.pm1a_control.address, 0x604U);
  EXPECT_FALSE(fadt.pm1b_control.is_port());
  EXPECT_EQ(fadt.pm_timer.address, 0x608U);
  EXPECT_TRUE(fadt.pm_timer_has_32_bits);
  EXPECT_FALSE(fadt.hardware_reduced);

  store(112, 1 << 20);
  store(140, 0x1000);
  store(208, 0);  // Space 0: memory.
  store(212, 0xfed80000);
  store(248, 0xfea00000);
  fadt = ParseFadt(AsTable(table));
  EXPECT_TRUE(fadt.hardware_reduced);
  EXPECT_EQ(fadt.dsdt, 0x1000U);
  EXPECT_TRUE(fadt.pm_timer.is_memory());
  EXPECT_TRUE(fadt.sleep_control.is_memory());
  EXPECT_EQ(fadt.sleep_control.address, 0xfea00000U);

  // A table of ACPI 1.0 ends before the extended fields.
  table.resize(116);
  fadt = ParseFadt(AsTable(table));
  EXPECT_EQ(fadt.dsdt, 0x7fe0040U);
  EXPECT_FALSE(fadt.sleep_control.is_memory());
}

TEST(MadtTest, ReadsControllersAndOverrides) {
  std::vector<std::uint8_t> table(44);
  const auto append = [&](std::initializer_list<std::uint8_t> entry) {
    table.insert(table.end(), entry);
  };
  append({0, 8, 0, 0, 1, 0, 0, 0});                            // a local APIC
  append({1, 12, 0, 0, 0x00, 0x00, 0xc0, 0xfe, 24, 0, 0, 0});  // an I/O APIC
  append({2, 10, 0, 0, 2, 0, 0, 0, 0, 0});                     // ISA 0 is input 2
  append({2, 10, 0, 9, 9, 0, 0, 0, 0x0f, 0});                  // ISA 9: level, low
  append({1, 12, 0});                                          // cut off
  const Madt madt = Madt::Parse(AsTable(table));
  ASSERT_EQ(madt.io_apics().size(), 1U);
  EXPECT_EQ(madt.io_apics()[0].address, 0xfec00000U);
  EXPECT_EQ(madt.io_apics()[0].first_interrupt, 24U);
  ASSERT_EQ(madt.overrides().size(), 2U);
  EXPECT_EQ(madt.overrides()[0].global_interrupt, 2U);
  EXPECT_FALSE(madt.overrides()[0].level_triggered);
  EXPECT_TRUE(madt.overrides()[1].level_triggered);
  EXPECT_TRUE(madt.overrides()[1].active_low);
}

TEST(MadtTest, AnEntryOfLengthZeroEndsTheTable) {
  std::vector<std::uint8_t> table(60);
  EXPECT_TRUE(Madt::Parse(AsTable(table)).io_apics().empty());
}

TEST(SoftOffTest, ReadsThePackage) {
  // Name (\_S5, Package (0x04) { 0x05, One, Zero, Zero })
  std::vector<std::uint8_t> code = Bytes("junk_S5_\x08\\_S5_\x12\x07\x04\x0a\x05\x01");
  code.insert(code.end(), {0, 0});
  const auto type = FindSoftOff(AsTable(code));
  ASSERT_TRUE(type);
  EXPECT_EQ(type->a, 5);
  EXPECT_EQ(type->b, 1);
  for (std::size_t size = 0; size < code.size(); ++size) {
    EXPECT_FALSE(FindSoftOff(AsTable(std::span(code).first(size)))) << size;
  }
  code[18] = 9;  // Not a sleep type.
  EXPECT_FALSE(FindSoftOff(AsTable(code)));
}

// Device (VRnn) { Name (_HID, "LNRO0005") Name (_CRS, ResourceTemplate () { Memory32Fixed,
// Interrupt }) }
void AppendVirtio(std::vector<std::uint8_t>& code, std::uint8_t number) {
  const std::vector<std::uint8_t> name = Bytes("\x5b\x82\x41\x04VR00\x08_HID\x0dLNRO0005");
  code.insert(code.end(), name.begin(), name.end());
  code.push_back(0);
  const std::vector<std::uint8_t> resources = Bytes("\x08_CRS\x11\x1a\x0a\x17");
  code.insert(code.end(), resources.begin(), resources.end());
  const auto append = [&](std::initializer_list<std::uint8_t> bytes) {
    code.insert(code.end(), bytes);
  };
  append({0x86, 9, 0, 1, 0, static_cast<std::uint8_t>(2 * number), 0xb0, 0xfe, 0, 2, 0, 0});
  append({0x89, 6, 0, 1, 1, static_cast<std::uint8_t>(5 + number), 0, 0, 0});
  append({0x79, 0});
}

TEST(VirtioMmioDevicesTest, FindsEachDevice) {
  std::vector<std::uint8_t> code = Bytes("anything LNRO0005 without resources");
  AppendVirtio(code, 0);
  AppendVirtio(code, 1);
  VirtioMmioDevices devices(AsTable(code));
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto device = devices.Next();
    ASSERT_TRUE(device) << i;
    EXPECT_EQ(device->address, 0xfeb00000U + 0x200 * i);
    EXPECT_EQ(device->size, 0x200U);
    EXPECT_EQ(device->interrupt, 5 + i);
  }
  EXPECT_FALSE(devices.Next());
  EXPECT_FALSE(devices.Next());
}

TEST(VirtioMmioDevicesTest, ACutOffDeviceIsLeftOut) {
  std::vector<std::uint8_t> code;
  AppendVirtio(code, 0);
  for (std::size_t size = 0; size < code.size() - 3; ++size) {
    VirtioMmioDevices devices(AsTable(std::span(code).first(size)));
    EXPECT_FALSE(devices.Next()) << size;
  }
}

TEST(HpetTest, ItsAddressIsReadIfItIsInMemory) {
  std::vector<std::uint8_t> table(56);
  EXPECT_EQ(HpetAddress(std::as_bytes(std::span(table))), 0U);
  table[46] = 0xd0;
  table[47] = 0xfe;
  EXPECT_EQ(HpetAddress(std::as_bytes(std::span(table))), 0xfed00000U);
  EXPECT_EQ(HpetAddress(std::as_bytes(std::span(table).first(51))), 0U);
  table[44] = 4;  // no register begins there
  EXPECT_EQ(HpetAddress(std::as_bytes(std::span(table))), 0U);
  table[44] = 0;
  table[40] = 1;  // ports
  EXPECT_EQ(HpetAddress(std::as_bytes(std::span(table))), 0U);
}

TEST(ResetTest, TheRegisterIsReadIfTheFlagSaysThatItIsThere) {
  std::vector<std::uint8_t> table(129);
  table[116] = 1;
  table[120] = 0xf9;
  table[121] = 0x0c;
  table[128] = 0x0f;
  EXPECT_FALSE(FindReset(std::as_bytes(std::span(table))));
  table[113] = 4;
  const auto reset = FindReset(std::as_bytes(std::span(table)));
  ASSERT_TRUE(reset);
  EXPECT_TRUE(reset->address.is_port());
  EXPECT_EQ(reset->address.address, 0xcf9U);
  EXPECT_EQ(reset->value, 0x0f);
  EXPECT_FALSE(FindReset(std::as_bytes(std::span(table).first(116))));
}

}  // namespace
}  // namespace ashlar::acpi
