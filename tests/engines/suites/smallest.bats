#!/usr/bin/env bats
# Which engine loads and runs which class of smallest archives. The table of docs/smallest.md, asserted in both
# directions: what is said to load must run, wait for a second, and end by a kill; its twins must exit with 0 and 42; what is
# said to be refused must be.
load ../../cli/helpers
load suite

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    engine_stop
}

file_of() { # CLASS [-exitCODE]
    local folder=$root/examples/smallest ending=tar.gz
    [ -z "${2-}" ] || folder=$root/tests/fixtures/smallest
    case $1 in zstd*) ending=tar.zst ;; esac
    echo "$folder/$1${2-}.$ending"
}

# What `build` says of the class: its image and command.
names_of() {
    case $1 in
    canonical) image=t command=/t ;;
    *)
        "$samebytes" build --smallest="$1" -o "$BATS_TEST_TMPDIR/named" --json=- >"$BATS_TEST_TMPDIR/names"
        image=$(jq -r .image "$BATS_TEST_TMPDIR/names")
        command=$(jq -r .command "$BATS_TEST_TMPDIR/names")
        ;;
    esac
}

run_twin() { # CLIENT CLASS CODE
    local container
    in_engine "$1" load --input "/host$(file_of "$2" "-exit$3")" >said 2>&1 || fail "$2 -exit$3: $(cat said)"
    container=$(in_engine "$1" run --detach --pull=never --network=none "$image" "$command" 2>said) || fail "$2 -exit$3: $(cat said)"
    assert_equal "$2 $3: $(in_engine "$1" wait "$container" 2>/dev/null)" "$2 $3: $3"
    in_engine "$1" rm --force "$container" >/dev/null 2>&1
    in_engine "$1" rmi --force "$image" >/dev/null 2>&1
}

takes() { # CLIENT CLASS...
    local client=$1 container
    shift
    for class; do
        names_of "$class"
        in_engine "$client" load --input "/host$(file_of "$class")" >said 2>&1 || fail "$class: $(cat said)"
        container=$(in_engine "$client" run --detach --pull=never --network=none "$image" "$command" 2>said) ||
            fail "$class: $(cat said)"
        sleep 1
        assert_equal "$class $(in_engine "$client" inspect --format '{{.State.Running}}' "$container" 2>/dev/null)" "$class true"
        in_engine "$client" kill "$container" >/dev/null 2>&1
        assert_equal "$class $(in_engine "$client" wait "$container" 2>/dev/null)" "$class 137"
        in_engine "$client" rm --force "$container" >/dev/null 2>&1
        in_engine "$client" rmi --force "$image" >/dev/null 2>&1
        [ "$class" != canonical ] || continue
        run_twin "$client" "$class" 0
        run_twin "$client" "$class" 42
    done
}

refuses() { # CLIENT CLASS...
    local client=$1
    shift
    for class; do
        names_of "$class"
        # Podman 3.0 says that it has loaded nothing, and ends with 0.
        [ -s "$(file_of "$class")" ]
        in_engine "$client" version >/dev/null
        if in_engine "$client" load --input "/host$(file_of "$class")" >said 2>&1; then
            ! in_engine "$client" image inspect "$image" >/dev/null 2>&1 || fail "$class was loaded: $(cat said)"
        fi
    done
}

all_gzip='canonical strict-plain strict-overlapped portable one-member'

# shellcheck disable=SC2086 # lists of classes
@test "smallest: Docker 20.10.5 and 20.10.24 with graph drivers" {
    for release in bullseye bookworm; do
        engine_start $release overlay2
        takes docker $all_gzip legacy
        refuses docker zstd zstd-legacy
        engine_stop
    done
}

# shellcheck disable=SC2086
@test "smallest: Docker 26 and 28 with graph drivers" {
    for release in trixie sid; do
        engine_start $release overlay2
        takes docker $all_gzip legacy zstd zstd-legacy
        engine_stop
    done
}

# shellcheck disable=SC2086
@test "smallest: Docker 26 and 28 with containerd's store" {
    for release in trixie sid; do
        engine_start $release containerd
        takes docker $all_gzip zstd
        refuses docker legacy zstd-legacy
        engine_stop
    done
}

@test "smallest: Podman 4.3 reads docker-archives of two members, none in ordinary gzip" {
    engine_start bookworm none
    takes podman canonical portable zstd
    # shellcheck disable=SC2086
    refuses podman strict-plain strict-overlapped one-member legacy zstd-legacy
}

# shellcheck disable=SC2086
@test "smallest: Podman 5.4 and 5.8" {
    for release in trixie sid; do
        engine_start $release none
        takes podman $all_gzip zstd
        refuses podman legacy zstd-legacy
        engine_stop
    done
}

# shellcheck disable=SC2086
@test "smallest: Podman 3.0" {
    "$suite" make bullseye && "$suite" add bullseye podman runc 2>why || skip "bullseye: $(tail -n 1 why)"
    engine_start bullseye none
    takes podman $all_gzip zstd
    refuses podman legacy zstd-legacy
}
