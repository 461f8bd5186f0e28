// How the image is entered, until it runs in 64-bit mode under its own page tables.
//
// Two doors lead to one path: the PVH note [PVH] (QEMU, Cloud Hypervisor, Firecracker since 1.12), which enters in
// 32-bit mode, and the ELF entry point, which a VMM enters in 64-bit mode by the Linux boot protocol
// [x86-boot "64-bit boot protocol"] (older Firecracker). The page tables map exactly the image, each part with
// its own permissions; everything else is mapped by whoever needs it first (memory map, page map).
// SPDX-License-Identifier: Apache-2.0

.set kCodeSegment, 0x08
.set kDataSegment, 0x10
.set kCode32Segment, 0x18
.set kTaskSegment, 0x20

// Page-table entry bits [SDM 3 §4.5]: present, writable, accessed, dirty; bit 63, no-execute, in the upper half.
.set kReadOnly, 0x61
.set kReadWrite, 0x63
.set kTable, 0x63
.set kNoExecute, 0x80000000

.section .note.pvh, "a", @note
.balign 4
  .long 4         // name size
  .long 4         // descriptor size
  .long 18        // XEN_ELFNOTE_PHYS32_ENTRY
  .asciz "Xen"
  .long ashlar_pvh_entry

.section .text.entry, "ax", @progbits

// A VMM that resets the machine loads the segments again, but clears no memory: what is to start as zero holds what
// the last boot left. The first boot, whose memory is clear, does not pay for it. Clobbers EAX, ECX, EDI; in 32-bit
// mode without paging, and in 64-bit mode.
.macro clear_after_reset
  cmpb $0, booted
  je 1f
  cld
  movl $__bss_start, %edi
  movl $__bss_end, %ecx
  subl %edi, %ecx
  xorl %eax, %eax
  rep stosb
1:
  movb $1, booted
.endm

// In: 32-bit protected mode, flat segments, paging and interrupts off, EBX = start_info [PVH]. Does not return.
.code32
.balign 16
.globl ashlar_pvh_entry
.type ashlar_pvh_entry, @function
ashlar_pvh_entry:
  clear_after_reset
  movl %ebx, ashlar_kvm_start_info
  jmp enter
.size ashlar_pvh_entry, . - ashlar_pvh_entry

// In: 64-bit mode, paging on with the first GiB mapped to itself, interrupts off, RSI = boot_params. Goes down to
// 32-bit mode to join the path of the other door. Does not return.
.code64
.balign 16
.globl ashlar_linux_entry
.type ashlar_linux_entry, @function
ashlar_linux_entry:
  cli
  cld
  clear_after_reset
  movq %rsi, ashlar_kvm_boot_params
  movl $__boot_stack_top, %esp
  lgdt segments_pointer
  pushq $kCode32Segment
  pushq $1f
  lretq
.code32
1:
  movl $kDataSegment, %eax
  movl %eax, %ds
  movl %eax, %es
  movl %eax, %ss
  movl %cr0, %eax
  andl $0x7fffffff, %eax  // paging off, which leaves long mode
  movl %eax, %cr0
.size ashlar_linux_entry, . - ashlar_linux_entry

// In: 32-bit protected mode, flat segments, paging off. Builds the page tables in zeroed memory.
enter:
  movl $__boot_stack_top, %esp
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

// The segments. In .data: LTR writes the busy bit.
.section .data.segments, "aw", @progbits
.balign 16
segments:
  .quad 0
  .quad 0x00af9b000000ffff  // 64-bit code
  .quad 0x00cf93000000ffff  // data
  .quad 0x00cf9b000000ffff  // 32-bit code
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

// What the loader passed: one of them is not zero.
.section .bss.boot_information, "aw", @nobits
.balign 8
.globl ashlar_kvm_start_info
.hidden ashlar_kvm_start_info
ashlar_kvm_start_info:
  .skip 8
.globl ashlar_kvm_boot_params
.hidden ashlar_kvm_boot_params
ashlar_kvm_boot_params:
  .skip 8
booted:
  .skip 1
