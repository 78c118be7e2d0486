#!/bin/sh
# manual.sh: the man page formats without a warning and names every command, option, pass and kind of finding.
set -eu
cd "$(dirname "$0")/../.."
page=docs/samebytes.1
program=build/samebytes
status=0
if command -v man >/dev/null; then
    warnings=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z $page 2>&1 >/dev/null || true)
    [ -z "$warnings" ] || { echo "$page: $warnings"; status=1; }
fi
for command in $($program --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    grep -q "^\.B $command\$" $page || { echo "$page: the command $command is missing"; status=1; }
    for option in $($program $command --help | grep -o -- '--[a-z][a-z-]*' | sort -u); do
        grep -q -- "$(echo "$option" | sed 's/-/\\\\-/g')" $page ||
            { echo "$page: $option of $command is missing"; status=1; }
    done
done
for name in $(sed -n 's/.*= {"\([a-z-]*\)", .*/\1/p' src/canon/pass.c); do
    grep -q "$(echo "$name" | sed 's/-/\\\\-/g')" $page || { echo "$page: pass $name is missing"; status=1; }
done
for kind in $(sed -n 's/^SB_KIND([A-Z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' src/base/kinds.def); do
    grep -q "^| $kind |" docs/findings.md || { echo "docs/findings.md: $kind is missing"; status=1; }
done
exit $status
