#!/bin/bash
# A bare-metal image boots on each machine by each firmware, from a disk and as a CD; what a machine lacks ends it with a
# sentence; it powers the machine off, or starts it anew where it was built to.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"
export TMPDIR=${TEST_TMPDIR}

readonly here=${TEST_SRCDIR}/${TEST_WORKSPACE}
readonly hello=${here}/apps/hello/bare_metal_image.run
readonly server=${here}/apps/httpd/bare_metal_image.run
readonly reboot=${here}/tests/bare_metal/reboot_image.run
readonly text='Hello from a unikernel.'

# line IMAGE OPTION...: ${printed} is the command line that would run, without the exit device.
line() {
  printed=$("$1" --print --accel=tcg "${@:2}" 2>/dev/null)
  [[ ${printed} == *' -device isa-debug-exit,iobase=0xf4,iosize=0x04 '* ]] || fail "nothing to leave out: ${printed}"
  printed=${printed/ -device isa-debug-exit,iobase=0xf4,iosize=0x04 / }
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
    line "${hello}" --machine="${machine}" --boot="${firmware}"
    expect 0 "${text}" /bin/sh -c "exec ${printed/ -no-reboot / }"
  done
done

# It starts the machine anew.
for machine in pc q35; do
  for firmware in bios uefi; do
    line "${reboot}" --memory=128 --machine="${machine}" --boot="${firmware}"
    expect_meanwhile 3 'as new' /bin/sh -c "exec ${printed/ -no-reboot / }"
  done
done

# A CPU that is none for it, and a machine without a serial port or a screen: the one is told, the others are no matter.
line "${hello}"
for cpu in max,nx=off qemu32; do
  output=$(timeout --kill-after=5 6 /bin/sh -c "exec ${printed} -cpu ${cpu}" 2>&1 </dev/null | tr -d '\r')
  [[ ${output} == *'needs a 64-bit CPU with no-execute'* ]] || fail "${cpu}: ${output}"
done
printed=$("${hello}" --print --accel=tcg 2>/dev/null)
expect 255 '' /bin/sh -c "exec ${printed/ -serial chardev:console / }"

# A network card that is missing, or that nobody here drives.
expect_meanwhile 1 'there is no network device' "${server}" --accel=tcg --network=no
expect_meanwhile 1 'is a network card without a driver here: 0x10ec 0x8139' "${server}" --accel=tcg --network=no \
  --qemu-arg=-device --qemu-arg=rtl8139,romfile=

# A disk that ends in the middle of the image, as on too small a stick. The image is the last ELF file on it.
image_at=$(LC_ALL=C grep --only-matching --byte-offset --binary --text --perl-regexp '\x7fELF\x02' "${disk#file=}" | tail -n 1 | cut -d : -f 1)
head -c $((image_at + 8192)) "${disk#file=}" >"${TEST_TMPDIR}/small.iso"
printed=$("${hello}" --print --accel=tcg --boot=uefi 2>/dev/null)
expect_meanwhile 1 'error: premature end of file /boot/image.' /bin/sh -c "exec ${printed/"${disk}"/file=${TEST_TMPDIR}/small.iso}"

finish
