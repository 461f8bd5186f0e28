#!/bin/bash
# Boots hello as `bazel run` does, as a PV and as a PVH domain: its line, its status, its words, mistakes.
# SPDX-License-Identifier: Apache-2.0
set -u

readonly hello=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/xen_image.run
failures=0

# expect STATUS TEXT OPTION...: the run ends with STATUS, and TEXT is in what it writes.
expect() {
  local status=$1 wanted=$2 output actual
  shift 2
  output=$("${hello}" "$@" 2>&1 </dev/null)
  actual=$?
  if [[ ${actual} != "${status}" || ${output} != *"${wanted}"* ]]; then
    printf 'FAILED: %s: status %s, not %s; wanted "%s" in:\n%s\n' "$*" "${actual}" "${status}" "${wanted}" "${output}"
    failures=$((failures + 1))
  fi
}

for kind in pv pvh; do
  expect 0 'Hello from a unikernel.' --machine="${kind}"
  expect 7 'Hello from a unikernel.' --machine="${kind}" -- 7
done
# Words before the dashes are parameters; a comma and a blank arrive as they are.
expect 5 'Hello' --machine=pv -- a,b=c "two words" -- 5
expect 69 'give it --memory=' --memory=2
expect 64 'give pv or pvh' --machine=q35
expect 0 'dom0=pvh' --print

if ((failures != 0)); then
  echo "${failures} failures"
  exit 1
fi
