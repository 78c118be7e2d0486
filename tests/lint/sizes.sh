#!/bin/sh
# sizes.sh: files of at most 500 lines, functions of at most 80.
set -eu
cd "$(dirname "$0")/../.."
status=0
for file in src/*/*.[ch] verify/*.[ch] verify/*/*.[ch]; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 500 ] || { echo "$file: $lines lines"; status=1; }
    awk -v file="$file" '
        /^[a-zA-Z_].*\) \{$/ || (/^ .*\) \{$/ && !open && started) { open = NR }
        /^[a-zA-Z_]/ { started = 1 }
        /^}/ { if (open && NR - open > 80) { print file ":" open ": a function of " NR - open " lines"; bad = 1 } open = 0; started = 0 }
        END { exit bad }' "$file" || status=1
done
exit $status
