// The handshake, in its order [io/xenbus.h, io/netif.h, io/blkif.h].
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/front_end.h"

#include "libs/base/result.h"
#include "libs/log/log.h"
#include "libs/xen/abi.h"
#include "libs/xen/grant_table.h"

namespace ashlar::xen {

Result<void> FrontEnd::Start() {
  const Result<void> connected = Connect();
  if (!connected) {
    Close();
  }
  return connected;
}

void FrontEnd::Restore() {
  channel_.Forget();
  Restart();
  if (const Result<void> connected = Connect(); !connected) {
    log::Error(kind_.library, kind_.name, " ", number_,
               " has no connection to its new back end: ", connected.error());
    GiveUp();
    Close();
  }
}

Result<void> FrontEnd::Connect() {
  ASHLAR_TRY(device_.Find());
  ASHLAR_TRY(device_.WaitForBackEnd(DeviceState::kInitWait));
  GrantTable* const grants = ASHLAR_TRY(resources_.FindGrants());
  ASHLAR_TRY(Prepare());
  ASHLAR_TRY(
      Share({.grants = grants, .frames = resources_.frames(), .back_end = device_.back_end()}));
  ASHLAR_TRY(channel_.Open(device_.back_end()));
  ASHLAR_TRY(device_.Write("event-channel", channel_.port()));
  // Last: the back end looks for the rest once it sees this.
  ASHLAR_TRY(device_.SetState(kind_.ready));
  ASHLAR_TRY(device_.WaitForBackEnd(DeviceState::kConnected));
  ASHLAR_TRY(Complete());
  device_.Unwatch();
  return {};
}

void FrontEnd::Close() {
  device_.Close();
  channel_.Close();
}

}  // namespace ashlar::xen
