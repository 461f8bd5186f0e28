#!/bin/bash
# Boots images as `bazel run` does: status, console, options, mistakes, and that nothing stays behind.
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"

readonly kvm=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/kvm_image.run
readonly linuxu=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/linuxu_image.run
readonly kvm_aarch64=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/kvm_aarch64_image.run
readonly board=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/bare_metal_aarch64_image.run
readonly linuxu_aarch64=${TEST_SRCDIR}/${TEST_WORKSPACE}/apps/hello/linuxu_aarch64_image.run
readonly text='Hello from a unikernel.'

# Waits until no process has PID $1, at most ten seconds.
gone() {
  for ((i = 0; i < 100; i++)); do
    [[ -d /proc/$1 && $(grep -c '^State:.Z' "/proc/$1/status" 2>/dev/null) != 1 ]] || return 0
    sleep 0.1
  done
  return 1
}

# The first child of PID $1, once there is one.
child_of() {
  for ((i = 0; i < 100; i++)); do
    local children
    children=$(cat "/proc/$1/task/$1/children" 2>/dev/null)
    if [[ -n ${children} ]]; then
      echo "${children%% *}"
      return
    fi
    sleep 0.1
  done
}

# A run that waits for a debugger, in the background: sets pid and vm.
start_waiting() {
  "$@" --gdb >"${TEST_TMPDIR}/waiting" 2>&1 </dev/null &
  pid=$!
  vm=$(child_of "${pid}")
  [[ -n ${vm} ]] || fail "no VM: ${*##*/}"
  for ((i = 0; i < 100; i++)); do
    grep -q 'waiting for: gdb' "${TEST_TMPDIR}/waiting" && return
    sleep 0.1
  done
  fail "it does not say what it waits for: $(cat "${TEST_TMPDIR}/waiting")"
}

# The image's status is the command's, on each machine.
expect 0 "${text}" "${linuxu}"
expect 7 "${text}" "${linuxu}" -- 7
expect 7 "${text}" "${linuxu_aarch64}" -- 7
for machine in pc q35 microvm microvm,acpi=off; do
  expect 5 "${text}" "${kvm}" --machine="${machine}" --accel=tcg -- 5
done
for machine in virt,gic-version=2 virt,gic-version=3 virt-mmio; do
  expect 5 "${text}" "${kvm_aarch64}" --machine="${machine}" -- 5
done
expect 5 "${text}" "${board}" -- 5
expect 126 "${text}" "${kvm}" --accel=tcg -- 200
if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
  expect 5 "${text}" "${kvm}" --accel=kvm -- 5
else
  skip "the KVM accelerator: there is no usable /dev/kvm"
fi

# Standard output is the console's alone.
output=$("${kvm}" 2>"${TEST_TMPDIR}/said" </dev/null)
[[ ${output//$'\r'/} == "${text}" ]] || fail "standard output is '${output}'"
grep -q '^run: accelerator ' "${TEST_TMPDIR}/said" || fail "the accelerator is not named"

# What --print prints runs when it is pasted; QEMU's own status is the exit device's.
expect 255 "${text}" /bin/sh -c "$("${kvm}" --print 2>/dev/null)"
expect 255 "${text}" /bin/sh -c "$("${board}" --print 2>/dev/null)"
expect 0 "${text}" /bin/sh -c "$("${linuxu}" --print 2>/dev/null)"
expect 0 "${text}" /bin/sh -c "$("${linuxu_aarch64}" --print 2>/dev/null)"

# A file is where whoever starts the launcher is.
expect 0 "file=${TEST_TMPDIR}/disk" env -u BUILD_WORKING_DIRECTORY -C "${TEST_TMPDIR}" "${kvm}" --print --accel=tcg --disk=disk

# Mistakes.
expect 69 'give it --memory=' "${kvm}" --memory=1
expect 64 'microvm' "${kvm}" --machine=amiga
expect 69 'is for x86-64' "${kvm}" --machine=virt
expect 69 'is for AArch64' "${kvm_aarch64}" --machine=pc
expect 64 'the one board' "${board}" --machine=pc
expect 64 'has no network' "${kvm}" --port=80
expect 64 '--help lists them' "${kvm}" --prot=80
expect 69 'another backend' "${kvm}" --image="apps/hello/linuxu_image"
expect 69 'missing' "${kvm}" --image=nothing
expect 64 'without QEMU' "${linuxu}" --qemu-arg=-s
expect 64 'on no machine' "${linuxu}" --machine=pc

# However it ends, nothing stays.
for signal in INT TERM KILL; do
  for image in "${kvm}" "${linuxu}" "${linuxu_aarch64}"; do
    start_waiting "${image}"
    kill "-${signal}" "${pid}"
    wait "${pid}"
    status=$?
    [[ ${status} == $((128 + $(kill -l "${signal}"))) ]] || fail "SIG${signal}: status ${status}"
    gone "${vm}" || fail "SIG${signal} leaves ${image##*/} behind"
  done
done

# A debugger can attach where it is told to.
start_waiting "${kvm}"
port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' "${TEST_TMPDIR}/waiting")
# QEMU opens the port some time after the line that names it.
for _ in {1..100}; do
  { exec 3<>"/dev/tcp/127.0.0.1/${port}"; } 2>/dev/null && break
  sleep 0.1
done
printf '$?#3f' >&3 && read -r -n 4 -t 10 reply <&3 && exec 3<&- 3>&-
[[ ${reply:-} == '+$T0' ]] || fail "the debugger's stub says '${reply:-nothing}'"
kill "${pid}"
wait "${pid}"

start_waiting "${linuxu_aarch64}"
socket=$(sed -n "s/.*target remote \\(.*\\)'$/\\1/p" "${TEST_TMPDIR}/waiting")
for _ in {1..100}; do
  [[ -S ${socket} ]] && break
  sleep 0.1
done
[[ -S ${socket} ]] || fail "there is no socket for a debugger: '${socket}'"
kill "${pid}"
wait "${pid}"
[[ ! -e ${socket} ]] || fail "the socket for a debugger stays"

start_waiting "${linuxu}"
kill -CONT "${vm}"
wait "${pid}"
[[ $? == 0 ]] || fail "a process that waited for a debugger goes on otherwise"

finish
