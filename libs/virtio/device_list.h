// The list of a machine's virtio devices in the making: transports of both kinds, in room of its
// own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <span>
#include <utility>

#include "libs/base/result.h"
#include "libs/io/mmio_bus.h"
#include "libs/log/log.h"
#include "libs/page_map/page_map.h"
#include "libs/pci/machine.h"
#include "libs/pci/pci.h"
#include "libs/virtio/mmio_devices.h"
#include "libs/virtio/mmio_transport.h"
#include "libs/virtio/pci_transport.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// One of them, static. What can't be used is logged and left out, and so is what comes after
/// kMost.
class DeviceList {
 public:
  static constexpr std::size_t kMost = 16;

  constexpr DeviceList() = default;

  /// The virtio devices among all functions of `config`, which must live as long.
  void AddPci(pci::ConfigSpace& config) {
    pci::Walk walk(config);
    while (const auto function = walk.Next()) {
      if (auto transport = Pci::Create(config, *function, pci::Machine())) {
        if (!Keep(*std::move(transport))) {
          return;
        }
      } else if (transport.error() != Error::kNotFound) {
        log::Warning("virtio", "PCI device ", function->address.bus, ":", function->address.device,
                     ".", function->address.function, " is not used: ", transport.error());
      }
    }
  }

  /// The devices in `slots`.
  void AddMmio(std::span<const MmioDevice> slots) {
    for (const MmioDevice& slot : slots) {
      const Result<volatile std::byte*> registers = page_map::MapDevice(slot.address, slot.size);
      auto transport = registers ? Mmio::Create(io::MmioBus(*registers), slot, pci::Machine())
                                 : Result<Mmio>(std::unexpected(registers.error()));
      if (transport) {
        if (!Keep(*std::move(transport))) {
          return;
        }
      } else if (transport.error() != Error::kNotFound) {
        log::Warning("virtio", "the device at ", log::Hex(slot.address),
                     " is not used: ", transport.error());
      }
    }
  }

  std::span<Transport* const> transports() const { return std::span(transports_).first(count_); }

 private:
  using Pci = PciTransport<pci::Machine>;
  using Mmio = MmioTransport<io::MmioBus, pci::Machine>;

  // Room for a transport of either kind.
  struct Place {
    alignas(std::max(alignof(Pci),
                     alignof(Mmio))) std::byte bytes[std::max(sizeof(Pci), sizeof(Mmio))];
  };

  template <typename Kind>
  bool Keep(Kind&& transport) {
    if (count_ == kMost) {
      log::Warning("virtio", "the machine has more devices than ", kMost, ": the rest is left out");
      return false;
    }
    auto* kept =
        new (places_[count_].bytes) std::remove_cvref_t<Kind>(std::forward<Kind>(transport));
    transports_[count_++] = kept;
    return true;
  }

  std::array<Place, kMost> places_ = {};
  std::array<Transport*, kMost> transports_ = {};
  std::size_t count_ = 0;
};

}  // namespace ashlar::virtio
