#!/bin/bash
# An image whose status nobody listens to switches its machine off: by a call of the hypervisor, or of the firmware where the
# image is entered as a hypervisor. Argument: hello's launcher.
#
# What --print prints runs without semihosting, and without -no-reboot, too: an image that resets the machine instead of
# switching it off comes up again and again until its time is over.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly hello=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1
readonly text='Hello from a unikernel.'

for level in virtualization=off virtualization=on; do
  line=$("${hello}" --print --accel=tcg --qemu-arg=-machine --qemu-arg="${level}" 2>/dev/null)
  for words in '-semihosting-config enable=on,target=native' '-no-reboot'; do
    [[ ${line} == *" ${words} "* ]] || fail "no '${words}' in: ${line}"
    line=${line/" ${words} "/ }
  done
  expect 0 "${text}" /bin/sh -c "exec ${line}"
  [[ ${output} == "${text}" ]] || fail "${level}: not one boot, or not undisturbed: ${output}"
done
finish
