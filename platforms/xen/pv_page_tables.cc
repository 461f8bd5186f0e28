// Reads tables where they lie, and gathers updates until a hypercall takes them.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/pv_page_tables.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"

namespace ashlar::xen {
namespace {

// As many as fill a page.
constexpr std::size_t kCapacity = kPageSize / sizeof(MmuUpdate);

constinit MmuUpdate buffer[kCapacity] = {};

constinit PvTable root = {};

}  // namespace

PvTable TableOf(x86_64::PageTableEntry entry) {
  return {
      reinterpret_cast<const x86_64::PageTable*>(OwnFrame(entry.address() / kPageSize) * kPageSize),
      entry.address()};
}

const PvTable& RootTable() {
  if (root.entries == nullptr) {
    root = TableOf({x86_64::ReadCr3()});  // Xen answers for the register, with the machine address.
  }
  return root;
}

void ForgetRootTable() { root = {}; }

std::optional<PvTable> FindTable(std::uintptr_t address, unsigned level) {
  PvTable table = RootTable();
  for (unsigned at = 4; at > level; --at) {
    const x86_64::PageTableEntry entry = table[x86_64::PageTableIndex(address, at)];
    if (!entry.present()) {
      return std::nullopt;
    }
    table = TableOf(entry);
  }
  return table;
}

void PvUpdates::Add(const PvTable& table, std::size_t index, std::uint64_t value) {
  buffer[count_++] = {table.machine_address + index * sizeof(x86_64::PageTableEntry), value};
  if (count_ == kCapacity) {
    HandOver();
  }
}

void PvUpdates::HandOver() {
  const Result<void> result = UpdatePageTables(std::span(buffer).first(count_));
  if (!result) {
    result_ = result;
  }
  count_ = 0;
}

Result<void> PvUpdates::Finish() {
  if (count_ != 0) {
    HandOver();
  }
  const Result<void> result = result_;
  result_ = {};
  return result;
}

}  // namespace ashlar::xen
