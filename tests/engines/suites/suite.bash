# The engines of other Debian releases, one a test, and contexts for them.

suite=$root/tools/engines/suite.sh

# engine_start RELEASE STORE: served until the test ends; skips, loudly, where it cannot be.
engine_start() {
    "$suite" make "$1" 2>"$BATS_TEST_TMPDIR/why" || skip "$1: $(tail -n 1 "$BATS_TEST_TMPDIR/why")"
    engine=$BATS_TEST_TMPDIR/engine
    "$suite" serve "$1" "$2" "$engine" 3>&- &
    engine_pid=$!
    "$suite" wait "$engine" 2>"$BATS_TEST_TMPDIR/why" || skip "$1 $2: $(tail -n 1 "$BATS_TEST_TMPDIR/why")"
}

engine_stop() {
    [ -n "${engine_pid-}" ] || return 0
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=
    rm -rf "$engine"
}

in_engine() {
    "$suite" in "$engine" "$@"
}

need_encoders() {
    "$root/tools/encoders/build.sh" "$root/build/encoders" >/dev/null 2>"$BATS_TEST_TMPDIR/why" ||
        skip "no encoders: $(tail -n 1 "$BATS_TEST_TMPDIR/why")"
}

contexts='founding config layers twotags twoimages byid recipe again'

make_contexts() {
    for context in $contexts; do
        "$root/tests/engines/contexts.sh" "$context" "$BATS_TEST_TMPDIR/contexts/$context"
    done
}

# rebuild SAVED CONTEXT: facts out of the archive, the archive again from them and the context.
rebuild() {
    local folder=$BATS_TEST_TMPDIR/contexts/$2 more=()
    case $2 in
    twoimages) more=(-f "$folder/Dockerfile" -f "$folder/Dockerfile.2") ;;
    recipe) more=(--build-arg OTHER=given --build-arg NAME=arg) ;;
    esac
    "$samebytes" inspect --facts "$1" >facts || return 1
    "$samebytes" build --facts facts "${more[@]}" "$folder" -o again.tar || return 1
    cmp again.tar "$1"
}

docker_build() { # CONTEXT
    local folder=/host$BATS_TEST_TMPDIR/contexts/$1
    case $1 in
    founding) in_engine docker build --no-cache -t t "$folder" && names=t ;;
    twotags)
        in_engine docker build --no-cache -t tt "$folder" && in_engine docker tag tt example/second:v1.0
        names='tt:latest example/second:v1.0'
        ;;
    twoimages)
        in_engine docker build --no-cache -t one "$folder" &&
            in_engine docker build --no-cache -t two -f "$folder/Dockerfile.2" "$folder"
        names='one two'
        ;;
    byid)
        in_engine docker build --no-cache -t idonly "$folder"
        names=$(in_engine docker image inspect --format '{{.Id}}' idonly)
        ;;
    recipe)
        in_engine docker build --no-cache --build-arg OTHER=given --build-arg NAME=arg -t recipe "$folder"
        names=recipe
        ;;
    *) in_engine docker build --no-cache -t "$1" "$folder" && names=$1 ;;
    esac
}

docker_profiles() { # RELEASE STORE
    engine_start "$1" "$2"
    failed='' saver=docker
    [ "$2" != containerd ] || saver=containerd
    for builder in classic buildkit; do
        export DOCKER_BUILDKIT=1
        [ "$builder" = buildkit ] || DOCKER_BUILDKIT=0
        for context in $contexts; do
            docker_build "$context" >log 2>&1 || fail "$builder $context: $(tail -n 3 log)"
            # shellcheck disable=SC2086
            in_engine docker save $names >saved.tar
            run rebuild saved.tar "$context"
            [ "$status" = 0 ] || failed="$failed
$builder $context: $output"
            "$samebytes" inspect --json saved.tar | jq -e --arg saver $saver '.engine.name == $saver' >/dev/null ||
                failed="$failed
$builder $context: not known as $saver's"
        done
    done
    [ -z "$failed" ] || fail "$failed"
}
