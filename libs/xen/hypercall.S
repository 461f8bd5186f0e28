// The hypercall instruction, which depends on how the domain was entered and on the CPU.
//
// Issued directly, as Linux does since 6.13 [XSA-466], not through a page that Xen fills in: that page would be code
// written at run time, and 4 KiB.
// SPDX-License-Identifier: Apache-2.0

// ashlar_xen_hypercall: one hypercall [xen-x86_64 "Hypercall interface"].
//
// In:       EAX: its number; RDI, RSI, RDX, R10, R8: arguments.
// Out:      RAX: the result.
// Clobbers: RCX, R11, the flags, and the registers of the arguments.
// Mode:     64-bit; ring 3 of a PV domain, ring 0 of a PVH one.
.section .text.ashlar_xen_hypercall, "ax", @progbits
.balign 16
.globl ashlar_xen_hypercall
.type ashlar_xen_hypercall, @function
ashlar_xen_hypercall:
  cmpb $1, ashlar_xen_hypercall_instruction
  ja 2f
  je 1f
  syscall
  ret
1:
  vmmcall
  ret
2:
  vmcall
  ret
.size ashlar_xen_hypercall, . - ashlar_xen_hypercall

// 0: SYSCALL (PV); 1: VMMCALL (PVH, AMD); 2: VMCALL (PVH, others). Set by the entry.
.section .bss.ashlar_xen_hypercall_instruction, "aw", @nobits
.globl ashlar_xen_hypercall_instruction
ashlar_xen_hypercall_instruction:
  .skip 1

.section .note.GNU-stack, "", @progbits
