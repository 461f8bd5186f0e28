// The set of network drivers of a Raspberry Pi: what is at the chip's USB controller, if that is a
// network adapter.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/arch/aarch64/caches.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/bcm2835/mailbox.h"
#include "libs/clock/clock.h"
#include "libs/dwc2/dwc2.h"
#include "libs/dwc2/registers.h"
#include "libs/events/events.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/mmio_bus.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/usb/cdc_ethernet.h"
#include "libs/usb/usb.h"
#include "platforms/raspi/mailbox_caches.h"
#include "platforms/raspi/peripherals.h"

namespace ashlar::raspi {
namespace {

struct Board {
  // RAM, past the graphics processor's caches [BCM2835 §1.2.4]. It ends below 1 GiB.
  std::uint32_t BusAddress(const std::byte* memory) const {
    constexpr std::uint32_t kUncachedAlias = 0xc000'0000;
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(memory)) | kUncachedAlias;
  }
  void SyncCaches(std::span<const std::byte> bytes) const { aarch64::CleanAndInvalidate(bytes); }
  clock::Instant Now() const { return clock::Monotonic::now(); }
  void Sleep(clock::Duration duration) const {
    const clock::Instant end = Now() + duration;
    while (Now() < end) {
      events::Wait(end);
    }
  }
};

using UsbController = dwc2::Controller<io::MmioBus, Board>;

// The bus inside waits for what was written before it says so, and bursts are the longest
// [Linux dwc2, params of BCM2835].
constexpr std::uint32_t kWaitForWrites = 1 << 4;

constinit bcm2835::PropertyMessage message;
constinit dwc2::ControlBuffer control_buffer;
constinit std::optional<UsbController> controller;
constinit events::Event event;
constinit std::array<netdev::NetDevice*, 1> devices = {};
constinit std::size_t count = 0;
constinit bool looked = false;

Result<void> SwitchOn() {
  volatile std::byte* const registers = identity_map::DeviceRegisters(kMailbox, kPageSize);
  if (registers == nullptr) {
    return std::unexpected(Error::kOutOfMemory);
  }
  return bcm2835::Mailbox(io::MmioBus(registers), SyncMailboxCaches(), message)
      .SwitchOn(bcm2835::PoweredDevice::kUsb);
}

// kNotFound: there is no network adapter.
Result<netdev::NetDevice*> Start() {
  ASHLAR_TRY(SwitchOn());
  volatile std::byte* const registers = identity_map::DeviceRegisters(kUsb, dwc2::kRegisterBytes);
  if (registers == nullptr) {
    return std::unexpected(Error::kOutOfMemory);
  }
  controller.emplace(io::MmioBus(registers), Board(), control_buffer, kWaitForWrites);
  ASHLAR_TRY(controller->Start());
  ASHLAR_TRY(events::Listen(kUsbInterrupt, event));
  const usb::Device device = ASHLAR_TRY(usb::Device::Find(*controller));
  const std::size_t size = AlignUp(usb::CdcEthernet::MemoryFor({}), kPageSize);
  const std::span<std::byte> memory = ASHLAR_TRY(page_allocator::Allocate(size));
  const Result<usb::CdcEthernet*> adapter = usb::CdcEthernet::Start(device, memory, event);
  if (adapter) {
    return *adapter;
  }
  page_allocator::Free(memory);
  if (adapter.error() == Error::kUnsupported) {
    log::Warning("netdev", "the USB device ", log::Hex(device.descriptor().vendor), ":",
                 log::Hex(device.descriptor().product), " has no driver here");
    return std::unexpected(Error::kNotFound);
  }
  return std::unexpected(adapter.error());
}

void Look() {
  const Result<netdev::NetDevice*> device = Start();
  if (device) {
    devices[count++] = *device;
  } else if (device.error() != Error::kNotFound) {
    log::Error("usb", "the network adapter does not start: ", device.error());
  }
}

}  // namespace
}  // namespace ashlar::raspi

namespace ashlar::netdev {

std::span<NetDevice* const> Devices() {
  if (!raspi::looked) {
    raspi::looked = true;
    raspi::Look();
  }
  return std::span(raspi::devices).first(raspi::count);
}

}  // namespace ashlar::netdev
