// How a Xen domain is entered, until it runs in 64-bit mode with each part of the image under its own permissions.
//
// One image, two doors, each named by a note [elfnote]: a PV domain is entered in 64-bit mode, in ring 3, under page
// tables that Xen's domain builder made; a PVH domain [PVH-x86] in 32-bit mode without paging.
// SPDX-License-Identifier: Apache-2.0

#include "platforms/pc/segments.inc"

.macro note type, value:vararg
  .balign 4
  .long 4
  .long 2f - 1f
  .long \type
  .asciz "Xen"
1: \value
2:
  .balign 4
.endm

.section .note.Xen, "a", @note
  note 6, .asciz "Ashlar"                 // GUEST_OS
  note 5, .asciz "xen-3.0"                // XEN_VERSION: the interface's
  note 8, .asciz "generic"                // LOADER
  note 3, .quad 0                         // VIRT_BASE: pseudo-physical addresses are virtual ones
  note 4, .quad 0                         // PADDR_OFFSET
  note 1, .quad ashlar_xen_pv_entry       // ENTRY
  note 17, .long 0x801                    // SUPPORTED_FEATURES: writable page tables, initial domain
  note 18, .long ashlar_xen_pvh_entry     // PHYS32_ENTRY

.section .text.entry, "ax", @progbits

// In: 64-bit mode, ring 3, RSI = start_info, on a stack of the domain builder's; events masked. Does not return.
.code64
.balign 16
.globl ashlar_xen_pv_entry
.type ashlar_xen_pv_entry, @function
ashlar_xen_pv_entry:
  cld
  movl $__boot_stack_top, %esp
  xorl %ebp, %ebp         // ends backtraces
  movq %rsi, ashlar_xen_start_info
  call ashlar_xen_protect_image
  call ashlar_start
  ud2
.size ashlar_xen_pv_entry, . - ashlar_xen_pv_entry

// In: 32-bit protected mode, flat segments, paging and interrupts off, EBX = hvm_start_info [PVH-x86]. Goes on as every PC
// image does. Does not return.
.code32
.balign 16
.globl ashlar_xen_pvh_entry
.type ashlar_xen_pvh_entry, @function
ashlar_xen_pvh_entry:
  cld
  movl %ebx, ashlar_xen_start_info

  // VMMCALL is AMD's and Hygon's [APM 3 CPUID function 0: "AuthenticAMD", "HygonGenuine"], VMCALL everybody else's.
  xorl %eax, %eax
  cpuid
  movl $2, %eax
  cmpl $0x68747541, %ebx
  je 1f
  cmpl $0x6f677948, %ebx
  jne 2f
1:
  decl %eax
2:
  movb %al, ashlar_xen_hypercall_instruction

  jmp enter
.size ashlar_xen_pvh_entry, . - ashlar_xen_pvh_entry

// What a PV domain has Xen enter on an exception: Xen pushed RCX and R11 on top of the frame that the CPU would have
// made [xen-x86_64 struct iret_context]. 8 bytes each, one a vector.
.code64
.balign 16
.globl ashlar_xen_exception_stubs
.hidden ashlar_xen_exception_stubs
ashlar_xen_exception_stubs:
  .set vector, 0
  .rept 32
    .balign 8, 0xcc
    popq %rcx
    popq %r11
    jmp ashlar_exception_stubs + 8 * vector
    .set vector, vector + 1
  .endr

.code32
#include "platforms/pc/enter.inc"

// What Xen passed: a start_info's virtual address (PV) or a hvm_start_info's physical one (PVH).
.section .bss.boot_information, "aw", @nobits
.balign 8
.globl ashlar_xen_start_info
.hidden ashlar_xen_start_info
ashlar_xen_start_info:
  .skip 8

.section .note.GNU-stack, "", @progbits
