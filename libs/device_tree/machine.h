// What a device tree says of the parts of an Arm machine.
//
// Each part is found by its binding (Linux, Documentation/devicetree/bindings), and validated. The
// errors of all: kNotFound: the tree has none; kBroken: what it says is nonsense.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/base/result.h"
#include "libs/device_tree/device_tree.h"

namespace ashlar::device_tree {

/// Calls visit(Range) for each entry of the node's "reg"; nonsense is left out.
template <typename Visit>
void VisitRegisters(const Node& node, Visit visit) {
  // An entry has one cell at least; where the numbers of cells are nonsense, each is broken.
  const std::size_t most = node.Property("reg").size() / sizeof(std::uint32_t);
  for (unsigned i = 0; i < most; ++i) {
    const Result<Range> range = node.Registers(i);
    if (range) {
      visit(*range);
    } else if (range.error() == Error::kNotFound) {
      break;
    }
  }
}

/// Calls visit(Range) for each stretch of RAM; nonsense is left out.
template <typename Visit>
void VisitMemory(const Tree& tree, Visit visit) {
  for (std::optional<Node> node = tree.FindOfType("memory"); node;
       node = tree.FindOfType("memory", node)) {
    VisitRegisters(*node, visit);
  }
}

/// Calls visit(Range) for each stretch of RAM that belongs to somebody: the tree's own list, and
/// the children of /reserved-memory. An initial RAM disk, which nobody reads, is not among it.
template <typename Visit>
void VisitReserved(const Tree& tree, Visit visit) {
  for (unsigned i = 0;; ++i) {
    const Result<Range> range = tree.Reservation(i);
    if (range) {
      visit(*range);
    } else if (range.error() == Error::kNotFound) {
      break;
    }
  }
  if (const std::optional<Node> reserved = tree.Find("/reserved-memory")) {
    for (std::optional<Node> node = tree.NextChild(*reserved); node;
         node = tree.NextChild(*reserved, node)) {
      VisitRegisters(*node, visit);
    }
  }
}

/// The text that the loader passed; empty if it passed none.
std::string_view CommandLine(const Tree& tree);

/// A generic interrupt controller.
struct InterruptController {
  unsigned version;  ///< 2 or 3; a GICv4 is a GICv3 here
  Range distributor;
  Range cpu;  ///< version 2: the CPU interface; version 3: the first region of redistributors
};
Result<InterruptController> FindInterruptController(const Tree& tree);

/// The frame whose registers devices write messages to, of a GICv2 [GICv2m].
Result<Range> FindMessageFrame(const Tree& tree);

/// The virtual timer's interrupt.
Result<Interrupt> FindTimerInterrupt(const Tree& tree);

/// How the power state interface is called.
enum class PowerConduit : std::uint8_t { kHypervisorCall, kSecureMonitorCall };
Result<PowerConduit> FindPowerConduit(const Tree& tree);

/// The registers of the clock of day, a PL031.
Result<Range> FindClockOfDay(const Tree& tree);

/// Calls visit(Range, Interrupt) for each virtio-mmio slot; nonsense is left out.
template <typename Visit>
void VisitVirtioMmio(const Tree& tree, Visit visit) {
  std::optional<Node> controller;
  for (std::optional<Node> node = tree.FindCompatible({"virtio,mmio"}); node;
       node = tree.FindCompatible({"virtio,mmio"}, node)) {
    const Result<Range> registers = node->Registers();
    const Result<Interrupt> interrupt = node->FindInterrupt(0, controller);
    if (registers && interrupt) {
      visit(*registers, *interrupt);
    }
  }
}

/// A PCI host bridge with an ECAM window.
struct PciHost {
  Node bridge;
  Range ecam;    ///< of one bus at least
  Range memory;  ///< where 32-bit memory base addresses may lie; the CPU sees it 1:1
};
Result<PciHost> FindPciHost(const Tree& tree);

/// What the pin (1..4, INTA to INTD) of a device on bus 0 is connected to, by the bridge's
/// "interrupt-map". `controller`, none at first, makes the next call cheaper, as
/// Node::FindInterrupt()'s does. kUnsupported: an entry of another controller than a GIC.
Result<Interrupt> FindPciInterrupt(const Tree& tree, const PciHost& host, std::uint8_t device,
                                   std::uint8_t pin, std::optional<Node>& controller);

}  // namespace ashlar::device_tree
