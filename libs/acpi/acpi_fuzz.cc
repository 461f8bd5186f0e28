// Fuzzes everything that reads firmware's tables: the input is physical memory from 0xe0000 on, and
// as a table.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/acpi/acpi.h"
#include "libs/acpi/aml.h"
#include "libs/acpi/fadt.h"
#include "libs/acpi/fake_firmware.h"
#include "libs/acpi/hpet.h"
#include "libs/acpi/madt.h"
#include "libs/acpi/reset.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar::acpi;
  const Table input = std::as_bytes(std::span(data, size));
  (void)ParseFadt(input);
  (void)Madt::Parse(input);
  (void)FindSoftOff(input);
  (void)HpetAddress(input);
  (void)FindReset(input);
  VirtioMmioDevices devices(input);
  while (devices.Next()) {
  }

  FakeFirmware firmware;
  std::ranges::copy(input.first(std::min(size, firmware.memory().size())),
                    firmware.memory().begin());
  if (const auto tables = Tables::Find(FindRootPointer(FakeFirmware::Map), FakeFirmware::Map)) {
    (void)tables->Get("FACP");
    (void)tables->Get("APIC");
  }
  return 0;
}
