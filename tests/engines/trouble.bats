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
