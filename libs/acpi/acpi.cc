// Walks from the root pointer to single tables.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/acpi.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/foreign_bytes.h"
#include "libs/base/result.h"

namespace ashlar::acpi {
namespace {

constexpr std::string_view kRootSignature = "RSD PTR ";

// [ACPI §5.2.5.3]
constexpr std::size_t kRootSize = 20;
constexpr std::size_t kRootSizeRevision2 = 36;
constexpr std::size_t kRootRevision = 15;
constexpr std::size_t kRootRsdt = 16;
constexpr std::size_t kRootXsdt = 24;

constexpr std::size_t kLength = 4;

bool StartsWith(std::span<const std::byte> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// (Out of line, like the next but one: this is read once, and every image has it.)
[[gnu::noinline]] bool SumIsZero(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const std::byte byte : bytes) {
    sum += static_cast<unsigned>(byte);
  }
  return (sum & 0xff) == 0;
}

[[gnu::noinline]] Result<Table> WholeTable(std::uint64_t address, std::string_view signature,
                                           MapPhysical map) {
  const std::span<const std::byte> header = map(address, kHeaderSize);
  if (header.size() < kHeaderSize) {
    return std::unexpected(Error::kBroken);
  }
  if (!StartsWith(header, signature)) {
    return std::unexpected(Error::kNotFound);
  }
  const auto length = Load<std::uint32_t>(header, kLength);
  if (length < kHeaderSize || length > kMaxTableSize) {
    return std::unexpected(Error::kBroken);
  }
  const std::span<const std::byte> table = map(address, length);
  if (table.size() < length || !SumIsZero(table)) {
    return std::unexpected(Error::kBroken);
  }
  return table;
}

}  // namespace

Result<Tables> Tables::Find(std::uint64_t root_pointer, MapPhysical map) {
  if (root_pointer == 0) {
    return std::unexpected(Error::kNotFound);
  }
  const std::span<const std::byte> root = map(root_pointer, kRootSize);
  if (!StartsWith(root, kRootSignature) || root.size() < kRootSize || !SumIsZero(root)) {
    return std::unexpected(Error::kBroken);
  }
  if (Load<std::uint8_t>(root, kRootRevision) >= 2) {
    const std::span<const std::byte> extended = map(root_pointer, kRootSizeRevision2);
    if (extended.size() >= kRootSizeRevision2 && SumIsZero(extended)) {
      const auto address = Load<std::uint64_t>(extended, kRootXsdt);
      if (address != 0) {
        if (const Result<Table> xsdt = WholeTable(address, "XSDT", map)) {
          return Tables(*xsdt, sizeof(std::uint64_t), map);
        }
      }
    }
  }
  const Result<Table> rsdt = WholeTable(Load<std::uint32_t>(root, kRootRsdt), "RSDT", map);
  if (!rsdt) {
    return std::unexpected(Error::kBroken);
  }
  return Tables(*rsdt, sizeof(std::uint32_t), map);
}

Result<Table> Tables::Get(std::string_view signature) const {
  Error error = Error::kNotFound;
  for (std::size_t offset = kHeaderSize; offset + entry_size_ <= root_.size();
       offset += entry_size_) {
    const std::uint64_t address = entry_size_ == sizeof(std::uint64_t)
                                      ? Load<std::uint64_t>(root_, offset)
                                      : Load<std::uint32_t>(root_, offset);
    const Result<Table> table = WholeTable(address, signature, map_);
    if (table) {
      return table;
    }
    if (table.error() == Error::kBroken) {
      error = Error::kBroken;
    }
  }
  return std::unexpected(error);
}

Result<Table> Tables::GetAt(std::uint64_t address, std::string_view signature) const {
  const Result<Table> table = WholeTable(address, signature, map_);
  return table ? table : std::unexpected(Error::kBroken);
}

std::uint64_t FindRootPointer(MapPhysical map) {
  // [ACPI §5.2.5.1]
  constexpr std::uint64_t kBegin = 0xe0000;
  constexpr std::size_t kSize = 0x20000;
  constexpr std::size_t kStep = 16;
  const std::span<const std::byte> area = map(kBegin, kSize);
  for (std::size_t offset = 0; offset + kRootSize <= area.size(); offset += kStep) {
    const std::span<const std::byte> candidate = area.subspan(offset, kRootSize);
    if (StartsWith(candidate, kRootSignature) && SumIsZero(candidate)) {
      return kBegin + offset;
    }
  }
  return 0;
}

}  // namespace ashlar::acpi
