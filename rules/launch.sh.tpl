#!/bin/sh
# Runs @LABEL@: written by unikernel_image.
cd "${RUNFILES_DIR:-${TEST_SRCDIR:-$0.runfiles}}/@WORKSPACE@" || exit 1
exec "@RUN@" --label=@LABEL@ --backend=@BACKEND@ --image="@IMAGE@" --symbols="@ELF@" --memory-mib=@MEMORY_MIB@ --network=@NETWORK@ \
  --qemu="@QEMU@" --uefi-firmware="@UEFI@" --test=@TEST@ --cmdline=@CMDLINE@ "$@"
