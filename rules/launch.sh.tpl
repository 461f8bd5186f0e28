#!/bin/sh
# Runs @LABEL@: written by unikernel_image.
# What files on the command line are relative to: `bazel run` says it, and whoever starts this is there.
export BUILD_WORKING_DIRECTORY="${BUILD_WORKING_DIRECTORY:-$PWD}"
cd "${RUNFILES_DIR:-${TEST_SRCDIR:-$0.runfiles}}/@WORKSPACE@" || exit 1
set -- --label=@LABEL@ --backend=@BACKEND@ --image="@IMAGE@" --symbols="@ELF@" --memory-mib=@MEMORY_MIB@ --network=@NETWORK@ \
  --qemu="@QEMU@" --uefi-firmware="@UEFI@" --hypervisor="@HYPERVISOR@" --device-tree="@DEVICE_TREE@" --test=@TEST@ --cmdline=@CMDLINE@ "$@"
machines="@TEST_MACHINES@"
[ "${machines}" ] || exec "@RUN@" "$@"
for machine in ${machines}; do
  "@RUN@" --machine="${machine}" "$@" || exit
done
