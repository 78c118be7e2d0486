#!/bin/sh
# suite.sh: the engines of other Debian releases, each in a root file system of its own.
#
#   suite.sh make SUITE…              build the root file systems (bullseye, bookworm, trixie, sid). Beside those with
#                                     engines there are fresh-SUITE, with gcc, make and git alone, machines, with
#                                     compilers and libraries for other machines, and upstream: sid with the Docker
#                                     engine that its makers released last (upstream.sh)
#   suite.sh add SUITE PACKAGE…       install more packages into one
#   suite.sh serve SUITE STORE FOLDER run one until this process ends: STORE is overlay2, vfs or containerd (Docker's
#                                     stores), or none (no dockerd; podman and buildah need none). FOLDER takes what the
#                                     engine writes: data, log, pid
#   suite.sh wait FOLDER              wait until that engine answers
#   suite.sh in FOLDER COMMAND…       run a command beside that engine; this machine's files are below /host there
#   suite.sh path SUITE               the folder of a root file system; fails where it is not complete
#
# SAMEBYTES_SUITES is the folder they are kept in (default: ~/.cache/samebytes/suites). Needs root and mmdebstrap.
# Nothing of this machine is changed but that folder. All mounts and processes of `serve` live in namespaces of its
# own, so they end with it, however it ends.
set -eu

cache=${SAMEBYTES_SUITES:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/samebytes/suites}

fail() {
    echo "suite.sh: $*" >&2
    exit 2
}

# The Debian mirror that this machine's apt uses.
mirror() {
    sed -n 's/^URIs: *//p; s/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list \
        /etc/apt/sources.list.d/* 2>/dev/null | grep -E '/debian/?$' | head -n 1 | grep . ||
        echo http://deb.debian.org/debian
}

# iptables: dockerd of some releases does not start without the program, even if it is told not to use it.
packages() {
    common=docker.io,iptables,ca-certificates,nasm,gzip,tar,procps
    case $1 in
    bullseye) echo $common ;;
    bookworm) echo $common,podman,buildah,skopeo,crun ;;
    trixie | sid) echo $common,docker-cli,docker-buildx,podman,buildah,skopeo,crun ;;
    fresh-bookworm | fresh-trixie | fresh-sid) echo gcc,make,git ;;
    machines)
        list=gcc,libc6-dev,make,musl-tools,dpkg-dev,gperf,m4,linux-libc-dev,xz-utils
        for machine in arm64:aarch64 riscv64:riscv64; do
            list=$list,gcc-${machine#*:}-linux-gnu
            for library in libc6-dev nettle-dev libssl-dev zlib1g-dev libzstd-dev liblzma-dev libbz2-dev libseccomp-dev; do
                list=$list,$library:${machine%:*}
            done
        done
        echo "$list"
        ;;
    *) fail "unknown suite '$1': bullseye, bookworm, trixie and sid are known" ;;
    esac
}

# The Debian release of a root file system, and the architectures of its packages.
release_of() {
    case $1 in
    machines) echo trixie ;;
    *) echo "${1#fresh-}" ;;
    esac
}
architectures_of() {
    case $1 in
    machines) echo "$(dpkg --print-architecture),arm64,riscv64" ;;
    *) dpkg --print-architecture ;;
    esac
}

# A copy of sid with another engine in it.
make_upstream() {
    [ ! -e "$cache/upstream/.complete" ] || return 0
    [ "$(id -u)" = 0 ] || fail "upstream: making its root file system needs root"
    make_suite sid
    exec 9>"$cache/.upstream.lock"
    flock 9
    [ ! -e "$cache/upstream/.complete" ] || return 0
    rm -rf "${cache:?}/upstream" "$cache/upstream.part"
    cp -a "$cache/sid" "$cache/upstream.part"
    rm "$cache/upstream.part/.complete"
    "$(dirname "$0")/upstream.sh" "$cache/upstream.part" || fail "upstream: its engine could not be built"
    : >"$cache/upstream.part/.complete"
    mv "$cache/upstream.part" "$cache/upstream"
}

make_suite() {
    suite=$1
    [ "$suite" != upstream ] || { make_upstream; return; }
    list=$(packages "$suite")
    if [ -e "$cache/$suite/.complete" ]; then
        # One that was made when the list was shorter gets the rest.
        # shellcheck disable=SC2046 # a list of package names
        [ "$(cat "$cache/$suite/.complete")" = "$list" ] ||
            { add "$suite" $(echo "$list" | tr , ' ') && echo "$list" >"$cache/$suite/.complete"; }
        return 0
    fi
    [ "$(id -u)" = 0 ] || fail "$suite: making its root file system needs root"
    command -v mmdebstrap >/dev/null || fail "$suite: mmdebstrap is not installed (apt-get install mmdebstrap)"
    mkdir -p "$cache"
    exec 9>"$cache/.$suite.lock"
    flock 9
    [ ! -e "$cache/$suite/.complete" ] || return 0
    rm -rf "${cache:?}/$suite" "$cache/$suite.part"
    # A release file may be past its date on a mirror that has stopped; these roots are for measuring old versions,
    # not for running them, so the date is not asked for here. Signatures are.
    mmdebstrap --quiet --variant=minbase --mode=root --include="$list" --architectures="$(architectures_of "$suite")" \
        --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "3"' \
        --aptopt='APT::Install-Recommends "false"' "$(release_of "$suite")" "$cache/$suite.part" "$(mirror)" >"$cache/$suite.log" 2>&1 ||
        fail "$suite: mmdebstrap failed: $(grep -E '^(E|W):' "$cache/$suite.log" | tail -n 2 | tr '\n' ' ')(whole in $cache/$suite.log)"
    mkdir -p "$cache/$suite.part/engine" "$cache/$suite.part/host" "$cache/$suite.part/.old"
    case $list in
    *podman*)
        mkdir -p "$cache/$suite.part/etc/containers"
        [ -e "$cache/$suite.part/etc/containers/policy.json" ] ||
            echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$cache/$suite.part/etc/containers/policy.json"
        ;;
    esac
    echo "$list" >"$cache/$suite.part/.complete"
    mv "$cache/$suite.part" "$cache/$suite"
}

root_of() {
    [ -e "$cache/$1/.complete" ] || fail "$1: no root file system at $cache/$1 (make one: $0 make $1)"
    echo "$cache/$1"
}

add() {
    root=$(root_of "$1")
    shift
    missing=
    for package; do
        [ "$(chroot "$root" dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086 # a list of package names
    {
        chroot "$root" apt-get -q -o Acquire::Check-Valid-Until=false update &&
            chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Options::=--force-confold install -y \
                --no-install-recommends $missing
    } >>"$root.log" 2>&1 || fail "$missing: cannot be installed ($(grep '^E:' "$root.log" | tail -n 1))"
}

serve() {
    suite=$1 store=$2 folder=$3
    root=$(root_of "$suite")
    case $store in
    overlay2 | vfs) config="{\"storage-driver\":\"$store\",\"features\":{\"containerd-snapshotter\":false}}" ;;
    containerd) config='{"features":{"containerd-snapshotter":true}}' ;;
    none) config= ;;
    *) fail "unknown store '$store': overlay2, vfs, containerd and none are known" ;;
    esac
    mkdir -p "$folder/data"
    folder=$(cd "$folder" && pwd)
    rm -f "$folder/pid"
    # What verify --twice varies: the runtime that the engine finds first.
    mkdir -p "$folder/bin"
    for runtime in runc crun; do cp "$(dirname "$0")/runtime.sh" "$folder/bin/$runtime"; done
    echo "$store" >"$folder/store"
    # Everything dies with this process: setpriv ends unshare, unshare the first process inside.
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
        "$0" boot "$root" "$folder" "$config" &
    outer=$!
    trap 'end "$folder" "$outer"' TERM INT HUP
    wait "$outer"
}

# dockerd gets ten seconds to stop what it runs.
end() {
    trap '' TERM INT HUP
    [ ! -e "$1/pid" ] || kill "$(cat "$1/pid")" 2>/dev/null || true
    for _ in $(seq 50); do
        kill -0 "$2" 2>/dev/null || exit 0
        sleep 0.2
    done
    kill -KILL "$2"
    exit 0
}

# The first process of the namespaces: enters the root file system and becomes dockerd.
boot() {
    root=$1 folder=$2 config=$3
    mount --bind "$root" "$root"
    mount --rbind / "$root/host"
    mount --make-rslave "$root/host"
    mount --bind "$folder" "$root/engine"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/run"
    cd "$root"
    pivot_root . .old
    umount -l /.old
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TZ=UTC
    unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG XDG_RUNTIME_DIR XDG_CACHE_HOME TMPDIR
    cat >/run/storage.conf <<'END'
[storage]
driver = "vfs"
graphroot = "/engine/data/containers"
runroot = "/run/containers/storage"
END
    # Podman would raise the limits of what RUN runs, which not every machine allows.
    limits=$(awk '/^Max open files/ {f = $5} /^Max processes/ {p = $4} END {printf "\"nofile=%s:%s\", \"nproc=%s:%s\"", f, f, p, p}' \
        /proc/self/limits)
    # runc, because crun refuses machines with both kinds of control groups.
    printf '[containers]\ndefault_ulimits = [%s]\n[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\n' \
        "$limits" >/run/containers.conf
    # Its pid as the host sees it, for nsenter.
    # shellcheck disable=SC2034
    read -r outer rest </host/proc/self/stat
    echo "$outer" >/engine/pid.part
    mv /engine/pid.part /engine/pid
    [ -n "$config" ] || exec sleep infinity
    echo "$config" >/run/daemon.json
    export PATH="/engine/bin:$PATH"
    exec dockerd --config-file=/run/daemon.json --bridge=none --iptables=false \
        --data-root=/engine/data --exec-root=/run/docker-engine --pidfile=/run/docker-engine.pid \
        --host=unix:///run/docker.sock >>/engine/log 2>&1
}

in_engine() {
    folder=$1
    shift
    pid=$(cat "$folder/pid") || fail "$folder: no engine is served there"
    # Of each command its own: what RUN --mount=type=cache keeps is below it.
    temporary=$(mktemp -d "$folder/tmp.XXXXXX")
    exec nsenter --target "$pid" --mount --pid -- env -i \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL="${LC_ALL-C.UTF-8}" TZ="${TZ-UTC}" \
        TMPDIR="/engine/$(basename "$temporary")" CONTAINERS_STORAGE_CONF=/run/storage.conf CONTAINERS_CONF=/run/containers.conf BUILDAH_ISOLATION=chroot \
        PODMAN_IGNORE_CGROUPSV1_WARNING=1 ${DOCKER_BUILDKIT+DOCKER_BUILDKIT="$DOCKER_BUILDKIT"} \
        ${BUILDX_NO_DEFAULT_ATTESTATIONS+BUILDX_NO_DEFAULT_ATTESTATIONS="$BUILDX_NO_DEFAULT_ATTESTATIONS"} "$@"
}

wait_for() {
    for _ in $(seq 300); do
        if [ -e "$1/pid" ]; then
            [ "$(cat "$1/store")" != none ] || return 0
            ! "$0" in "$1" docker version >/dev/null 2>&1 || return 0
        fi
        sleep 0.2
    done
    fail "the engine does not answer: $(grep -E 'level=(fatal|error)|failed to start' "$1/log" | tail -n 1)"
}

[ $# -ge 2 ] || fail "usage: suite.sh make|add|serve|wait|in|path …"
command=$1
shift
case $command in
make) for suite; do make_suite "$suite"; done ;;
path) root_of "$1" ;;
add) add "$@" ;;
wait) wait_for "$1" ;;
serve) [ $# = 3 ] || fail "usage: suite.sh serve SUITE STORE FOLDER"; serve "$@" ;;
boot) boot "$@" ;; # by serve alone
in) in_engine "$@" ;;
*) fail "unknown command '$command'" ;;
esac
