#!/bin/bash
# An image that its machine resets starts as new, though nobody clears the memory: the machine, which has neither an exit
# device nor ACPI, is reset when the program ends, and boots again until it is stopped.
# SPDX-License-Identifier: Apache-2.0
set -u

readonly image=${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/run/reboot_image.run

line=$("${image}" --print --accel=tcg --machine=microvm,acpi=off 2>/dev/null)
for word in '-device isa-debug-exit,iobase=0xf4,iosize=0x04' '-no-reboot'; do
  [[ ${line} == *" ${word} "* ]] || { echo "FAILED: no '${word}' in: ${line}"; exit 1; }
  line=${line/" ${word} "/ }
done

# head ends the machine by its third line.
boots=$(timeout --kill-after=5 60 /bin/sh -c "exec ${line}" 2>&1 </dev/null | tr -d '\r' | head -n 3)
if [[ ${boots} != $'as new\nas new\nas new' ]]; then
  echo "FAILED: three boots said: ${boots}"
  exit 1
fi
echo "all as it should be"
