// The console of a Xen domain: Xen's own in the initial domain, the ring that the toolstack's
// console daemon reads in all others.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/console.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/identity_map/identity_map.h"
#include "libs/xen/abi.h"
#include "libs/xen/console_ring.h"
#include "libs/xen/event_channels.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/shared_info.h"
#include "platforms/xen/start_information.h"

namespace ashlar::console {
namespace {

enum class Where : std::uint8_t { kUnknown, kNowhere, kXen, kRing };

constinit Where where = Where::kUnknown;
constinit std::optional<xen::ConsoleOutput> ring;
constinit std::uint32_t port = 0;

// The page, and sets `port`; nullptr: the domain has none.
xen::ConsoleInterface* FindPage() {
  if (xen::IsPv()) {
    const Result<xen::PvStartInformation> information = xen::ReadPvStartInformation();
    if (!information) {
      return nullptr;
    }
    port = information->console_port();
    const std::uint64_t frame = xen::OwnFrame(information->console_frame());
    return frame == 0 || frame >= information->page_count()
               ? nullptr
               : reinterpret_cast<xen::ConsoleInterface*>(frame * kPageSize);
  }
  const Result<std::uint64_t> frame = xen::ReadHvmParameter(xen::HvmParameterIndex::kConsoleFrame);
  const Result<std::uint64_t> number = xen::ReadHvmParameter(xen::HvmParameterIndex::kConsolePort);
  if (!frame || !number || *frame == 0 || *frame >= std::uint64_t{1} << 40) {
    return nullptr;
  }
  port = static_cast<std::uint32_t>(*number);
  return reinterpret_cast<xen::ConsoleInterface*>(
      identity_map::WritablePhysical(*frame * kPageSize, kPageSize).data());
}

Where Find() {
  if (xen::IsInitialDomain()) {
    return Where::kXen;
  }
  xen::ConsoleInterface* const page = FindPage();
  if (page == nullptr || port >= xen::kMaxPorts) {
    return Where::kNowhere;
  }
  ring.emplace(*page);
  return Where::kRing;
}

// The daemon tells by an event that it has read.
void WriteToRing(std::string_view text) {
  while (true) {
    if (xen::SharedInfo* const shared = xen::FindSharedInfo(); shared != nullptr) {
      (void)xen::TakePending(*shared, port);
    }
    text.remove_prefix(ring->Put(text));
    (void)xen::Notify(port);
    if (text.empty()) {
      return;
    }
    (void)xen::Poll(std::span(&port, 1), 0);
  }
}

}  // namespace

void Write(std::string_view text) {
  if (where == Where::kUnknown) {
    where = Find();
  }
  if (where == Where::kXen) {
    xen::WriteToXenConsole(text);
  } else if (where == Where::kRing && !text.empty()) {
    WriteToRing(text);
  }
}

}  // namespace ashlar::console
