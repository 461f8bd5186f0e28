// How a Xen domain is entered, until it runs in 64-bit mode with each part of the image under its own permissions.
//
// One image, two doors, each named by a note [elfnote]: a PV domain is entered in 64-bit mode, in ring 3, under page
// tables that Xen's domain builder made; a PVH domain [PVH-x86] in 32-bit mode without paging.
// SPDX-License-Identifier: Apache-2.0

// Page-table entry bits [SDM 3 §4.5]: present, writable, accessed, dirty; bit 63, no-execute, in the upper half.
.set kReadOnly, 0x61
.set kReadWrite, 0x63
.set kTable, 0x63
.set kNoExecute, 0x80000000

.set kCodeSegment, 0x08
.set kDataSegment, 0x10
.set kTaskSegment, 0x20

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

// In: 32-bit protected mode, flat segments, paging and interrupts off, EBX = hvm_start_info [PVH-x86]. Builds page
// tables for exactly the image, in zeroed memory; everything else is mapped by whoever needs it first. Does not return.
.code32
.balign 16
.globl ashlar_xen_pvh_entry
.type ashlar_xen_pvh_entry, @function
ashlar_xen_pvh_entry:
  cld
  movl %ebx, ashlar_xen_start_info
  movl $__boot_stack_top, %esp

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

  // A table for each 2 MiB that the image reaches into; the linker script counted them.
  movl $__page_tables + kTable, %eax
  movl $__page_directory, %edi
1:
  movl %eax, (%edi)
  addl $4096, %eax
  addl $8, %edi
  cmpl $__page_tables_end + kTable, %eax
  jb 1b
  movl $__page_directory + kTable, __page_directory_pointers
  movl $__page_directory_pointers + kTable, __page_map_level_4

  movl $__text_start + kReadOnly, %eax
  movl $__text_end + kReadOnly, %ecx
  xorl %edx, %edx
  call map_pages
  movl $__rodata_start + kReadOnly, %eax
  movl $__rodata_end + kReadOnly, %ecx
  movl $kNoExecute, %edx
  call map_pages
  movl $__data_start + kReadWrite, %eax
  movl $__boot_stack_guard + kReadWrite, %ecx
  call map_pages
  movl $__boot_stack_bottom + kReadWrite, %eax
  movl $__image_end + kReadWrite, %ecx
  call map_pages

  movl $__page_map_level_4, %eax
  movl %eax, %cr3
  movl $0x620, %eax       // CR4: PAE, OSFXSR, OSXMMEXCPT
  movl %eax, %cr4
  movl $0xc0000080, %ecx  // EFER: long mode, no-execute
  movl $0x900, %eax
  xorl %edx, %edx
  wrmsr
  movl $0x80010033, %eax  // CR0: paging, write protection for us too, FPU on
  movl %eax, %cr0
  lgdt segments_pointer
  ljmpl $kCodeSegment, $enter_64

// In: EAX = first address and flags, ECX = end and the same flags, both multiples of 4096 but for the flags;
// EDX = the entries' upper half. Clobbers EAX, EDI. Maps the pages to themselves.
map_pages:
  movl %eax, %edi
  shrl $12, %edi
  leal __page_tables(, %edi, 8), %edi
  jmp 2f
1:
  movl %eax, (%edi)
  movl %edx, 4(%edi)
  addl $4096, %eax
  addl $8, %edi
2:
  cmpl %ecx, %eax
  jb 1b
  ret

.code64
enter_64:
  movl $kDataSegment, %eax
  movl %eax, %ds
  movl %eax, %es
  movl %eax, %ss
  xorl %eax, %eax
  movl %eax, %fs
  movl %eax, %gs
  movl $__boot_stack_top, %esp
  xorl %ebp, %ebp         // ends backtraces
  lidt ashlar_exception_table_pointer
  movl $kTaskSegment, %eax
  ltr %ax
  fninit
  call ashlar_start
  ud2
.size ashlar_xen_pvh_entry, . - ashlar_xen_pvh_entry

// What a PV domain has Xen enter on an exception: Xen pushed RCX and R11 on top of the frame that the CPU would have
// made [xen-x86_64 struct iret_context]. 8 bytes each, one a vector.
.balign 16
pv_exception_stubs:
  .set vector, 0
  .rept 32
    .balign 8, 0xcc
    popq %rcx
    popq %r11
    jmp ashlar_exception_stubs + 8 * vector
    .set vector, vector + 1
  .endr

// The table of them for HYPERVISOR_set_trap_table. INT3 and INTO may be raised by code in ring 3, which we are.
.section .rodata.trap_table, "a", @progbits
.balign 8
.globl ashlar_xen_trap_table
.hidden ashlar_xen_trap_table
ashlar_xen_trap_table:
  .set vector, 0
  .rept 20
    .byte vector
    .byte 4 | ((vector == 3 || vector == 4) & 3)
    .word 0xe033  // FLAT_KERNEL_CS64
    .long 0
    .quad pv_exception_stubs + 8 * vector
    .set vector, vector + 1
  .endr
  .fill 16

// The segments of a PVH domain. In .data: LTR writes the busy bit.
.section .data.segments, "aw", @progbits
.balign 16
segments:
  .quad 0
  .quad 0x00af9b000000ffff  // 64-bit code
  .quad 0x00cf93000000ffff  // data
  .quad 0
  // Available 64-bit TSS [SDM 3 figure 7-4]; the linker script splits its address.
  .word 103
  .word ashlar_task_state_low
  .byte ashlar_task_state_middle
  .byte 0x89
  .byte 0
  .byte ashlar_task_state_high
  .long 0
  .long 0
segments_end:

.section .rodata.segments, "a", @progbits
.balign 8
segments_pointer:
  .word segments_end - segments - 1
  .quad segments

// The task state: nothing but the exceptions' stack [SDM 3 figure 7-11]. No port bitmap.
.balign 16
.globl ashlar_task_state
.hidden ashlar_task_state
ashlar_task_state:
  .long 0
  .quad 0, 0, 0            // stacks of lower privilege levels
  .quad 0
  .quad __exception_stack_top  // interrupt stack 1
  .quad 0, 0, 0, 0, 0, 0
  .quad 0
  .word 0
  .word 104

// What Xen passed: a start_info's virtual address (PV) or a hvm_start_info's physical one (PVH).
.section .bss.boot_information, "aw", @nobits
.balign 8
.globl ashlar_xen_start_info
.hidden ashlar_xen_start_info
ashlar_xen_start_info:
  .skip 8

.section .note.GNU-stack, "", @progbits
