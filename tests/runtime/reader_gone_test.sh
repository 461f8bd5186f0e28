#!/bin/bash
# An image whose output nobody reads any more goes on to its own end. Argument: the image.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly image=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1

exec {output}> >(:)
wait $!
timeout 120 "${image}" >&"${output}"
status=$?
((status == 0)) || fail "status ${status}"

finish
