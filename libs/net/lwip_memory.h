// lwIP's memory, from block pools (//libs/net:block_pool).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::net {

/// Shares out `bytes` of memory: the budget of all pools, the number of connections, the size of
/// TCP's receive window. Once, before lwIP starts.
void ConfigureMemory(std::size_t bytes);

/// Connections there may be, the closed ones that still wait (TIME-WAIT) included, and how many
/// there are.
std::uint32_t MaxConnections();
std::uint32_t Connections();

/// Whether lwIP started a timeout since this was last asked.
bool TakeTimeoutsAdded();

/// Bytes that one socket may have queued for sending in copies of its own (the default of
/// SO_SNDBUF).
std::size_t DefaultSendBuffer();

}  // namespace ashlar::net
