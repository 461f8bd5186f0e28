#!/bin/bash
# Has an image load hello by the 64-bit boot protocol, and looks at hello's line and its status, which comes
# from the command line that the loader passed.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

expect 7 'Hello' "${TEST_SRCDIR}/${TEST_WORKSPACE}/$1" --accel=tcg
finish
