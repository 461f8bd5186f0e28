// Tables for tests, as firmware would lay them out in physical memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "libs/acpi/acpi.h"

namespace ashlar::acpi {

/// Physical memory from kBase on; Map() is the MapPhysical of the last one made.
class FakeFirmware {
 public:
  static constexpr std::uint64_t kBase = 0xe0000;

  FakeFirmware() : memory_(0x20000) { current_ = this; }
  FakeFirmware(const FakeFirmware&) = delete;
  FakeFirmware& operator=(const FakeFirmware&) = delete;
  ~FakeFirmware() { current_ = nullptr; }

  static std::span<const std::byte> Map(std::uint64_t address, std::size_t size) {
    if (current_ == nullptr || address < kBase || address - kBase > current_->memory_.size() ||
        size > current_->memory_.size() - (address - kBase)) {
      return {};
    }
    return std::span(current_->memory_).subspan(address - kBase, size);
  }

  std::span<std::byte> memory() { return memory_; }

  template <typename T>
  void Store(std::uint64_t address, T value) {
    std::memcpy(&memory_[address - kBase], &value, sizeof value);
  }
  void Store(std::uint64_t address, std::string_view text) {
    std::memcpy(&memory_[address - kBase], text.data(), text.size());
  }

  /// Makes the sum of [address, address + size) zero through the byte at `checksum`.
  void Seal(std::uint64_t address, std::size_t size, std::uint64_t checksum) {
    Store<std::uint8_t>(checksum, 0);
    unsigned sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      sum += static_cast<unsigned>(memory_[address - kBase + i]);
    }
    Store<std::uint8_t>(checksum, static_cast<std::uint8_t>(0 - sum));
  }

  /// A table of header and `body`.
  void StoreTable(std::uint64_t address, std::string_view signature,
                  std::span<const std::uint8_t> body) {
    Store(address, signature);
    Store<std::uint32_t>(address + 4, static_cast<std::uint32_t>(kHeaderSize + body.size()));
    if (!body.empty()) {
      std::memcpy(&memory_[address - kBase + kHeaderSize], body.data(), body.size());
    }
    Seal(address, kHeaderSize + body.size(), address + 9);
  }

  /// The root pointer at `address` and an RSDT at `rsdt` that lists `tables`.
  void StoreRoot(std::uint64_t address, std::uint32_t rsdt,
                 std::initializer_list<std::uint32_t> tables) {
    Store(address, std::string_view("RSD PTR "));
    Store<std::uint32_t>(address + 16, rsdt);
    Seal(address, 20, address + 8);
    std::vector<std::uint8_t> body;
    for (const std::uint32_t table : tables) {
      for (int shift = 0; shift < 32; shift += 8) {
        body.push_back(static_cast<std::uint8_t>(table >> shift));
      }
    }
    StoreTable(rsdt, "RSDT", body);
  }

 private:
  static inline FakeFirmware* current_ = nullptr;
  std::vector<std::byte> memory_;
};

}  // namespace ashlar::acpi
