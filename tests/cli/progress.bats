#!/usr/bin/env bats
# A line of progress on standard error, for what takes longer than a second, and only on a terminal.
load helpers

setup_file() {
    python3 "$BATS_TEST_DIRNAME/../../tools/bench/images.py" "$BATS_FILE_TMPDIR" 1500000000
}

setup() {
    cd "$BATS_FILE_TMPDIR"
    export a=zeros-1500000000-A.docker.tar b=zeros-1500000000-B.docker.tar
    command -v script >/dev/null || skip "script is not installed"
}

# What a terminal gets, a line for each time that the line is written again.
on_terminal() {
    script -qec "$samebytes $*" /dev/null </dev/null | tr '\r' '\n'
}

@test "progress: bytes, rate and time left; the line is gone before the report" {
    on_terminal diff -v "$a" "$b" >said
    grep -qE $'^\e\\[Kread [0-9.]+ [GM]B of about 12 GB, [0-9.]+ [GM]B/s, [0-9]+ s left' said
    # The report begins on an empty line.
    grep -A 1 'left' said | tail -n 1 | grep -q $'^\e\\[K'
    grep -q '^.*reproduced' said
    run grep -qE 'left.*reproduced' said
    assert_failure
}

@test "progress: an error comes on a line of its own" {
    head -c 1000000000 "$a" >short.tar
    on_terminal inspect short.tar >said || true
    grep -q 'samebytes inspect: ' said
    run grep -qE '/s.*samebytes inspect' said
    assert_failure
}

@test "progress: none where standard error is no terminal, and none for what is quick" {
    "$samebytes" diff -v "$a" "$b" >out 2>err
    [ ! -s err ]
    on_terminal inspect "$published" >said
    run grep -q 'read ' said
    assert_failure
}
