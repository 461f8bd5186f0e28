// What the CPU enters on an interrupt: one stub a vector, notes the event and acknowledges.
//
// Interrupts are on only while the CPU sleeps (events.cc), so this runs on the stack of whichever thread found
// nothing to do. General registers only.
// SPDX-License-Identifier: Apache-2.0

.set kFirstVector, 0x20
.set kVectors, 64
.set kSpuriousIndex, 15
.set kX2ApicEndOfInterrupt, 0x80b
.set kInterruptFlag, 0x200

.section .text.interrupt_entry, "ax", @progbits
.code64

// The stubs, 8 bytes each. In: the CPU's frame on the stack; interrupts off. Keeps all registers; returns
// with interrupts off.
.balign 16
.globl ashlar_interrupt_stubs
.hidden ashlar_interrupt_stubs
.type ashlar_interrupt_stubs, @function
ashlar_interrupt_stubs:
  .set index, 0
  .rept kVectors
    .balign 8, 0xcc
    pushq $index
    jmp common
    .set index, index + 1
  .endr

// Where firmware's interrupts go that nobody asked for: the spurious one's index has no event. In, keeps: as the stubs.
.balign 8, 0xcc
.globl ashlar_stray_interrupt
.hidden ashlar_stray_interrupt
.type ashlar_stray_interrupt, @function
ashlar_stray_interrupt:
  pushq $kSpuriousIndex
  jmp common
.size ashlar_stray_interrupt, . - ashlar_stray_interrupt

// In: the vector's index on top of the CPU's frame. Event::Note() is a store of one to its first byte.
.balign 8, 0xcc
common:
  pushq %rax
  pushq %rcx
  pushq %rdx
  movq 24(%rsp), %rax
  movq ashlar_interrupt_events(, %rax, 8), %rax
  testq %rax, %rax
  jz 1f
  movb $1, (%rax)
1:
  // The local APIC's register, or null where its registers are MSRs.
  movq ashlar_end_of_interrupt_register, %rax
  testq %rax, %rax
  jz 2f
  movl $0, (%rax)
  jmp 3f
2:
  movl $kX2ApicEndOfInterrupt, %ecx
  xorl %eax, %eax
  xorl %edx, %edx
  wrmsr
3:
  popq %rdx
  popq %rcx
  popq %rax
  addq $8, %rsp
  // Back with interrupts off: this one has ended the sleep, and a line that stays high until its device is
  // acknowledged would come again at once, and again.
  andl $~kInterruptFlag, 16(%rsp)
  iretq
.size ashlar_interrupt_stubs, . - ashlar_interrupt_stubs

// A spurious interrupt: nothing to note, nothing to acknowledge [SDM 3 §11.9].
.balign 16
.globl ashlar_spurious_interrupt
.hidden ashlar_spurious_interrupt
.type ashlar_spurious_interrupt, @function
ashlar_spurious_interrupt:
  iretq
.size ashlar_spurious_interrupt, . - ashlar_spurious_interrupt
