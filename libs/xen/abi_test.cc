// Compares abi.h with Xen's public headers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/abi.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

// The newest interface, as a domain sees it.
#define __XEN_INTERFACE_VERSION__ 0x00040700
extern "C" {
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/sched.h>
#include <xen/xen.h>
}

namespace ashlar::xen {
namespace {

// Whether a member lies where Xen has it.
#define SAME(ours, our_member, theirs, their_member)                                    \
  EXPECT_EQ(offsetof(ours, our_member), offsetof(theirs, their_member)) << #our_member; \
  EXPECT_EQ(sizeof(ours::our_member), sizeof(theirs::their_member)) << #our_member

TEST(AbiTest, HypercallsHaveTheirNumbers) {
  EXPECT_EQ(static_cast<int>(Hypercall::kSetTrapTable), __HYPERVISOR_set_trap_table);
  EXPECT_EQ(static_cast<int>(Hypercall::kMmuUpdate), __HYPERVISOR_mmu_update);
  EXPECT_EQ(static_cast<int>(Hypercall::kMemoryOp), __HYPERVISOR_memory_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kUpdateVaMapping), __HYPERVISOR_update_va_mapping);
  EXPECT_EQ(static_cast<int>(Hypercall::kConsoleIo), __HYPERVISOR_console_io);
  EXPECT_EQ(static_cast<int>(Hypercall::kMmuextOp), __HYPERVISOR_mmuext_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kSchedOp), __HYPERVISOR_sched_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kEventChannelOp), __HYPERVISOR_event_channel_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kPhysdevOp), __HYPERVISOR_physdev_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kHvmOp), __HYPERVISOR_hvm_op);
}

TEST(AbiTest, NumbersAreXens) {
  EXPECT_EQ(kDomainSelf, DOMID_SELF);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kPowerOff), SHUTDOWN_poweroff);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kReboot), SHUTDOWN_reboot);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kSuspend), SHUTDOWN_suspend);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kCrash), SHUTDOWN_crash);
  EXPECT_EQ(static_cast<unsigned>(MmuextOp::Command::kTlbFlushLocal), MMUEXT_TLB_FLUSH_LOCAL);
  EXPECT_EQ(kFlatKernelCode, FLAT_KERNEL_CS64);
  EXPECT_EQ(kMachineToPhysical, MACH2PHYS_VIRT_START);
  EXPECT_EQ(kMachineToPhysicalEntries, MACH2PHYS_NR_ENTRIES);
  EXPECT_EQ(AddToPhysmap::kSharedInfo, XENMAPSPACE_shared_info);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kCallback), HVM_PARAM_CALLBACK_IRQ);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kConsoleFrame), HVM_PARAM_CONSOLE_PFN);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kConsolePort), HVM_PARAM_CONSOLE_EVTCHN);
  EXPECT_EQ(kMaxPorts, EVTCHN_2L_NR_CHANNELS);
  EXPECT_EQ(kInitialDomain, static_cast<unsigned>(SIF_INITDOMAIN));
  EXPECT_EQ(HvmStartInfo::kMagic, XEN_HVM_START_MAGIC_VALUE);
  EXPECT_EQ(MemoryMapEntry::kRam, XEN_HVM_MEMMAP_TYPE_RAM);
}

TEST(AbiTest, ArgumentsOfHypercallsAreXens) {
  EXPECT_EQ(sizeof(SchedPoll), sizeof(sched_poll_t));
  SAME(SchedPoll, ports, sched_poll_t, ports);
  SAME(SchedPoll, port_count, sched_poll_t, nr_ports);
  SAME(SchedPoll, timeout, sched_poll_t, timeout);
  EXPECT_EQ(sizeof(MmuUpdate), sizeof(mmu_update_t));
  SAME(MmuUpdate, entry, mmu_update_t, ptr);
  SAME(MmuUpdate, value, mmu_update_t, val);
  EXPECT_EQ(sizeof(MmuextOp), sizeof(mmuext_op_t));
  SAME(MmuextOp, command, mmuext_op_t, cmd);
  EXPECT_EQ(sizeof(TrapInfo), sizeof(trap_info_t));
  SAME(TrapInfo, flags, trap_info_t, flags);
  SAME(TrapInfo, code_segment, trap_info_t, cs);
  SAME(TrapInfo, address, trap_info_t, address);
  EXPECT_EQ(sizeof(AddToPhysmap), sizeof(xen_add_to_physmap_t));
  SAME(AddToPhysmap, space, xen_add_to_physmap_t, space);
  SAME(AddToPhysmap, index, xen_add_to_physmap_t, idx);
  SAME(AddToPhysmap, frame, xen_add_to_physmap_t, gpfn);
  EXPECT_EQ(sizeof(MemoryMapRequest), sizeof(xen_memory_map_t));
  SAME(MemoryMapRequest, entry_count, xen_memory_map_t, nr_entries);
  SAME(MemoryMapRequest, buffer, xen_memory_map_t, buffer);
  EXPECT_EQ(sizeof(HvmParameter), sizeof(xen_hvm_param_t));
  SAME(HvmParameter, index, xen_hvm_param_t, index);
  SAME(HvmParameter, value, xen_hvm_param_t, value);
}

TEST(AbiTest, SharedPagesAreXens) {
  EXPECT_EQ(sizeof(VcpuInfo), sizeof(vcpu_info_t));
  SAME(VcpuInfo, upcall_pending, vcpu_info_t, evtchn_upcall_pending);
  SAME(VcpuInfo, upcall_mask, vcpu_info_t, evtchn_upcall_mask);
  SAME(VcpuInfo, pending_selector, vcpu_info_t, evtchn_pending_sel);
  SAME(VcpuInfo, time, vcpu_info_t, time);
  SAME(clock::PvClockPage, version, vcpu_time_info_t, version);
  SAME(clock::PvClockPage, tsc_timestamp, vcpu_time_info_t, tsc_timestamp);
  SAME(clock::PvClockPage, system_time, vcpu_time_info_t, system_time);
  SAME(clock::PvClockPage, tsc_to_system_multiplier, vcpu_time_info_t, tsc_to_system_mul);
  SAME(clock::PvClockPage, tsc_shift, vcpu_time_info_t, tsc_shift);
  SAME(SharedInfo, vcpus, shared_info_t, vcpu_info);
  SAME(SharedInfo, pending, shared_info_t, evtchn_pending);
  SAME(SharedInfo, mask, shared_info_t, evtchn_mask);
  SAME(SharedInfo, wall_clock_version, shared_info_t, wc_version);
  SAME(SharedInfo, wall_clock_seconds, shared_info_t, wc_sec);
  SAME(SharedInfo, wall_clock_nanoseconds, shared_info_t, wc_nsec);
  SAME(SharedInfo, wall_clock_seconds_high, shared_info_t, xen_wc_sec_hi);
  EXPECT_EQ(sizeof(ConsoleInterface), sizeof(xencons_interface));
  SAME(ConsoleInterface, output, xencons_interface, out);
  SAME(ConsoleInterface, input_consumer, xencons_interface, in_cons);
  SAME(ConsoleInterface, output_consumer, xencons_interface, out_cons);
  SAME(ConsoleInterface, output_producer, xencons_interface, out_prod);
}

TEST(AbiTest, StartInformationIsXens) {
  EXPECT_EQ(sizeof(StartInfo), sizeof(start_info_t));
  SAME(StartInfo, magic, start_info_t, magic);
  SAME(StartInfo, page_count, start_info_t, nr_pages);
  SAME(StartInfo, shared_info, start_info_t, shared_info);
  SAME(StartInfo, flags, start_info_t, flags);
  SAME(StartInfo, store_frame, start_info_t, store_mfn);
  SAME(StartInfo, store_port, start_info_t, store_evtchn);
  SAME(StartInfo, console_frame, start_info_t, console.domU.mfn);
  SAME(StartInfo, console_port, start_info_t, console.domU.evtchn);
  SAME(StartInfo, page_table, start_info_t, pt_base);
  SAME(StartInfo, page_table_count, start_info_t, nr_pt_frames);
  SAME(StartInfo, frame_list, start_info_t, mfn_list);
  SAME(StartInfo, module_start, start_info_t, mod_start);
  SAME(StartInfo, module_size, start_info_t, mod_len);
  SAME(StartInfo, command_line, start_info_t, cmd_line);
  SAME(StartInfo, frame_list_page, start_info_t, first_p2m_pfn);
  SAME(HvmStartInfo, magic, hvm_start_info, magic);
  SAME(HvmStartInfo, version, hvm_start_info, version);
  SAME(HvmStartInfo, flags, hvm_start_info, flags);
  SAME(HvmStartInfo, module_list, hvm_start_info, modlist_paddr);
  SAME(HvmStartInfo, command_line, hvm_start_info, cmdline_paddr);
  SAME(HvmStartInfo, acpi_root_pointer, hvm_start_info, rsdp_paddr);
}

}  // namespace
}  // namespace ashlar::xen
