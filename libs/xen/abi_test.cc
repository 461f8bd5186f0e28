// Compares abi.h with Xen's public headers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/abi.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "libs/xen/grant_table.h"

// The newest interface, as a domain sees it.
#define __XEN_INTERFACE_VERSION__ 0x00040700
extern "C" {
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/blkif.h>
#include <xen/io/console.h>
#include <xen/io/netif.h>
#include <xen/io/xenbus.h>
#include <xen/io/xs_wire.h>
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
  EXPECT_EQ(static_cast<int>(Hypercall::kGrantTableOp), __HYPERVISOR_grant_table_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kMmuextOp), __HYPERVISOR_mmuext_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kSchedOp), __HYPERVISOR_sched_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kEventChannelOp), __HYPERVISOR_event_channel_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kPhysdevOp), __HYPERVISOR_physdev_op);
  EXPECT_EQ(static_cast<int>(Hypercall::kHvmOp), __HYPERVISOR_hvm_op);
}

TEST(AbiTest, CommandsHaveTheirNumbers) {
  EXPECT_EQ(static_cast<int>(ConsoleIo::kWrite), CONSOLEIO_write);
  EXPECT_EQ(static_cast<int>(MemoryOp::kDecreaseReservation), XENMEM_decrease_reservation);
  EXPECT_EQ(static_cast<int>(MemoryOp::kPopulatePhysmap), XENMEM_populate_physmap);
  EXPECT_EQ(static_cast<int>(MemoryOp::kAddToPhysmap), XENMEM_add_to_physmap);
  EXPECT_EQ(static_cast<int>(MemoryOp::kMemoryMap), XENMEM_memory_map);
  EXPECT_EQ(static_cast<int>(GrantTableOp::kSetupTable), GNTTABOP_setup_table);
  EXPECT_EQ(static_cast<int>(SchedOp::kShutdown), SCHEDOP_shutdown);
  EXPECT_EQ(static_cast<int>(SchedOp::kPoll), SCHEDOP_poll);
  EXPECT_EQ(static_cast<int>(EventChannelOp::kClose), EVTCHNOP_close);
  EXPECT_EQ(static_cast<int>(EventChannelOp::kSend), EVTCHNOP_send);
  EXPECT_EQ(static_cast<int>(EventChannelOp::kAllocateUnbound), EVTCHNOP_alloc_unbound);
  EXPECT_EQ(static_cast<int>(PhysdevOp::kSetIopl), PHYSDEVOP_set_iopl);
  EXPECT_EQ(static_cast<int>(HvmOp::kSetParameter), HVMOP_set_param);
  EXPECT_EQ(static_cast<int>(HvmOp::kGetParameter), HVMOP_get_param);
}

TEST(AbiTest, NumbersAreXens) {
  EXPECT_EQ(kDomainSelf, DOMID_SELF);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kPowerOff), SHUTDOWN_poweroff);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kReboot), SHUTDOWN_reboot);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kSuspend), SHUTDOWN_suspend);
  EXPECT_EQ(static_cast<unsigned>(ShutdownReason::kCrash), SHUTDOWN_crash);
  EXPECT_EQ(static_cast<unsigned>(MmuextOp::Command::kTlbFlushLocal), MMUEXT_TLB_FLUSH_LOCAL);
  EXPECT_EQ(static_cast<unsigned>(Flush::kAll), UVMF_TLB_FLUSH | UVMF_LOCAL);
  EXPECT_EQ(static_cast<unsigned>(Flush::kPage), UVMF_INVLPG | UVMF_LOCAL);
  EXPECT_EQ(kFlatKernelCode, FLAT_KERNEL_CS64);
  EXPECT_EQ(kMachineToPhysical, MACH2PHYS_VIRT_START);
  EXPECT_EQ(kMachineToPhysicalEntries, MACH2PHYS_NR_ENTRIES);
  EXPECT_EQ(kMaxDomain, DOMID_FIRST_RESERVED - 1);
  EXPECT_EQ(static_cast<int>(AddToPhysmap::Space::kSharedInfo), XENMAPSPACE_shared_info);
  EXPECT_EQ(static_cast<int>(AddToPhysmap::Space::kGrantTable), XENMAPSPACE_grant_table);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kCallback), HVM_PARAM_CALLBACK_IRQ);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kStoreFrame), HVM_PARAM_STORE_PFN);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kStorePort), HVM_PARAM_STORE_EVTCHN);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kConsoleFrame), HVM_PARAM_CONSOLE_PFN);
  EXPECT_EQ(static_cast<int>(HvmParameterIndex::kConsolePort), HVM_PARAM_CONSOLE_EVTCHN);
  EXPECT_EQ(kMaxPorts, EVTCHN_2L_NR_CHANNELS);
  EXPECT_EQ(kInitialDomain, static_cast<unsigned>(SIF_INITDOMAIN));
  EXPECT_EQ(HvmStartInfo::kMagic, XEN_HVM_START_MAGIC_VALUE);
  EXPECT_EQ(MemoryMapEntry::kRam, XEN_HVM_MEMMAP_TYPE_RAM);
}

TEST(AbiTest, ErrorsAreXens) {
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNotPermitted), XEN_EPERM);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNoEntry), XEN_ENOENT);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNoProcess), XEN_ESRCH);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNoMemory), XEN_ENOMEM);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNoAccess), XEN_EACCES);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kExists), XEN_EEXIST);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kInvalid), XEN_EINVAL);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNoSpace), XEN_ENOSPC);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNoSystemCall), XEN_ENOSYS);
  EXPECT_EQ(static_cast<int>(ErrorNumber::kNotSupported), XEN_EOPNOTSUPP);
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
  EXPECT_EQ(sizeof(MemoryReservation), sizeof(xen_memory_reservation_t));
  SAME(MemoryReservation, frames, xen_memory_reservation_t, extent_start);
  SAME(MemoryReservation, frame_count, xen_memory_reservation_t, nr_extents);
  SAME(MemoryReservation, order, xen_memory_reservation_t, extent_order);
  SAME(MemoryReservation, flags, xen_memory_reservation_t, mem_flags);
  SAME(MemoryReservation, domain, xen_memory_reservation_t, domid);
  EXPECT_EQ(sizeof(MemoryMapRequest), sizeof(xen_memory_map_t));
  SAME(MemoryMapRequest, entry_count, xen_memory_map_t, nr_entries);
  SAME(MemoryMapRequest, buffer, xen_memory_map_t, buffer);
  EXPECT_EQ(sizeof(HvmParameter), sizeof(xen_hvm_param_t));
  SAME(HvmParameter, index, xen_hvm_param_t, index);
  SAME(HvmParameter, value, xen_hvm_param_t, value);
}

TEST(AbiTest, ArgumentsOfGrantsAndChannelsAreXens) {
  EXPECT_EQ(sizeof(SetupGrantTable), sizeof(gnttab_setup_table_t));
  SAME(SetupGrantTable, frame_count, gnttab_setup_table_t, nr_frames);
  SAME(SetupGrantTable, status, gnttab_setup_table_t, status);
  SAME(SetupGrantTable, frames, gnttab_setup_table_t, frame_list);
  EXPECT_EQ(sizeof(AllocateUnbound), sizeof(evtchn_alloc_unbound_t));
  SAME(AllocateUnbound, remote_domain, evtchn_alloc_unbound_t, remote_dom);
  SAME(AllocateUnbound, port, evtchn_alloc_unbound_t, port);
  EXPECT_EQ(sizeof(std::uint32_t), sizeof(evtchn_close_t));
  EXPECT_EQ(sizeof(std::uint32_t), sizeof(evtchn_send_t));
  EXPECT_EQ(sizeof(GrantEntry), sizeof(grant_entry_v1_t));
  SAME(GrantEntry, flags, grant_entry_v1_t, flags);
  SAME(GrantEntry, domain, grant_entry_v1_t, domid);
  SAME(GrantEntry, frame, grant_entry_v1_t, frame);
  EXPECT_EQ(GrantEntry::kPermitAccess, GTF_permit_access);
  EXPECT_EQ(GrantEntry::kReadOnly, GTF_readonly);
  EXPECT_EQ(GrantEntry::kReading, GTF_reading);
  EXPECT_EQ(GrantEntry::kWriting, GTF_writing);
  EXPECT_EQ(GrantTable::kReserved, std::size_t{GNTTAB_NR_RESERVED_ENTRIES});
}

TEST(AbiTest, TheStoreIsXens) {
  EXPECT_EQ(sizeof(StoreInterface), offsetof(xenstore_domain_interface, server_features));
  SAME(StoreInterface, responses, xenstore_domain_interface, rsp);
  SAME(StoreInterface, request_consumer, xenstore_domain_interface, req_cons);
  SAME(StoreInterface, request_producer, xenstore_domain_interface, req_prod);
  SAME(StoreInterface, response_consumer, xenstore_domain_interface, rsp_cons);
  SAME(StoreInterface, response_producer, xenstore_domain_interface, rsp_prod);
  EXPECT_EQ(sizeof(StoreMessage), sizeof(xsd_sockmsg));
  SAME(StoreMessage, request, xsd_sockmsg, req_id);
  SAME(StoreMessage, transaction, xsd_sockmsg, tx_id);
  SAME(StoreMessage, size, xsd_sockmsg, len);
  EXPECT_EQ(StoreMessage::kMaxSize, static_cast<unsigned>(XENSTORE_PAYLOAD_MAX));
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kList), XS_DIRECTORY);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kRead), XS_READ);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kWatch), XS_WATCH);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kUnwatch), XS_UNWATCH);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kTransactionStart), XS_TRANSACTION_START);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kTransactionEnd), XS_TRANSACTION_END);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kWrite), XS_WRITE);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kWatchEvent), XS_WATCH_EVENT);
  EXPECT_EQ(static_cast<int>(StoreMessage::Type::kError), XS_ERROR);
  EXPECT_EQ(static_cast<int>(DeviceState::kUnknown), XenbusStateUnknown);
  EXPECT_EQ(static_cast<int>(DeviceState::kInitialising), XenbusStateInitialising);
  EXPECT_EQ(static_cast<int>(DeviceState::kInitWait), XenbusStateInitWait);
  EXPECT_EQ(static_cast<int>(DeviceState::kInitialised), XenbusStateInitialised);
  EXPECT_EQ(static_cast<int>(DeviceState::kConnected), XenbusStateConnected);
  EXPECT_EQ(static_cast<int>(DeviceState::kClosing), XenbusStateClosing);
  EXPECT_EQ(static_cast<int>(DeviceState::kClosed), XenbusStateClosed);
  EXPECT_EQ(static_cast<int>(DeviceState::kReconfiguring), XenbusStateReconfiguring);
  EXPECT_EQ(static_cast<int>(DeviceState::kReconfigured), XenbusStateReconfigured);
}

TEST(AbiTest, TheNetworksRingsAreXens) {
  EXPECT_EQ(offsetof(NetTransmitRing, slots), offsetof(netif_tx_sring, ring));
  EXPECT_EQ(sizeof(NetTransmitRing::slots[0]), sizeof(netif_tx_sring::ring[0]));
  EXPECT_EQ(offsetof(NetReceiveRing, slots), offsetof(netif_rx_sring, ring));
  EXPECT_EQ(sizeof(NetReceiveRing::slots[0]), sizeof(netif_rx_sring::ring[0]));
  EXPECT_EQ(kNetSlots, __CONST_RING_SIZE(netif_tx, 4096));
  EXPECT_EQ(kNetSlots, __CONST_RING_SIZE(netif_rx, 4096));
  SAME(RingHeader, request_producer, netif_tx_sring, req_prod);
  SAME(RingHeader, request_event, netif_tx_sring, req_event);
  SAME(RingHeader, response_producer, netif_tx_sring, rsp_prod);
  SAME(RingHeader, response_event, netif_tx_sring, rsp_event);
  SAME(NetTransmitRequest, grant, netif_tx_request_t, gref);
  SAME(NetTransmitRequest, offset, netif_tx_request_t, offset);
  SAME(NetTransmitRequest, flags, netif_tx_request_t, flags);
  SAME(NetTransmitRequest, id, netif_tx_request_t, id);
  SAME(NetTransmitRequest, size, netif_tx_request_t, size);
  EXPECT_EQ(NetTransmitRequest::kChecksumBlank, NETTXF_csum_blank);
  EXPECT_EQ(NetTransmitRequest::kDataValidated, NETTXF_data_validated);
  EXPECT_EQ(NetTransmitRequest::kMoreData, NETTXF_more_data);
  EXPECT_EQ(NetTransmitRequest::kExtraInfo, NETTXF_extra_info);
  SAME(NetTransmitResponse, status, netif_tx_response_t, status);
  EXPECT_EQ(NetTransmitResponse::kNull, NETIF_RSP_NULL);
  EXPECT_EQ(sizeof(NetSegmentation), sizeof(netif_extra_info_t));
  SAME(NetSegmentation, segment_size, netif_extra_info_t, u.gso.size);
  SAME(NetSegmentation, protocol, netif_extra_info_t, u.gso.type);
  EXPECT_EQ(NetSegmentation::kType, XEN_NETIF_EXTRA_TYPE_GSO);
  EXPECT_EQ(NetSegmentation::kTcp4, XEN_NETIF_GSO_TYPE_TCPV4);
  EXPECT_EQ(NetSegmentation::kTcp6, XEN_NETIF_GSO_TYPE_TCPV6);
  SAME(NetReceiveRequest, grant, netif_rx_request_t, gref);
  SAME(NetReceiveResponse, offset, netif_rx_response_t, offset);
  SAME(NetReceiveResponse, flags, netif_rx_response_t, flags);
  SAME(NetReceiveResponse, status, netif_rx_response_t, status);
  EXPECT_EQ(NetReceiveResponse::kDataValidated, NETRXF_data_validated);
  EXPECT_EQ(NetReceiveResponse::kChecksumBlank, NETRXF_csum_blank);
  EXPECT_EQ(NetReceiveResponse::kMoreData, NETRXF_more_data);
  EXPECT_EQ(NetReceiveResponse::kExtraInfo, NETRXF_extra_info);
  EXPECT_EQ(kMaxNetSlotsOfFrame, static_cast<unsigned>(XEN_NETIF_NR_SLOTS_MIN));
}

TEST(AbiTest, TheDisksRingIsXens) {
  EXPECT_EQ(offsetof(BlockRing, slots), offsetof(blkif_sring, ring));
  EXPECT_EQ(sizeof(BlockRing::slots[0]), sizeof(blkif_sring::ring[0]));
  EXPECT_EQ(kBlockSlots, __CONST_RING_SIZE(blkif, 4096));
  EXPECT_EQ(kMaxBlockSegments, static_cast<unsigned>(BLKIF_MAX_SEGMENTS_PER_REQUEST));
  EXPECT_EQ(sizeof(BlockSegment), sizeof(blkif_request_segment));
  SAME(BlockSegment, grant, blkif_request_segment, gref);
  SAME(BlockSegment, first_sector, blkif_request_segment, first_sect);
  SAME(BlockSegment, last_sector, blkif_request_segment, last_sect);
  SAME(BlockRequest, operation, blkif_request_t, operation);
  SAME(BlockRequest, segment_count, blkif_request_t, nr_segments);
  SAME(BlockRequest, device, blkif_request_t, handle);
  SAME(BlockRequest, id, blkif_request_t, id);
  SAME(BlockRequest, sector, blkif_request_t, sector_number);
  SAME(BlockRequest, segments, blkif_request_t, seg);
  SAME(BlockRequest, sector_count, blkif_request_discard_t, nr_sectors);
  SAME(BlockResponse, operation, blkif_response_t, operation);
  SAME(BlockResponse, status, blkif_response_t, status);
  EXPECT_EQ(static_cast<int>(BlockOperation::kRead), BLKIF_OP_READ);
  EXPECT_EQ(static_cast<int>(BlockOperation::kWrite), BLKIF_OP_WRITE);
  EXPECT_EQ(static_cast<int>(BlockOperation::kFlush), BLKIF_OP_FLUSH_DISKCACHE);
  EXPECT_EQ(static_cast<int>(BlockOperation::kDiscard), BLKIF_OP_DISCARD);
  EXPECT_EQ(BlockResponse::kUnsupported, BLKIF_RSP_EOPNOTSUPP);
  EXPECT_EQ(kReadOnlyDisk, static_cast<unsigned>(VDISK_READONLY));
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
  SAME(SharedInfo, page_count, shared_info_t, arch.max_pfn);
  SAME(SharedInfo, frame_list_tree, shared_info_t, arch.pfn_to_mfn_frame_list_list);
  SAME(SharedInfo, frame_list_root, shared_info_t, arch.p2m_cr3);
  SAME(SharedInfo, frame_list, shared_info_t, arch.p2m_vaddr);
  SAME(SharedInfo, frame_list_generation, shared_info_t, arch.p2m_generation);
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
