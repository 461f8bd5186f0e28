#!/bin/bash
# An image that hangs is reset by each of QEMU's watchdogs, one that lives is not; a machine without a watchdog, or a word
# that makes no sense, ends it with a sentence.
#
#     hang_test.sh KVM_RUN BARE_METAL_RUN
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"
export TMPDIR=${TEST_TMPDIR}

readonly here=${TEST_SRCDIR}/${TEST_WORKSPACE}
readonly kvm=${here}/$1 bare_metal=${here}/$2
readonly alive='still alive'
# The strap of the board that QEMU's q35 comes with says that the TCO timer is not to reset it.
readonly tco=(--machine=q35 --qemu-arg=-global --qemu-arg=ICH9-LPC.noreboot=false)
readonly esb=(--qemu-arg=-device --qemu-arg=i6300esb)

# outlives STATUS COMMAND...: the program says that it is alive, and the command ends with STATUS, not by a fault.
outlives() {
  expect "$1" "${alive}" "${@:2}"
  [[ ${output} != *'fault'* ]] || fail "a fault: ${*##*/}: ${output}"
}

# tools/run says 69 of a machine that was reset, and 0 of a program that ended well. Twice the period and more is lived
# through; periods are long enough for a host that has other things to do.
outlives 69 "${kvm}" --accel=tcg "${esb[@]}" -- watchdog.seconds=4 -- 9 forever
outlives 69 "${kvm}" --accel=tcg "${tco[@]}" -- watchdog.seconds=4 -- 10 forever
outlives 69 "${bare_metal}" --accel=tcg "${esb[@]}" -- watchdog.seconds=3 -- 0 forever
outlives 69 "${bare_metal}" --accel=tcg "${tco[@]}" --boot=uefi -- watchdog.seconds=3 -- 0 forever
outlives 0 "${kvm}" --accel=tcg "${esb[@]}" -- watchdog.seconds=4 -- 1

# Nobody asked: it hangs until it is ended from outside.
output=$(timeout --kill-after=5 4 "${kvm}" --accel=tcg "${esb[@]}" -- 0 forever 2>&1 </dev/null)
[[ $? == 124 && ${output} == *"${alive}"* ]] || fail "a watchdog that nobody asked for: ${output}"

expect 70 'the machine has no watchdog' "${kvm}" --accel=tcg -- watchdog.seconds=30 -- 0
expect 70 'from 1 to 600' "${kvm}" --accel=tcg "${esb[@]}" -- watchdog.seconds=soon -- 0
expect 70 'from 1 to 600' "${kvm}" --accel=tcg "${esb[@]}" -- watchdog.seconds=601 -- 0

finish
