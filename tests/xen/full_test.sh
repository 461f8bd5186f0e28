#!/bin/bash
# Boots Xen with a Linux initial domain, whose toolstack creates domains of our images (dom0/checks.sh): each check named here
# must have passed.
#
# Usage: full_test.sh QEMU XEN LINUX INITRAMFS
# SPDX-License-Identifier: Apache-2.0
set -u

readonly qemu=$1 xen=$2 linux=$3 initramfs=$4
readonly log=${TEST_TMPDIR}/log seconds=600

checks=()
for kind in pv pvh; do
  for check in hello "a failing program" configuration "guest tests" httpd network disk balloon power-off "power-off in exit()" \
    reboot "save and restore" "save and restore of a disk" migration; do
    checks+=("${kind}: ${check}")
  done
done

# With SMAP, this QEMU faults on a PV domain's return from an exception; with XSAVE, Linux's programs lose what they have in
# vector registers when they are interrupted, and die now and then.
timeout "${seconds}" "${qemu}" -nodefaults -no-user-config -display none -no-reboot -machine q35,kernel-irqchip=split -accel tcg \
  -cpu max,-smap,-xsave,-avx,-avx2,-fma,-f16c -m 480 -serial stdio -kernel "${xen}" \
  -append "console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=warning dom0_mem=288M,max:288M dom0_max_vcpus=1" \
  -initrd "${linux} console=hvc0 quiet loglevel=4 panic=-1 rdinit=/init,${initramfs}" </dev/null 2>&1 |
  tee "${log}"
status=${PIPESTATUS[0]}
[[ ${status} != 124 ]] || echo "FAILED: the machine ran for more than ${seconds} seconds"

failures=0
for check in "${checks[@]}"; do
  if ! grep -qF "CHECK ${check}: passed" "${log}"; then
    echo "FAILED: ${check}"
    failures=$((failures + 1))
  fi
done
unknown=$(grep -c 'CHECK .*: passed' "${log}")
if ((unknown != ${#checks[@]} - failures)); then
  echo "FAILED: ${unknown} checks passed, of which $((${#checks[@]} - failures)) are known here"
  failures=$((failures + 1))
fi
echo "${#checks[@]} checks, ${failures} failures"
[[ ${failures} == 0 && ${status} == 0 ]]
