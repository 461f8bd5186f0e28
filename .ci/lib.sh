# Shared by .ci/run and its steps: what a check is called, whether it held, and the count at the end.
# SPDX-License-Identifier: Apache-2.0

passed=0
failed=0

# check NAME COMMAND...: runs the command and counts it.
check() {
  name=$1
  shift
  printf '\n== %s\n' "$name"
  started=$(date +%s)
  if "$@"; then
    passed=$((passed + 1))
    printf '== %s: held (%d s)\n' "$name" $(($(date +%s) - started))
  else
    failed=$((failed + 1))
    printf '== %s: FAILED (%d s)\n' "$name" $(($(date +%s) - started))
  fi
}
