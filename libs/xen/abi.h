// What passes between a domain and Xen: numbers and structures of the 64-bit x86 interface, as
// Xen's public headers have them (abi_test.cc compares). A member is added together with its first
// user.
//
// Whatever Xen or another domain can write is volatile: it changes at any moment, so it is read
// once, then checked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/clock/pv_clock.h"

namespace ashlar::xen {

/// Hypercalls [xen.h].
enum class Hypercall : std::uint32_t {
  kSetTrapTable = 0,
  kMmuUpdate = 1,
  kMemoryOp = 12,
  kUpdateVaMapping = 14,
  kConsoleIo = 18,
  kMmuextOp = 26,
  kSchedOp = 29,
  kEventChannelOp = 32,
  kPhysdevOp = 33,
  kHvmOp = 34,
};

/// The caller itself, where a domain's number is asked for [xen.h DOMID_SELF].
inline constexpr std::uint16_t kDomainSelf = 0x7ff0;

/// Why a domain shuts down [sched.h SHUTDOWN_*].
enum class ShutdownReason : std::uint32_t {
  kPowerOff = 0,
  kReboot = 1,
  kSuspend = 2,
  kCrash = 3,
};

/// [sched.h] struct sched_poll: sleep until one of the ports has an event.
struct SchedPoll {
  const std::uint32_t* ports;
  std::uint32_t port_count;
  std::uint32_t padding;
  std::uint64_t timeout;  ///< system time, nanoseconds; 0: none
};
static_assert(sizeof(SchedPoll) == 24 && offsetof(SchedPoll, timeout) == 16);

/// [xen.h] struct mmu_update: one page-table entry to write.
struct MmuUpdate {
  std::uint64_t entry;  ///< its machine address; the low two bits say how: 0, as it is
  std::uint64_t value;
};
static_assert(sizeof(MmuUpdate) == 16);

/// [xen.h] struct mmuext_op, its commands MMUEXT_*.
struct MmuextOp {
  enum class Command : std::uint32_t { kTlbFlushLocal = 6 };
  Command command;
  std::uint32_t padding;
  std::uint64_t argument1;
  std::uint64_t argument2;
};
static_assert(sizeof(MmuextOp) == 24);

/// [arch-x86/xen.h] struct trap_info. A table of them ends with one whose address is null.
struct TrapInfo {
  std::uint8_t vector;
  std::uint8_t flags;  ///< bits 0 and 1: who may raise it by INT; bit 2: mask events on entry
  std::uint16_t code_segment;
  std::uint32_t padding;
  std::uint64_t address;
};
static_assert(sizeof(TrapInfo) == 16 && offsetof(TrapInfo, address) == 8);

/// [arch-x86/xen-x86_64.h] FLAT_KERNEL_CS64, which is in the descriptor table of every PV domain.
inline constexpr std::uint16_t kFlatKernelCode = 0xe033;

/// [arch-x86/xen-x86_64.h] MACH2PHYS_VIRT_START and _END: which of a PV domain's own pages a
/// machine page is. Of other domains' pages it says anything.
inline constexpr std::uintptr_t kMachineToPhysical = 0xffff'8000'0000'0000;
inline constexpr std::uint64_t kMachineToPhysicalEntries = 0x40'0000'0000 / 8;

/// [memory.h] struct xen_add_to_physmap; the space XENMAPSPACE_shared_info.
struct AddToPhysmap {
  static constexpr std::uint32_t kSharedInfo = 0;
  std::uint16_t domain;
  std::uint16_t size;
  std::uint32_t space;
  std::uint64_t index;
  std::uint64_t frame;
};
static_assert(sizeof(AddToPhysmap) == 24 && offsetof(AddToPhysmap, index) == 8);

/// [memory.h] struct xen_memory_map. Its buffer holds entries of the BIOS's form, 20 bytes each.
struct MemoryMapRequest {
  std::uint32_t entry_count;
  std::uint32_t padding;
  void* buffer;
};
static_assert(sizeof(MemoryMapRequest) == 16);

/// [arch-x86/xen.h, memory.h XENMEM_memory_map] an entry as INT 0x15, AX 0xe820 gives it.
struct [[gnu::packed]] MemoryMapEntry {
  static constexpr std::uint32_t kRam = 1;
  std::uint64_t base;
  std::uint64_t size;
  std::uint32_t type;
};
static_assert(sizeof(MemoryMapEntry) == 20);

/// [hvm/hvm_op.h] struct xen_hvm_param.
struct HvmParameter {
  std::uint16_t domain;
  std::uint16_t padding;
  std::uint32_t index;
  std::uint64_t value;
};
static_assert(sizeof(HvmParameter) == 16);

/// [hvm/params.h] HVM_PARAM_*.
enum class HvmParameterIndex : std::uint32_t {
  kCallback = 0,
  kConsoleFrame = 17,
  kConsolePort = 18,
};

/// [xen.h] struct vcpu_info.
struct VcpuInfo {
  volatile std::uint8_t upcall_pending;
  volatile std::uint8_t upcall_mask;
  volatile std::uint64_t pending_selector;
  std::uint64_t cr2;
  std::uint64_t padding;
  clock::PvClockPage time;  ///< struct vcpu_time_info, which KVM took over
};
static_assert(sizeof(VcpuInfo) == 64 && offsetof(VcpuInfo, time) == 32);

/// Event channels of the two-level interface [event_channel.h]: 4096 of them.
inline constexpr std::uint32_t kMaxPorts = 4096;

/// [xen.h] struct shared_info.
struct SharedInfo {
  VcpuInfo vcpus[32];
  std::uint64_t pending[kMaxPorts / 64];  ///< one bit a port; atomic accesses only
  std::uint64_t mask[kMaxPorts / 64];
  volatile std::uint32_t wall_clock_version;  ///< odd while Xen writes
  volatile std::uint32_t wall_clock_seconds;  ///< since 1970 at system time zero, low half
  volatile std::uint32_t wall_clock_nanoseconds;
  volatile std::uint32_t wall_clock_seconds_high;
};
static_assert(offsetof(SharedInfo, pending) == 2048);
static_assert(offsetof(SharedInfo, wall_clock_version) == 3072);

/// [xen.h] struct start_info: what a PV domain finds at RSI.
struct StartInfo {
  char magic[32];  ///< "xen-3.0-x86_64"
  std::uint64_t page_count;
  std::uint64_t shared_info;  ///< machine address
  std::uint32_t flags;
  std::uint32_t padding0;
  std::uint64_t store_frame;  ///< machine page
  std::uint32_t store_port;
  std::uint32_t padding1;
  std::uint64_t console_frame;  ///< machine page; not in the initial domain
  std::uint32_t console_port;
  std::uint32_t padding2;
  std::uint64_t page_table;  ///< virtual address of the topmost one
  std::uint64_t page_table_count;
  std::uint64_t frame_list;  ///< virtual address: the machine page of each page
  std::uint64_t module_start;
  std::uint64_t module_size;
  char command_line[1024];
  std::uint64_t frame_list_page;
  std::uint64_t frame_list_page_count;
};
static_assert(sizeof(StartInfo) == 1168);
static_assert(offsetof(StartInfo, page_table) == 88);

/// Of StartInfo and HvmStartInfo: SIF_INITDOMAIN, the domain that Xen itself started.
inline constexpr std::uint32_t kInitialDomain = 1 << 1;

/// [arch-x86/hvm/start_info.h] struct hvm_start_info, the fields of its version 0.
struct HvmStartInfo {
  static constexpr std::uint32_t kMagic = 0x336ec578;
  std::uint32_t magic;
  std::uint32_t version;
  std::uint32_t flags;
  std::uint32_t module_count;
  std::uint64_t module_list;  ///< physical addresses, these three; null: there is none
  std::uint64_t command_line;
  std::uint64_t acpi_root_pointer;
};
static_assert(sizeof(HvmStartInfo) == 40);

/// [io/console.h] struct xencons_interface. Indices count bytes and wrap round at 2^32.
struct ConsoleInterface {
  char input[1024];
  char output[2048];
  volatile std::uint32_t input_consumer;
  volatile std::uint32_t input_producer;
  volatile std::uint32_t output_consumer;  ///< the back end's
  volatile std::uint32_t output_producer;  ///< ours
};
static_assert(sizeof(ConsoleInterface) == 3088);

}  // namespace ashlar::xen
