#!/usr/bin/env bash
# make.sh [MACHINE…]: a release of what is committed, in build/release/: a static program for each machine (amd64, arm64 and
# riscv64), SHA256SUMS, and a bill of materials in SPDX 2.3. Everything is built twice, in two folders of different names; a
# byte that differs ends it, and nothing is left under its name.
set -eu
cd "$(dirname "$0")/../.."
here=$PWD
machines=("$@")
[ $# != 0 ] || machines=(amd64 arm64 riscv64)
version=$(sed -n 's/^VERSION := //p' Makefile)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/samebytes-release.XXXXXX")
trap 'rm -rf "$work"' EXIT

for folder in "$work/one" "$work/another name"; do
    mkdir -p "$folder"
    # What is committed and nothing else, so that nobody's leftovers get in.
    git archive HEAD | tar -x -C "$folder"
done
mv "$work/another name" "$work/another-folder-of-another-length"
for folder in "$work/one" "$work/another-folder-of-another-length"; do
    "$folder/tools/machines/build.sh" "${machines[@]}"
done

result=$work/release
mkdir "$result"
for machine in "${machines[@]}"; do
    first=$work/one/build/samebytes-$machine
    cmp "$first" "$work/another-folder-of-another-length/build/samebytes-$machine" ||
        { echo "make.sh: samebytes-$machine is not the same bytes in two folders; nothing is released" >&2; exit 1; }
    cp "$first" "$result/"
done
(cd "$result" && sha256sum samebytes-* >SHA256SUMS)
root=$("$here/tools/engines/suite.sh" path machines)
python3 "$here/tools/release/bill.py" "$version" "$(git log -1 --format=%H)" "$(git log -1 --format=%ct)" "$root" \
    "$result" >"$work/samebytes.spdx.json"
mv "$work/samebytes.spdx.json" "$result/"
rm -rf "$here/build/release"
mkdir -p "$here/build"
cp -r "$result" "$here/build/release"
cat "$here/build/release/SHA256SUMS"
