#!/usr/bin/env bats
# The founding image by every assembler, archiver and compressor: each cell, and what a tool that is missing or lies changes.
load ../cli/helpers

matrix=$root/tools/toolchains/matrix.py

setup_file() {
    export result=$BATS_FILE_TMPDIR/matrix.json
    PYTHONDONTWRITEBYTECODE=1 python3 "$matrix" "$samebytes" "$result" >"$BATS_FILE_TMPDIR/said"
}

setup() {
    export PYTHONDONTWRITEBYTECODE=1
    cd "$BATS_TEST_TMPDIR"
}

names() { # KIND
    jq -r --arg kind "$1" '[.rows[] | select(.kind == $kind) | .name] | join(" ")' "$result"
}

@test "toolchains: no row is missing, and each tool that is not here says so" {
    assert_equal "$(names assembler)" 'nasm yasm GNU as clang fasm'
    assert_equal "$(names archiver)" 'GNU tar bsdtar busybox tar samebytes'
    assert_equal "$(names compressor)" 'GNU gzip pigz busybox gzip zlib libdeflate zopfli 7z igzip'
    jq -e 'all(.rows[]; .reason != null or .bytes > 0)' "$result"
    # What this project installs is there.
    jq -e '[.rows[] | select(.reason)] == []' "$result"
}

@test "toolchains: every assembler makes the same 127 bytes" {
    jq -e 'all(.rows[] | select(.kind == "assembler"); .bytes == 127 and .same_twice and .same_as_reference)' "$result"
}

@test "toolchains: archivers write the canonical archive, or it is said which field keeps them from it" {
    jq -e '[.rows[] | select(.kind == "archiver" and .same_as_reference) | .name] == ["GNU tar", "bsdtar", "samebytes"]' "$result"
    jq -e 'all(.rows[] | select(.kind == "archiver"); .same_twice and .same_when_normalised)' "$result"
    jq -e '.rows[] | select(.name == "busybox tar") | .differs | test("byte 265 of the header: uname")' "$result"
}

@test "toolchains: every compressor keeps the budget; zlib's kin write what gzip writes" {
    jq -e 'all(.rows[] | select(.kind == "compressor"); .same_twice and .under_budget and .unpacks)' "$result"
    jq -e '[.rows[] | select(.kind == "compressor" and .same_as_reference) | [.name, .bytes]] == [["GNU gzip", 851], ["pigz", 851], ["zlib", 851]]' "$result"
}

@test "toolchains: each of the 160 cells is there, the same twice, unpacks, and keeps the budget" {
    jq -e '[.cells[] | [.assembler, .archiver, .compressor]] | unique | length == 160' "$result"
    jq -e 'all(.cells[]; .same_twice and .under_budget and .unpacks and .bytes < 1000)' "$result"
    # What the archiver writes decides, whatever assembled the program.
    jq -e 'all(.cells[]; .archive_is_reference == (.archiver != "busybox tar"))' "$result"
    jq -e '.cells | group_by([.archiver, .compressor]) | all(map(.bytes) | unique | length == 1)' "$result"
}

# A folder of all programs, in which some are others.
programs() {
    bin=$(mktemp -d)
    chmod 755 "$bin"
    ln -s /usr/bin/* "$bin"
    export PATH=$bin:/usr/sbin:/sbin
}

teardown() {
    PATH=/usr/bin:/bin
    [ -z "${bin-}" ] || rm -rf "$bin"
}

@test "toolchains: a tool that is missing is a row with its reason, and its cells are said to be missing" {
    programs
    rm "$bin/yasm" "$bin/pigz"
    run python3 "$matrix" "$samebytes" other.json
    assert_success
    assert_output --partial '| yasm |  | not installed |'
    jq -e '[.rows[] | select(.reason == "not installed") | .name] == ["yasm", "pigz"]' other.json
    jq -e '[.cells[] | select(.reason)] | length == 16 and all(.[]; .compressor == "pigz" and .reason == "not installed")' other.json
    # Nothing else changed.
    jq -S '[.cells[] | select(.assembler != "yasm" and .compressor != "pigz")]' "$result" >wanted
    jq -S '[.cells[] | select(.compressor != "pigz")]' other.json | cmp - wanted
}

@test "toolchains: a tool that fails, or flips a bit, fails its own cells and no other" {
    programs
    rm "$bin/yasm" "$bin/pigz" "$bin/fasm"
    printf '#!/bin/sh\necho broken >&2\nexit 3\n' >"$bin/fasm"
    cat >"$bin/yasm" <<'EOF'
#!/bin/sh
/usr/bin/yasm "$@" || exit
while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done
[ -z "$out" ] || printf '\001' | dd of="$out" bs=1 seek=9 conv=notrunc status=none
EOF
    cat >"$bin/pigz" <<'EOF'
#!/bin/sh
case $* in *version*) exec /usr/bin/pigz "$@" ;; esac
/usr/bin/pigz "$@" | python3 -c 'import sys; d = bytearray(sys.stdin.buffer.read()); d[len(d) // 2] ^= 4; sys.stdout.buffer.write(d)'
EOF
    chmod +x "$bin/fasm" "$bin/yasm" "$bin/pigz"
    run python3 "$matrix" "$samebytes" other.json
    assert_failure 1
    assert_output --partial "yasm: not the reference's program"
    assert_output --partial 'pigz: what it writes does not unpack'
    assert_output --partial '| fasm | 1.73.30-1 | status 3: broken |'
    jq -e '[.rows[] | select(.reason == null and (.same_as_reference == false) and .kind == "assembler") | .name] == ["yasm"]' other.json
    jq -e '[.cells[] | select(.unpacks == false) | .compressor] | unique == ["pigz"]' other.json
    jq -e '[.cells[] | select(.archive_is_reference == false and .archiver != "busybox tar") | .assembler] | unique == ["yasm"]' other.json
    jq -S '[.cells[] | select(.assembler != "yasm" and .assembler != "fasm" and .compressor != "pigz")]' "$result" >wanted
    jq -S '[.cells[] | select(.assembler != "yasm" and .compressor != "pigz")]' other.json | cmp - wanted
}
