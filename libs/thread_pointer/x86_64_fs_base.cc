// The thread pointer of code that owns the CPU: WRFSBASE where the CPU has it, else the FS base's
// MSR.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/msr.h"
#include "libs/thread_pointer/thread_pointer.h"

namespace ashlar::thread_pointer {
namespace {

enum class Way : std::uint8_t { kUnknown, kInstruction, kMsr };

constinit Way way = Way::kUnknown;

Way FindWay() {
  if (!x86_64::HasFsBaseInstructions()) {
    return Way::kMsr;
  }
  x86_64::WriteCr4(x86_64::ReadCr4() | x86_64::kCr4FsGsBase);
  // A hypervisor that lends the register (Xen, to a PV domain) may keep the bit clear.
  return (x86_64::ReadCr4() & x86_64::kCr4FsGsBase) != 0 ? Way::kInstruction : Way::kMsr;
}

}  // namespace

void Set(void* pointer) {
  if (way == Way::kUnknown) [[unlikely]] {
    way = FindWay();
  }
  if (way == Way::kInstruction) {
    asm volatile("wrfsbase %0" : : "r"(pointer) : "memory");
  } else {
    x86_64::WriteMsr(x86_64::Msr::kFsBase, reinterpret_cast<std::uintptr_t>(pointer));
  }
}

}  // namespace ashlar::thread_pointer
