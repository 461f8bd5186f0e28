#!/bin/sh
# make_uefi_partition MTOOLS LOADER PARTITION: a FAT file system from which UEFI starts LOADER. 1 MiB, a fixed serial number,
# fixed dates: the same loader gives the same bytes.
# SPDX-License-Identifier: Apache-2.0
set -eu
export SOURCE_DATE_EPOCH=1672531200 MTOOLSRC=/dev/null TZ=UTC
"$1" -c mformat -i "$3" -C -T 2048 -h 1 -s 1 -N 41534c52 ::
"$1" -c mmd -i "$3" ::/efi ::/efi/boot
"$1" -c mcopy -i "$3" "$2" ::/efi/boot/bootx64.efi
