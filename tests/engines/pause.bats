#!/usr/bin/env bats
# An image that only waits, as pods have one: built natively, loaded, running, and gone at once when told to stop.
load ../cli/helpers
load docker

setup_file() {
    start_docker
}

teardown_file() {
    stop_docker
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir context
    cp "$root/examples/pause/Dockerfile" context
    nasm -f bin -o context/pause "$root/asm/pause.asm"
    chmod 755 context/pause
}

# Milliseconds that docker stop takes for a container of the image.
stopping() { # IMAGE [COMMAND]
    local container begin
    container=$(docker run --detach --network=none "$@")
    sleep 1
    assert_equal "$(docker inspect --format '{{.State.Running}}' "$container")" true
    begin=$(date +%s%N)
    docker stop --time 4 "$container" >/dev/null
    echo $((($(date +%s%N) - begin) / 1000000))
    docker rm "$container" >/dev/null
}

@test "pause: 112 bytes, and no int 0x80" {
    assert_equal "$(stat -c %s context/pause)" 112
    "$samebytes" build -q context --image pause -o pause.tar
    run "$samebytes" audit pause.tar
    refute_output --partial 'elf-ia32'
    context/pause 3>&- &
    pid=$!
    sleep 0.3
    # It sleeps in pause(2), 34.
    assert_equal "$(cut -d' ' -f1 "/proc/$pid/syscall")" 34
    kill "$pid"
}

@test "pause: loaded, running, and stopped in well under a second; the founding image needs to be killed" {
    need_docker
    "$samebytes" build -q context --image pause -o pause.tar
    docker load --quiet --input pause.tar
    took=$(stopping pause)
    founding_context founding
    "$samebytes" build -q founding --image founding -o founding.tar
    docker load --quiet --input founding.tar
    longer=$(stopping founding /t)
    docker rmi --force pause founding >/dev/null
    echo "# stopped after $took ms, the founding image after $longer ms" >&3
    [ "$took" -lt 1000 ] || fail "$took ms"
    [ "$longer" -ge 4000 ] || fail "$longer ms"
}

@test "pause: both of Docker's builders make the same image" {
    need_docker
    run "$samebytes" verify --engine docker --image pause context
    assert_success
}
