#!/usr/bin/env bats
# The smallest archives: their sizes, made again, read back by other programs, explained to the last bit; and what must
# not be made or believed.
load helpers

classes='canonical strict-plain strict-overlapped portable one-member legacy zstd zstd-legacy'

# The size that a class must not exceed: the goal when it was made.
goal() {
    case $1 in
    canonical) echo 851 ;; strict-plain) echo 355 ;; strict-overlapped) echo 330 ;; portable) echo 258 ;;
    one-member) echo 238 ;; legacy) echo 140 ;; zstd) echo 230 ;; zstd-legacy) echo 135 ;;
    esac
}

artifact() {
    case $1 in
    zstd*) echo "$root/examples/smallest/$1.tar.zst" ;;
    *) echo "$root/examples/smallest/$1.tar.gz" ;;
    esac
}

unpack() { # CLASS FILE
    case $1 in
    zstd*) zstd -q -d -c "$2" ;;
    *) gzip -q -d -c "$2" ;;
    esac
}

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
}

@test "smallest: every class is at or under its goal, and is the artifact of examples/smallest" {
    for class in $classes; do
        "$samebytes" build --smallest="$class" -o made --json=report
        cmp made "$(artifact "$class")"
        [ "$(stat -c %s made)" -le "$(goal "$class")" ] || fail "$class: $(stat -c %s made)"
        [ "$class" = canonical ] || jq -e --argjson size "$(stat -c %s made)" \
            '.bytes == $size and .budget.bytes == $size' report
    done
}

@test "smallest: the documents have these sizes" {
    for class in $classes; do
        size=$(stat -c %s "$(artifact "$class")")
        grep -Eq "^\| \`$class\` \| .* \| $size \| $(goal "$class") \|\$" "$root/docs/smallest.md" || fail "$class: $size"
        document=docs/smallest.md
        [ "$class" != canonical ] || document=README.md
        grep -q "^\`$class\`, $size bytes; " "$root/$document" || fail "$document: $class: $size"
        [ "$class" = canonical ] || grep -q "^| \`$class\` | $size | " "$root/docs/smallest.md" || fail "bill: $class: $size"
    done
}

@test "smallest: twins that exit are the ones of the fixtures" {
    for class in $classes; do
        [ "$class" != canonical ] || continue
        for code in 0 42; do
            file=$(artifact "$class")
            "$samebytes" build -q --smallest="$class" --exit "$code" -o made
            cmp made "$root/tests/fixtures/smallest/$class-exit$code.tar.${file##*.}"
        done
    done
}

@test "smallest: the same bytes in any surroundings" {
    "$samebytes" build -q --smallest -o first
    mkdir other
    (cd other && umask 027 && TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 HOME=/ "$samebytes" build -q --smallest=portable -o - |
        cmp - ../first)
    "$samebytes" build --smallest=strict-plain -o - | cmp - "$(artifact strict-plain)"
}

@test "smallest: what is inside comes out of other programs as well" {
    for class in portable one-member legacy; do
        file=$(artifact "$class")
        gzip -d -c "$file" >tar
        busybox gunzip -c "$file" | cmp - tar
        python3 -c 'import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())' "$file" | cmp - tar
    done
    for class in zstd zstd-legacy; do
        zstd -q -d -c "$(artifact "$class")" >tar
        [ "$(stat -c %s tar)" -gt 2048 ]
    done
}

@test "smallest: programs wait, or exit with the code they are asked for" {
    for class in $classes; do
        [ "$class" != canonical ] || continue
        for code in '' 0 42 127; do
            "$samebytes" build -q --smallest="$class" ${code:+--exit "$code"} -o made
            unpack "$class" made >tar
            # The layer's program is what begins with the ELF magic number; it ends with the archive, or is known by its size.
            python3 - tar program <<'PYTHON'
import sys
data = open(sys.argv[1], 'rb').read()
at = data.index(b'\x7fELF')
open(sys.argv[2], 'wb').write(data[at:at + (45 if data[at + 4] == 1 else 128 if data[at + 4] == 2 else 80)])
PYTHON
            chmod 755 program
            if [ -n "$code" ]; then
                run -"$code" ./program
            else
                run -124 timeout 0.2 ./program
            fi
        done
    done
}

@test "smallest: strict classes are archives that every reader takes without a word" {
    for class in strict-plain strict-overlapped; do
        file=$(artifact "$class")
        run --separate-stderr tar tvf "$file"
        assert_success
        assert_equal "$stderr" ''
        assert_equal "${#lines[@]}" 3
        python3 - "$file" <<'PYTHON'
import hashlib, io, json, sys, tarfile
outer = tarfile.open(sys.argv[1])
read = lambda name: outer.extractfile(name).read()
manifest, = json.loads(read('manifest.json'))
config, layer = json.loads(read(manifest['Config'])), read(manifest['Layers'][0])
assert config['rootfs'] == {'type': 'layers', 'diff_ids': ['sha256:' + hashlib.sha256(layer).hexdigest()]}
assert (config['architecture'], config['os']) == ('amd64', 'linux')
inner = tarfile.open(fileobj=io.BytesIO(layer))
program, = inner.getmembers()
assert config['config']['Cmd'] == ['/' + program.name] and program.mode & 0o111
assert layer.endswith(bytes(1024))
open('program', 'wb').write(inner.extractfile(program).read())
PYTHON
        "$samebytes" inspect --json "$file" >report
        jq -e '[.findings[] | select(.severity == "alarm" or .severity == "ambiguous")] == []' report
        gzip -d -c "$file" | gzip -9n | cmp - "$file"
    done
}

@test "smallest: the plain program is an ELF file that readelf has nothing to say against" {
    gzip -d -c "$(artifact strict-plain)" >outer
    layer=$(tar xOf outer manifest.json | jq -r '.[0].Layers[0]')
    tar xOf outer "$layer" >inner
    tar xOf inner >program
    run --separate-stderr readelf -hlW program
    assert_success
    assert_equal "$stderr" ''
    assert_line --regexp 'Number of program headers: +1$'
    assert_line --regexp 'LOAD +0x000000 0x[0-9a-f]+ .* E +0'
}

@test "smallest: programs in assembler are the ones in the archives" {
    for class in strict-plain strict-overlapped one-member; do
        case $class in
        strict-plain) source=plain ;; strict-overlapped) source=overlapped ;; *) source=tiny ;;
        esac
        nasm -f bin -o program "$root/asm/smallest/$source.asm"
        unpack "$class" "$(artifact "$class")" >tar
        # Equal but for the bytes that Linux does not look at, which the source names and a search has chosen.
        python3 - "$class" tar program <<'PYTHON'
import sys
free = {'strict-plain': {7, *range(26, 28), 58, *range(64 + 16, 64 + 32), *range(64 + 48, 64 + 56), 68},
        'strict-overlapped': {*range(8, 16), *range(20, 24), *range(48, 54), *range(64, 66), *range(72, 80)},
        'one-member': {14, 22, 26, *range(36, 42)}}[sys.argv[1]]
data, program = open(sys.argv[2], 'rb').read(), open(sys.argv[3], 'rb').read()
at = data.index(b'\x7fELF')
differ = {i for i in range(len(program)) if data[at + i] != program[i]}
assert differ <= free, differ - free
PYTHON
    done
}

@test "audit: every bit of each class has its place" {
    for class in $classes; do
        [ "$class" != canonical ] || continue
        run --separate-stderr "$samebytes" audit --json "$(artifact "$class")"
        assert_success
        jq -e --arg profile "smallest-$class" --argjson size "$(stat -c %s "$(artifact "$class")")" '
            .verdict == "identical" and .profile == $profile and .bytes == $size and .explained.unexplained == 0
            and ([.explained[]] | add) == $size and ([.map[].size] | add) == $size
            and ([.costs[].bits] | add) <= 8 * $size and ([.costs[].bits] | add) > 8 * ($size - 1)
            and any(.costs[]; .heading == "source" and .field == "program")' <<<"$output"
    done
    base64 "$(artifact portable)" >text
    run -0 "$samebytes" audit - <text
    assert_line --index 0 --regexp '^identical: '
    assert_output --partial 'class portable'
    "$samebytes" audit --html=page "$(artifact portable)" >/dev/null
    grep -q 'samebytes build --smallest=portable' page
    # A twin is another one's source.
    "$samebytes" build -q --smallest=portable --exit 7 -o twin
    run -0 "$samebytes" audit twin
    assert_line --index 0 --regexp '^identical: '
    assert_output --partial 'build --smallest=portable --exit 7'
}

@test "audit: a canonical archive, with and without its source" {
    file=$(artifact canonical)
    "$samebytes" audit --json "$file" >report
    jq -e '.verdict == null and .profile == "canonical" and .explained.unexplained == 0
        and ([.explained[]] | add) == 851 and ([.map[].size] | add) == 851 and .explained.source > 100' report
    founding_context context
    "$samebytes" audit --json --source context "$file" >report
    jq -e '.verdict == "identical" and .explained.unexplained == 0' report
    gzip -d -c "$file" >plain.tar
    run -0 "$samebytes" audit --source context plain.tar
    # Another compressor's: nothing of the compressed data is explained, but the image is the source's.
    gzip -1 -n -c plain.tar >fast.tar.gz
    run -1 "$samebytes" audit --json --source context fast.tar.gz
    jq -e '.verdict == "reproduced" and .explained.unexplained > 800' <<<"$output"
    # Another source: the program's last byte, and all digests.
    printf x | dd of=context/t bs=1 seek=126 conv=notrunc status=none
    run -1 "$samebytes" audit --json --source context "$file"
    jq -e '.verdict == "different" and any(.costs[]; .heading == "unexplained" and .entry == "t" and .field == "content")' <<<"$output"
}

@test "audit: a flipped bit is nobody's archive any more" {
    for class in portable legacy zstd strict-plain; do
        python3 - "$(artifact "$class")" flipped <<'PYTHON'
import sys
data = bytearray(open(sys.argv[1], 'rb').read())
data[len(data) * 2 // 3] ^= 4
open(sys.argv[2], 'wb').write(data)
PYTHON
        run "$samebytes" audit flipped
        refute_output --partial 'identical'
        [ "$status" != 0 ]
    done
}

@test "smallest: what is not asked well is refused, and nothing is written" {
    run -2 "$samebytes" build --smallest=tiny -o out
    assert_output --partial 'must be canonical, strict-plain'
    run -2 "$samebytes" build --smallest=legacy --exit 300 -o out
    assert_output --partial 'from 0 to 127'
    run -2 "$samebytes" build --smallest=legacy -o out context
    assert_output --partial 'takes no context'
    run -2 "$samebytes" build --smallest=legacy --facts x -o out
    run -2 "$samebytes" build --exit 3 -o out .
    assert_output --partial 'work with --smallest only'
    run -2 "$samebytes" build --smallest=legacy
    assert_output --partial '-o OUT is missing'
    run -2 --separate-stderr "$samebytes" build --smallest=legacy -o - --engine none,buildah@nowhere
    assert_equal "$output" ''
    run -2 "$samebytes" build --smallest=legacy -o out --engine nonsense
    run -2 "$samebytes" build --smallest=legacy --image t -o out
    assert_output --partial 'do not go with it'
    run -2 "$samebytes" build --smallest=legacy --format docker-archive -o out
    run -2 "$samebytes" build --timeout 3 -o out .
    [ ! -e out ]
}

@test "smallest: a budget" {
    run -1 "$samebytes" build --smallest=portable --max-size 200 -o out
    assert_output --partial 'more than 200'
    run -0 "$samebytes" build --smallest=portable --max-size 300 -o out
}
