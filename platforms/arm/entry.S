// How the image is entered, until it runs at EL1 under its own page tables.
//
// Two doors, one path: a loader of ELF files enters at ashlar_arm_entry, and leaves the device tree where RAM begins (QEMU)
// or its address in X0; a loader of Linux kernels wants the file as plain memory with a header in front [Linux booting.rst],
// and enters at the first byte.
// SPDX-License-Identifier: Apache-2.0

.set kValid, 1 << 0
.set kTableOrPage, 1 << 1
.set kReadOnlyBit, 1 << 7
.set kInnerShareable, 3 << 8
.set kAccessed, 1 << 10
.set kPage, kValid | kTableOrPage | kInnerShareable | kAccessed
.set kTable, kValid | kTableOrPage
// In the upper half of an entry: never executed below EL1; never executed.
.set kUserNoExecute, 1 << 22
.set kNoExecute, (1 << 22) | (1 << 21)

// MMU, data cache, stack alignment at EL1 and EL0, instruction cache, nothing writable is executable; and the bits that are
// to be one [ARM D17.2.118].
.set kSystemControlOff, 0x30d00800
.set kSystemControl, kSystemControlOff | 1 | (1 << 2) | (1 << 3) | (1 << 4) | (1 << 12) | (1 << 19)
// As libs/arch/aarch64/page_table_entry.h has them: 0 is memory, 1 devices [ARM D17.2.97].
.set kMemoryAttributes, 0x04ff
// 48 bits of addresses in 4 KiB pages by TTBR0, walks through the caches, no TTBR1 [ARM D17.2.131].
.set kTranslationControl, 16 | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 23)

.section .text.entry, "ax", @progbits

// The header of a Linux kernel [Linux booting.rst "Call the kernel image"].
.globl ashlar_arm_entry
.hidden ashlar_arm_entry
.type ashlar_arm_entry, @function
ashlar_arm_entry:
  b enter
  .long 0
  .quad ashlar_text_offset  // from a boundary of 2 MiB
  .quad ashlar_image_size
  .quad 2                   // little-endian, 4 KiB pages, near the start of RAM
  .quad 0, 0, 0
  .ascii "ARM\x64"
  .long 0

// In: X0 = the device tree or zero; MMU off, exceptions masked. Does not return. X20 keeps X0, X19 the exception level.
enter:
  mov x20, x0
  msr daifset, #0xf
  mrs x19, currentel
  cmp x19, #(3 << 2)
  b.ne below_el3

  // The firmware's level, where nobody is: neither exceptions nor interrupts are as the image takes them. Down, to where it
  // can say so (loader.cc).
  mov x1, #0x531              // the next lower level is AArch64, not secure, may call hypervisors; two bits that are to be one
  msr scr_el3, x1
  msr cptr_el3, xzr
  mov x1, #0x3c9              // EL2 on its own stack, all masked; without EL2, EL1
  mov x2, #0x3c5
  mrs x3, id_aa64pfr0_el1
  tst x3, #(0xf << 8)
  csel x1, x1, x2, ne
  msr spsr_el3, x1
  ldr x1, =kSystemControlOff
  msr sctlr_el1, x1
  adr x1, below_el3
  msr elr_el3, x1
  eret

below_el3:
  mrs x1, currentel
  cmp x1, #(2 << 2)
  b.ne at_el1

  // A hypervisor's level: let EL1 have the machine, and go there.
  mov x1, #(1 << 31)          // EL1 is AArch64
  msr hcr_el2, x1
  isb                         // where a host's kernel ran here before, registers of EL1 meant EL2's, and others looked different
  mov x1, #3                  // its timers
  msr cnthctl_el2, x1
  msr cntvoff_el2, xzr
  mov x1, #0x33ff             // no trap of floating point
  msr cptr_el2, x1
  msr hstr_el2, xzr
  mrs x1, mdcr_el2            // no trap of debugging, which is how a breakpoint reports; as many counters as before
  and x1, x1, #0x1f
  msr mdcr_el2, x1
  mrs x1, midr_el1
  msr vpidr_el2, x1
  mrs x1, mpidr_el1
  msr vmpidr_el2, x1
  mrs x1, id_aa64pfr0_el1
  ubfx x1, x1, #24, #4
  cbz x1, 1f
  mrs x1, s3_4_c12_c9_5       // ICC_SRE_EL2: the system registers of a GICv3
  mov x2, #9                  // in use, and EL1 may use them
  orr x1, x1, x2
  msr s3_4_c12_c9_5, x1
  isb
1:
  ldr x1, =kSystemControlOff
  msr sctlr_el1, x1
  mov x1, #0x3c4              // EL1 on SP_EL0, all masked
  msr spsr_el2, x1
  adr x1, at_el1
  msr elr_el2, x1
  eret

at_el1:
  // Cores that spin until they find an address in a table of theirs find that of a sleep.
  ldr x1, =ashlar_spin_table
  cbz x1, 1f
  adr x2, sleep_forever
  stp x2, x2, [x1]
  str x2, [x1, #16]
  dsb sy
  sev
1:
  msr spsel, #1
  ldr x1, =__exception_stack_top
  mov sp, x1
  msr spsel, #0
  ldr x1, =__boot_stack_top
  mov sp, x1
  mov x1, #(3 << 20)          // floating point
  msr cpacr_el1, x1
  isb

  // A loader of ELF files clears what is to start as zero. One of Linux kernels does not, nor does a machine that is reset,
  // and holds what the last boot left. X21 = whether to: the page tables now, the rest when there are caches.
  ldr x0, =booted
  ldrb w21, [x0]
  cmp x20, #0                 // it passed a device tree, as only a loader of kernels does
  csinc x21, x21, xzr, eq
  cbz x21, 2f
  bl forget_cached_tables     // what a loader's caches hold must not be written over them later
  ldr x0, =__page_tables_start
  ldr x1, =__page_tables_end
  bl clear
2:

  // Page tables for exactly the image, each part with its own permissions; everything else is mapped by whoever needs it
  // first. A last-level table for each 2 MiB from where RAM begins; the linker script counted them.
  ldr x0, =__page_tables
  ldr x1, =__page_tables_end
  ldr x2, =__page_directory
  mov x4, #kTable
1:
  orr x3, x0, x4
  str x3, [x2], #8
  add x0, x0, #4096
  cmp x0, x1
  b.lo 1b
  ldr x0, =__page_directory + kTable
  ldr x1, =__page_directory_pointer
  str x0, [x1]                // the GiB where RAM begins
  ldr x1, =__page_directory_pointers
  orr x0, x1, x4
  ldr x1, =__page_map_level_4
  str x0, [x1]

  ldr x0, =__text_start
  ldr x1, =__text_end
  ldr x2, =kPage | kReadOnlyBit | (kUserNoExecute << 32)
  bl map_pages
  ldr x0, =__rodata_start
  ldr x1, =__rodata_end
  ldr x2, =kPage | kReadOnlyBit | (kNoExecute << 32)
  bl map_pages
  ldr x0, =__data_start
  ldr x1, =__boot_stack_guard
  ldr x2, =kPage | (kNoExecute << 32)
  bl map_pages
  ldr x0, =__boot_stack_bottom
  ldr x1, =__image_end
  bl map_pages

  // Nothing but a barrier keeps the caches' maintenance behind the stores, which are a device's without translation.
  dmb sy
  bl forget_cached_tables

  ldr x0, =kMemoryAttributes
  msr mair_el1, x0
  ldr x0, =kTranslationControl
  mrs x1, id_aa64mmfr0_el1    // how far physical addresses reach, but not beyond 48 bits
  and x1, x1, #0xf
  cmp x1, #5
  mov x2, #5
  csel x1, x1, x2, lo
  bfi x0, x1, #32, #3
  msr tcr_el1, x0
  ldr x0, =__page_map_level_4
  msr ttbr0_el1, x0
  tlbi vmalle1
  ic iallu
  dsb sy
  isb
  ldr x0, =kSystemControl
  msr sctlr_el1, x0
  isb

  cbz x21, 1f
  ldr x0, =__bss_start
  ldr x1, =__boot_stack_guard // a stack need not be clear
  bl clear
1:
  ldr x0, =ashlar_exception_vectors
  msr vbar_el1, x0
  isb
  msr daifclr, #4             // errors of the system are reported; interrupts stay masked
  ldr x0, =ashlar_arm_device_tree
  str x20, [x0]
  ldr x0, =ashlar_arm_entered_at_el3
  cmp x19, #(3 << 2)
  cset w1, eq
  strb w1, [x0]
  mov w1, #1
  ldr x0, =booted
  strb w1, [x0]
  mov x29, xzr                // ends backtraces
  mov x30, xzr
  bl ashlar_start
  udf #0

sleep_forever:
  wfi
  b sleep_forever

// In: X0 = begin, X1 = end, which are multiples of 64. Clobbers X0.
clear:
  cmp x0, x1
  b.hs 1f
  stp xzr, xzr, [x0]
  stp xzr, xzr, [x0, #16]
  stp xzr, xzr, [x0, #32]
  stp xzr, xzr, [x0, #48]
  add x0, x0, #64
  b clear
1:
  ret

// Drops what the caches hold of the page tables, line by line [ARM D17.2.34]. Clobbers X0 to X3.
forget_cached_tables:
  ldr x0, =__page_tables_start
  ldr x1, =__page_tables_end
  mrs x2, ctr_el0
  ubfx x2, x2, #16, #4
  mov x3, #4
  lsl x2, x3, x2
1:
  dc ivac, x0
  add x0, x0, x2
  cmp x0, x1
  b.lo 1b
  dsb sy
  ret

// In: X0 = first page, X1 = end, X2 = the entries' flags. Clobbers X0, X3, X4. Maps the pages to themselves.
map_pages:
  ldr x4, =ashlar_ram_start
  sub x4, x0, x4
  ldr x3, =__page_tables
  add x3, x3, x4, lsr #9      // 8 bytes a page
  b 2f
1:
  orr x4, x0, x2
  str x4, [x3], #8
  add x0, x0, #4096
2:
  cmp x0, x1
  b.lo 1b
  ret
.size ashlar_arm_entry, . - ashlar_arm_entry

// What the loader passed in X0.
.section .bss.device_tree, "aw", @nobits
.balign 8
.globl ashlar_arm_device_tree
.hidden ashlar_arm_device_tree
ashlar_arm_device_tree:
  .skip 8
// Whether at the firmware's level.
.globl ashlar_arm_entered_at_el3
.hidden ashlar_arm_entered_at_el3
ashlar_arm_entered_at_el3:
  .skip 1
booted:
  .skip 1
