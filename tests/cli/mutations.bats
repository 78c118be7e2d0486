#!/usr/bin/env bats
# What must not pass, and what must: every mutation of one image has its verdict.
load helpers

setup_file() {
    bats_require_minimum_version 1.5.0
    export images=$BATS_FILE_TMPDIR/images
    python3 "$BATS_TEST_DIRNAME/../images.py" "$images"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# The same without digests, and with those that the archives claim.
short_ways_agree() { # FILE VERDICT STATUS
    local option got
    for option in --max-differences=50 --trust-digests; do
        got=0
        "$samebytes" diff "$option" "$images/base.tar" "$1" >"$BATS_TEST_TMPDIR/text" || got=$?
        [ "$got" = "$3" ] && head -n 1 "$BATS_TEST_TMPDIR/text" | grep -q "^$2: " || return 1
    done
}

# Every digest that differs has a reason with a name; where the image is the same something is named that does not count.
is_accounted_for() { # REPORT
    jq -e '([.trail[]?.reasons[]] | index("not accounted for") | not) and (.verdict != "reproduced" or ([.normalised[].differ] | add > 0))' "$1" >"$BATS_TEST_TMPDIR/accounted"
}

# Every file of a folder must come out with the folder's name as verdict, and with that status.
check_all() {
    local verdict=$1 wanted=$2 file wrong='' count=0 got
    for file in "$images/$verdict"/*; do
        count=$((count + 1))
        got=0
        "$samebytes" diff --json "$images/base.tar" "$file" >"$BATS_TEST_TMPDIR/report" || got=$?
        [ "$got" = "$wanted" ] && [ "$(field .verdict "$BATS_TEST_TMPDIR/report")" = "$verdict" ] &&
            short_ways_agree "$file" "$verdict" "$wanted" && is_accounted_for "$BATS_TEST_TMPDIR/report" ||
            wrong="$wrong ${file##*/}"
    done
    [ -z "$wrong" ] || fail "not $verdict:$wrong"
    [ "$count" -ge "$3" ] || fail "only $count mutations"
}

@test "each meaningful mutation is different" {
    check_all different 1 45
}

@test "each nuisance is reproduced" {
    check_all reproduced 0 45
}

@test "layers that are cut differently are equivalent" {
    check_all equivalent 1 4
}

@test "a repeated entry is named as the cause" {
    run "$samebytes" diff --require equivalent "$images/base.tar" "$images/equivalent/repeated-entry"
    assert_success
    assert_output --partial 'repeated-entry'
}

@test "each difference is named by place, with both values" {
    run "$samebytes" diff "$images/base.tar" "$images/different/content-byte"
    assert_failure 1
    assert_output --partial 'layer 1: /bin/t'
    assert_output --partial '0x6d at byte 10 of 11'
    assert_output --partial '0x4d at byte 10 of 11'
    run "$samebytes" diff "$images/base.tar" "$images/different/cmd"
    assert_output --partial 'config.Cmd[0]'
    assert_output --partial '"-x"'
    assert_output --partial '"-y"'
    run "$samebytes" diff "$images/base.tar" "$images/different/owner"
    assert_output --partial 'layer 2: /home'
    assert_output --partial 'A: 1000'
    assert_output --partial 'B: 1001'
}

@test "the offset of a difference is that of the bytes in the layer" {
    "$samebytes" diff --json "$images/base.tar" "$images/different/content-byte" >report || true
    offset=$(field '.differences[0].offset_b' report)
    tar -xOf "$images/different/content-byte" --wildcards '*/layer.tar' >layers
    [ "$(dd if=layers bs=1 skip="$offset" count=1 status=none)" = M ]
}

@test "the same bytes are identical" {
    run "$samebytes" diff --require identical "$images/base.tar" "$images/base.tar"
    assert_success
    assert_output --partial 'identical'
}

@test "what is malformed gives one line, status 2 and no output file" {
    local file
    for file in "$images"/malformed/*; do
        for command in inspect 'normalize -o out.tar' 'normalize --canonical -o out.tar'; do
            # shellcheck disable=SC2086
            run --separate-stderr "$samebytes" $command "$file"
            assert_failure 2
            assert_equal "${#stderr_lines[@]}" 1
            assert_equal "$output" ''
            [ ! -e out.tar ] || fail "$command left out.tar for ${file##*/}"
        done
    done
}

@test "what engines read differently is refused, unless its kind is allowed" {
    local file kind kinds count=0
    for file in "$images"/ambiguous/*; do
        run --separate-stderr "$samebytes" diff "$images/base.tar" "$file"
        [ "$status" = 2 ] || fail "${file##*/}: status $status"
        assert_equal "${#stderr_lines[@]}" 1
        kinds=$(sed -n 's/.*--allow \([a-z0-9,-]*\) goes on$/\1/p' <<<"$stderr")
        kind=${kinds%%,*}
        [ -n "$kind" ] || fail "${file##*/}: $stderr"
        run "$samebytes" diff --allow "$kinds" "$images/base.tar" "$file"
        [ "$status" -lt 2 ] || fail "${file##*/} with --allow $kinds: status $status"
        "$samebytes" inspect --json "$file" | jq -e --arg kind "$kind" \
            '.findings | any(.kind == $kind and .ambiguous)' >/dev/null || [ "$kind" = path-through-link ]
        count=$((count + 1))
    done
    [ "$count" -ge 5 ]
}

@test "a history that is too long does no harm where it is kept" {
    python3 - "$root/tests" <<'EOF'
import sys
sys.path.insert(0, sys.argv[1])
import images
config = images.CONFIG | {'history': [{'created_by': 'x'}] * 500}
open('long.tar', 'wb').write(images.docker(images.LAYERS, config))
EOF
    run "$samebytes" diff --keep history "$images/base.tar" long.tar
    assert_failure 1
    run "$samebytes" diff -q --keep history long.tar long.tar
    assert_success
}

@test "normalize keeps every digest, twice gives the same, and is reproduced" {
    local kind file
    for kind in different reproduced equivalent; do
        for file in "$images/$kind"/*; do
            "$samebytes" normalize -q "$file" -o one.tar
            "$samebytes" normalize -q one.tar -o two.tar
            cmp one.tar two.tar || fail "$kind/${file##*/} is not stable"
            "$samebytes" diff -q --require same-config "$file" one.tar || fail "$kind/${file##*/}"
            "$samebytes" diff -q "$file" one.tar || fail "$kind/${file##*/}"
        done
    done
}

@test "the canonical archive is its own canonical archive" {
    local file
    for file in "$images"/base.tar "$images"/different/* "$images"/equivalent/*; do
        "$samebytes" normalize -q --canonical "$file" -o one.tar
        "$samebytes" normalize -q --canonical one.tar -o two.tar
        cmp one.tar two.tar || fail "${file##*/}"
    done
    for file in "$images"/reproduced/*; do
        "$samebytes" normalize -q --canonical "$file" -o two.tar
        "$samebytes" diff -q "$images/base.tar" two.tar || fail "${file##*/}"
    done
}

@test "a pass that is kept makes its nuisance a difference" {
    while read -r pass file; do
        run "$samebytes" diff -q --keep "$pass" "$images/base.tar" "$images/reproduced/$file"
        [ "$status" = 1 ] || fail "--keep $pass, $file: status $status"
    done <<EOF
file-timestamps times
owner-names owner-names
file-mode-redundant-bits type-bits
image-timestamps created
history history
build-record container
build-record docker-version
builder-labels label-builder
args-escaped args-escaped
selinux-xattrs selinux
image-name names
compression layers-gzip
tar-format tar-ustar
file-order entry-order
canonical-paths path-dot-slash
hard-links hard-link-other-way
json-form json-indent
envelope unreferenced
media-types oci
EOF
}

@test "owner-ids is off, and makes owners a nuisance where it is switched on" {
    run "$samebytes" diff -q "$images/base.tar" "$images/different/owner"
    assert_failure 1
    run "$samebytes" diff --ignore owner-ids "$images/base.tar" "$images/different/owner"
    assert_success
    assert_output --partial 'owner-ids'
}

@test "--exclude leaves files out, and lists them" {
    run "$samebytes" diff --exclude '/bin/*' "$images/base.tar" "$images/different/content-byte"
    assert_success
    assert_output --partial '3 excluded: /bin/t, /bin/u, /bin/v'
    run "$samebytes" diff --exclude 'bin/u' "$images/base.tar" "$images/different/content-byte"
    assert_failure 1
}

@test "every pass that changes something is counted" {
    "$samebytes" diff --json "$images/base.tar" "$images/reproduced/times" >report
    assert_equal "$(field '[.normalised[] | select(.pass == "file-timestamps")] | length' report)" 1
    "$samebytes" diff --json "$images/base.tar" "$images/reproduced/oci-attestation" >report
    assert_equal "$(field '.normalised[] | select(.pass == "attestations") | .count' report)" 1
}
