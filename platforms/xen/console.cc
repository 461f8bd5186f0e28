// The console of a Xen domain: Xen's own in the initial domain, the ring that the toolstack's
// console daemon reads in all others.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/console.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/xen/abi.h"
#include "libs/xen/console_ring.h"
#include "libs/xen/event_channels.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/restore.h"
#include "platforms/xen/shared_info.h"
#include "platforms/xen/toolstack_page.h"

namespace ashlar::console {
namespace {

enum class Where : std::uint8_t { kUnknown, kNowhere, kXen, kRing };

constinit Where where = Where::kUnknown;
constinit std::optional<xen::ConsoleOutput> ring;
constinit std::uint32_t port = 0;

Where Find() {
  if (xen::IsInitialDomain()) {
    return Where::kXen;
  }
  const std::optional<xen::ToolstackPage> page = xen::FindConsolePage();
  if (!page) {
    return Where::kNowhere;
  }
  port = page->port;
  ring.emplace(*static_cast<xen::ConsoleInterface*>(page->page));
  return Where::kRing;
}

// As long as the daemon may take until it reads. It is not the clock's to say: that one panics.
constexpr std::int64_t kPatience = 1'000'000'000;  // nanoseconds

struct Daemon {
  void Notify() { (void)xen::Notify(port); }
  std::int64_t Deadline() const {
    const xen::SharedInfo* const shared = xen::FindSharedInfo();
    return shared == nullptr ? 0 : xen::SystemTime(*shared) + kPatience;
  }
  // It tells by an event that it has read.
  bool Wait(std::int64_t deadline) {
    xen::SharedInfo* const shared = xen::FindSharedInfo();
    if (shared == nullptr ||
        !xen::Poll(std::span(&port, 1), static_cast<std::uint64_t>(deadline))) {
      return false;
    }
    (void)xen::TakePending(*shared, port);
    return xen::SystemTime(*shared) < deadline;
  }
};

}  // namespace

void Write(std::string_view text) {
  if (where == Where::kUnknown) {
    where = Find();
  }
  if (where == Where::kXen) {
    xen::WriteToXenConsole(text);
  } else if (where == Where::kRing && !text.empty()) {
    Daemon daemon;
    ring->Write(text, daemon);
  }
}

}  // namespace ashlar::console

namespace ashlar::xen {

void RestoreConsole() { console::where = console::Where::kUnknown; }

}  // namespace ashlar::xen
