// What passes between a domain and Xen: numbers and structures of the 64-bit x86 interface, as
// Xen's public headers have them (abi_test.cc compares). A member is added together with its first
// user.
//
// What Xen or another domain can write changes at any moment, so it is read once, then checked.
// Indices, versions and times are volatile for that. What they announce is copied, behind a fence,
// and the copy checked: slots of rings (ring.h), bytes of the store (store.cc). Pending bits and
// the flags of grants are for atomic accesses alone (event_channels.h, grant_table.h).
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
  kGrantTableOp = 20,
  kMmuextOp = 26,
  kSchedOp = 29,
  kEventChannelOp = 32,
  kPhysdevOp = 33,
  kHvmOp = 34,
};

/// What some of them are asked to do: CONSOLEIO_* [xen.h], XENMEM_* [memory.h], GNTTABOP_*
/// [grant_table.h], SCHEDOP_* [sched.h], EVTCHNOP_* [event_channel.h], PHYSDEVOP_* [physdev.h],
/// HVMOP_* [hvm/hvm_op.h].
enum class ConsoleIo : std::uint32_t { kWrite = 0 };
enum class MemoryOp : std::uint32_t {
  kDecreaseReservation = 1,
  kPopulatePhysmap = 6,
  kAddToPhysmap = 7,
  kMemoryMap = 9,
};
enum class GrantTableOp : std::uint32_t { kSetupTable = 2 };
enum class SchedOp : std::uint32_t { kShutdown = 2, kPoll = 3 };
enum class EventChannelOp : std::uint32_t { kClose = 3, kSend = 4, kAllocateUnbound = 6 };
enum class PhysdevOp : std::uint32_t { kSetIopl = 6 };
enum class HvmOp : std::uint32_t { kSetParameter = 0, kGetParameter = 1 };

/// Why Xen refuses: a hypercall returns minus one of these [errno.h], as far as callers differ, or
/// of others.
enum class ErrorNumber : std::int64_t {
  kNotPermitted = 1,
  kNoEntry = 2,
  kNoProcess = 3,
  kNoMemory = 12,
  kNoAccess = 13,
  kExists = 17,
  kInvalid = 22,
  kNoSpace = 28,
  kNoSystemCall = 38,
  kNotSupported = 95,
};

/// The caller itself, where a domain's number is asked for [xen.h DOMID_SELF].
inline constexpr std::uint16_t kDomainSelf = 0x7ff0;
/// The last number that a domain can have [xen.h DOMID_FIRST_RESERVED].
inline constexpr std::uint16_t kMaxDomain = 0x7fef;

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

/// What happens to cached translations with UpdateMapping() [xen.h UVMF_*].
enum class Flush : std::uint64_t {
  kAll = 1,   ///< this CPU forgets all of them
  kPage = 2,  ///< this CPU forgets this page's
};

/// [arch-x86/xen.h] struct trap_info. A table of them ends with one whose address is null.
struct TrapInfo {
  std::uint8_t vector;
  std::uint8_t flags;  ///< bits 0 and 1: who may raise it by INT; bit 2: mask events on entry
  std::uint16_t code_segment;
  std::uint32_t padding;
  const void* address;
};
static_assert(sizeof(TrapInfo) == 16 && offsetof(TrapInfo, address) == 8);

/// [arch-x86/xen-x86_64.h] FLAT_KERNEL_CS64, which is in the descriptor table of every PV domain.
inline constexpr std::uint16_t kFlatKernelCode = 0xe033;

/// [arch-x86/xen-x86_64.h] MACH2PHYS_VIRT_START and _END: which of a PV domain's own pages a
/// machine page is. Of other domains' pages it says anything.
inline constexpr std::uintptr_t kMachineToPhysical = 0xffff'8000'0000'0000;
inline constexpr std::uint64_t kMachineToPhysicalEntries = 0x40'0000'0000 / 8;

/// [memory.h] struct xen_add_to_physmap; the spaces XENMAPSPACE_*.
struct AddToPhysmap {
  enum class Space : std::uint32_t { kSharedInfo = 0, kGrantTable = 1 };
  std::uint16_t domain;
  std::uint16_t size;
  Space space;
  std::uint64_t index;
  std::uint64_t frame;
};
static_assert(sizeof(AddToPhysmap) == 24 && offsetof(AddToPhysmap, index) == 8);

/// [memory.h] struct xen_memory_reservation: pages that Xen takes or gives.
struct MemoryReservation {
  std::uint64_t* frames;
  std::uint64_t frame_count;
  std::uint32_t order;  ///< of 2: pages that each of them stands for
  std::uint32_t flags;
  std::uint16_t domain;
  std::uint16_t padding[3];
};
static_assert(sizeof(MemoryReservation) == 32 && offsetof(MemoryReservation, domain) == 24);

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

/// [grant_table.h] struct gnttab_setup_table.
struct SetupGrantTable {
  std::uint16_t domain;
  std::uint16_t padding0;
  std::uint32_t frame_count;
  std::int16_t status;  ///< zero: the frames are there
  std::uint16_t padding1[3];
  std::uint64_t* frames;  ///< machine pages
};
static_assert(sizeof(SetupGrantTable) == 24 && offsetof(SetupGrantTable, frames) == 16);

/// [event_channel.h] struct evtchn_alloc_unbound.
struct AllocateUnbound {
  std::uint16_t domain;
  std::uint16_t remote_domain;
  std::uint32_t port;
};
static_assert(sizeof(AllocateUnbound) == 8);

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
  kStoreFrame = 1,
  kStorePort = 2,
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
  std::uint64_t pending[kMaxPorts / 64];      ///< one bit a port; atomic accesses only
  std::uint64_t mask[kMaxPorts / 64];         ///< one bit a port: no upcall for it
  volatile std::uint32_t wall_clock_version;  ///< odd while Xen writes
  volatile std::uint32_t wall_clock_seconds;  ///< since 1970 at system time zero, low half
  volatile std::uint32_t wall_clock_nanoseconds;
  volatile std::uint32_t wall_clock_seconds_high;
  // [arch-x86/xen.h struct arch_shared_info] where a toolstack that saves a PV domain finds the
  // list of its pages.
  std::uint64_t page_count;
  std::uint64_t frame_list_tree;
  std::uint64_t nmi_reason;
  std::uint64_t frame_list_root;        ///< the topmost page table, machine address
  std::uint64_t frame_list;             ///< virtual address
  std::uint64_t frame_list_generation;  ///< odd while the list changes
};
static_assert(offsetof(SharedInfo, pending) == 2048);
static_assert(offsetof(SharedInfo, wall_clock_version) == 3072);
static_assert(offsetof(SharedInfo, page_count) == 3088);

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

/// [grant_table.h] struct grant_entry_v1, its flags GTF_*.
struct GrantEntry {
  static constexpr std::uint16_t kPermitAccess = 1;
  static constexpr std::uint16_t kReadOnly = 1 << 2;
  static constexpr std::uint16_t kReading = 1 << 3;  ///< Xen's: a mapping or a copy is under way
  static constexpr std::uint16_t kWriting = 1 << 4;
  std::uint16_t flags;  ///< atomic accesses only
  std::uint16_t domain;
  std::uint32_t frame;
};
static_assert(sizeof(GrantEntry) == 8);

/// [io/xs_wire.h] struct xenstore_domain_interface. Indices count bytes and wrap round at 2^32.
struct StoreInterface {
  char requests[1024];
  char responses[1024];
  volatile std::uint32_t request_consumer;
  volatile std::uint32_t request_producer;   ///< ours
  volatile std::uint32_t response_consumer;  ///< ours
  volatile std::uint32_t response_producer;
};
static_assert(sizeof(StoreInterface) == 2064);

/// [io/xs_wire.h] struct xsd_sockmsg, its types XS_*: what precedes each request and each response.
struct StoreMessage {
  enum class Type : std::uint32_t {
    kList = 1,
    kRead = 2,
    kWatch = 4,
    kUnwatch = 5,
    kTransactionStart = 6,
    kTransactionEnd = 7,
    kWrite = 11,
    kWatchEvent = 15,
    kError = 16,
  };
  static constexpr std::uint32_t kMaxSize = 4096;
  Type type;
  std::uint32_t request;
  std::uint32_t transaction;  ///< 0: the request is none's
  std::uint32_t size;
};
static_assert(sizeof(StoreMessage) == 16);

/// What either end of a device says of itself in the store [io/xenbus.h XenbusState*].
enum class DeviceState : std::uint32_t {
  kUnknown = 0,
  kInitialising = 1,
  kInitWait = 2,
  kInitialised = 3,
  kConnected = 4,
  kClosing = 5,
  kClosed = 6,
  kReconfiguring = 7,
  kReconfigured = 8,
};

/// [io/ring.h] what precedes the slots of a ring. Indices count slots and wrap round at 2^32.
struct RingHeader {
  volatile std::uint32_t request_producer;   ///< the front end's
  volatile std::uint32_t request_event;      ///< the back end wants to know of this request
  volatile std::uint32_t response_producer;  ///< the back end's
  volatile std::uint32_t response_event;     ///< the front end wants to know of this response
  std::uint8_t padding[48];
};
static_assert(sizeof(RingHeader) == 64);

/// [io/netif.h] struct netif_tx_request and netif_tx_response, flags NETTXF_*.
struct NetTransmitRequest {
  static constexpr std::uint16_t kChecksumBlank = 1 << 0;
  static constexpr std::uint16_t kDataValidated = 1 << 1;
  static constexpr std::uint16_t kMoreData = 1 << 2;
  static constexpr std::uint16_t kExtraInfo = 1 << 3;
  std::uint32_t grant;
  std::uint16_t offset;
  std::uint16_t flags;
  std::uint16_t id;
  std::uint16_t size;  ///< of the first slot: the frame's; of the others: theirs
};
struct NetTransmitResponse {
  static constexpr std::int16_t kNull = 1;  ///< NETIF_RSP_NULL: to a slot that was no request
  std::uint16_t id;
  std::int16_t status;
};
static_assert(sizeof(NetTransmitRequest) == 12 && sizeof(NetTransmitResponse) == 4);

/// [io/netif.h] struct netif_extra_info of the type XEN_NETIF_EXTRA_TYPE_GSO, in the slot behind a
/// frame's first request: how to cut it.
struct NetSegmentation {
  static constexpr std::uint8_t kType = 1;
  static constexpr std::uint8_t kTcp4 = 1;
  static constexpr std::uint8_t kTcp6 = 2;
  std::uint8_t type;
  std::uint8_t flags;
  std::uint16_t segment_size;
  std::uint8_t protocol;
  std::uint8_t padding;
  std::uint16_t features;
};
static_assert(sizeof(NetSegmentation) == 8);

/// [io/netif.h] struct netif_rx_request and netif_rx_response, flags NETRXF_*.
struct NetReceiveRequest {
  std::uint16_t id;
  std::uint16_t padding;
  std::uint32_t grant;
};
struct NetReceiveResponse {
  static constexpr std::uint16_t kDataValidated = 1 << 0;
  static constexpr std::uint16_t kChecksumBlank = 1 << 1;
  static constexpr std::uint16_t kMoreData = 1 << 2;
  static constexpr std::uint16_t kExtraInfo = 1 << 3;
  std::uint16_t id;
  std::uint16_t offset;
  std::uint16_t flags;
  std::int16_t status;  ///< bytes, or an error below zero
};
static_assert(sizeof(NetReceiveRequest) == 8 && sizeof(NetReceiveResponse) == 8);

/// Slots of a ring in one page, of either kind: the power of two that fits [io/ring.h
/// __CONST_RING_SIZE]. A ring is a page, since that is what the other side gets.
inline constexpr std::uint32_t kNetSlots = 256;

struct NetTransmitRing {
  RingHeader header;
  union {
    NetTransmitRequest request;
    NetSegmentation segmentation;
    NetTransmitResponse response;
  } slots[kNetSlots];
  std::byte rest[960];
};
struct NetReceiveRing {
  RingHeader header;
  union {
    NetReceiveRequest request;
    NetReceiveResponse response;
  } slots[kNetSlots];
  std::byte rest[1984];
};
static_assert(sizeof(NetTransmitRing) == 4096 && sizeof(NetReceiveRing) == 4096);

/// [io/blkif.h] struct blkif_request, with its segments, and struct blkif_request_discard;
/// operations BLKIF_OP_*. Sectors have 512 bytes.
struct BlockSegment {
  std::uint32_t grant;
  std::uint8_t first_sector;  ///< in the page, both inclusive
  std::uint8_t last_sector;
};
inline constexpr std::size_t kMaxBlockSegments = 11;
enum class BlockOperation : std::uint8_t { kRead = 0, kWrite = 1, kFlush = 3, kDiscard = 5 };
struct BlockRequest {
  BlockOperation operation;
  std::uint8_t segment_count;  ///< kDiscard: flags
  std::uint16_t device;
  std::uint64_t id;
  std::uint64_t sector;
  union {
    BlockSegment segments[kMaxBlockSegments];
    std::uint64_t sector_count;  ///< kDiscard
  };
};
struct BlockResponse {
  static constexpr std::int16_t kUnsupported = -2;  ///< BLKIF_RSP_EOPNOTSUPP
  std::uint64_t id;
  std::uint8_t operation;
  std::int16_t status;  ///< zero, or an error below
};
static_assert(sizeof(BlockSegment) == 8 && sizeof(BlockRequest) == 112);
static_assert(sizeof(BlockResponse) == 16 && offsetof(BlockResponse, status) == 10);

inline constexpr std::uint32_t kBlockSlots = 32;

struct BlockRing {
  RingHeader header;
  union {
    BlockRequest request;
    BlockResponse response;
  } slots[kBlockSlots];
  std::byte rest[448];
};
static_assert(sizeof(BlockRing) == 4096);

/// [io/blkif.h VDISK_READONLY] of what a back end says in "info".
inline constexpr std::uint64_t kReadOnlyDisk = 4;

/// Slots that a back end takes for one frame at least [io/netif.h XEN_NETIF_NR_SLOTS_MIN].
inline constexpr std::size_t kMaxNetSlotsOfFrame = 18;

}  // namespace ashlar::xen
