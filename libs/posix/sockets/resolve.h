// Names of hosts, asked of the name servers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/descriptors/descriptors.h"
#include "lwip/ip_addr.h"

namespace ashlar::posix {

enum class Family : std::uint8_t { kIpv4, kIpv6 };

/// The address of `name`, a name or an address as text; sleeps until there is an answer (lwIP asks
/// each server four times over seven seconds). ENOENT: the server says that there is no such name
/// or no address of that family, or that it failed, which lwIP does not tell apart; EAGAIN: no
/// server is known or none answers, or there are too many questions at once; EINVAL: no name.
Outcome<ip_addr_t> Resolve(const char* name, Family family);

}  // namespace ashlar::posix
