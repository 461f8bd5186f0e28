// Reading a field of a device's configuration with accesses of its own width.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "libs/io/io.h"

namespace ashlar::virtio {

/// Copies the field at `offset`: one of 16, 32 or 64 bits as such, all else byte by byte
/// [virtio-1.2 §4.1.3.1].
template <io::Bus Bus>
void ReadConfigField(Bus bus, std::size_t offset, std::span<std::byte> into) {
  if (into.size() == 2 && offset % 2 == 0) {
    const std::uint16_t value = bus.Read16(offset);
    std::memcpy(into.data(), &value, sizeof(value));
  } else if ((into.size() == 4 || into.size() == 8) && offset % 4 == 0) {
    for (std::size_t i = 0; i < into.size(); i += 4) {
      const std::uint32_t value = bus.Read32(offset + i);
      std::memcpy(into.data() + i, &value, sizeof(value));
    }
  } else {
    for (std::size_t i = 0; i < into.size(); ++i) {
      into[i] = std::byte{bus.Read8(offset + i)};
    }
  }
}

}  // namespace ashlar::virtio
