// Silences what firmware has left switched on, gives what it has left pending a place to go to, and
// keeps CPUs from stopping the timer that is to wake them.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/pc/take_over.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/acpi/acpi.h"
#include "libs/acpi/madt.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/interrupt_table.h"
#include "libs/arch/x86_64/msr.h"
#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/identity_map/identity_map.h"
#include "libs/interrupt_controllers/io_apic.h"
#include "libs/io/mmio_bus.h"
#include "platforms/pc/acpi_tables.h"

namespace ashlar::pc {
namespace {

constexpr std::size_t kExceptions = 32;

// One for each vector that there is.
constinit std::array<x86_64::InterruptGate, 256> table = {};

void MaskInputs(std::uint32_t address) {
  if (volatile std::byte* const registers = identity_map::DeviceRegisters(address, kPageSize)) {
    interrupt_controllers::IoApic(io::MmioBus(registers)).MaskAll();
  }
}

void MaskInputs() {
  const Result<acpi::Tables> tables = AcpiTables();
  const Result<acpi::Table> madt = tables ? tables->Get("APIC") : std::unexpected(tables.error());
  if (!madt) {
    MaskInputs(interrupt_controllers::kDefaultIoApic);
    return;
  }
  for (const acpi::IoApicEntry& entry : acpi::Madt::Parse(*madt).io_apics()) {
    MaskInputs(entry.address);
  }
}

// Whether the CPU is one of those of AMD's that can be told to enter C1E when they halt, where
// their local APIC's timer stands still: erratum 400 of the families 0Fh, from revision F on, and
// 10h [AMD-0Fh, AMD-10h; Linux, arch/x86/kernel/cpu/amd.c].
bool MayStopTimer() {
  constexpr std::uint32_t kAuth = 0x68747541;
  constexpr std::uint32_t kEnti = 0x69746e65;
  constexpr std::uint32_t kCamd = 0x444d4163;
  const x86_64::CpuidLeaf vendor = x86_64::RawCpuid(0);
  if (vendor.ebx != kAuth || vendor.edx != kEnti || vendor.ecx != kCamd) {
    return false;
  }
  const std::uint32_t signature = x86_64::RawCpuid(1).eax;
  const std::uint32_t family = (signature >> 8 & 0xf) + (signature >> 20 & 0xff);
  const std::uint32_t model = (signature >> 4 & 0xf) | (signature >> 12 & 0xf0);
  return (family == 0x0f && model >= 0x40) || family == 0x10;
}

void KeepTimerRunning() {
  constexpr std::uint64_t kEnterC1e = 3 << 27;  // by an SMI, or by itself
  if (!x86_64::InVirtualMachine() && MayStopTimer()) {
    const std::uint64_t value = x86_64::ReadMsr(x86_64::Msr::kAmdInterruptPending);
    x86_64::WriteMsr(x86_64::Msr::kAmdInterruptPending, value & ~kEnterC1e);
  }
}

}  // namespace

std::span<x86_64::InterruptGate> TakeInterruptsOver(std::size_t count) {
  ASHLAR_CHECK(count <= table.size());
  std::fill(table.begin() + kExceptions, table.end(),
            x86_64::InterruptGate::To(reinterpret_cast<std::uintptr_t>(&ashlar_stray_interrupt)));
  MaskInputs();
  KeepTimerRunning();
  return table;
}

}  // namespace ashlar::pc
