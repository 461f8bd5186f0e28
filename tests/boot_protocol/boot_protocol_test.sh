#!/bin/bash
# Has an image load hello by the 64-bit boot protocol, and looks at hello's line and its status, which comes
# from the command line that the loader passed.
# SPDX-License-Identifier: Apache-2.0
set -u

output=$("${TEST_SRCDIR}/${TEST_WORKSPACE}/$1" --accel=tcg 2>&1 </dev/null)
status=$?
if [[ ${status} != 7 || ${output} != *Hello* ]]; then
  printf 'FAILED: status %s, not 7, after:\n%s\n' "${status}" "${output}"
  exit 1
fi
