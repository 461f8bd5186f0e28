// What a toolstack asks of the domain: to power off, to reboot, to be suspended, to take less
// memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::xen {

/// Listens to the toolstack from now on, by the event loop. Nothing in a domain without a store.
/// The application is not asked: a domain that is to power off ends as if it had called exit(0),
/// wherever its threads are; one that is in exit() already goes on with that.
void StartControl();

}  // namespace ashlar::xen
