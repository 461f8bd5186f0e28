// Finds a machine's parts by their bindings.
// SPDX-License-Identifier: Apache-2.0
#include "libs/device_tree/machine.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/device_tree/device_tree.h"

namespace ashlar::device_tree {
namespace {

Result<Node> FindEnabled(const Tree& tree, std::initializer_list<std::string_view> compatible) {
  const std::optional<Node> node = tree.FindCompatible(compatible);
  if (!node) {
    return std::unexpected(Error::kNotFound);
  }
  return *node;
}

// What a node must have is broken when it is missing.
template <typename T>
Result<T> Required(Result<T> value) {
  return value || value.error() != Error::kNotFound ? value : std::unexpected(Error::kBroken);
}

// Registers that begin at a page and are as many as a driver will touch.
Result<Range> Registers(const Node& node, std::uint64_t least, unsigned index = 0) {
  const Range range = ASHLAR_TRY(Required(node.Registers(index)));
  if (!IsAligned(range.base, kPageSize) || range.size < least) {
    return std::unexpected(Error::kBroken);
  }
  return range;
}

Result<InterruptController> ReadInterruptController(const Node& node, unsigned version) {
  // A GICv3's distributor and the first CPU's two frames [GICv3 §12.8, §12.10]; a GICv2's registers
  // of both kinds [GICv2 §4.1].
  const std::uint64_t distributor = version == 3 ? 64 * kKiB : kPageSize;
  const std::uint64_t cpu = version == 3 ? 128 * kKiB : kPageSize;
  return InterruptController{version, ASHLAR_TRY(Registers(node, distributor)),
                             ASHLAR_TRY(Registers(node, cpu, 1))};
}

// PCI's three address cells: flags, and 64 bits of address [PCI-OF §2.2.1.1].
constexpr unsigned kPciAddressCells = 3;
constexpr std::uint64_t kSpaceMask = 0x0300'0000;
constexpr std::uint64_t kMemory32 = 0x0200'0000;

// The cells of a controller's unit address in an "interrupt-map": none, where it does not say
// [DT §2.4.3.1]. kUnsupported: it is no GIC.
Result<unsigned> UnitCells(const Node& controller) {
  constexpr unsigned kMost = 2;
  if (ASHLAR_TRY(Required(controller.Cell("#interrupt-cells"))) != kGicCells) {
    return std::unexpected(Error::kUnsupported);
  }
  const Result<std::uint32_t> cells = controller.Cell("#address-cells");
  if (!cells && cells.error() == Error::kNotFound) {
    return 0;
  }
  return ASHLAR_TRY(cells) <= kMost ? cells : std::unexpected(Error::kBroken);
}

}  // namespace

std::string_view CommandLine(const Tree& tree) {
  const std::optional<Node> chosen = tree.Find("/chosen");
  return chosen ? chosen->Text("bootargs") : std::string_view();
}

Result<InterruptController> FindInterruptController(const Tree& tree) {
  const Node node =
      ASHLAR_TRY(FindEnabled(tree, {"arm,gic-v3", "arm,cortex-a15-gic", "arm,gic-400"}));
  return ReadInterruptController(node, node.IsCompatible("arm,gic-v3") ? 3 : 2);
}

Result<Range> FindMessageFrame(const Tree& tree) {
  return Registers(ASHLAR_TRY(FindEnabled(tree, {"arm,gic-v2m-frame"})), kPageSize);
}

Result<Interrupt> FindTimerInterrupt(const Tree& tree) {
  // Secure physical, physical, virtual, hypervisor's.
  constexpr unsigned kVirtual = 2;
  const Node node = ASHLAR_TRY(FindEnabled(tree, {"arm,armv8-timer", "arm,armv7-timer"}));
  return Required(node.FindInterrupt(kVirtual));
}

Result<PowerConduit> FindPowerConduit(const Tree& tree) {
  const Node node = ASHLAR_TRY(FindEnabled(tree, {"arm,psci-1.0", "arm,psci-0.2"}));
  const std::string_view method = node.Text("method");
  if (method == "hvc") {
    return PowerConduit::kHypervisorCall;
  }
  if (method == "smc") {
    return PowerConduit::kSecureMonitorCall;
  }
  return std::unexpected(Error::kBroken);
}

Result<Range> FindClockOfDay(const Tree& tree) {
  return Registers(ASHLAR_TRY(FindEnabled(tree, {"arm,pl031"})), kPageSize);
}

Result<PciHost> FindPciHost(const Tree& tree) {
  const Node node = ASHLAR_TRY(FindEnabled(tree, {"pci-host-ecam-generic"}));
  constexpr std::uint64_t kBytesPerBus = 1 << 20;
  const Range ecam = ASHLAR_TRY(Registers(node, kBytesPerBus));
  const std::optional<Node> parent = node.Parent();
  if (!parent) {
    return std::unexpected(Error::kBroken);
  }
  const Node::Cells above = ASHLAR_TRY(parent->ChildCells());
  CellReader ranges(node.Property("ranges"));
  constexpr unsigned kSizeCells = 2;
  while (ranges.Has(kPciAddressCells + above.address + kSizeCells)) {
    const std::uint64_t space = ranges.Read(1) & kSpaceMask;
    const std::uint64_t child = ranges.Read(2);
    const std::uint64_t address = ranges.Read(above.address);
    const std::uint64_t size = ranges.Read(kSizeCells);
    constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;
    if (space == kMemory32 && child == address && size != 0 && address < kEnd &&
        size <= kEnd - address) {
      return PciHost{node, ecam, {address, size}};
    }
  }
  return std::unexpected(Error::kBroken);
}

Result<Interrupt> FindPciInterrupt(const Tree& tree, const PciHost& host, std::uint8_t device,
                                   std::uint8_t pin, std::optional<Node>& controller) {
  CellReader mask(host.bridge.Property("interrupt-map-mask"));
  if (!mask.Has(kPciAddressCells + 1)) {
    return std::unexpected(Error::kBroken);
  }
  constexpr unsigned kDeviceShift = 11;
  const std::uint64_t address_mask = mask.Read(1);
  mask.Read(2);
  const std::uint64_t pin_mask = mask.Read(1);
  const std::uint64_t wanted = std::uint64_t{device} << kDeviceShift & address_mask;
  CellReader map(host.bridge.Property("interrupt-map"));
  // An entry: the device's address and pin, the controller, its unit address, its three cells.
  while (map.Has(kPciAddressCells + 2)) {
    const std::uint64_t address = map.Read(1) & address_mask;
    map.Read(2);
    const std::uint64_t entry_pin = map.Read(1) & pin_mask;
    controller = tree.FindReferenced(static_cast<std::uint32_t>(map.Read(1)), controller);
    if (!controller) {
      return std::unexpected(Error::kBroken);
    }
    const unsigned unit_cells = ASHLAR_TRY(UnitCells(*controller));
    if (!map.Has(unit_cells + kGicCells)) {
      return std::unexpected(Error::kBroken);
    }
    map.Read(unit_cells);
    const std::uint64_t kind = map.Read(1);
    const std::uint64_t number = map.Read(1);
    const std::uint64_t flags = map.Read(1);
    if (address == wanted && entry_pin == (pin & pin_mask)) {
      return ParseGicInterrupt(kind, number, flags);
    }
  }
  return std::unexpected(Error::kNotFound);
}

}  // namespace ashlar::device_tree
