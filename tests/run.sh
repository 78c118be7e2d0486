#!/usr/bin/env bash
# run.sh [FILE.bats…]: unit tests, then the tests of the command line and of the engines (or the files that are
# named). Ends with "N passed, N failed, N skipped", and non-zero where anything failed.
set -u
export PYTHONDONTWRITEBYTECODE=1
cd "$(dirname "$0")/.." || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT

if [ $# = 0 ]; then
    set -- tests/cli/*.bats tests/engines/*.bats
    # Unit tests run with sanitizers: they are small.
    make --no-print-directory -j"$(nproc)" MODE=debug unit 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" = 0 ] || echo "not ok - the unit tests did not build or stopped early" | tee -a "$log"
fi
for file; do
    echo "# $file"
    bats --tap "$file" 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" = 0 ] || grep -q '^not ok' "$log" ||
        echo "not ok - $file did not run" | tee -a "$log"
done

skipped=$(grep -c '^ok .* # skip' "$log")
passed=$(($(grep -c '^ok ' "$log") - skipped))
failed=$(grep -c '^not ok' "$log")
[ "$skipped" = 0 ] || { echo; echo "skipped:"; grep '^ok .* # skip' "$log"; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
