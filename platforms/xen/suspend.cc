// Leaves the machine, and comes back on another.
//
// A PV domain's page tables hold machine pages, which a toolstack replaces as it saves and
// restores. It finds the list of them by the shared page, the start information by an argument of
// the hypercall [Xen, tools/libs/guest/xg_sr_save_x86_pv.c], and cannot save a domain that has
// pages mapped that are not its own. A PVH domain's memory is saved as it is.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/suspend.h"

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/check.h"
#include "libs/base/intrusive_list.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "libs/xen/text.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/grants.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/restore.h"
#include "platforms/xen/shared_info.h"
#include "platforms/xen/start_information.h"
#include "platforms/xen/store.h"

extern "C" {
extern const std::uint64_t ashlar_xen_start_info;
}

namespace ashlar::xen {
namespace {

constinit IntrusiveList<Restorable> restorables;

void OrPanic(const Result<void>& result, std::string_view what) {
  if (!result) {
    Panic(Text("the domain has lost ", what, ": restore it where it ran, or create it anew"));
  }
}

// From here to its end there is no clock and no console.
Result<bool> SuspendPv() {
  const PvStartInformation information = ASHLAR_TRY(ReadPvStartInformation());
  const std::span<const std::uint64_t> frames = information.frames();
  auto& info = *reinterpret_cast<StartInfo*>(ashlar_xen_start_info);
  const std::uint64_t store = OwnFrame(info.store_frame);
  const std::uint64_t console = OwnFrame(info.console_frame);
  if (store >= frames.size() || console >= frames.size()) {
    return std::unexpected(Error::kBroken);
  }
  ASHLAR_TRY(UnmapGrants());
  ASHLAR_TRY(RemoveSharedInfo());
  // Of these two the toolstack wants the domain's own numbers, and puts the machine's in their
  // place.
  info.store_frame = store;
  info.console_frame = console;
  const Result<bool> same = SuspendDomain(frames[ashlar_xen_start_info / kPageSize]);
  ForgetRootTable();
  if (!same || *same) {
    info.store_frame = frames[store];
    info.console_frame = frames[console];
  }
  return same;
}

Result<bool> SuspendPvh() {
  const Result<bool> same = SuspendDomain(0);
  if (same && !*same) {
    OrPanic(RemoveSharedInfo(), "Xen's page");
  }
  return same;
}

}  // namespace

Result<void> AllowSuspension() {
  SharedInfo* const shared = FindSharedInfo();
  if (shared == nullptr) {
    return std::unexpected(Error::kUnsupported);
  }
  if (IsPv()) {
    const PvStartInformation information = ASHLAR_TRY(ReadPvStartInformation());
    shared->page_count = information.page_count();
    shared->frame_list_root = RootTable().machine_address;
    shared->frame_list = reinterpret_cast<std::uintptr_t>(information.frames().data());
    shared->frame_list_generation = 0;
  }
  return {};
}

void AddRestorable(Restorable& restorable) { restorables.PushBack(restorable); }

Result<void> Suspend() {
  if (FindSharedInfo() == nullptr) {
    return std::unexpected(Error::kUnsupported);
  }
  LeaveClock();
  const Result<bool> same = IsPv() ? SuspendPv() : SuspendPvh();
  const bool restored = same && !*same;
  if (restored) {
    RestoreConsole();  // first: a panic is seen there
  }
  if (FindSharedInfo() == nullptr) {
    OrPanic(std::unexpected(Error::kBroken), "Xen's page");
  }
  OrPanic(RestoreGrants(!restored), "its grants");
  if (!same) {
    return std::unexpected(same.error());
  }
  if (!restored) {
    return {};
  }
  RestoreClock();
  ForgetPorts();
  OrPanic(RestoreStore(), "its store");
  for (Restorable& restorable : restorables) {
    restorable.Restore();
  }
  return {};
}

}  // namespace ashlar::xen
