#!/usr/bin/env bats
# A machine that fails: no disk, no memory, read errors, signals (tests/preload/faults.c). Whatever happens there is no part of a
# result under its final name, and nothing is left behind.
load helpers

setup_file() {
    export image=$BATS_FILE_TMPDIR/image.tar big=$BATS_FILE_TMPDIR/big.tar.gz
    export library=$root/build/preload/faults.so context=$BATS_FILE_TMPDIR/context
    make --no-print-directory -s -C "$root" build/preload/faults.so >&2
    founding_context "$context"
    "$samebytes" build -q "$context" -o "$image"
    # Content that takes a while and goes to the spool.
    mkdir "$BATS_FILE_TMPDIR/wide"
    printf 'FROM scratch\nADD . /\n' >"$BATS_FILE_TMPDIR/wide/Dockerfile"
    seq 1 3000000 >"$BATS_FILE_TMPDIR/wide/numbers"
    "$samebytes" build -q "$BATS_FILE_TMPDIR/wide" -o "$big"
}

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
    cd "$BATS_TEST_TMPDIR/out"
}

# No result, whole or in part, and no temporary file or folder.
nothing_left() {
    [ -z "$(find . "$TMPDIR" -mindepth 1)" ] || { ls -lA . "$TMPDIR"; return 1; }
}

faulty() { # FAULT COMMAND...
    FAULT=$1 LD_PRELOAD=$library run timeout 60 "$samebytes" "${@:2}"
}

@test "faults: the disk fills up, at each of the first writes" {
    need_preload
    for n in 1 2 3 5 8 13; do
        for command in "normalize $big -o out.tar" "normalize $big -o out.tar.gz" "normalize --canonical $big -o out.tar" \
            "build $context -o out.tar" "inspect $image --json=out.json" "diff $image $big --json=out.json --markdown=out.md" \
            "audit $image --html=out.html" "verify --engine none $context --output-dir ."; do
            faulty "full:$n" $command
            # Either it failed and says so, or it did not write that often.
            if [ "$status" = 2 ]; then
                assert_output --partial 'No space left on device'
                nothing_left
            fi
            rm -rf ./*
        done
    done
}

@test "faults: a file system that is full for real" {
    mkdir full
    mount -t tmpfs -o size=64k tmpfs full 2>/dev/null || skip "no right to mount"
    run "$samebytes" normalize "$big" -o full/out.tar
    left=$(ls -A full)
    umount full
    assert_failure 2
    assert_output --partial 'No space left on device'
    [ -z "$left" ]
}

@test "faults: standard output that is closed or full" {
    run bash -c '"$0" inspect "$1" --json | true; echo ${PIPESTATUS[0]}' "$samebytes" "$image"
    [[ ${lines[-1]} == [02] ]]
    run bash -c '"$0" inspect "$1" >/dev/full' "$samebytes" "$image"
    assert_failure 2
    assert_output --partial 'No space left on device'
    run bash -c '"$0" normalize "$1" -o - >/dev/full' "$samebytes" "$big"
    assert_failure 2
    run bash -c '"$0" normalize "$1" -o - | head -c 10 >/dev/null; exit ${PIPESTATUS[0]}' "$samebytes" "$big"
    assert_failure 2
    run bash -c '"$0" inspect "$1" >&-' "$samebytes" "$image"
    assert_failure 2
    nothing_left
}

@test "faults: reading fails, at each of the first reads" {
    need_preload
    for n in 1 2 3 4 5 8 13 21; do
        for command in "normalize $big -o out.tar" "inspect $big" "diff $image $big" "audit $image --html=out.html"; do
            faulty "eio:$n" $command
            [ "$status" = 2 ] || continue
            assert_output --partial 'Input/output error'
            nothing_left
        done
        rm -rf ./*
    done
    faulty eio:1 inspect "$big"
    assert_failure 2
}

@test "faults: naming the result fails" {
    need_preload
    for command in "normalize $image -o out.tar" "build $context -o out.tar" "inspect $image --json=out.json"; do
        faulty rename:1 $command
        assert_failure 2
        assert_output --partial 'Input/output error'
        nothing_left
        # What was there before stays.
        name=out.tar
        [[ $command != *json* ]] || name=out.json
        echo before >$name
        faulty rename:2 $command
        [ "$status" = 0 ] || [ "$(cat $name)" = before ]
        [ "$(ls -A)" = $name ]
        rm $name
    done
}

@test "faults: memory runs out, at each of the first 300 allocations" {
    need_preload
    failed=0
    for n in $(seq 1 300); do
        case $((n % 4)) in
        0) command="normalize $image -o out.tar" ;;
        1) command="diff $image $big" ;;
        2) command="inspect $image --json=out.json" ;;
        3) command="audit $image --html=out.html" ;;
        esac
        faulty "malloc:$n" $command
        # Standard I/O does without its buffer; what the program itself wants it must get.
        [[ $status == [012] ]]
        [ "$status" != 2 ] || { failed=$((failed + 1)); [[ $output == *'out of memory'* || $output == *'Cannot allocate memory'* ]]; nothing_left; }
        rm -rf ./*
    done
    [ $failed -gt 150 ]
}

@test "faults: SIGTERM and SIGKILL at random moments, 200 runs" {
    commands=("normalize $big -o out.tar" "normalize --canonical $big -o out.tar.gz" "diff $big $image --json=out.json"
        "inspect $big --json=out.json" "audit $image --html=out.html" "build $BATS_FILE_TMPDIR/wide -o out.tar"
        "verify --engine none $context --json=out.json" "build $context -o out.tar")
    RANDOM=20261124
    mkdir "$BATS_TEST_TMPDIR/left"
    for n in $(seq 1 200); do
        command=${commands[$((n % ${#commands[@]}))]}
        signal=$([ $((n % 2)) = 0 ] && echo TERM || echo KILL)
        "$samebytes" $command >/dev/null 2>&1 & pid=$!
        sleep "0.$(printf '%03d' $((RANDOM % 250)))"
        kill -s $signal $pid 2>/dev/null || true
        code=0; wait $pid || code=$?
        # The reader ends with its parent, and its helpers with both.
        for try in $(seq 1 100); do pgrep -f "$BATS_FILE_TMPDIR/(big|image)" >/dev/null || break; sleep 0.05; done
        # What has its final name is whole.
        for file in out.*; do
            [ -e "$file" ] || continue
            case $file in
            *.json) jq -e .schema "$file" >/dev/null ;;
            *.html) tail -c 20 "$file" | grep -q '</html>' ;;
            *) "$samebytes" inspect -q "$file" ;;
            esac || { echo "$command: $file is not whole ($signal, status $code)"; return 1; }
        done
        rm -f out.tar out.tar.gz out.json out.html
        [ -z "$(ls -A)" ] || { echo "$command, $signal: left $(ls -A)"; return 1; }
        if [ $signal = KILL ]; then
            find "$TMPDIR" -mindepth 1 -maxdepth 1 -exec mv -t "$BATS_TEST_TMPDIR/left" {} +
        else
            [ -z "$(ls -A "$TMPDIR")" ] || { echo "$command, TERM: left $(ls "$TMPDIR")"; return 1; }
        fi
    done
    find "$BATS_TEST_TMPDIR/left" -mindepth 1 -maxdepth 1 -exec mv -t "$TMPDIR" {} +
    # What a killed run left the next one removes, once it is clear that nobody needs it.
    find "$TMPDIR" -mindepth 1 -maxdepth 1 -exec touch -d '2 minutes ago' {} +
    "$samebytes" verify --engine none "$context" -q
    nothing_left
}

@test "faults: killed in the midst of writing" {
    need_preload
    for n in 1 2 3; do
        for command in "normalize $big -o out.tar" "inspect $image --json=out.json" "build $context -o out.tar"; do
            faulty "killed:$n" $command
            [ ! -e out.tar ] || "$samebytes" inspect -q out.tar
            [ ! -e out.json ] || jq -e .schema out.json >/dev/null
            rm -f out.tar out.json
            [ -z "$(ls -A)" ]
        done
    done
}
