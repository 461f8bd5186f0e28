// An image that calls what nobody defines, and would call what is defined weakly nowhere.
// SPDX-License-Identifier: Apache-2.0
    .weak perhaps
    .globl _start
_start:
    call nowhere
    call perhaps
    jmp _start
