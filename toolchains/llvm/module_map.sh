#!/bin/bash
# Writes the module map of a toolchain's headers, in the shell's own words: the programs of the machine that builds are no input.
#
# module_map.sh MODULE_MAP PATH...    headers and folders of headers, in order; a folder's files stand in the order of their paths
# SPDX-License-Identifier: Apache-2.0
set -eu
LC_ALL=C
shopt -s dotglob nullglob

header() { printf '  textual header "%s"\n' "$1"; }

# The files below folder $1, which ends in a slash. The shell sorts names: "x.h" comes after "x", but before all that is in "x/".
folder() {
  local path next folders=("$1"*/)
  for path in "$1"* ""; do
    while [ ${#folders[@]} -gt 0 ] && { [ -z "$path" ] || [[ ${folders[0]} < $path ]]; }; do
      next=${folders[0]}
      folders=("${folders[@]:1}")
      folder "$next"
    done
    [ ! -f "$path" ] || header "$path"
  done
}

out=$1
shift
{
  echo 'module "crosstool" [system] {'
  for path; do
    if [ -d "$path" ]; then folder "$path/"; else header "$path"; fi
  done
  echo '}'
} >"$out"
