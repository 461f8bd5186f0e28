// Hypercalls: what a domain asks of Xen, one typed function each.
//
// Any context; none allocates, and none but Poll() and SuspendDomain() blocks. Each costs a change
// to Xen and back, some hundred nanoseconds. Memory that a call reads or writes must be mapped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <type_traits>

#include "libs/base/result.h"
#include "libs/xen/abi.h"

extern "C" {
// hypercall.S; not for calls from C++.
extern const char ashlar_xen_hypercall;
extern std::uint8_t ashlar_xen_hypercall_instruction;
}

namespace ashlar::xen {

/// Whether this is a PV domain, whose page tables are Xen's to change; a PVH domain otherwise.
inline bool IsPv() { return ashlar_xen_hypercall_instruction == 0; }

namespace internal {

/// The result, or minus one of Xen's error numbers.
[[gnu::always_inline]] inline std::int64_t Call(Hypercall number, std::uint64_t argument1,
                                                std::uint64_t argument2 = 0,
                                                std::uint64_t argument3 = 0,
                                                std::uint64_t argument4 = 0) {
  std::int64_t result;
  register std::uint64_t fourth asm("r10") = argument4;
  asm volatile("call ashlar_xen_hypercall"
               : "=a"(result), "+D"(argument1), "+S"(argument2), "+d"(argument3), "+r"(fourth)
               : "a"(static_cast<std::uint32_t>(number))
               : "rcx", "r8", "r11", "memory", "cc");
  return result;
}

/// The same with one of the call's commands.
template <typename Command>
  requires std::is_enum_v<Command>
[[gnu::always_inline]] inline std::int64_t Call(Hypercall number, Command command,
                                                std::uint64_t argument2,
                                                std::uint64_t argument3 = 0) {
  return Call(number, static_cast<std::uint64_t>(command), argument2, argument3);
}

inline std::uint64_t Address(const volatile void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

inline Error ErrorOf(std::int64_t result) {
  switch (static_cast<ErrorNumber>(-result)) {
    case ErrorNumber::kNotPermitted:
    case ErrorNumber::kNoAccess:
      return Error::kPermission;
    case ErrorNumber::kNoEntry:
    case ErrorNumber::kNoProcess:
      return Error::kNotFound;
    case ErrorNumber::kNoMemory:
      return Error::kOutOfMemory;
    case ErrorNumber::kExists:
      return Error::kExists;
    case ErrorNumber::kInvalid:
      return Error::kInvalidArgument;
    case ErrorNumber::kNoSpace:
      return Error::kNoSpace;
    case ErrorNumber::kNoSystemCall:
    case ErrorNumber::kNotSupported:
      return Error::kUnsupported;
  }
  return Error::kInputOutput;
}

inline Result<void> Checked(std::int64_t result) {
  if (result < 0) {
    return std::unexpected(ErrorOf(result));
  }
  return {};
}

}  // namespace internal

/// Writes to Xen's own console [xen.h CONSOLEIO_write]. Xen drops what a domain writes that may
/// not: any but the initial one, unless Xen was built for debugging.
inline void WriteToXenConsole(std::string_view text) {
  (void)internal::Call(Hypercall::kConsoleIo, ConsoleIo::kWrite, text.size(),
                       internal::Address(text.data()));
}

/// Ends the domain [sched.h SCHEDOP_shutdown]. What becomes of it then, its toolstack decides by
/// the reason. Returns only from a suspension, or if Xen refuses.
inline void Shutdown(ShutdownReason reason) {
  (void)internal::Call(Hypercall::kSchedOp, SchedOp::kShutdown, internal::Address(&reason));
}

/// Suspends the domain, for a toolstack to save it, and returns when it runs again [sched.h
/// SCHEDOP_shutdown]. `start_info` is the machine page of a PV domain's, which is filled in anew.
/// True: it is the same domain; false: another, made of what was saved. kInputOutput: Xen refuses.
inline Result<bool> SuspendDomain(std::uint64_t start_info) {
  const ShutdownReason reason = ShutdownReason::kSuspend;
  const std::int64_t result = internal::Call(Hypercall::kSchedOp, SchedOp::kShutdown,
                                             internal::Address(&reason), start_info);
  ASHLAR_TRY(internal::Checked(result));
  return result == 1;
}

/// Sleeps until an event is pending on one of `ports` (at most 128), masked or not, or until
/// `timeout` in nanoseconds of the domain's system time; 0: no limit [sched.h SCHEDOP_poll].
/// Returns at once if one is pending already, and early for an event on any other port.
/// kInvalidArgument: there is no such port.
inline Result<void> Poll(std::span<const std::uint32_t> ports, std::uint64_t timeout) {
  const SchedPoll poll = {.ports = ports.data(),
                          .port_count = static_cast<std::uint32_t>(ports.size()),
                          .padding = 0,
                          .timeout = timeout};
  return internal::Checked(
      internal::Call(Hypercall::kSchedOp, SchedOp::kPoll, internal::Address(&poll)));
}

/// Raises an event at the other end of `port` [event_channel.h EVTCHNOP_send].
inline Result<void> Notify(std::uint32_t port) {
  return internal::Checked(
      internal::Call(Hypercall::kEventChannelOp, EventChannelOp::kSend, internal::Address(&port)));
}

/// A new port that `domain` may bind the other end of [event_channel.h EVTCHNOP_alloc_unbound].
/// kNoSpace: there are no more.
inline Result<std::uint32_t> AllocatePort(std::uint16_t domain) {
  AllocateUnbound allocate = {.domain = kDomainSelf, .remote_domain = domain, .port = 0};
  ASHLAR_TRY(internal::Checked(internal::Call(
      Hypercall::kEventChannelOp, EventChannelOp::kAllocateUnbound, internal::Address(&allocate))));
  return allocate.port;
}

/// Closes `port`; the other end hears nothing [event_channel.h EVTCHNOP_close].
inline Result<void> ClosePort(std::uint32_t port) {
  return internal::Checked(
      internal::Call(Hypercall::kEventChannelOp, EventChannelOp::kClose, internal::Address(&port)));
}

/// Lets a PV domain's code reach I/O ports, as far as the domain owns them [physdev.h
/// PHYSDEVOP_set_iopl].
inline Result<void> AllowPorts() {
  const std::uint32_t level = 1;
  return internal::Checked(
      internal::Call(Hypercall::kPhysdevOp, PhysdevOp::kSetIopl, internal::Address(&level)));
}

/// Names the handlers of exceptions [arch-x86/xen.h HYPERVISOR_set_trap_table]; a null address ends
/// the table. PV.
inline Result<void> SetTrapTable(const TrapInfo* table) {
  return internal::Checked(internal::Call(Hypercall::kSetTrapTable, internal::Address(table)));
}

/// Writes page-table entries, in order [xen.h HYPERVISOR_mmu_update]. PV. An error: some of them
/// were refused; those before it were written.
inline Result<void> UpdatePageTables(std::span<const MmuUpdate> updates) {
  return internal::Checked(internal::Call(Hypercall::kMmuUpdate, internal::Address(updates.data()),
                                          updates.size(), 0, kDomainSelf));
}

/// Writes the last-level entry of `address` [xen.h HYPERVISOR_update_va_mapping]. PV.
inline Result<void> UpdateMapping(std::uintptr_t address, std::uint64_t entry, Flush flush) {
  return internal::Checked(internal::Call(Hypercall::kUpdateVaMapping, address, entry,
                                          static_cast<std::uint64_t>(flush)));
}

/// Has this CPU forget every cached translation [xen.h MMUEXT_TLB_FLUSH_LOCAL]. PV.
inline void ForgetTranslations() {
  const MmuextOp operation = {MmuextOp::Command::kTlbFlushLocal, 0, 0, 0};
  (void)internal::Call(Hypercall::kMmuextOp, internal::Address(&operation), 1, 0, kDomainSelf);
}

/// Puts a page of Xen's where the page `frame` is [memory.h XENMEM_add_to_physmap]: the page of
/// shared information, or page `index` of the grant table. PVH.
inline Result<void> Place(AddToPhysmap::Space space, std::uint64_t index, std::uint64_t frame) {
  const AddToPhysmap place = {
      .domain = kDomainSelf, .size = 0, .space = space, .index = index, .frame = frame};
  return internal::Checked(
      internal::Call(Hypercall::kMemoryOp, MemoryOp::kAddToPhysmap, internal::Address(&place)));
}

/// Gives the grant table a page for each of `frames`, which become the machine pages to map
/// [grant_table.h GNTTABOP_setup_table]. PV. kNoSpace: the domain may not have as many.
inline Result<void> SetUpGrantTable(std::span<std::uint64_t> frames) {
  SetupGrantTable setup = {.domain = kDomainSelf,
                           .padding0 = 0,
                           .frame_count = static_cast<std::uint32_t>(frames.size()),
                           .status = 0,
                           .padding1 = {},
                           .frames = frames.data()};
  ASHLAR_TRY(internal::Checked(internal::Call(Hypercall::kGrantTableOp, GrantTableOp::kSetupTable,
                                              internal::Address(&setup), 1)));
  if (setup.status != 0) {
    return std::unexpected(Error::kNoSpace);
  }
  return {};
}

namespace internal {

// How many of `frames` Xen took or gave.
inline std::size_t ChangeReservation(MemoryOp command, std::span<std::uint64_t> frames) {
  const MemoryReservation reservation = {.frames = frames.data(),
                                         .frame_count = frames.size(),
                                         .order = 0,
                                         .flags = 0,
                                         .domain = kDomainSelf,
                                         .padding = {}};
  const std::int64_t result = Call(Hypercall::kMemoryOp, command, Address(&reservation));
  return result < 0 ? 0 : static_cast<std::size_t>(result);
}

}  // namespace internal

/// Gives pages back to Xen [memory.h XENMEM_decrease_reservation]: a PV domain's machine pages,
/// which it has mapped nowhere, a PVH domain's own. How many of the first it took.
inline std::size_t GivePages(std::span<std::uint64_t> frames) {
  return internal::ChangeReservation(MemoryOp::kDecreaseReservation, frames);
}

/// Takes pages from Xen, in the place of the domain's own pages `frames`, which become a PV
/// domain's machine pages [memory.h XENMEM_populate_physmap]. How many of the first there are.
inline std::size_t TakePages(std::span<std::uint64_t> frames) {
  return internal::ChangeReservation(MemoryOp::kPopulatePhysmap, frames);
}

/// Fills `entries` with the domain's memory map and returns how many there are [memory.h
/// XENMEM_memory_map]: at most as many as fit. kUnsupported or kInputOutput: it has none.
inline Result<std::size_t> ReadMemoryMap(std::span<MemoryMapEntry> entries) {
  MemoryMapRequest request = {.entry_count = static_cast<std::uint32_t>(entries.size()),
                              .padding = 0,
                              .buffer = entries.data()};
  ASHLAR_TRY(internal::Checked(
      internal::Call(Hypercall::kMemoryOp, MemoryOp::kMemoryMap, internal::Address(&request))));
  return request.entry_count < entries.size() ? request.entry_count : entries.size();
}

/// Reads one of this domain's parameters [hvm/hvm_op.h HVMOP_get_param]. PVH.
inline Result<std::uint64_t> ReadHvmParameter(HvmParameterIndex index) {
  HvmParameter parameter = {
      .domain = kDomainSelf, .padding = 0, .index = static_cast<std::uint32_t>(index), .value = 0};
  ASHLAR_TRY(internal::Checked(
      internal::Call(Hypercall::kHvmOp, HvmOp::kGetParameter, internal::Address(&parameter))));
  return parameter.value;
}

/// Sets one of this domain's parameters [hvm/hvm_op.h HVMOP_set_param]. PVH.
inline Result<void> WriteHvmParameter(HvmParameterIndex index, std::uint64_t value) {
  const HvmParameter parameter = {.domain = kDomainSelf,
                                  .padding = 0,
                                  .index = static_cast<std::uint32_t>(index),
                                  .value = value};
  return internal::Checked(
      internal::Call(Hypercall::kHvmOp, HvmOp::kSetParameter, internal::Address(&parameter)));
}

}  // namespace ashlar::xen
