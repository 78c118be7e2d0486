#!/usr/bin/env bats
# samebytes verify with engines of other Debian releases, and engines in trouble: status 2, the engine's own words, nothing
# left behind.
load ../../cli/helpers
load suite

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
    mkdir temporary
    export TMPDIR=$PWD/temporary
}

teardown() {
    engine_stop
    if mountpoint -q "$BATS_TEST_TMPDIR/small" 2>/dev/null; then umount "$BATS_TEST_TMPDIR/small"; fi
}

need_release() {
    "$suite" make "$1" 2>why || skip "$1: $(tail -n 1 why)"
}

# The process with that word in its command line.
process_of() {
    pgrep -f "$1" | head -n 1
}

nothing_left() {
    assert_equal "$(ls "${1-temporary}")" ''
    ! grep -q " $PWD/" /proc/mounts || [ -n "${2-}" ] || fail "mounts are left"
    ! pgrep -f "$PWD/temporary" >/dev/null || fail "processes are left: $(pgrep -fa "$PWD/temporary")"
}

@test "several engines at once: one canonical digest, a row for each builder" {
    need_release trixie
    need_release bookworm
    "$samebytes" verify --engine docker@trixie+containerd,podman@trixie,buildah@bookworm --image t --json context >report
    jq -e '.verdict == "reproduced" and ([.builds[].canonical] | unique | length == 1)
        and (.builds | map(.builder)) == ["native", "docker-classic@trixie+containerd",
            "docker-buildkit@trixie+containerd", "podman@trixie", "buildah@bookworm"]' report
    nothing_left
}

@test "an engine that changes a meaningful field: the row says which" {
    need_release trixie
    printf 'FROM scratch\nADD t /t\nHEALTHCHECK CMD ["/t"]\nWORKDIR /made\n' >context/Dockerfile
    run "$samebytes" verify --engine podman@trixie --json=report context
    assert_failure 1
    jq -e '[.differences[] | .where] | any(. == "config.Healthcheck") and any(test("/made"))' report
}

@test "--twice with RUN on an engine of another release" {
    need_release sid
    cp "$(command -v busybox)" context/busybox
    printf 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox","sh","-c","head -c 8 /dev/urandom >/random"]\n' \
        >context/Dockerfile
    for engine_name in docker@sid+containerd podman@sid; do
        run "$samebytes" verify --twice --engine "$engine_name" --json=report context
        assert_failure 1
        jq -e '.twice | all(.layer == 2 and (.files | any(.path == "random")))' report || fail "$engine_name"
    done
    nothing_left
}

@test "a release or a store that nobody knows is one line, status 2" {
    for spec in docker@potato docker@trixie+floppy podman@trixie+overlay2 nobody@trixie; do
        run --separate-stderr "$samebytes" verify --engine "$spec" context
        assert_failure 2
        assert_equal "${#stderr_lines[@]}" 1
    done
    nothing_left
}

@test "--twice: Buildah makes a layer of each instruction, so that one can be blamed; its caches are empty, too" {
    need_release trixie
    cp "$(command -v busybox)" context/busybox
    cat >context/Dockerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN --mount=type=cache,target=/cache ["/bin/busybox","sh","-c","ls /cache >/seen; echo x >>/cache/x"]
RUN ["/bin/busybox","sh","-c","head -c 8 /dev/urandom >/random"]
END
    for engine_name in buildah@trixie podman@trixie; do
        run "$samebytes" verify --engine "$engine_name" --json=report context
        assert_failure 1
        jq -e '.twice | all(.layer == 3 and (.instruction | test("urandom")) and (.files | any(.path == "random"))
            and (.varied | contains(["build_path", "environment"])) and (.not_varied | contains(["umask"])))' report || fail "$engine_name"
    done
}

@test "an engine that dies in mid-build: its own words, within its time, nothing left" {
    need_release trixie
    cp "$(command -v busybox)" context/busybox
    printf 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox","sleep","60"]\n' >context/Dockerfile
    timeout 100 "$samebytes" verify --engine docker@trixie --timeout 60 context >out 2>error 3>&- &
    pid=$!
    for _ in $(seq 300); do
        [ -z "$(process_of 'busybox sleep 60')" ] || break
        sleep 0.1
    done
    [ -n "$(process_of 'busybox sleep 60')" ] || fail "the build did not start: $(cat error)"
    kill -KILL "$(cat temporary/*/pid)"
    status=0
    wait "$pid" || status=$?
    assert_equal "$status" 2
    assert_equal "$(wc -l <error)" 1
    grep -q 'docker-classic@trixie' error
    nothing_left
    [ -z "$(process_of 'busybox sleep 60')" ]
}

@test "a full disk under the engine: its own words, nothing left" {
    need_release trixie
    mkdir small
    mount -t tmpfs -o size=24m tmpfs small
    head -c 40000000 /dev/urandom >context/large
    printf 'FROM scratch\nCOPY large /\n' >context/Dockerfile
    TMPDIR=$PWD/small run --separate-stderr timeout 100 "$samebytes" verify --engine docker@trixie context
    assert_failure 2
    assert_equal "${#stderr_lines[@]}" 1
    [[ $stderr == *'no space left on device'* || $stderr == *'No space left on device'* ]] || fail "$stderr"
    nothing_left small mounted
}

@test "killed at any moment, an engine of another release dies with us" {
    need_release trixie
    for delay in 0.3 1 2.5; do
        "$samebytes" verify --engine docker@trixie context >/dev/null 2>&1 3>&- &
        pid=$!
        sleep "$delay"
        kill -KILL "$pid"
        wait "$pid" 2>/dev/null || true
        for _ in $(seq 50); do
            pgrep -f "$PWD/temporary" >/dev/null || break
            sleep 0.2
        done
        ! pgrep -f "$PWD/temporary" >/dev/null || fail "after $delay s: $(pgrep -fa "$PWD/temporary")"
        rm -rf temporary/*
    done
    for signal in INT TERM; do
        "$samebytes" verify --engine docker@trixie context >/dev/null 2>&1 3>&- &
        pid=$!
        sleep 1.2
        kill -$signal "$pid"
        wait "$pid" 2>/dev/null || true
        nothing_left
    done
}
