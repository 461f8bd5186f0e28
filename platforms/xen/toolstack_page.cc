// Asks where the pages are: the start information of a PV domain, the parameters of a PVH domain.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/toolstack_page.h"

#include <cstdint>
#include <optional>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/identity_map/identity_map.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/start_information.h"

namespace ashlar::xen {
namespace {

std::optional<ToolstackPage> WithPort(void* page, std::uint64_t port) {
  if (page == nullptr || port == 0 || port >= kMaxPorts) {
    return std::nullopt;
  }
  return ToolstackPage{page, static_cast<std::uint32_t>(port)};
}

std::optional<ToolstackPage> FindPv(const PvStartInformation& information,
                                    std::uint64_t machine_frame, std::uint32_t port) {
  const std::uint64_t frame = OwnFrame(machine_frame);
  if (frame == 0 || frame >= information.page_count()) {
    return std::nullopt;
  }
  return WithPort(reinterpret_cast<void*>(frame * kPageSize), port);
}

std::optional<ToolstackPage> FindPvh(HvmParameterIndex frame_index, HvmParameterIndex port_index) {
  const Result<std::uint64_t> frame = ReadHvmParameter(frame_index);
  const Result<std::uint64_t> port = ReadHvmParameter(port_index);
  if (!frame || !port || *frame == 0 || *frame >= std::uint64_t{1} << 40) {
    return std::nullopt;
  }
  return WithPort(identity_map::WritablePhysical(*frame * kPageSize, kPageSize).data(), *port);
}

}  // namespace

std::optional<ToolstackPage> FindConsolePage() {
  if (!IsPv()) {
    return FindPvh(HvmParameterIndex::kConsoleFrame, HvmParameterIndex::kConsolePort);
  }
  const Result<PvStartInformation> information = ReadPvStartInformation();
  if (!information) {
    return std::nullopt;
  }
  return FindPv(*information, information->console_frame(), information->console_port());
}

std::optional<ToolstackPage> FindStorePage() {
  if (!IsPv()) {
    return FindPvh(HvmParameterIndex::kStoreFrame, HvmParameterIndex::kStorePort);
  }
  const Result<PvStartInformation> information = ReadPvStartInformation();
  if (!information) {
    return std::nullopt;
  }
  return FindPv(*information, information->store_frame(), information->store_port());
}

}  // namespace ashlar::xen
