#!/usr/bin/env bats
# What normalize makes of every engine's save: the same bytes each time, and it loads wherever the original loads, under
# its name and with the id that the same engine gives the original, and runs.
load ../../cli/helpers
load suite

# The saves of all engines, made once: FOLDER/NAME.tar as saved, NAME.2.tar saved again later, NAME.normal.tar.
setup_file() {
    bats_require_minimum_version 1.5.0
    export saves=$BATS_FILE_TMPDIR/saves
    mkdir -p "$saves"
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    contexts=founding make_contexts
    for pair in 'bullseye overlay2' 'bookworm overlay2' 'trixie containerd' 'trixie overlay2' 'sid containerd' \
        'sid overlay2' 'bookworm none' 'trixie none'; do
        # shellcheck disable=SC2086
        save_all $pair || echo "# no saves of $pair" >&3
        engine_stop
    done
}

save_all() { # RELEASE STORE
    engine=$BATS_FILE_TMPDIR/engine
    "$suite" make "$1" && { "$suite" serve "$1" "$2" "$engine" 3>&- & engine_pid=$!; } && "$suite" wait "$engine" || return 1
    local context=/host$BATS_FILE_TMPDIR/contexts/founding
    if [ "$2" = none ]; then
        in_engine podman build -q -t t "$context" >/dev/null
        for archive in docker-archive oci-archive; do
            in_engine podman save -q --format $archive -o /engine/1.tar t
            sleep 1.1
            in_engine podman save -q --format $archive -o /engine/2.tar t
            mv "$engine/1.tar" "$saves/podman-$1-$archive.tar"
            mv "$engine/2.tar" "$saves/podman-$1-$archive.2.tar"
        done
        return 0
    fi
    for builder in 0 1; do
        DOCKER_BUILDKIT=$builder in_engine docker build -q --no-cache -t t "$context" >/dev/null 2>&1
        in_engine docker save t >"$saves/docker-$1-$2-$builder.tar"
        sleep 1.1
        in_engine docker save t >"$saves/docker-$1-$2-$builder.2.tar"
    done
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    [ "$(find "$saves" -name '*.2.tar' | wc -l)" -gt 0 ] || skip "no engine of another release could be brought up"
}

teardown() {
    engine_stop
}

each_save() {
    find "$saves" -name '*.2.tar' | sed 's/\.2\.tar$//' | sort
}

@test "two saves of one image become the same bytes, with every digest kept" {
    for save in $(each_save); do
        "$samebytes" normalize -q "$save.tar" -o one.tar
        "$samebytes" normalize -q - -o two.tar <"$save.2.tar"
        cmp one.tar two.tar || fail "$save"
        for what in config manifest diff_ids layers canonical; do
            a=$("$samebytes" inspect --json "$save.tar" | jq -c ".identity.$what")
            b=$("$samebytes" inspect --json one.tar | jq -c ".identity.$what")
            [ "$a" = "$b" ] || fail "$save: $what was $a, is $b"
        done
        "$samebytes" normalize -q one.tar -o again.tar
        cmp one.tar again.tar
        cp one.tar "$save.normal.tar"
    done
    [ "$(each_save | wc -l)" -ge 14 ] || echo "# only $(each_save | wc -l) kinds of saves" >&3
}

# load_docker FILE: prints the id it got under the name t, or why it was refused.
load_docker() {
    in_engine sh -c 'docker rmi -f $(docker images -aq) >/dev/null 2>&1; docker image prune -af >/dev/null 2>&1'
    in_engine docker load -q -i "/host$1" >loaded 2>&1 || { echo refused; return 0; }
    in_engine docker images --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}}' | head -n 1
}

load_podman() {
    in_engine podman rmi -af >/dev/null 2>&1 || true
    in_engine podman load -q -i "/host$1" >loaded 2>&1 || { echo refused; return 0; }
    in_engine podman images --no-trunc --format '{{.Id}} {{.Repository}}:{{.Tag}}' | head -n 1
}

# loads KIND RELEASE STORE
loads() {
    engine_start "$2" "$3"
    count=0
    for save in $(each_save); do
        [ -e "$save.normal.tar" ] || "$samebytes" normalize -q "$save.tar" -o "$save.normal.tar"
        original=$("load_$1" "$save.tar")
        normal=$("load_$1" "$save.normal.tar")
        [ "$original" = "$normal" ] || fail "$(basename "$save"): '$original' became '$normal'"
        [ "$original" != refused ] || continue
        count=$((count + 1))
        # What was loaded last is the normalised one: it runs.
        if [ "$1" = docker ]; then
            id=${normal%% *}
            container=$(in_engine docker run --detach --network none "$id" /t)
            sleep 0.5
            assert_equal "$(in_engine docker inspect --format '{{.State.Running}}' "$container")" true
            in_engine docker rm -f "$container" >/dev/null
        fi
    done
    echo "# $2 $3: $count of $(each_save | wc -l) kinds load, with equal names and ids" >&3
    [ "$count" -gt 0 ]
}

@test "docker 20.10.5 loads them, with the ids of the originals, and runs them" {
    loads docker bullseye overlay2
}

@test "docker 20.10.24 loads them, with the ids of the originals, and runs them" {
    loads docker bookworm overlay2
}

@test "docker 26 with the containerd store loads them, with the ids of the originals, and runs them" {
    loads docker trixie containerd
}

@test "docker 26 with the overlay2 store loads them, with the ids of the originals, and runs them" {
    loads docker trixie overlay2
}

@test "docker 28 with the containerd store loads them, with the ids of the originals, and runs them" {
    loads docker sid containerd
}

@test "docker 28 with the overlay2 store loads them, with the ids of the originals, and runs them" {
    loads docker sid overlay2
}

@test "podman 4.3 loads them, with the ids of the originals" {
    loads podman bookworm none
}

@test "podman 5.4 loads them, with the ids of the originals" {
    loads podman trixie none
}

@test "podman runs what was normalised" {
    engine_start trixie none
    save=$(each_save | grep podman | head -n 1)
    "$samebytes" normalize -q "$save.tar" -o normal.tar
    load_podman "$PWD/normal.tar" >/dev/null
    in_engine podman run --detach --network none --name running localhost/t /t
    sleep 1
    assert_equal "$(in_engine podman inspect --format '{{.State.Running}}' running)" true
    in_engine podman kill running
}
