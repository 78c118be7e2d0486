#!/usr/bin/env bats
# Profiles held against the engines themselves: built and saved here and now, the archive must come out again, byte for
# byte, from its facts and the source.
load ../../cli/helpers
load suite

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    make_contexts
    need_encoders
}

teardown() {
    engine_stop
}

@test "docker 20.10.5: every context comes out again from source and facts" {
    docker_profiles bullseye overlay2
}

@test "docker 20.10.24: every context comes out again from source and facts" {
    docker_profiles bookworm overlay2
}

@test "docker 26, containerd store: every context comes out again from source and facts" {
    docker_profiles trixie containerd
}

@test "docker 26, overlay2 store: every context comes out again from source and facts" {
    docker_profiles trixie overlay2
}

@test "docker 28, containerd store: every context comes out again from source and facts" {
    docker_profiles sid containerd
}

@test "docker 28, overlay2 store: every context comes out again from source and facts" {
    docker_profiles sid overlay2
}

podman_build() { # FORMAT CONTEXT
    local folder=/host$BATS_TEST_TMPDIR/contexts/$2
    build() { in_engine podman build --format "$format" --no-cache "$@"; }
    local format=$1
    case $2 in
    founding) build -t t "$folder" && names=t ;;
    twotags)
        build -t tt "$folder" && in_engine podman tag tt example/second:v1.0
        names='tt example/second:v1.0'
        ;;
    twoimages)
        build -t one -f "$folder/Dockerfile" "$folder" && build -t two -f "$folder/Dockerfile.2" "$folder"
        names='one two'
        ;;
    byid)
        build -t idonly "$folder"
        names=$(in_engine podman image inspect --format '{{.Id}}' idonly)
        ;;
    recipe) build --build-arg OTHER=given --build-arg NAME=arg -t recipe "$folder" && names=recipe ;;
    *) build -t "$2" "$folder" && names=$2 ;;
    esac
}

podman_profiles() { # RELEASE
    engine_start "$1" none
    failed=
    for format in oci docker; do
        for context in $contexts; do
            podman_build "$format" "$context" >log 2>&1 || fail "$format $context: $(tail -n 3 log)"
            for archive in docker-archive oci-archive; do
                multi=
                [ "$context" != twoimages ] || multi=-m
                [ "$context $archive" != 'twoimages oci-archive' ] || continue
                # shellcheck disable=SC2086
                in_engine podman save -q $multi --format "$archive" -o /engine/saved.tar $names
                mv "$engine/saved.tar" saved.tar
                run rebuild saved.tar "$context"
                [ "$status" = 0 ] || failed="$failed
$format $context $archive: $output"
                "$samebytes" inspect --json saved.tar | jq -e '.engine.name == "containers/image"' >/dev/null ||
                    failed="$failed
$format $context $archive: not known as podman's"
            done
        done
        in_engine buildah push -q localhost/t docker-archive:/engine/pushed.tar:t:latest
        in_engine skopeo copy -q docker-archive:/engine/pushed.tar oci-archive:/engine/copied.tar:t
        for file in pushed copied; do
            run rebuild "$engine/$file.tar" founding
            [ "$status" = 0 ] || failed="$failed
$format $file: $output"
            rm -f "$engine/$file.tar"
        done
    done
    [ -z "$failed" ] || fail "$failed"
}

@test "podman 4.3, buildah 1.28, skopeo 1.9: every context comes out again from source and facts" {
    podman_profiles bookworm
}

@test "podman 5.4, buildah 1.39, skopeo 1.18: every context comes out again from source and facts" {
    podman_profiles trixie
}

@test "podman and buildah of sid: every context comes out again from source and facts" {
    podman_profiles sid
}
