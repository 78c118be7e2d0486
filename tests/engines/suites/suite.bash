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
