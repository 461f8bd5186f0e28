#!/bin/bash
# Device trees that lack what an image needs end it with one sentence. Arguments: the image's launcher, a good tree.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly image=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1
readonly good=${TEST_SRCDIR}/${TEST_WORKSPACE}/$2
readonly tree=${TEST_TMPDIR}/tree.dtb

# panics TEXT: with the tree, the image ends with a panic that says so.
panics() { expect 70 "panic: $1" "${image}" --accel=tcg --qemu-arg=-dtb --qemu-arg="${tree}" -- --; }

# replace OLD NEW, of one length: the tree is a good one but for that.
replace() {
  LC_ALL=C sed "s/$1/$2/g" "${good}" >"${tree}"
  ! cmp --quiet "${good}" "${tree}" || fail "no $1 in the tree"
}

replace arm,gic-v3 ARM,GIC-V3
panics 'the device tree describes no interrupt controller that this image knows: GICv2 or GICv3'
replace arm,armv ARM,ARMV
panics "the device tree does not say which interrupt is the timer's"
# How many cells an interrupt has, by another name: none can be read then.
replace '#interrupt-cells' '#interrupt-lless'
panics "the device tree does not say which interrupt is the timer's"

# Larger than what there is room for where QEMU leaves it: then there is none.
cat "${good}" >"${tree}"
truncate --size=2M "${tree}"
printf '\x00\x20\x00\x00' | dd of="${tree}" bs=1 seek=4 conv=notrunc status=none
panics 'the loader passed no device tree that this image understands'

finish
