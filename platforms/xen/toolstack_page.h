// The pages that a toolstack's daemons share with the domain: the console's and the store's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace ashlar::xen {

/// A page, and the event channel to whoever has its other end.
struct ToolstackPage {
  void* page;
  std::uint32_t port;
};

/// Nothing: the domain has none, as the initial one. Any context.
std::optional<ToolstackPage> FindConsolePage();
std::optional<ToolstackPage> FindStorePage();

}  // namespace ashlar::xen
