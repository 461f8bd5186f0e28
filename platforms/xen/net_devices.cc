// The set of network drivers of a Xen domain: a front end for each "vif" that the store names.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "libs/netdev/netdev.h"
#include "libs/xen/net/vif.h"
#include "platforms/xen/devices.h"

namespace ashlar::netdev {
namespace {

constinit xen::Devices<xen::Vif> devices;

}  // namespace

std::span<NetDevice* const> Devices() { return devices.Find(); }

}  // namespace ashlar::netdev
