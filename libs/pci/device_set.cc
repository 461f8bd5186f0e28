// What every driver of a PC's devices does before its own part begins, and says when that fails.
// SPDX-License-Identifier: Apache-2.0
#include "libs/pci/device_set.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/io/mmio_bus.h"
#include "libs/log/log.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/pci/interrupts.h"
#include "libs/pci/machine.h"
#include "libs/pci/pci.h"

namespace ashlar::pci {
namespace {

void Sleep(std::chrono::milliseconds duration) {
  const clock::Instant end = clock::Monotonic::now() + duration;
  while (clock::Monotonic::now() < end) {
    events::Wait(end);
  }
}

}  // namespace

Result<Prepared> Prepare(ConfigSpace& config, Address address, const Wishes& wishes,
                         events::Event& event) {
  ASHLAR_TRY(WakeUp(config, address, Sleep));
  const Bar bar = ASHLAR_TRY(ReadBar(config, address, 0));
  if (bar.io || bar.size < wishes.least_registers) {
    return std::unexpected(Error::kBroken);
  }
  const Machine machine;
  const auto register_bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(bar.size, wishes.most_registers));
  const io::MmioBus registers = ASHLAR_TRY(machine.Map(bar.address, register_bytes));
  // Firmware may have left it running: it reaches no memory until its driver knows that it rests.
  ChangeCommand(config, address, kCommandMemory, kCommandBusMaster);
  const Interrupts interrupts =
      ASHLAR_TRY(TakeInterrupts(config, address, event, machine, wishes.messages));
  const std::span<std::byte> memory =
      ASHLAR_TRY(page_allocator::Allocate(AlignUp(wishes.memory, kPageSize)));
  return Prepared{{registers, register_bytes, config, address}, interrupts, memory};
}

void Abandon(const Prepared& device) {
  device.place.CloseMemory();
  page_allocator::Free(device.memory);
}

void ReportFailure(std::string_view library, Address address, Error error) {
  log::Error(library, "PCI device ", address.bus, ":", address.device, ".", address.function,
             " does not start: ", error);
}

void ReportSurplus(std::string_view library, Address address, std::string_view devices,
                   std::size_t most) {
  log::Warning(library, "PCI device ", address.bus, ":", address.device, ".", address.function,
               " is left out: an image has ", most, " ", devices, " at most");
}

}  // namespace ashlar::pci
