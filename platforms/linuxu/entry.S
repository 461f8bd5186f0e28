// The first instructions of an image that runs as a Linux process.
// SPDX-License-Identifier: Apache-2.0

// _start: the ELF entry [amd64-abi §3.4.1].
//
// In:       RSP: argc, argv, envp, auxiliary vector. Everything else is undefined.
// Out:      never returns; calls LinuxuStart(initial stack) on the boot stack, with no caller's frame.
// Clobbers: all.
// Mode:     user, 64-bit.
    .section .text.entry, "ax", @progbits
    .globl  _start
    .type   _start, @function
_start:
    .cfi_startproc
    .cfi_undefined rip
    xorl    %ebp, %ebp
    movq    %rsp, %rdi
    movl    $__boot_stack_top, %esp
    call    LinuxuStart
    ud2
    .cfi_endproc
    .size   _start, . - _start

    .section .note.GNU-stack, "", @progbits
