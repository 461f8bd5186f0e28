// Reads the FADT.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/fadt.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "libs/acpi/acpi.h"

namespace ashlar::acpi {
namespace {

// Offsets of [ACPI §5.2.9 table 5.9].
constexpr std::size_t kDsdt = 40;
constexpr std::size_t kSmiCommand = 48;
constexpr std::size_t kAcpiEnable = 52;
constexpr std::size_t kPm1aControl = 64;
constexpr std::size_t kPm1bControl = 68;
constexpr std::size_t kPmTimer = 76;
constexpr std::size_t kFlags = 112;
constexpr std::size_t kXDsdt = 140;
constexpr std::size_t kXPm1aControl = 172;
constexpr std::size_t kXPm1bControl = 184;
constexpr std::size_t kXPmTimer = 208;
constexpr std::size_t kSleepControl = 244;

constexpr std::size_t kSize = 276;  // of the newest version we know

constexpr std::uint32_t kFlagTimerHas32Bits = 1 << 8;
constexpr std::uint32_t kFlagHardwareReduced = 1 << 20;

// The table's bytes, and zeros for those that it is too old for.
class Fields {
 public:
  explicit Fields(Table table) {
    std::ranges::copy(table.first(std::min(table.size(), kSize)), bytes_);
  }

  template <typename T>
  T Get(std::size_t offset) const {
    T value;
    std::memcpy(&value, bytes_ + offset, sizeof value);
    return value;
  }

  // A generic address structure: space, width, offset, access size, then the address.
  RegisterAddress GetAddress(std::size_t offset) const {
    return {Get<std::uint64_t>(offset + 4), Get<std::uint8_t>(offset)};
  }
  // The extended field if it is filled in, else the old one, a port.
  RegisterAddress GetRegister(std::size_t extended, std::size_t legacy) const {
    const RegisterAddress address = GetAddress(extended);
    return address.address != 0
               ? address
               : RegisterAddress{Get<std::uint32_t>(legacy),
                                 static_cast<std::uint8_t>(RegisterAddress::Space::kPort)};
  }

 private:
  std::byte bytes_[kSize] = {};
};

}  // namespace

Fadt ParseFadt(Table table) {
  const Fields fields(table);
  const auto flags = fields.Get<std::uint32_t>(kFlags);
  const auto extended_dsdt = fields.Get<std::uint64_t>(kXDsdt);
  const auto smi_command = fields.Get<std::uint32_t>(kSmiCommand);
  return {
      .dsdt = extended_dsdt != 0 ? extended_dsdt : fields.Get<std::uint32_t>(kDsdt),
      .hardware_reduced = (flags & kFlagHardwareReduced) != 0,
      .pm1a_control = fields.GetRegister(kXPm1aControl, kPm1aControl),
      .pm1b_control = fields.GetRegister(kXPm1bControl, kPm1bControl),
      .pm_timer = fields.GetRegister(kXPmTimer, kPmTimer),
      .pm_timer_has_32_bits = (flags & kFlagTimerHas32Bits) != 0,
      .sleep_control = fields.GetAddress(kSleepControl),
      .smi_command_port = static_cast<std::uint16_t>(smi_command <= 0xffff ? smi_command : 0),
      .acpi_enable = fields.Get<std::uint8_t>(kAcpiEnable),
  };
}

}  // namespace ashlar::acpi
