#!/bin/bash
# Images leave machines that have no exit device: by ACPI, and where there is none by a reset.
#
# What --print prints runs without the exit device. For ACPI it runs without -no-reboot, too: an image that resets the
# machine instead of switching it off comes up again and again until its time is over.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly image=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/kvm_image.run
readonly text='Hello from a unikernel.'

# without WORDS LINE: the command line LINE without WORDS, which must be in it.
without() {
  if [[ $2 != *" $1 "* ]]; then
    echo "no '$1' in: $2" >&2
    return 1
  fi
  echo "${2/" $1 "/ }"
}

# ends MACHINE COMMAND...: the machine ends by itself, with status 0, after one boot.
ends() {
  local machine=$1 output status
  shift
  output=$(timeout --kill-after=5 30 "$@" 2>&1 </dev/null)
  status=$?
  output=${output//$'\r'/}
  [[ ${status} == 0 ]] || fail "${machine}: status ${status}: ${output::400}"
  [[ ${output} == "${text}" ]] || fail "${machine}: not one boot, or not undisturbed: ${output::400}"
}

for machine in pc q35 microvm microvm,acpi=off; do
  line=$("${image}" --print --accel=tcg --machine="${machine}" 2>/dev/null)
  line=$(without '-device isa-debug-exit,iobase=0xf4,iosize=0x04' "${line}") || fail "${machine}: nothing to leave out"
  if [[ ${machine} != *acpi=off ]]; then
    line=$(without '-no-reboot' "${line}") || fail "${machine}: nothing to leave out"
  fi
  ends "${machine}" /bin/sh -c "exec ${line}"
done

finish
