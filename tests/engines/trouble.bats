#!/usr/bin/env bats
# Engines in trouble, played by small programs: a socket that accepts and never answers, a save that ends early, a client
# that fails, hangs or lies. Status 2 within the time that was said, one line, nothing left behind.
load ../cli/helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
    mkdir temporary bin
    export TMPDIR=$PWD/temporary
}

# A docker client that says a version and does what its standard input says for the rest.
fake_docker() {
    { printf '#!/bin/sh\ncase $1 in\nversion) echo 99.0 ;;\n--version) echo "Docker version 20.0" ;;\n'; cat; echo 'esac'; } \
        >bin/docker
    chmod 755 bin/docker
    export PATH=$PWD/bin:$PATH
}

one_line_of_trouble() {
    assert_failure 2
    assert_equal "${#stderr_lines[@]}" 1
    assert_equal "$(ls temporary)" ''
}

# hiding PROGRAM… -- COMMAND…: as if they were not installed.
hiding() {
    [ "$(id -u)" = 0 ] || skip "needs root, to hide programs"
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -euc '
        while [ "$1" != -- ]; do
            for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
                [ ! -f "$folder/$1" ] || mount --bind /dev/null "$folder/$1"
            done
            shift
        done
        shift
        exec "$@"' sh "$@"
}

@test "an engine without its client is named at once, with the package" {
    printf '#!/bin/sh\nsleep 100\n' >bin/dockerd
    chmod 755 bin/dockerd
    begin=$SECONDS
    for engine in '' '--engine docker'; do
        # shellcheck disable=SC2086
        PATH=$PWD/bin:$PATH run --separate-stderr hiding docker podman buildah -- "$samebytes" verify $engine context
        one_line_of_trouble
        [[ $stderr == *'its client is not (apt-get install docker-cli'*'--engine none'* ]] || fail "$stderr"
    done
    [ $((SECONDS - begin)) -le 5 ] || fail "took $((SECONDS - begin)) s"
}

@test "an engine of another API: its own words, and what to do" {
    cat >bin/docker <<'END'
#!/bin/sh
echo 'Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44' >&2
exit 1
END
    chmod 755 bin/docker
    PATH=$PWD/bin:$PATH run --separate-stderr "$samebytes" verify --engine docker context
    one_line_of_trouble
    [[ $stderr == *'client version 1.41 is too old'*'install a client of its version'* ]] || fail "$stderr"
}

@test "an ordinary user: podman and buildah without root, RUN in a chroot where no container can be" {
    [ "$(id -u)" = 0 ] || skip "needs root, to become another user"
    cp "$(command -v busybox)" context/busybox
    printf 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox","mkdir","/made"]\n' >context/run.Dockerfile
    chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" context
    install -D -m 755 "$samebytes" "$BATS_TEST_TMPDIR/program/samebytes"
    # A user with a home and ids of his own, as useradd makes one.
    mkdir home && chown 60123:60123 home temporary
    { cat /etc/passwd; echo "newcomer:x:60123:60123::$PWD/home:/bin/sh"; } >passwd
    { cat /etc/group; echo 'newcomer:x:60123:'; } >group
    echo 'newcomer:100000:65536' >subuid
    cp subuid subgid
    # shellcheck disable=SC2016
    as_newcomer() { # and without the programs in hidden
        hiding "${hidden[@]}" -- sh -euc 'for file in passwd group subuid subgid; do mount --bind $file /etc/$file; done
            exec setpriv --reuid=60123 --regid=60123 --clear-groups env -u XDG_RUNTIME_DIR -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME HOME="$PWD/home" "$@"' sh "$@"
    }
    hidden=()
    as_newcomer unshare --user --map-root-user true || skip "no user may have namespaces here"
    for engine in podman buildah; do
        command -v $engine >/dev/null || skip "$engine is not installed"
        run as_newcomer program/samebytes verify --engine $engine context
        assert_success
        assert_output --partial "$engine builds without root"
        assert_output --partial '1 of 1 are the reference'
    done
    hidden=(crun runc)
    run as_newcomer program/samebytes verify --engine buildah -f context/run.Dockerfile context
    assert_success
    assert_output --partial 'buildah runs in a chroot (BUILDAH_ISOLATION=chroot), for neither crun nor runc is installed'
    as_newcomer buildah unshare rm -rf home || true
}

@test "a home that cannot be written, and no network: --engine none needs neither" {
    mkdir home && chmod 555 home
    HOME=$PWD/home XDG_CACHE_HOME=$PWD/home/.cache PATH=$PWD/bin:$PATH run "$samebytes" verify --engine none context
    assert_success
    [ -z "$(ls -A home)" ]
}

@test "a socket that accepts and never answers: status 2 within --timeout" {
    command -v docker >/dev/null || skip "no docker client"
    python3 - "$PWD/dead.sock" 3>&- <<'EOF' &
import socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(8)
taken = []
listener.settimeout(60)
while True:
    taken.append(listener.accept())
EOF
    server=$!
    for _ in $(seq 50); do [ -S dead.sock ] || sleep 0.1; done
    begin=$SECONDS
    run --separate-stderr "$samebytes" verify --engine "docker=$PWD/dead.sock" --timeout 3 context
    kill "$server"
    one_line_of_trouble
    [ $((SECONDS - begin)) -le 8 ] || fail "took $((SECONDS - begin)) s"
    [[ $stderr == *'within 3 seconds'* ]] || fail "$stderr"
}

@test "a save that ends early is refused, with its place" {
    "$samebytes" build -q context -o whole.tar
    head -c 3000 whole.tar >part.tar
    fake_docker <<EOF
save) cat "$PWD/part.tar" ;;
build | rmi) exit 0 ;;
EOF
    run --separate-stderr "$samebytes" verify --engine docker context
    one_line_of_trouble
    [[ $stderr == *'docker-classic'* ]] || fail "$stderr"
}

@test "a client that fails: its own words" {
    fake_docker <<'EOF'
build) echo 'the daemon is on fire' >&2; exit 17 ;;
*) exit 0 ;;
EOF
    run --separate-stderr "$samebytes" verify --engine docker context
    one_line_of_trouble
    [[ $stderr == *'ended with status 17'*'the daemon is on fire'* ]] || fail "$stderr"
}

@test "a client that hangs is ended within --timeout, with what it started" {
    fake_docker <<EOF
build) sleep 1234 & sleep 1234 ;;
*) exit 0 ;;
EOF
    begin=$SECONDS
    run --separate-stderr "$samebytes" verify --engine docker --timeout 2 context
    one_line_of_trouble
    [ $((SECONDS - begin)) -le 10 ] || fail "took $((SECONDS - begin)) s"
    ! pgrep -f 'sleep 1234' >/dev/null || fail "it still runs"
}

@test "a save whose layer is not what its configuration claims is refused" {
    "$samebytes" build -q context -o whole.tar
    python3 - <<'EOF'
data = bytearray(open('whole.tar', 'rb').read())
at = data.index(b'\x7fELF')
data[at + 100] ^= 1
open('lie.tar', 'wb').write(data)
EOF
    fake_docker <<EOF
save) cat "$PWD/lie.tar" ;;
*) exit 0 ;;
EOF
    run --separate-stderr "$samebytes" verify --engine docker context
    one_line_of_trouble
}
