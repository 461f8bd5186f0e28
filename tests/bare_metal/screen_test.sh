#!/bin/bash
# What an image writes stands on the screen when it failed: on a PC, by BIOS and by UEFI, and on a Raspberry Pi, as long as the
# emulator does not go away with the switched-off board.
# SPDX-License-Identifier: Apache-2.0
set -u

readonly here=${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/bare_metal
export TMPDIR=${TEST_TMPDIR}
cd "${TEST_TMPDIR}" || exit 1
failures=0

# wait_for COMMAND...: until the command succeeds, at most half a minute.
wait_for() {
  for ((i = 0; i < 300; i++)); do
    "$@" 2>/dev/null && return
    sleep 0.1
  done
  return 1
}

# shows TEXT: it stands on the screen, which is dumped anew each time: the serial port has a line before the screen has it.
shows() {
  echo "screendump screen.ppm" >&3
  "${here}/read_screen" screen.ppm >text && [[ $(head -n "$(wc -l <<<"$1")" text) == "$1" ]]
}

for firmware in bios uefi board; do
  if [[ ${firmware} == board ]]; then
    line=$("${here}/screen_aarch64_image.run" --print --accel=tcg 2>/dev/null)
    line="${line/ -semihosting-config enable=on,target=native / } -no-shutdown"
    last_line=
  else
    line=$("${here}/screen_image.run" --print --accel=tcg --machine=q35 --boot="${firmware}" 2>/dev/null)
    line="${line/ -device isa-debug-exit,iobase=0xf4,iosize=0x04 / } -device VGA"
    last_line='the end, with status 5'
  fi
  rm -f monitor.in monitor.out console screen.ppm
  mkfifo monitor.in
  ln -s /dev/null monitor.out
  exec 3<>monitor.in
  /bin/sh -c "exec ${line} -chardev pipe,id=monitor,path=monitor -mon chardev=monitor" >console 2>&1 </dev/null &
  machine=$!
  : >text
  expected='Hello from a unikernel.'${last_line:+$'\n'${last_line}}
  if ! wait_for shows "${expected}"; then
    printf 'FAILED: %s: the screen shows:\n%s\nthe serial port:\n%s\n' "${firmware}" "$(cat text)" "$(cat console)"
    failures=$((failures + 1))
  fi
  kill "${machine}"
  wait "${machine}" 2>/dev/null
done
((failures == 0))
