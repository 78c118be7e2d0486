#!/usr/bin/env bash
# run.sh RELEASE…: the README's two commands, as somebody who has just installed Debian's RELEASE types them: in a root file
# system made for it, with gcc, make and git and nothing else, from a clone of what is committed here. Ends with "N passed, N
# failed, N skipped"; what the commands said is left in build/newcomers/.
set -u
cd "$(dirname "$0")/../.." || exit 1
here=$PWD
cache=${SAMEBYTES_SUITES:-${XDG_CACHE_HOME:-$HOME/.cache}/samebytes/suites}
passed=0 failed=0 skipped=0
mkdir -p build/newcomers

# say STATUS NAME LOG
say() {
    if [ "$1" = 0 ]; then
        echo "ok - $2: $(grep -E '^(reproduced|[0-9]+ passed)' "$3" | tail -n 1)"
        passed=$((passed + 1))
    else
        echo "not ok - $2 (whole in $3)"
        # What failed, and how it ended.
        { grep -E -A 12 '^(not ok|FAILED)' "$3" | head -n 60; tail -n 10 "$3"; } | sed 's/^/# /'
        failed=$((failed + 1))
    fi
}

try() {
    local release=$1 work log status
    if ! tools/engines/suite.sh make "fresh-$release"; then
        echo "not ok - $release: its root file system could not be made"
        failed=$((failed + 1))
        return
    fi
    # What is installed into it is thrown away: the next one is as fresh.
    work=$(mktemp -d "$cache/newcomer.XXXXXX")
    cp -a "$cache/fresh-$release" "$work/fresh-$release"
    export SAMEBYTES_SUITES=$work
    tools/engines/suite.sh serve "fresh-$release" none "$work/engine" &
    local serving=$!
    tools/engines/suite.sh wait "$work/engine"
    inside() {
        tools/engines/suite.sh in "$work/engine" env -i PATH="$PATH" HOME=/root LANG=C.UTF-8 \
            ${http_proxy+http_proxy="$http_proxy"} ${https_proxy+https_proxy="$https_proxy"} sh -c "$1"
    }
    log=$here/build/newcomers/$release.log
    inside "git -c safe.directory='*' clone --quiet '/host$here' /root/samebytes" >"$log" 2>&1
    for target in verify test; do
        log=$here/build/newcomers/$release-$target.log
        inside "cd /root/samebytes && make $target" >"$log" 2>&1 </dev/null
        status=$?
        say $status "$release: make $target" "$log"
    done
    kill $serving
    wait $serving 2>/dev/null
    unset SAMEBYTES_SUITES
    rm -rf "$work"
}

for release; do
    try "$release"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
