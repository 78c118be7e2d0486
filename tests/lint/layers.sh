#!/bin/sh
# layers.sh: holds the layers of docs/design.md. Every #include "x/…" in src/ must lead to the same or a lower
# layer; nothing in src/ includes anything of verify/; exported names begin with sb_.
set -eu
cd "$(dirname "$0")/../.."

# The layer of each folder of src/; folders of one number do not include each other.
layer() {
    case $1 in
    base) echo 1 ;; io) echo 2 ;; codec) echo 3 ;; tar | json) echo 4 ;; image) echo 5 ;;
    canon | profile) echo 6 ;; account | recipe | smallest) echo 7 ;; *) echo 0 ;;
    esac
}

status=0
for file in src/*/*.[ch]; do
    folder=$(basename "$(dirname "$file")")
    own=$(layer "$folder")
    [ "$own" != 0 ] || { echo "$file: no layer has the folder $folder"; status=1; }
    for include in $(sed -n 's/^ *# *include "\(.*\)".*/\1/p' "$file"); do
        other=${include%%/*}
        [ -e "src/$include" ] || { echo "$file: \"$include\" is not below src/"; status=1; continue; }
        [ "$other" = "$folder" ] && continue
        [ "$(layer "$other")" -lt "$own" ] || { echo "$file: includes $include, which is not below it"; status=1; }
    done
done

# The library is pure: no printing, no processes, no environment, no clock.
if grep -nE '\b(printf|fprintf|puts|putchar|perror|getenv|setenv|fork|execv[pe]*|system|popen|exit|time|clock_gettime|gettimeofday)\(' src/*/*.c; then
    echo 'src/: the library must not do the above'
    status=1
fi

library=$(make -s --no-print-directory print-LIBRARY)
if [ -e "$library" ]; then
    odd=$(nm --defined-only --extern-only "$library" | awk 'NF == 3 {print $3}' | grep -v '^sb_' || true)
    [ -z "$odd" ] || { echo "exported names without sb_: $odd"; status=1; }
    writable=$(nm --defined-only --format=sysv "$library" |
        awk -F'|' '$7 ~ /^ *(\.data|\.bss|\*COM\*)$/ {print $1}' || true)
    [ -z "$writable" ] || { echo "mutable globals in the library: $writable"; status=1; }
fi
exit $status
