#!/bin/bash
# A program that needs random bytes runs where the CPU has them; where it has none, it ends with a sentence that says what to
# do. Argument: the image.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly image=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1

expect 0 '' "${image}" --accel=tcg
expect 70 'no source of entropy' "${image}" --accel=tcg --qemu-arg=-cpu --qemu-arg=qemu64

finish
