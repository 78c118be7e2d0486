#!/bin/sh
# layers.sh: holds the layers of docs/design.md. Every #include "x/…" in src/ must lead to the same or a lower
# layer, and so in verify/ from room to room; nothing in src/ includes anything of verify/; no header of verify/ leads back to
# itself; exported names begin with sb_.
set -eu
cd "$(dirname "$0")/../.."

# The layer of each folder of src/; folders of one number do not include each other.
layer() {
    case $1 in
    base) echo 1 ;; io) echo 2 ;; codec) echo 3 ;; tar | json) echo 4 ;; image | strip) echo 5 ;;
    canon) echo 6 ;; engines | packages) echo 7 ;; compare | recipe | smallest) echo 8 ;; audit) echo 9 ;; *) echo 0 ;;
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

# The rooms of verify/, each of which uses those before it alone. main.c uses all.
room() {
    case $1 in
    options) echo 1 ;; host) echo 2 ;; inputs) echo 3 ;; builds) echo 4 ;; audits) echo 5 ;; report) echo 6 ;;
    commands) echo 7 ;; *) echo 0 ;;
    esac
}

for file in verify/*/*.[ch]; do
    folder=$(basename "$(dirname "$file")")
    own=$(room "$folder")
    [ "$own" != 0 ] || { echo "$file: $folder is no room of docs/design.md"; status=1; }
    for include in $(sed -n 's/^ *# *include "\(.*\)".*/\1/p' "$file"); do
        other=${include%%/*}
        [ -e "src/$include" ] && continue
        [ -e "verify/$include" ] || { echo "$file: \"$include\" is neither below src/ nor below verify/"; status=1; continue; }
        [ "$other" = "$folder" ] || [ "$(room "$other")" -lt "$own" ] ||
            { echo "$file: includes $include, which is not below it"; status=1; }
    done
done
for file in verify/*.[ch]; do
    [ ! -e "$file" ] || [ "$file" = verify/main.c ] || { echo "$file: in no room of verify/"; status=1; }
done

# Headers of one room form no circle: tsort says where they do.
circles=$(for file in verify/*/*.h; do
    for include in $(sed -n 's/^ *# *include "\(.*\)".*/\1/p' "$file"); do
        [ ! -e "verify/$include" ] || echo "${file#verify/} $include"
    done
done | tsort 2>&1 >/dev/null || true)
[ -z "$circles" ] || { echo "headers that include each other: $circles"; status=1; }

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

# No file needs another that needs it: what each object takes from which, in order as far as there is one.
objects=$(make -s --no-print-directory print-OBJECTS)
if [ -e "$library" ]; then
    made=$(make -s --no-print-directory print-LIB_OBJECTS print-PROGRAM_OBJECTS)
    # shellcheck disable=SC2086 # a list of names without spaces
    circles=$(nm -A --extern-only $made | awk -v root="$objects/" '
        { sub(root, ""); sub(/\.o:/, " "); symbol = $NF }
        $(NF - 1) == "U" { users[++count] = $1; needs[count] = symbol; next }
        { home[symbol] = $1 }
        END { for (i = 1; i <= count; i++)
                  if (needs[i] in home && home[needs[i]] != users[i]) print users[i], home[needs[i]] }' |
        sort -u | tsort 2>&1 >/dev/null || true)
    [ -z "$circles" ] || { echo "files that need each other: $circles"; status=1; }
fi
exit $status
