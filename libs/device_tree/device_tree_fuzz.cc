// Fuzzes device trees: whatever the bytes are, reading all of it ends, inside the tree; and where
// libfdt finds the tree well-formed, it finds the same nodes and properties.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "libfdt.h"
#include "libs/base/result.h"
#include "libs/device_tree/device_tree.h"
#include "libs/device_tree/machine.h"

namespace ashlar::device_tree {
namespace {

constexpr unsigned kFirstVersion = 16;

void Expect(bool condition) {
  if (!condition) {
    __builtin_trap();
  }
}

void ExpectRange(Range range) {
  Expect(range.size != 0 && range.size - 1 <= ~std::uint64_t{0} - range.base);
}

void ExpectInterrupt(Interrupt interrupt) {
  Expect(interrupt.number >= 16 && interrupt.number < 1020);
}

// What libfdt lets pass and the specification does not: a structure with no node, reservations that
// are not aligned, strings of which the last does not end. [DT §5.4.2, §5.3, §5.5]
bool IsMalformed(const void* fdt) {
  constexpr std::size_t kReservationAlignment = 8;
  const std::size_t strings = fdt_size_dt_strings(fdt);
  return fdt_next_node(fdt, -1, nullptr) < 0 ||
         fdt_off_mem_rsvmap(fdt) % kReservationAlignment != 0 ||
         (strings != 0 &&
          static_cast<const char*>(fdt)[fdt_off_dt_strings(fdt) + strings - 1] != '\0');
}

void ExpectWhatLibfdtReads(std::span<const std::byte> bytes, const Result<Tree>& tree) {
  const void* const fdt = bytes.data();
  if (bytes.size() < Tree::kHeaderBytes || fdt_version(fdt) < kFirstVersion ||
      fdt_check_full(fdt, bytes.size()) != 0) {
    return;
  }
  if (!tree) {
    Expect(IsMalformed(fdt));
    return;
  }
  std::optional<Node> node = tree->root();
  for (int offset = fdt_next_node(fdt, -1, nullptr); offset >= 0;
       offset = fdt_next_node(fdt, offset, nullptr)) {
    Expect(node.has_value());
    Expect(node->name() == fdt_get_name(fdt, offset, nullptr));
    int property = 0;
    fdt_for_each_property_offset(property, fdt, offset) {
      const char* name = nullptr;
      fdt_getprop_by_offset(fdt, property, &name, nullptr);
      // The first of a name is what both find.
      int size = 0;
      const void* const value = fdt_getprop(fdt, offset, name, &size);
      const std::span<const std::byte> own = node->Property(name);
      Expect(own.size() == static_cast<std::size_t>(size) && (size == 0 || own.data() == value));
    }
    node = tree->Next(*node);
  }
  Expect(!node);
}

void ReadNodes(const Tree& tree) {
  int nodes = 0;
  for (std::optional<Node> node = tree.root(); node; node = tree.Next(*node)) {
    if (++nodes > 200) {
      return;  // Looking at each is a walk through all.
    }
    (void)node->name();
    (void)node->Text("bootargs");
    (void)node->Cell("phandle");
    if (const auto range = node->Registers()) {
      ExpectRange(*range);
    }
    if (const auto interrupt = node->FindInterrupt()) {
      ExpectInterrupt(*interrupt);
    }
  }
}

void ReadMachine(const Tree& tree) {
  (void)CommandLine(tree);
  Expect(!tree.bytes().empty());
  VisitMemory(tree, ExpectRange);
  VisitReserved(tree, ExpectRange);
  VisitVirtioMmio(tree, [](Range range, Interrupt interrupt) {
    ExpectRange(range);
    ExpectInterrupt(interrupt);
  });
  if (const auto controller = FindInterruptController(tree)) {
    ExpectRange(controller->distributor);
    ExpectRange(controller->cpu);
  }
  (void)FindMessageFrame(tree);
  (void)FindTimerInterrupt(tree);
  (void)FindPowerConduit(tree);
  (void)FindClockOfDay(tree);
  if (const auto host = FindPciHost(tree)) {
    ExpectRange(host->ecam);
    ExpectRange(host->memory);
    Expect(host->memory.base + host->memory.size <= std::uint64_t{1} << 32);
    std::optional<Node> controller;
    for (std::uint8_t device = 0; device < 3; ++device) {
      if (const auto interrupt = FindPciInterrupt(tree, *host, device, 1, controller)) {
        ExpectInterrupt(*interrupt);
      }
    }
  }
}

void Run(std::span<const std::uint8_t> input) {
  // Of just the input's size, so that a sanitizer sees the end; new aligns it to 16.
  std::vector<std::byte> bytes(input.size());
  std::ranges::copy(std::as_bytes(input), bytes.begin());
  const Result<Tree> tree = Tree::Parse(bytes);
  ExpectWhatLibfdtReads(bytes, tree);
  if (tree) {
    ReadNodes(*tree);
    ReadMachine(*tree);
  }
}

}  // namespace
}  // namespace ashlar::device_tree

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ashlar::device_tree::Run({data, size});
  return 0;
}
