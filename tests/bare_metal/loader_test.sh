#!/bin/bash
# What a boot loader leaves out ends the image with a sentence: it is entered by a loader of our own, in QEMU.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"
export TMPDIR=${TEST_TMPDIR}

readonly loader=${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/bare_metal/loader_image.run

# starts STATUS TEXT WHAT: told WHAT it is to pass, it ends with STATUS, and TEXT is in what was written.
starts() { expect "$1" "$2" "${loader}" --accel=tcg -- "$3"; }

starts 5 'There is memory.' good
starts 70 'the boot loader passed no memory map' no_memory_map
starts 70 'the boot loader passed no multiboot2 information' broken
starts 70 'the boot loader passed no multiboot2 information' no_information

finish
