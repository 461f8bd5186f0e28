#!/bin/bash
# httpd's files arrive whole over each network card, on each machine, by each firmware.
#
#     page_test.sh SERVER_RUN FILE
#
# FILE is what the server has at /large.bin.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"
export TMPDIR=${TEST_TMPDIR}

readonly server=${TEST_SRCDIR}/${TEST_WORKSPACE}/$1 file=$2
readonly said=${TEST_TMPDIR}/said got=${TEST_TMPDIR}/got

# fetch MACHINE FIRMWARE CARD: the file, from the server on such a machine. tools/run gives each machine one of the cards.
fetch() {
  local printed port machine
  printed=$("${server}" --print --accel=tcg --memory=128 --machine="$1" --boot="$2")
  port=$(grep -oP 'hostfwd=tcp:127\.0\.0\.1:\K[0-9]+' <<<"${printed}")
  printed=$(sed -E "s/ -device e1000e?,/ -device $3,/" <<<"${printed}")
  if [[ ${printed} != *" -device $3,"* || -z ${port} ]]; then
    fail "$*: no network card to choose: ${printed}"
    return
  fi
  # Not what the machine before said, which is there until the shell below begins.
  : >"${said}"
  timeout --kill-after=5 120 /bin/sh -c "exec ${printed}" >"${said}" 2>&1 </dev/null &
  machine=$!
  # What the user network brings before the server has its address is lost.
  while kill -0 "${machine}" 2>/dev/null && ! grep -q --text 'net: address' "${said}"; do
    sleep 0.2
  done
  "${CURL}" --silent --show-error --max-time 60 --output "${got}" "http://127.0.0.1:${port}/large.bin" ||
    fail "$*: nothing came: $(tr -d '\r\0' <"${said}")"
  kill "${machine}" 2>/dev/null
  wait "${machine}" 2>/dev/null
  cmp "${got}" "${file}" || fail "$*: the file has changed"
}

for machine in pc q35; do
  for firmware in bios uefi; do
    for card in e1000 e1000e; do
      rm -f "${got}"
      fetch "${machine}" "${firmware}" "${card}"
    done
  done
done

finish
