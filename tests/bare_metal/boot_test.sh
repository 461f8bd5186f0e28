#!/bin/bash
# A bare-metal image boots on each machine by each firmware, from a disk and as a CD; what a machine lacks ends it with a
# sentence; it powers the machine off, or starts it anew where it was built to.
# SPDX-License-Identifier: Apache-2.0
set -u

readonly here=${TEST_SRCDIR}/${TEST_WORKSPACE}
readonly hello=${here}/apps/hello/bare_metal_image.run
readonly reboot=${here}/tests/bare_metal/reboot_image.run
readonly text='Hello from a unikernel.'
failures=0
export TMPDIR=${TEST_TMPDIR}

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# expect STATUS TEXT COMMAND...: the command ends with STATUS, and TEXT is in what it writes.
expect() {
  local status=$1 wanted=$2 output actual
  shift 2
  output=$(set -o pipefail; timeout --kill-after=5 60 "$@" 2>&1 </dev/null | tr -d '\r\0')
  actual=$?
  [[ ${actual} == "${status}" ]] || fail "status ${actual}, not ${status}: ${*##*/}: ${output: -400}"
  [[ ${output} == *"${wanted}"* ]] || fail "no '${wanted}': ${*##*/}: ${output: -400}"
}

# line OPTION...: the command line that would run, without the exit device.
line() {
  local printed
  printed=$("${hello}" --print --accel=tcg "$@" 2>/dev/null)
  [[ ${printed} == *' -device isa-debug-exit,iobase=0xf4,iosize=0x04 '* ]] || fail "nothing to leave out: ${printed}"
  echo "${printed/ -device isa-debug-exit,iobase=0xf4,iosize=0x04 / }"
}

# The image's line and status. Words of the user's own are on the disk's copy.
for machine in pc q35; do
  for firmware in bios uefi; do
    expect 5 "${text}" "${hello}" --accel=tcg --machine="${machine}" --boot="${firmware}" -- 5
  done
done
expect 0 "${text}" "${hello}" --accel=tcg

# The same file as a CD.
printed=$("${hello}" --print --accel=tcg 2>/dev/null)
disk=$(grep -o 'file=[^,]*' <<<"${printed}")
for firmware in '' "$(grep -o -- '-bios [^ ]*' <<<"$("${hello}" --print --accel=tcg --boot=uefi 2>/dev/null)")"; do
  cd_line=${printed%% -drive *}" ${firmware} -cdrom ${disk#file=}"
  expect 255 "${text}" /bin/sh -c "exec ${cd_line}"
done

# It switches the machine off, without -no-reboot to mistake a reset for it.
for machine in pc q35; do
  for firmware in bios uefi; do
    printed=$(line --machine="${machine}" --boot="${firmware}")
    expect 0 "${text}" /bin/sh -c "exec ${printed/ -no-reboot / }"
  done
done

# It starts the machine anew: head ends it by the third line.
printed=$("${reboot}" --print --accel=tcg 2>/dev/null)
printed=${printed/ -device isa-debug-exit,iobase=0xf4,iosize=0x04 / }
boots=$(timeout --kill-after=5 60 /bin/sh -c "exec ${printed/ -no-reboot / }" 2>&1 </dev/null | tr -d '\r' | grep --line-buffered 'as new' | head -n 3)
[[ ${boots} == $'as new\nas new\nas new' ]] || fail "three boots said: ${boots}"

# A CPU that is none for it, and a machine without a serial port or a screen: the one is told, the others are no matter.
for cpu in max,nx=off qemu32; do
  output=$(timeout --kill-after=5 6 /bin/sh -c "exec $(line) -cpu ${cpu}" 2>&1 </dev/null | tr -d '\r')
  [[ ${output} == *'needs a 64-bit CPU with no-execute'* ]] || fail "${cpu}: ${output: -400}"
done
printed=$("${hello}" --print --accel=tcg 2>/dev/null)
expect 255 '' /bin/sh -c "exec ${printed/ -serial chardev:console / }"

if ((failures != 0)); then
  echo "${failures} failures"
  exit 1
fi
echo "all as it should be"
