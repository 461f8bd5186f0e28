// The store's page and its event channel.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/store.h"

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/xen/abi.h"
#include "libs/xen/event_channels.h"
#include "libs/xen/hypercall.h"
#include "libs/xen/store.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/restore.h"
#include "platforms/xen/shared_info.h"
#include "platforms/xen/toolstack_page.h"

namespace ashlar::xen {
namespace {

// The daemon, and what runs on its machine meanwhile, may be slow, but not as slow as this.
constexpr std::chrono::seconds kPatience(30);

class Daemon final : public StorePeer {
 public:
  void Notify() override { (void)xen::Notify(port); }
  bool Wait() override {
    const clock::Instant deadline = clock::Monotonic::now() + kPatience;
    (void)Poll(std::span(&port, 1),
               static_cast<std::uint64_t>(deadline.time_since_epoch().count() - ClockOffset()));
    // Before the look at what it sent. The event loop has no need of the event that is taken here:
    // whoever waits for the store looks at the page.
    (void)TakePending(*FindSharedInfo(), port);
    return clock::Monotonic::now() < deadline;
  }

  std::uint32_t port = 0;
};

constinit Daemon daemon;
constinit std::optional<Store> store;
constinit bool looked = false;
constinit events::Event* listener = nullptr;

}  // namespace

Store* FindStore() {
  if (!looked) {
    looked = true;
    const std::optional<ToolstackPage> page = IsInitialDomain() ? std::nullopt : FindStorePage();
    if (page && FindSharedInfo() != nullptr) {
      daemon.port = page->port;
      store.emplace(*static_cast<StoreInterface*>(page->page), daemon);
    }
  }
  return store ? &*store : nullptr;
}

Result<void> ListenToStore(events::Event& event) {
  if (FindStore() == nullptr) {
    return std::unexpected(Error::kUnsupported);
  }
  listener = &event;
  return events::Listen(daemon.port, event);
}

Result<void> RestoreStore() {
  if (!store) {
    return {};
  }
  const std::optional<ToolstackPage> page = FindStorePage();
  if (!page) {
    return std::unexpected(Error::kBroken);
  }
  daemon.port = page->port;
  store->Restart(*static_cast<StoreInterface*>(page->page));
  return listener == nullptr ? Result<void>() : events::Listen(daemon.port, *listener);
}

}  // namespace ashlar::xen
