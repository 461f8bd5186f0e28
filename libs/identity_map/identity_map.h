// The identity map: physical memory at its own addresses, under page tables that a machine's entry
// began.
//
// What firmware, a loader or a hypervisor left is mapped when someone wants to read it, devices
// when someone drives them, before there is a page map to ask. For machines that own their page
// tables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/page_map/page_tables.h"

namespace ashlar::identity_map {

/// Whether [address, address + size) is not empty and ends where page tables reach, at 128 TiB.
constexpr bool IsReachable(std::uint64_t address, std::size_t size) {
  constexpr std::uint64_t kEnd = std::uint64_t{1} << 47;
  return size != 0 && address < kEnd && size <= kEnd - address;
}

/// Makes [address, address + size) of physical memory readable and returns it; RAM that is writable
/// already stays so. Empty if it is not IsReachable(), or there is no table left. Page zero is
/// readable at another address. Works in every context, before memory is known: it has a few tables
/// of its own.
std::span<const std::byte> ReadablePhysical(std::uint64_t address, std::size_t size);

/// The same, writable and cached: memory that a hypervisor shares with the image.
std::span<std::byte> WritablePhysical(std::uint64_t address, std::size_t size);

/// A page for a table, before there is a page allocator: a few, as the linker script says.
std::byte* AllocateSpareTable();

/// Makes a device's registers reachable, uncached; nullptr if they are not IsReachable(), or there
/// is no table left. Works in every context in which `allocate` does.
volatile std::byte* DeviceRegisters(
    std::uint64_t address, std::size_t size,
    page_map::PageTables::AllocateTable allocate = AllocateSpareTable);

/// The image's page tables, growing by tables from `allocate`.
page_map::PageTables Tables(page_map::PageTables::AllocateTable allocate);

/// What may still be mapped in the CPU's caches is forgotten.
void ForgetTranslations();

}  // namespace ashlar::identity_map
