// Memory from the page allocator, grants and event channels from Xen.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/own_resources.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/hypercall.h"
#include "libs/xen/resources.h"
#include "platforms/xen/grants.h"
#include "platforms/xen/restore.h"

namespace ashlar::xen {
namespace {

class Own final : public Resources {
 public:
  std::size_t free_memory() const override { return page_allocator::Measure().free_bytes; }
  Result<std::span<std::byte>> AllocatePages(std::size_t size) override {
    return page_allocator::Allocate(size);
  }
  Result<GrantTable*> FindGrants() override { return xen::FindGrants(); }
  Frames frames() const override { return OwnFrames(); }

  Result<std::uint32_t> OpenPort(std::uint16_t domain, events::Event& event) override {
    const std::uint32_t port = ASHLAR_TRY(AllocatePort(domain));
    if (const Result<void> listens = events::Listen(port, event); !listens) {
      (void)xen::ClosePort(port);
      return std::unexpected(listens.error());
    }
    return port;
  }
  void ClosePort(std::uint32_t port, const events::Event& event) override {
    StopListening(event);
    (void)xen::ClosePort(port);
  }
  void Notify(std::uint32_t port) override { (void)xen::Notify(port); }
};

constinit Own own;

}  // namespace

Resources& OwnResources() { return own; }

}  // namespace ashlar::xen
