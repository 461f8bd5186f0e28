# What the initial domain has the toolstack do with images, and what must come of it. One line a check: "CHECK name: passed",
# or what was wrong. //tests/xen:full_test knows their names.
# SPDX-License-Identifier: Apache-2.0

readonly tmp=/tmp/check

say() { echo "[$(cut -d' ' -f1 /proc/uptime)] $*"; }

# A domain is gone once its back ends have let go of its memory.
end_domains() {
  local left=100 domain
  for domain in $(xl list | awk 'NR > 2 { print $2 }'); do
    timeout 20 xl destroy "${domain}" 2>/dev/null
  done
  while [ "$(xl list | wc -l)" -gt 2 ] && [ "${left}" != 0 ]; do
    left=$((left - 1))
    sleep 0.3
  done
}

# check NAME COMMAND...
check() {
  local name=$1
  shift
  if "$@" >"${tmp}" 2>&1; then
    say "CHECK ${name}: passed"
  else
    say "CHECK ${name}: FAILED"
    cat "${tmp}"
    for log in /var/log/xen/console/guest-*.log /var/log/xen/xl-*.log; do
      [ ! -e "${log}" ] || { echo "--- ${log}"; tail -n 30 "${log}"; }
    done
  fi
  end_domains
  # All is in memory here.
  rm -f /var/log/xen/console/guest-*.log /tmp/*
}

# create KIND IMAGE [SETTING...]: a domain of the name "guest", by the configuration that the build wrote.
create() {
  local kind=$1 image=$2
  shift 2
  (cd "/images/${image}" && xl create -e ./*.cfg "name=\"guest\"" "type=\"${kind}\"" "$@")
}

# reason: why the domain ended, xl's number of it; "-" while it runs.
reason() { xl list -v guest | awk 'NR == 2 { print $8 }'; }

# ends_with REASON SECONDS
ends_with() {
  local left=$2
  while [ "$(reason)" = - ]; do
    [ "${left}" != 0 ] || { echo "still running"; return 1; }
    left=$((left - 1))
    sleep 1
  done
  [ "$(reason)" = "$1" ] || { echo "reason $(reason), not $1"; return 1; }
}

# prints TEXT: it is on the domain's console.
prints() { grep -q "$1" /var/log/xen/console/guest-guest.log || { echo "no such text: $1"; return 1; }; }

# wait_for_text TEXT: it comes to be there.
wait_for_text() {
  local left=100
  until prints "$1" >/dev/null 2>&1; do
    [ "${left}" != 0 ] || { prints "$1"; return; }
    left=$((left - 1))
    sleep 0.1
  done
}

hello_says_hello() {
  create "$1" hello && ends_with 0 30 && prints "Hello from a unikernel."
}

# A status other than zero is a crash to a toolstack.
hello_fails() {
  create "$1" hello 'cmdline="-- 7"' && ends_with 3 30 && prints "Hello from a unikernel."
}

# A command line with quotes and backslashes arrives, and nothing is in the configuration's way.
starts_as_written() {
  create "$1" quotes && ends_with 3 30 && prints "Hello from a unikernel."
}

guest_tests_pass() {
  create "$1" guest_tests && ends_with 0 180 && prints "  PASSED  "
}

# serve KIND IMAGE [SETTING...]: a domain with the network device that the build wrote.
serve() {
  local kind=$1 image=$2
  shift 2
  create "${kind}" "${image}" 'cmdline="net.address=10.0.77.2/24 --"' "$@"
}

# first PATH FILE: what the domain serves there, once it does.
first() {
  local left=20
  until fetch 10.0.77.2 "$1" "$2"; do
    [ "${left}" != 0 ] || { echo "nothing is served"; return 1; }
    left=$((left - 1))
    sleep 0.5
  done
}

same() { cmp "$1" "$2"; }

httpd_serves_its_page() {
  serve "$1" httpd && first / /tmp/page && same /tmp/page /images/httpd/index.html
}

# Large files go out by segments that the back end cuts; many connections are many small frames.
network_carries_much() {
  local i
  serve "$1" files && first /large.bin /tmp/large && same /tmp/large /images/files/large.bin || return
  for i in $(seq 20); do
    fetch 10.0.77.2 /small.txt /tmp/small && same /tmp/small /images/files/small.txt || return
  done
  fetch 10.0.77.2 /small.txt /tmp/small 1000 && same /tmp/small /images/files/small.txt
}

# The image copies the first half of its disk to the second, and discards the last block.
copies_its_disk() {
  head -c 1048576 /dev/urandom >/tmp/half && head -c 2097152 /dev/zero >/tmp/disk &&
    dd if=/tmp/half of=/tmp/disk conv=notrunc 2>/dev/null || return
  create "$1" disk 'disk=["format=raw,vdev=xvda,access=rw,script=/etc/xen/scripts/vbd,target=/tmp/disk"]' || return
  ends_with 0 60 && xl destroy guest && cat /tmp/half /tmp/half | cmp -n 2093056 - /tmp/disk
}

# Saved in the middle of its copying, with requests under way.
copies_across_save_and_restore() {
  local half=8388608
  head -c ${half} /dev/urandom >/tmp/half && head -c $((2 * half)) /dev/zero >/tmp/disk &&
    dd if=/tmp/half of=/tmp/disk conv=notrunc 2>/dev/null || return
  create "$1" disk memory=16 'disk=["format=raw,vdev=xvda,access=rw,script=/etc/xen/scripts/vbd,target=/tmp/disk"]' &&
    wait_for_text "blocks of" && timeout 40 xl save guest /tmp/saved && timeout 40 xl restore -e /tmp/saved || return
  rm /tmp/saved
  ends_with 0 120 && xl destroy guest && cat /tmp/half /tmp/half | cmp -n $((2 * half - 4096)) - /tmp/disk
}

# has_memory MIB: it has as much, or comes to it.
has_memory() {
  local left=20
  until [ "$(xl list guest | awk 'NR == 2 { print $3 }')" = "$1" ]; do
    [ "${left}" != 0 ] || { echo "$(xl list guest) is not $1 MiB"; return 1; }
    left=$((left - 1))
    sleep 0.5
  done
}

# A PVH domain begins with more than it may have.
gives_and_takes_memory() {
  local whole
  serve "$1" files maxmem=400 && first /small.txt /tmp/small || return
  whole=$(xl list guest | awk 'NR == 2 { print $3 }')
  xl mem-set guest $((whole - 3)) && has_memory $((whole - 3)) || return
  fetch 10.0.77.2 /large.bin /tmp/large && same /tmp/large /images/files/large.bin || return
  xl mem-set guest "${whole}" && has_memory "${whole}" && fetch 10.0.77.2 /large.bin /tmp/large 5 &&
    same /tmp/large /images/files/large.bin
}

# ends_when_asked KIND HOW REASON: as a program does.
ends_when_asked() {
  create "$1" farewell && wait_for_text "waiting" && xl "$2" guest && ends_with "$3" 20 && prints "said before: farewell, "
}

# One that was in exit() with a status other than zero when it was asked to power off has failed all the same. If it is gone by
# then, which only a machine that is much too slow makes it, that is no other end.
ends_as_it_would_have() {
  create "$1" farewell 'cmdline="-- 1"' && wait_for_text "waiting" || return
  xl shutdown guest
  ends_with 3 30 && prints "said before: farewell, "
}

# A client holds a connection while the domain, which has two network devices, is saved, once to go on as it is, once to be gone
# for a while and be restored. That its clock is right the client sees by the answers' dates.
outlives_save_and_restore() {
  local client
  serve "$1" httpd 'vif=["",""]' && first / /tmp/page || return
  fetch 10.0.77.2 / /tmp/held 3 /tmp/pause &
  client=$!
  wait_for_file /tmp/pause && timeout 40 xl save -c guest /tmp/saved && fetch 10.0.77.2 / /tmp/page &&
    timeout 40 xl save guest /tmp/saved || return
  [ "$(xl list | wc -l)" = 2 ] || { echo "it still runs"; return 1; }
  sleep 5
  timeout 40 xl restore -e /tmp/saved && rm /tmp/saved /tmp/pause && wait "${client}" && same /tmp/held /images/httpd/index.html &&
    fetch 10.0.77.2 / /tmp/page && same /tmp/page /images/httpd/index.html
}

# To this machine itself, which is what one has: the domain goes on from what was sent of it while it ran.
outlives_migration() {
  local client
  serve "$1" httpd && first / /tmp/page || return
  fetch 10.0.77.2 / /tmp/held 2 /tmp/pause &
  client=$!
  wait_for_file /tmp/pause && timeout 60 xl migrate -s "" guest "xl migrate-receive -e" && rm /tmp/pause &&
    wait "${client}" && same /tmp/held /images/httpd/index.html && fetch 10.0.77.2 / /tmp/page &&
    same /tmp/page /images/httpd/index.html
}

wait_for_file() {
  local left=100
  until [ -e "$1" ]; do
    [ "${left}" != 0 ] || { echo "$1 does not come"; return 1; }
    left=$((left - 1))
    sleep 0.1
  done
}

for kind in pv pvh; do
  check "${kind}: hello" hello_says_hello "${kind}"
  check "${kind}: a failing program" hello_fails "${kind}"
  check "${kind}: configuration" starts_as_written "${kind}"
  check "${kind}: guest tests" guest_tests_pass "${kind}"
  check "${kind}: httpd" httpd_serves_its_page "${kind}"
  check "${kind}: network" network_carries_much "${kind}"
  check "${kind}: disk" copies_its_disk "${kind}"
  check "${kind}: balloon" gives_and_takes_memory "${kind}"
  check "${kind}: power-off" ends_when_asked "${kind}" shutdown 0
  check "${kind}: power-off in exit()" ends_as_it_would_have "${kind}"
  check "${kind}: reboot" ends_when_asked "${kind}" reboot 1
  check "${kind}: save and restore" outlives_save_and_restore "${kind}"
  check "${kind}: save and restore of a disk" copies_across_save_and_restore "${kind}"
  check "${kind}: migration" outlives_migration "${kind}"
done
