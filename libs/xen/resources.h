// What a domain has for the front ends of its devices.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"

namespace ashlar::xen {

class Resources {
 public:
  /// Bytes of memory that nobody uses yet.
  virtual std::size_t free_memory() const = 0;
  /// `size` bytes, in whole pages, for good: what is granted once another domain may keep.
  /// kOutOfMemory: there are none.
  virtual Result<std::span<std::byte>> AllocatePages(std::size_t size) = 0;
  /// The grant table, which the first call sets up. kOutOfMemory: there is no memory for it;
  /// kNoSpace and others: Xen refuses.
  virtual Result<GrantTable*> FindGrants() = 0;
  /// What the domain's pages are to others.
  virtual Frames frames() const = 0;
  /// A new event channel for `domain` to bind, whose events note `event`. kNoSpace: there are too
  /// many.
  virtual Result<std::uint32_t> OpenPort(std::uint16_t domain, events::Event& event) = 0;
  /// There are no events of it any more.
  virtual void ClosePort(std::uint32_t port, const events::Event& event) = 0;
  /// Raises an event at the other end.
  virtual void Notify(std::uint32_t port) = 0;

 protected:
  ~Resources() = default;
};

}  // namespace ashlar::xen
