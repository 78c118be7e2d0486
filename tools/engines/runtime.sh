#!/bin/sh
# runtime.sh: stands before the OCI runtime of an engine (runc, crun) whose second build `verify --twice` compares with its first. It is
# found under the runtime's name, in a folder that is the first in PATH. While that folder has a file `varied`, what RUN runs
# gets other surroundings: environment, locale, time zone, umask, host name, number of processors, address layout, and the
# time, where its programs are glibc's and libfaketime is installed. What was varied is added to the file, a word a line.
#
# The bundle's config.json (OCI runtime-spec, config.md) is one line, as Go's encoding/json writes it: a quote inside a string is escaped,
# so a member's name is found by its text, and process comes first of all that has an environment.
set -eu
own=$(dirname "$0")
name=$(basename "$0")
PATH=$(echo "$PATH" | tr : '\n' | grep -vxF "$own" | tr '\n' : | sed 's/:$//')
export PATH

bundle=
creates=
before=
for word; do
    case $word in
    create | run) [ -n "$creates" ] || creates=yes ;;
    --bundle=*) bundle=${word#*=} ;;
    esac
    case $before in --bundle | -b) bundle=$word ;; esac
    before=$word
done
config=${bundle:-.}/config.json
if [ -z "$creates" ] || [ ! -e "$own/varied" ] || [ ! -f "$config" ]; then exec "$name" "$@"; fi

said=
edit() { # WORD SED-EXPRESSION: said where it changed something
    sed "$2" "$config" >"$config.varied"
    cmp -s "$config" "$config.varied" || said="$said $1"
    mv "$config.varied" "$config"
}

environment='"CAPTURE_ENVIRONMENT=i_capture_the_environment"'
edit environment "s|\"env\":\[|&$environment,|"
edit timezone 's|"env":\[|&"TZ=Pacific/Kiritimati",|'
edit locales 's|"env":\[|&"LANG=fr_CH.UTF-8","LC_ALL=C.UTF-8",|'
edit umask 's|"user":{|&"umask":2,|'
edit domain_host 's|"hostname":"[^"]*"|"hostname":"built-again"|'

# libfaketime loads in an image that has glibc, as new as the library asks for; in another one it would end every program.
loads() { # LIBRARY ROOT
    newest=$(grep -ao 'GLIBC_2[.][0-9.]*[0-9]' "$1" | sort -Vu | tail -n 1)
    for needed in libm.so.6 libc.so.6; do
        found=$(find "$2/lib" "$2/lib64" "$2/usr/lib" "$2/usr/lib64" -maxdepth 2 -name "$needed" 2>/dev/null | head -n 1)
        [ -n "$found" ] || return 1
    done
    grep -aqF "$newest" "$found"
}

# It is mounted in /dev, which is no part of the image, so that nothing is left.
root=$(sed -n 's|.*"root":{"path":"\([^"]*\)".*|\1|p' "$config")
case $root in /*) ;; *) root=${bundle:-.}/$root ;; esac
library=$(find /usr/lib /host/usr/lib -maxdepth 3 -path '*/faketime/libfaketime.so.1' 2>/dev/null | head -n 1)
if [ -n "$library" ] && loads "$library" "$root"; then
    mount='{"destination":"/dev/libfaketime.so.1","type":"bind","source":"'$library'","options":["bind","ro"]}'
    edit time "s|{\"destination\":\"/dev\",\"type\":\"tmpfs\"[^}]*}|&,$mount|"
    case "$said " in
    *' time '*) edit '' 's|"env":\[|&"LD_PRELOAD=/dev/libfaketime.so.1","FAKETIME=+25h","NO_FAKE_STAT=1","FAKETIME_DONT_FAKE_MONOTONIC=1",|' ;;
    esac
fi

# One processor. Until runc 1.2.7 and 1.3.1 a container keeps the one that its runtime was started on; later ones and crun ask its control
# group alone.
processor=$(taskset -cp $$ 2>/dev/null | sed 's/.*[^0-9]//')
version=$("$name" --version | sed -n 's/^runc version \([0-9.]*\).*/\1/p')
set -- "$name" "$@"
if [ "$(nproc)" = 1 ] || [ -z "$processor" ]; then
    :
elif [ -n "$version" ] && [ "$(printf '%s\n' 1.2.7 "$version" | sort -V | head -n 1)" != 1.2.7 ]; then
    set -- taskset -c "$processor" "$@"
    said="$said num_cpus"
elif ! grep -q '^ *0 *0 ' /proc/self/uid_map; then
    : # without root the group may have no say over processors
elif [ -e /sys/fs/cgroup/cpuset ] || grep -qw cpuset /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
    if grep -q '"cpu":{"' "$config"; then
        edit num_cpus "s|\"cpu\":{|&\"cpus\":\"$processor\",|"
    else
        edit num_cpus "s|\"resources\":{\"|\"resources\":{\"cpu\":{\"cpus\":\"$processor\"},\"|"
    fi
fi
if command -v setarch >/dev/null && setarch -R true 2>/dev/null; then
    set -- setarch -R "$@"
    said="$said aslr"
fi
echo "$said" | tr -s ' ' '\n' | sed '/^$/d' >>"$own/varied"
exec "$@"
