#!/bin/bash
# Boots hello as `bazel run` does, as a PV and as a PVH domain: its line, its status, its words, mistakes.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly hello=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/xen_image.run

# ends STATUS TEXT OPTION...: the run ends with STATUS, and TEXT is in what it writes.
ends() { expect "$1" "$2" "${hello}" "${@:3}"; }

for kind in pv pvh; do
  ends 0 'Hello from a unikernel.' --machine="${kind}"
  ends 7 'Hello from a unikernel.' --machine="${kind}" -- 7
done
# Words before the dashes are parameters; a comma and a blank arrive as they are.
ends 5 'Hello' --machine=pv -- a,b=c "two words" -- 5
ends 69 'give it --memory=' --memory=2
ends 64 'give pv or pvh' --machine=q35
ends 0 'dom0=pvh' --print

finish
