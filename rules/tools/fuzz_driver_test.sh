#!/bin/bash
# Whether a fuzz target that dies says on which input, and dies all the same.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly target=$1
readonly corpus=${TEST_TMPDIR}/corpus

for how in abort:61626f7274 trap:74726170 segv:73656776; do
  rm -rf "${corpus}"
  mkdir "${corpus}"
  printf 'harmless' >"${corpus}/a"
  printf '%s' "${how%:*}" >"${corpus}/b"
  output=$("${target}" "${corpus}" 2>&1)
  status=$?
  ((status > 0)) || fail "${how%:*}: it does not fail"
  [[ ${output} == *"fuzz_driver: it died on ${corpus}/b, bytes: "*$'\n'"${how#*:}"* ]] ||
    fail "${how%:*}: it does not say on what: ${output}"
done

# Without such a file it goes through all of them, and says how many with the empty one.
rm "${corpus}/b"
output=$("${target}" "${corpus}" "${corpus}/a" 2>&1) || fail "harmless files fail: ${output}"
[[ ${output} == '3 inputs and their mutations' ]] || fail "it says: ${output}"
output=$("${target}" "${corpus}/nothing" 2>&1) && fail "a file that is not there passes"

# What is not here is where `bazel run` was typed.
export BUILD_WORKING_DIRECTORY=${TEST_TMPDIR}
output=$("${target}" corpus corpus/a "${corpus}/a" 2>&1) || fail "a relative folder fails: ${output}"
[[ ${output} == '4 inputs and their mutations' ]] || fail "of a relative folder it says: ${output}"
output=$("${target}" nothing 2>&1) && fail "a file that is not there either passes"
[[ ${output} == *"cannot read ${TEST_TMPDIR}/nothing"* ]] || fail "of a file that is not there it says: ${output}"

finish
