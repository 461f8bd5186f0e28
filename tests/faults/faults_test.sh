#!/bin/bash
# Has the image do each wrong thing, and looks at its status and report. Arguments: the image, options for its run.
# SPDX-License-Identifier: Apache-2.0
set -u

readonly image=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1
readonly options=("${@:2}")
failures=0

# expect STATUS TEXT WHAT: doing WHAT ends with STATUS after a report with TEXT.
expect() {
  local output actual
  output=$("${image}" --accel=tcg "${options[@]}" -- -- "$3" 2>&1 </dev/null)
  actual=$?
  if [[ ${actual} != "$1" || ${output} != *"$2"* ]]; then
    printf 'FAILED: %s: status %s, not %s; wanted "%s" in:\n%s\n' "$3" "${actual}" "$1" "$2" "${output}"
    failures=$((failures + 1))
  fi
}

# The reports' words are the same on every backend.
expect 70 'null dereference' read_null
expect 70 'null dereference' write_null
expect 70 'null' call_null
expect 70 'write to read-only memory' write_code
expect 70 'write to read-only memory' write_constant
expect 70 'execution of data' execute_data
expect 70 'execution of data' execute_heap
expect 70 'execution of data' execute_stack
if [[ " ${options[*]} " == *' --machine=pv '* ]]; then
  # Xen puts an exception's frame on the stack in use, and where there is none left, ends the domain with a report of its own.
  expect 69 'crashed on cpu' overflow_stack
  expect 69 "stack overflows" overflow_thread_stack
else
  expect 70 'stack overflow' overflow_stack
  expect 70 'stack overflow' overflow_thread_stack
fi
expect 70 'division by zero' divide_by_zero
expect 70 'invalid instruction' invalid_instruction
expect 70 'panic: check failed: zero == 1' panic
expect 70 'calls: llvm-symbolizer' write_null

# Exhaustion is an error that reaches the caller, not a fault.
expect 0 'out of memory' exhaust_pages
expect 0 'no block is left' exhaust_heap

if ((failures != 0)); then
  echo "${failures} failures"
  exit 1
fi
