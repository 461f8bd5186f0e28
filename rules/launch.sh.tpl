#!/bin/sh
# Runs @LABEL@: written by unikernel_image.
cd "${RUNFILES_DIR:-${TEST_SRCDIR:-$0.runfiles}}/@WORKSPACE@" || exit 1
# QEMU keeps what a guest writes to its disk in a file here, and a test may write nowhere else.
[ -z "${TEST_TMPDIR}" ] || export TMPDIR="${TEST_TMPDIR}"
set -- --label=@LABEL@ --backend=@BACKEND@ --image="@IMAGE@" --symbols="@ELF@" --memory-mib=@MEMORY_MIB@ --network=@NETWORK@ \
  --qemu="@QEMU@" --uefi-firmware="@UEFI@" --hypervisor="@HYPERVISOR@" --test=@TEST@ --cmdline=@CMDLINE@ "$@"
machines="@TEST_MACHINES@"
[ "${machines}" ] || exec "@RUN@" "$@"
for machine in ${machines}; do
  "@RUN@" --machine="${machine}" "$@" || exit
done
