# Sourced by tests of programs: they count what is not as it should be, and say so at their end.
#
#     . "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"
#     expect 0 'Hello' "${image}" --accel=tcg
#     finish
# SPDX-License-Identifier: Apache-2.0
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# expect STATUS TEXT COMMAND...: the command ends with STATUS within two minutes, and TEXT is in what it writes, which is in
# ${output} then.
expect() {
  local status=$1 wanted=$2 actual
  shift 2
  output=$(set -o pipefail; timeout --kill-after=5 120 "$@" 2>&1 </dev/null | tr -d '\r\0')
  actual=$?
  [[ ${actual} == "${status}" ]] || fail "status ${actual}, not ${status}: ${*##*/}: ${output}"
  [[ ${output} == *"${wanted}"* ]] || fail "no '${wanted}': ${*##*/}: ${output}"
}

# expect_meanwhile COUNT TEXT COMMAND...: TEXT is in COUNT lines of what the command writes, which goes on and is ended then.
expect_meanwhile() {
  local count=$1 wanted=$2 said=${TEST_TMPDIR}/said command
  shift 2
  : >"${said}"
  timeout --kill-after=5 120 "$@" >"${said}" 2>&1 </dev/null &
  command=$!
  while kill -0 "${command}" 2>/dev/null && (($(grep --count --text --fixed-strings "${wanted}" "${said}") < count)); do
    sleep 0.2
  done
  kill "${command}" 2>/dev/null
  wait "${command}"
  output=$(tr -d '\r\0' <"${said}")
  (($(grep --count --text --fixed-strings "${wanted}" "${said}") >= count)) ||
    fail "not ${count} times '${wanted}': ${*##*/}: ${output}"
}

# Says what this machine cannot do, and why; .ci/run names it.
skip() { echo "SKIPPED: $*"; }

# Ends the test.
finish() {
  if ((failures != 0)); then
    echo "${failures} failures"
    exit 1
  fi
  echo "all as it should be"
  exit 0
}
