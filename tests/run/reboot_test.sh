#!/bin/bash
# An image that its machine resets starts as new, though nobody clears the memory: the machine, which has no way to tell a
# status, is reset when the program ends, and boots again until it is stopped.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly images=${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/run

# reboots IMAGE WORDS OPTION...: with these options, and without WORDS on the machine's command line, it boots again and again.
reboots() {
  local line word
  line=$("${images}/$1.run" --print --accel=tcg "${@:3}" 2>/dev/null)
  for word in "$2" '-no-reboot'; do
    [[ ${line} == *" ${word} "* ]] || fail "no '${word}' in: ${line}"
    line=${line/" ${word} "/ }
  done
  expect_meanwhile 3 'as new' /bin/sh -c "exec ${line}"
  [[ ${output} == $'as new\nas new\nas new'* ]] || fail "three boots of $1 said: ${output}"
}

reboots reboot_image '-device isa-debug-exit,iobase=0xf4,iosize=0x04' --machine=microvm,acpi=off
reboots reboot_aarch64_image '-semihosting-config enable=on,target=native' --machine=virt
finish
