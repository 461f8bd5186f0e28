// Changing a translation table's entry that is in use.
// SPDX-License-Identifier: Apache-2.0

.set kMmuEnable, 1

.section .text.ashlar_replace_table_entry, "ax", @progbits

// In: X0 = the entry's address, X1 = its new value; EL1, interrupts masked, all of it identity-mapped. Clobbers X2, X3.
// Turns translation off for the store, since the entry's own page, and the stack, may be what it changes. With
// translation off a store goes past the caches, so the entry's line is written back before and dropped after.
.globl ashlar_replace_table_entry
.hidden ashlar_replace_table_entry
.type ashlar_replace_table_entry, @function
ashlar_replace_table_entry:
  dc civac, x0
  dsb sy
  mrs x2, sctlr_el1
  bic x3, x2, #kMmuEnable
  msr sctlr_el1, x3
  isb
  str x1, [x0]
  dmb sy
  dc ivac, x0
  dsb sy
  tlbi vmalle1
  dsb sy
  msr sctlr_el1, x2
  isb
  ret
.size ashlar_replace_table_entry, . - ashlar_replace_table_entry
