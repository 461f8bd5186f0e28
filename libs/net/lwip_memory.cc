// lwIP's two allocators, memp_malloc (one pool for each kind of object) and mem_malloc (packets,
// any size), on block pools. Replaces lwIP's memp.c and mem.c, whose pools have sizes fixed when
// lwIP is compiled.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/lwip_memory.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "libs/net/block_pool.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/priv/memp_priv.h"
// What memp_std.h takes the size of:
#include "lwip/etharp.h"
#include "lwip/ip4_frag.h"
#include "lwip/ip6_frag.h"
#include "lwip/mld6.h"
#include "lwip/pbuf.h"
#include "lwip/priv/nd6_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

using ashlar::net::BlockPool;

std::uint32_t ashlar_net_tcp_window = 32 * 1024;

namespace {

constinit BlockPool object_pools[] = {
#define LWIP_MEMPOOL(name, number, size, description) BlockPool{size},
#include "lwip/priv/memp_std.h"
};
static_assert(std::size(object_pools) == MEMP_MAX);

// Packets. 128 bytes hold a header alone, 256 and 512 a short answer, 2016 a full frame.
constinit BlockPool packet_pools[] = {BlockPool{128}, BlockPool{256}, BlockPool{512},
                                      BlockPool{1008}, BlockPool{2016}};

BlockPool* PacketPool(std::size_t size) {
  static constexpr std::array<std::uint8_t, 4> kPowerOfTwo = {0, 1, 2, 3};
  if (size <= 128) {
    return &packet_pools[0];
  }
  if (size <= 512) {
    return &packet_pools[kPowerOfTwo[static_cast<std::size_t>(std::bit_width(size - 1)) - 7]];
  }
  return size <= 1008                   ? &packet_pools[3]
         : size <= BlockPool::kMaxBlock ? &packet_pools[4]
                                        : nullptr;
}

constinit bool timeouts_added = false;

constinit std::size_t default_send_buffer = 16 * ashlar::kKiB;

}  // namespace

namespace ashlar::net {

void ConfigureMemory(std::size_t bytes) {
  BlockPool::SetBudget(bytes);
  object_pools[MEMP_TCP_PCB].set_limit(static_cast<std::uint32_t>(
      std::clamp<std::size_t>(bytes / 4 / sizeof(tcp_pcb), 32, 32 * 1024)));
  ashlar_net_tcp_window =
      static_cast<std::uint32_t>(std::clamp<std::size_t>(bytes / 32, 16 * kKiB, 256 * kKiB - 4));
  default_send_buffer = std::clamp<std::size_t>(bytes / 64, 16 * kKiB, 128 * kKiB);
}

std::uint32_t MaxConnections() { return object_pools[MEMP_TCP_PCB].limit(); }
std::uint32_t Connections() { return object_pools[MEMP_TCP_PCB].in_use(); }
bool TakeTimeoutsAdded() { return std::exchange(timeouts_added, false); }
std::size_t DefaultSendBuffer() { return default_send_buffer; }

}  // namespace ashlar::net

extern "C" {

void memp_init(void) {}
void* memp_malloc(memp_t type) {
  if (type == MEMP_SYS_TIMEOUT) {
    timeouts_added = true;
  }
  return object_pools[type].Allocate();
}
void memp_free(memp_t, void* memory) {
  if (memory != nullptr) {
    BlockPool::Free(memory);
  }
}

void mem_init(void) {}
void* mem_malloc(mem_size_t size) {
  BlockPool* pool = PacketPool(size);
  return pool != nullptr ? pool->Allocate() : BlockPool::AllocateLarge(size);
}
void* mem_calloc(mem_size_t count, mem_size_t size) {
  const std::uint64_t whole = std::uint64_t{count} * size;
  void* memory = whole <= UINT32_MAX ? mem_malloc(static_cast<mem_size_t>(whole)) : nullptr;
  if (memory != nullptr) {
    std::memset(memory, 0, whole);
  }
  return memory;
}
void* mem_trim(void* memory, mem_size_t) { return memory; }
void mem_free(void* memory) {
  if (memory != nullptr) {
    BlockPool::Free(memory);
  }
}

}  // extern "C"
