// The virtio core: the status protocol.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {
namespace {

// What every device gets if it offers it.
constexpr Features kAlways = kVersion1 | kAccessPlatform;

// A reset takes a hypervisor no time and hardware some milliseconds: a register read costs at least
// 100 ns.
constexpr int kResetReads = 100'000;

}  // namespace

Result<void> Stop(Transport& transport) {
  transport.WriteStatus(0);
  for (int i = 0; i < kResetReads; ++i) {
    if (transport.ReadStatus() == 0) {
      return {};
    }
  }
  return std::unexpected(Error::kBroken);
}

Result<Features> Begin(Transport& transport) {
  ASHLAR_TRY(Stop(transport));
  transport.WriteStatus(kStatusAcknowledge);
  transport.WriteStatus(kStatusAcknowledge | kStatusDriver);
  const Features offered = transport.ReadFeatures();
  if (!transport.legacy() && (offered & kVersion1) == 0) {
    transport.WriteStatus(kStatusAcknowledge | kStatusDriver | kStatusFailed);
    return std::unexpected(Error::kUnsupported);
  }
  return offered;
}

Result<void> Accept(Transport& transport, Features features) {
  if (transport.legacy()) {  // no FEATURES_OK then [virtio-1.2 §3.1.2]
    transport.WriteFeatures(features);
    return {};
  }
  transport.WriteFeatures(features | (transport.ReadFeatures() & kAlways));
  constexpr std::uint8_t kChosen = kStatusAcknowledge | kStatusDriver | kStatusFeaturesOk;
  transport.WriteStatus(kChosen);
  if ((transport.ReadStatus() & kStatusFeaturesOk) == 0) {
    transport.WriteStatus(kChosen | kStatusFailed);
    return std::unexpected(Error::kUnsupported);
  }
  return {};
}

void Run(Transport& transport) {
  std::uint8_t status = kStatusAcknowledge | kStatusDriver | kStatusDriverOk;
  if (!transport.legacy()) {
    status |= kStatusFeaturesOk;
  }
  transport.WriteStatus(status);
}

}  // namespace ashlar::virtio
