#!/usr/bin/env bats
# A parser that was taken over: inside of the program a library tries what an attacker would (tests/preload/takeover.c).
load helpers

setup_file() {
    export image=$BATS_FILE_TMPDIR/image.tar library=$root/build/preload/takeover.so
    make --no-print-directory -s -C "$root" build/preload/takeover.so >&2
    founding_context "$BATS_FILE_TMPDIR/context"
    "$samebytes" build -q "$BATS_FILE_TMPDIR/context" -o "$image"
    # An OCI layout folder of the same image.
    mkdir "$BATS_FILE_TMPDIR/layout"
    tar -xf "$image" -C "$BATS_FILE_TMPDIR/layout"
}

setup() {
    "$samebytes" --version -v | grep -q 'sandbox: seccomp' || skip "the kernel has no seccomp, or this build no sandbox"
    cd "$BATS_TEST_TMPDIR"
}

attempt() { # WHAT COMMAND...
    need_preload
    TRY=$1 LD_PRELOAD=$library run "$samebytes" "${@:2}"
}

everything='open create open-write socket connect execute fork kill code protect unlink rename link mkdir chmod truncate stat
    ptrace memory memfd uring bpf namespace user folder steal handler'

@test "sandbox: whatever the reader of a file tries ends it, and is said" {
    for what in $everything; do
        attempt "$what" inspect "$image"
        assert_failure 2
        assert_output --partial "takeover: trying $what"
        refute_output --partial "takeover: $what was"
        assert_output --partial 'asked the system for what it has no right to'
    done
}

@test "sandbox: what was refused is named, with the machine, in one line" {
    for pair in 'socket socket' 'fork clone' 'execute execve' 'memory process_vm_readv' 'code mmap' 'handler rt_sigaction'; do
        attempt "${pair% *}" inspect "$image"
        assert_failure 2
        assert_line --regexp "^samebytes: the reader asked .* no right to, ${pair#* } on $(uname -m) \(Linux $(uname -r)\): a mistake"
        assert_equal "$(grep -vc '^takeover:' <<<"$output")" 1
    done
}

@test "sandbox: without it the same is done, so the test tests something" {
    for what in open socket fork code protect memfd namespace user folder stat; do
        attempt "$what" inspect --no-sandbox "$image"
        assert_success
        assert_output --partial "takeover: $what was done"
    done
}

@test "sandbox: every command that reads is confined" {
    attempt open diff "$image" "$image"
    assert_failure 2
    attempt open normalize "$image" -o out.tar
    assert_failure 2
    attempt open audit "$image" --source "$BATS_FILE_TMPDIR/context"
    refute_output --partial 'was done'
    attempt execute audit "$image" --source "$BATS_FILE_TMPDIR/context"
    assert_failure 2
    attempt open inspect "oci:$BATS_FILE_TMPDIR/layout"
    refute_output --partial 'was done'
    [ -z "$(ls)" ]
}

@test "sandbox: verify gives up its rights before it reads what builders wrote" {
    need_preload
    # The native half hashes before: the library waits for the reader, whose parent is samebytes.
    TRY=execute TRY_IN_READER=1 LD_PRELOAD=$library run "$samebytes" verify --engine none --against "$image" \
        "$BATS_FILE_TMPDIR/context"
    assert_failure 2
    assert_output --partial 'asked the system for what it has no right to'
}

@test "sandbox: a folder's reader reads below the folder alone" {
    "$samebytes" --version -v | grep -q 'Landlock [1-9]' || skip "the kernel has no Landlock"
    for what in open create open-write; do
        attempt "$what" inspect "oci:$BATS_FILE_TMPDIR/layout"
        refute_output --partial "takeover: $what was done"
    done
    TRY_PATH=$BATS_FILE_TMPDIR/layout/oci-layout attempt open inspect "oci:$BATS_FILE_TMPDIR/layout"
    assert_success
    assert_output --partial 'takeover: open was done'
    for what in socket execute fork kill; do
        attempt "$what" inspect "oci:$BATS_FILE_TMPDIR/layout"
        assert_failure 2
    done
}

@test "sandbox: a result that the command line does not name cannot be asked for" {
    TRY_PATH=evil attempt ask inspect "$image" --json=own.json -q
    assert_output --partial 'the parent says: evil: not a result of this command'
    [ "$(ls)" = own.json ]
    export TRY_IN_READER=1
    TRY_PATH=kept/../evil attempt ask verify --engine none "$BATS_FILE_TMPDIR/context" --output-dir kept -q
    assert_output --partial 'kept/../evil: not a result'
    unset TRY_IN_READER
    [ ! -e evil ]
    run "$samebytes" verify --engine none "$BATS_FILE_TMPDIR/context" --output-dir kept -q
    assert_success
    [ "$(ls kept)" = "$(printf 'native.canonical.tar\nnative.canonical.tar.gz\nnative.tar')" ]
}

@test "sandbox: --version -v says what guards; --no-sandbox goes without" {
    run "$samebytes" --version -v
    assert_line --regexp '^sandbox: seccomp, (Landlock [0-9]+|no Landlock in this kernel)$'
    run "$samebytes" inspect --no-sandbox "$image"
    assert_success
}

@test "sandbox: the reader of a running program has a filter and no way to new privileges" {
    # Half a gigabyte of zeros, base64 of gzip: a second of reading.
    head -c 536870912 /dev/zero | gzip -1 | base64 >bomb
    "$samebytes" inspect bomb 2>/dev/null & parent=$!
    reader='' tries=0
    while [ -z "$reader" ] && [ $((tries += 1)) -lt 200 ]; do
        reader=$(pgrep -P $parent) || sleep 0.01
    done
    grep -x 'NoNewPrivs:.1' "/proc/$reader/status"
    grep -x 'Seccomp:.2' "/proc/$reader/status"
    wait $parent || true
}

@test "sandbox: a reader that hides or floods its parent is ended, and so is the run" {
    need_preload
    for what in hide flood; do
        TRY=$what LD_PRELOAD=$library run timeout 20 "$samebytes" inspect "$image"
        assert_failure 2
        [[ $output != *"was done"* ]]
    done
    # And by a signal at once.
    TRY=flood LD_PRELOAD=$library "$samebytes" inspect "$image" 2>/dev/null & pid=$!
    sleep 0.5
    kill -TERM $pid 2>/dev/null || true
    code=0
    wait $pid || code=$?
    [ $code = 2 ]
    run pgrep -f "$image"
    assert_output ''
}
