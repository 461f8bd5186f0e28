// What the controller wants before it cuts a large TCP frame into small ones [8254x §3.5.2].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/e1000/registers.h"
#include "libs/netdev/netdev.h"

namespace ashlar::e1000 {

/// The largest headers together: Ethernet, IPv4 and TCP with all their options.
inline constexpr std::size_t kMaxHeaders = 14 + 60 + 60;

/// Prepares `headers`, a copy of the frame's first offload.header_size bytes, as the controller
/// wants them: without lengths, and with a pseudo-header's sum that has none either, since it adds
/// each segment's own. Returns the context that goes before the frame of `frame_size` bytes;
/// nothing if these are no such headers.
std::optional<TransmitDescriptor> PrepareSegmentation(std::span<std::byte> headers,
                                                      const netdev::Offload& offload,
                                                      std::size_t frame_size);

}  // namespace ashlar::e1000
