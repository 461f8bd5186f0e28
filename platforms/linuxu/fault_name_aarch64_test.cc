// Signals and aborts of AArch64, and the names that their reports give them.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <gtest/gtest.h>

#include "libs/linux/abi.h"
#include "platforms/linuxu/fault_name.h"

namespace ashlar::linuxu {
namespace {

constexpr std::uintptr_t kGuard = 0x40a000;
constexpr std::uint64_t kStackPointer = 0x7000000;
constexpr std::uint64_t kProgramCounter = 0x401000;

// Syndromes [ARM, ESR_EL1]: data and instruction aborts of a lower level; translation and
// permission faults of level 3.
constexpr std::uint64_t kReadUnmapped = 0x92000007;
constexpr std::uint64_t kWriteUnmapped = 0x92000047;
constexpr std::uint64_t kReadForbidden = 0x9200000f;
constexpr std::uint64_t kWriteForbidden = 0x9200004f;
constexpr std::uint64_t kFetchUnmapped = 0x82000007;
constexpr std::uint64_t kFetchForbidden = 0x8200000f;

void PutRecord(linux::SignalContext& registers, std::size_t offset, linux::EsrRecord record) {
  std::memcpy(registers.records + offset, &record, sizeof(record));
}

std::string_view NameAbort(std::uint64_t address, std::uint64_t syndrome) {
  static linux::SignalContext registers;
  registers = {};
  registers.fault_address = address;
  registers.sp = kStackPointer;
  registers.pc = kProgramCounter;
  // Behind the record of the floating-point registers, as the kernel has it.
  PutRecord(registers, 0, {.head = {.magic = 0x46508001, .size = 528}, .esr = 0});
  PutRecord(registers, 528, {.head = {.magic = linux::kEsrMagic, .size = 16}, .esr = syndrome});
  return NameFault({.signal = linux::kSigsegv}, registers, kGuard);
}

TEST(FaultNameAarch64Test, PageZeroIsANullPointer) {
  EXPECT_EQ(NameAbort(0, kReadUnmapped), "null dereference (read)");
  EXPECT_EQ(NameAbort(0xff8, kWriteUnmapped), "null dereference (write)");
  EXPECT_EQ(NameAbort(0, kFetchUnmapped), "call of a null pointer");
  EXPECT_EQ(NameAbort(0x1000, kReadUnmapped), "read of unmapped memory");
}

TEST(FaultNameAarch64Test, PermissionsAreNamed) {
  EXPECT_EQ(NameAbort(0x402000, kWriteForbidden), "write to read-only memory");
  EXPECT_EQ(NameAbort(0x403000, kFetchForbidden), "execution of data");
  EXPECT_EQ(NameAbort(0x403000, kFetchUnmapped), "jump to unmapped memory");
  EXPECT_EQ(NameAbort(0x900000000, kWriteUnmapped), "write to unmapped memory");
}

TEST(FaultNameAarch64Test, StackOverflowIsKnownByTheGuardOrTheStackPointer) {
  EXPECT_EQ(NameAbort(kGuard + 0xff8, kWriteUnmapped), "stack overflow");
  EXPECT_EQ(NameAbort(kStackPointer - 8, kWriteForbidden), "stack overflow");
  EXPECT_EQ(NameAbort(kStackPointer + 0xff0, kReadForbidden), "stack overflow");
  EXPECT_EQ(NameAbort(kStackPointer - 0x10000, kWriteUnmapped), "write to unmapped memory");
}

// As QEMU gives it in the kernel's place.
TEST(FaultNameAarch64Test, WithoutASyndromeTheSignalHasToDo) {
  static linux::SignalContext registers;
  registers = {};
  registers.sp = kStackPointer;
  registers.pc = kProgramCounter;
  const auto name = [&](std::uint64_t address, std::int32_t code) {
    registers.fault_address = address;
    return NameFault({.signal = linux::kSigsegv, .code = code}, registers, kGuard);
  };
  EXPECT_EQ(name(8, linux::kSegmentUnmapped), "null dereference");
  EXPECT_EQ(name(0x402000, linux::kSegmentAccess), "write to read-only memory");
  EXPECT_EQ(name(0x900000000, linux::kSegmentUnmapped), "access to unmapped memory");
  EXPECT_EQ(name(kProgramCounter, linux::kSegmentAccess), "execution of data");
  EXPECT_EQ(name(kProgramCounter, linux::kSegmentUnmapped), "jump to unmapped memory");
  EXPECT_EQ(name(kGuard, linux::kSegmentUnmapped), "stack overflow");
  registers.pc = 0;
  EXPECT_EQ(name(0, linux::kSegmentUnmapped), "call of a null pointer");
}

TEST(FaultNameAarch64Test, RecordsThatMakeNoSenseEndTheSearch) {
  static linux::SignalContext registers;
  registers = {};
  registers.fault_address = 0x900000000;
  registers.sp = kStackPointer;
  for (const linux::ContextRecord head : {linux::ContextRecord{.magic = 1, .size = 0},
                                          linux::ContextRecord{.magic = 1, .size = 0xfffffff0},
                                          linux::ContextRecord{.magic = 1, .size = 4088}}) {
    PutRecord(registers, 0, {.head = head, .esr = kWriteUnmapped});
    EXPECT_EQ(NameFault({.signal = linux::kSigsegv}, registers, kGuard),
              "access to unmapped memory");
  }
}

TEST(FaultNameAarch64Test, OtherSignalsAreNamed) {
  static linux::SignalContext registers;
  EXPECT_EQ(NameFault({.signal = linux::kSigfpe}, registers, kGuard), "floating-point exception");
  EXPECT_EQ(NameFault({.signal = linux::kSigill}, registers, kGuard), "invalid instruction");
  EXPECT_EQ(NameFault({.signal = linux::kSigtrap}, registers, kGuard), "breakpoint");
  EXPECT_TRUE(NameFault({.signal = linux::kSigbus}, registers, kGuard).starts_with("bus error"));
  EXPECT_EQ(FaultAddress({.signal = linux::kSigill}, registers), std::nullopt);
}

}  // namespace
}  // namespace ashlar::linuxu
