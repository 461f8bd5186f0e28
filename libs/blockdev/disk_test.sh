#!/bin/bash
# A guest copies the first half of each disk onto the second, through the driver of QEMU's own device, or linuxu's of a
# file: the files are compared here. A disk with a bad block fails there alone, a machine without a disk has none.
#
#     disk_test.sh IMAGE_RUN BACKEND MACHINE...
# SPDX-License-Identifier: Apache-2.0
set -u
. "${TEST_SRCDIR}/${TEST_WORKSPACE}/tests/shell/expect.sh"
export TMPDIR=${TEST_TMPDIR}

readonly image=$1 backend=$2
shift 2
readonly half=$((3 << 20))
cd "${TEST_TMPDIR}" || exit 1
export BUILD_WORKING_DIRECTORY=${PWD}  # as `bazel run` says where it was typed

# guest STATUS OPTION...: the image ends with STATUS.
guest() { expect "$1" '' "${TEST_SRCDIR}/${TEST_WORKSPACE}/${image}" --accel=tcg "${@:2}"; }

# compare DISK: both halves are the original.
compare() {
  cmp --bytes="${half}" original "$1" || fail "the first half of $1 has changed"
  # The last block was discarded.
  cmp --bytes=$((half - 4096)) original "$1" 0 "${half}" || fail "the second half of $1 is no copy of the first"
}

# disk FILE: a new one, the original and as many zeros.
disk() {
  truncate --size=0 "$1"
  cat original >"$1"
  truncate --size=$((2 * half)) "$1"
}

head -c "${half}" /dev/urandom >original
if [[ ${backend} == linuxu ]]; then
  disk one
  guest 0 --disk=one -- 1
  compare one
  guest 0 --disk=missing -- 0
  guest 0 -- 0
  finish
fi
boots=('')
[[ ${backend} != bare_metal ]] || boots=(--boot=bios --boot=uefi)
for machine in "$@"; do
  for boot in "${boots[@]}"; do
    disk one
    disk two
    guest 0 --machine="${machine}" ${boot:+"${boot}" --memory=128} --disk=one --disk="${PWD}/two" -- 2
    compare one
    compare two
  done
done

# Blocks of 4 KiB; another's file is only read.
readonly machine=$1
block_device=nvme
[[ ${backend} == bare_metal ]] || block_device=virtio-blk-pci
disk one
drive() {
  printf -- '--qemu-arg=-drive --qemu-arg=format=raw,if=none,id=d,%s --qemu-arg=-device --qemu-arg=%s,drive=d,serial=d%s' \
    "$1" "${block_device}" "${2-}"
}
# shellcheck disable=SC2046
guest 0 --machine="${machine}" $(drive "file=${PWD}/one" ",logical_block_size=4096,physical_block_size=4096")
compare one

# A read of block 100 fails, once and for all.
cat >blkdebug <<'END'
[inject-error]
event = "read_aio"
errno = "5"
sector = "100"
END
# shellcheck disable=SC2046
guest 0 --machine="${machine}" $(drive "file=blkdebug:${PWD}/blkdebug:${PWD}/one,rerror=report") -- 1 100

guest 0 --machine="${machine}" -- 0
guest 1 --machine="${machine}" -- 1

finish
