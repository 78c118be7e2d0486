#!/bin/bash
# table.sh OUT.json [ENGINE…]: has the founding image built by every engine (or those named) and writes what `samebytes
# verify` measured, one object an engine, with the date of its package. An engine that cannot be brought up is an object
# with its reason. Ends with 1 where a row is not `reproduced`.
set -u
cd "$(dirname "$0")/../.." || exit 2
out=$1
shift
suite=tools/engines/suite.sh
engines=("$@")
[ ${#engines[@]} -gt 0 ] || engines=(docker@sid+containerd docker@sid docker@trixie+containerd docker@trixie
    docker@bookworm docker@bullseye podman@sid podman@trixie podman@bookworm buildah@sid buildah@trixie buildah@bookworm)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# When Debian first had that upstream version, by the package's changelog.
package_date() { # RELEASE PACKAGE
    root=$($suite path "$1" 2>/dev/null) || return 0
    zcat "$root/usr/share/doc/$2/changelog.Debian.gz" 2>/dev/null | awk '
        /^[^ ]/ {version = $2; gsub(/[()]/, "", version); sub(/-[^-]*$/, "", version); first = first ? first : version}
        /^ -- / && version == first {sub(/^.*>  /, ""); date = $0}
        END {print date}' | date -u -f - +%Y-%m-%d 2>/dev/null
}

for engine in "${engines[@]}"; do
    release=${engine#*@}
    release=${release%%+*}
    package=${engine%%@*}
    [ "$package" != docker ] || package=docker.io
    echo "$engine ..." >&2
    if build/samebytes verify --engine "$engine" --twice --image t --max-size 1000 --assemble t=asm/t.asm --json . \
        >"$work/report" 2>"$work/error"; then
        :
    elif [ ! -s "$work/report" ]; then
        jq -n --arg engine "$engine" --arg reason "$(tail -n 1 "$work/error")" '{$engine, $reason, builds: []}'
        status=1
        continue
    else
        status=1
    fi
    jq --arg engine "$engine" --arg date "$(package_date "$release" "$package")" '{$engine, date: $date, verdict, budget,
        builds: [.builds[] | select(.builder != "native" and (.builder | endswith("-again") | not))],
        differences, twice}' "$work/report"
done | jq -s . >"$work/all" || exit 2
mv "$work/all" "$out"
jq -e 'all(.reason == null and .verdict == "reproduced")' "$out" >/dev/null || status=1
python3 tools/engines/report.py table "$out"
exit $status
