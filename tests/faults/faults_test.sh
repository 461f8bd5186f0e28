#!/bin/bash
# Has the image do each wrong thing, and looks at its status and report. Arguments: the image, options for its run.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly image=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1
readonly options=("${@:2}")

# ends STATUS TEXT WHAT: doing WHAT ends with STATUS after a report with TEXT.
ends() { expect "$1" "$2" "${image}" --accel=tcg "${options[@]}" -- -- "$3"; }

# The reports' words are the same on every backend.
ends 70 'null dereference' read_null
ends 70 'null dereference' write_null
ends 70 'call of a null pointer' call_null
ends 70 'write to read-only memory' write_code
ends 70 'write to read-only memory' write_constant
ends 70 'execution of data' execute_data
ends 70 'execution of data' execute_heap
ends 70 'execution of data' execute_stack
if [[ " ${options[*]} " == *' --machine=pv '* ]]; then
  # Xen puts an exception's frame on the stack in use, and where there is none left, ends the domain with a report of its own.
  ends 69 'crashed on cpu' overflow_stack
  ends 69 "stack overflows" overflow_thread_stack
  ends 69 "stack overflows" overflow_thread_stack_by_calls
else
  ends 70 'stack overflow' overflow_stack
  ends 70 'stack overflow' overflow_stack_by_calls
  ends 70 'stack overflow' overflow_thread_stack
  ends 70 'stack overflow' overflow_thread_stack_by_calls
fi
if [[ $1 == *aarch64* ]]; then
  # The instruction answers zero there.
  ends 0 '' divide_by_zero
else
  ends 70 'division by zero' divide_by_zero
fi
ends 70 'invalid instruction' invalid_instruction
ends 70 'panic: check failed: zero == 1' panic
ends 70 'calls: llvm-symbolizer' write_null

# Exhaustion is an error that reaches the caller, not a fault.
ends 0 'out of memory' exhaust_pages
ends 0 'no block is left' exhaust_heap

finish
