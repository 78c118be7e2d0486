#!/usr/bin/env bats
# An archive that is cut short: status 2, one line with the place, nothing written.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    founding_context context
    "$samebytes" build -q context --image t -o image.tar
    "$samebytes" build -q context --image t --format docker-archive -o compact.tar
    mkdir out
}

# refused FILE
refused() {
    local command
    for command in "inspect $1" "diff image.tar $1" "normalize $1 -o out/result.tar"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$samebytes" $command
        [ "$status" = 2 ] && [ "${#stderr_lines[@]}" = 1 ] && [ -z "$output" ] || fail "$command: status $status, $output $stderr"
        [ -z "$(ls out)" ]
    done
}

@test "truncation: at every block of an archive, before its end mark" {
    bats_require_minimum_version 1.5.0
    for archive in image.tar compact.tar; do
        size=$(stat -c %s $archive)
        for ((at = 512; at < size - 1024; at += 512)); do
            head -c $at $archive >part.tar
            # A cut right behind an entry leaves an archive without its end mark; it names what is not there, or is ambiguous.
            refused part.tar
        done
    done
}

@test "truncation: the end mark alone is ambiguous, and inspect goes on" {
    bats_require_minimum_version 1.5.0
    size=$(stat -c %s image.tar)
    head -c $((size - 1024)) image.tar >part.tar
    run --separate-stderr "$samebytes" diff image.tar part.tar
    assert_failure 2
    [[ $stderr == *end-missing* ]]
    run "$samebytes" inspect part.tar
    assert_success
}

@test "truncation: at every seventh byte of a compressed archive" {
    bats_require_minimum_version 1.5.0
    gzip -9n <compact.tar >compact.tar.gz
    size=$(stat -c %s compact.tar.gz)
    for ((at = 1; at < size; at += 7)); do
        head -c $at compact.tar.gz >part.tar.gz
        run --separate-stderr "$samebytes" inspect part.tar.gz
        [ "$status" = 2 ] && [ "${#stderr_lines[@]}" = 1 ] || fail "$at bytes: status $status, $output"
    done
}
