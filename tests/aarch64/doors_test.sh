#!/bin/bash
# An image is entered as an ELF file and as a Linux kernel, at EL1 and EL2, with each interrupt controller; at EL3, as an ELF
# file, it says that it should not be. Arguments: hello's launcher, hello as a Linux kernel takes it, httpd's launcher.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly hello=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1
readonly kernel=${TEST_SRCDIR}/${TEST_WORKSPACE}/$2
readonly httpd=${TEST_SRCDIR}/${TEST_WORKSPACE}/$3

# The other kernel, or the other machine, on QEMU's command line behind the launcher's own. QEMU puts the tree behind a kernel,
# where there is room for 2 MiB.
readonly as_kernel=(--memory=16 --qemu-arg=-kernel --qemu-arg="${kernel}")
at() { machine=(--qemu-arg=-machine --qemu-arg="$1"); }

for level in virtualization=off virtualization=on secure=on,virtualization=on; do
  for gic in 2 3; do
    at "${level},gic-version=${gic}"
    if [[ ${level} == secure* ]]; then
      expect 70 'panic: the image was entered at EL3' "${hello}" --accel=tcg "${machine[@]}"
      continue
    fi
    expect 0 'Hello from a unikernel.' "${hello}" --accel=tcg "${machine[@]}"
    expect 0 'Hello from a unikernel.' "${hello}" --accel=tcg "${machine[@]}" "${as_kernel[@]}"
    # Interrupts reach it: the timer's, and its network adapter's.
    expect_meanwhile 1 'serving' "${httpd}" --accel=tcg "${machine[@]}"
  done
done
at secure=on
expect 70 'panic: the image was entered at EL3' "${hello}" --accel=tcg "${machine[@]}"

# Two devices on PCI with one line between them, slots 1 and 5, where messages are not to be had; the CPU has no random numbers,
# so that the first one is asked for some. What the second one receives wakes the image.
at gic-version=3
devices=(-cpu cortex-a72 -netdev user,id=net
  -device virtio-rng-pci,addr=1,disable-legacy=on,romfile=
  -device virtio-net-pci,addr=5,disable-legacy=on,romfile=,netdev=net)
expect_meanwhile 1 'net: address 10.0.2.15' "${httpd}" --accel=tcg --network=no "${machine[@]}" "${devices[@]/#/--qemu-arg=}"
finish
