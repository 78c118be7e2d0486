#!/usr/bin/env bats
# What the programs are built with, read from the programs.
load helpers

release=build/samebytes

setup_file() {
    make --no-print-directory -s MODE=static build/samebytes-static >&2
}

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

@test "hardening: PIE, full RELRO, no executable stack" {
    run readelf -hW $release
    [[ $output == *"DYN (Position-Independent Executable file)"* ]]
    run readelf -lW $release
    [[ $output == *GNU_RELRO* ]]
    [[ $output =~ GNU_STACK.*\ RW\ +0x10 ]]
    [[ $output != *RWE* ]]
    run readelf -dW $release
    [[ $output == *BIND_NOW* ]]
}

@test "hardening: stack protector, fortified functions, landing pads for indirect branches" {
    run nm -D $release
    [[ $output == *__stack_chk_fail* && $output == *_chk@* ]]
    [ "$(uname -m)" = x86_64 ] || return 0
    run objdump -d --no-show-raw-insn --disassemble=main $release
    [[ $output == *endbr64* ]]
}

@test "make static: one program, without an interpreter, below 3 MB, with the same answers" {
    static=build/samebytes-static
    mkdir "$BATS_TEST_TMPDIR/context"
    echo content >"$BATS_TEST_TMPDIR/context/file"
    printf 'FROM scratch\nCOPY file /\n' >"$BATS_TEST_TMPDIR/context/Dockerfile"
    [ "$(stat -c %s $static)" -lt 3000000 ]
    run readelf -lW $static
    [[ $output != *INTERP* && $output == *GNU_RELRO* && $output != *RWE* ]]
    $release build -q "$BATS_TEST_TMPDIR/context" -o "$BATS_TEST_TMPDIR/a.tar.gz"
    $static build -q "$BATS_TEST_TMPDIR/context" -o "$BATS_TEST_TMPDIR/b.tar.gz"
    cmp "$BATS_TEST_TMPDIR/a.tar.gz" "$BATS_TEST_TMPDIR/b.tar.gz"
    diff <($release inspect --json "$BATS_TEST_TMPDIR/a.tar.gz") <($static inspect --json "$BATS_TEST_TMPDIR/a.tar.gz")
}
