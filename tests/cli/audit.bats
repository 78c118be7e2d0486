#!/usr/bin/env bats
# samebytes audit: the published 976 bytes, explained to the last one, and everything that must not pass.
load helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
    base64 -d "$published" >blob
}

audit() {
    timeout 60 "$samebytes" audit --source context "$@"
}

@test "the published blob is identical, with 976 of 976 bytes explained" {
    run audit "$published"
    assert_success
    assert_output --partial 'identical: 976 of 976 bytes explained'
    assert_output --partial 'facts that must be trusted'
    assert_output --partial 'elf-ia32'
    audit --json "$published" >report
    jq -e '.verdict == "identical" and .bytes == 976 and .explained.unexplained == 0
        and ([.explained[]] | add) == 976 and .profile == "docker-17.09"
        and .facts.docker_version == "17.09.0-ce" and .facts.steps[0].uid == 1000
        and ([.map[].size] | add) == 976 and (.findings | all(has("severity") and has("kind")))' report
}

@test "from assembler source, Dockerfile and facts the blob comes out bit for bit" {
    "$samebytes" inspect --facts "$published" >facts
    rm context/t
    "$samebytes" build -q --facts facts context -o again --assemble "t=$root/asm/t.asm"
    cmp again "$published"
    "$samebytes" inspect --facts blob | "$samebytes" build --facts - context -o - \
        --assemble "t=$root/asm/t.asm" | cmp - blob
    [ "$(wc -c <facts)" -lt 600 ]
}

@test "the profile serves any file, time, mode, tag and name" {
    head -c 5000 /dev/urandom >context/program
    printf 'FROM scratch\nADD program /other\nCOPY t /t\n' >context/Dockerfile
    "$samebytes" inspect --facts blob | jq '.names = ["some/where:v1.2", "t:latest"]
        | .steps = [{"created": "2001-02-03T04:05:06.7Z", "mode": "0600", "mtime": 981173106, "uid": 1234, "gid": 1234},
                    {"created": "2001-02-03T04:05:07Z", "mode": "0755", "mtime": 1, "uid": 0, "gid": 0}]
        | .encodings = []' >facts
    "$samebytes" build -q --facts facts context -o other.tar
    "$samebytes" inspect --json other.tar >report
    assert_equal "$(field '.findings | map(select(.severity != "info")) | length' report)" 0
    assert_equal "$(field '.names | join(" ")' report)" 't:latest some/where:v1.2'
    run audit --json other.tar
    assert_success
    assert_equal "$(jq -r '.verdict' <<<"$output")" identical
    assert_equal "$(jq -r .facts.steps[0].uid <<<"$output")" 1234
    assert_equal "$(jq -r '.facts.steps[0].mode' <<<"$output")" 0600
}

@test "archives that docker 20.10 really wrote are identical, too" {
    need_corpus fixtures/engines
    tar -xf "$SAMEBYTES_CORPUS/fixtures/contexts/founding.tar.xz"
    for version in 20.10.5 20.10.24; do
        for build in 1-1 2-1; do
            xz -dc "$SAMEBYTES_CORPUS/fixtures/engines/docker-$version-classic/founding-$build.tar.xz" >saved.tar
            run "$samebytes" audit --source founding saved.tar
            assert_success
            assert_output --partial identical
        done
    done
}

@test "a wrong source is different, with the first byte of t that differs" {
    printf '\x90' | dd of=context/t bs=1 seek=120 conv=notrunc status=none
    run audit "$published"
    assert_failure 1
    assert_output --partial 'different'
    assert_output --partial '/t differs from the source at byte 120: 0xb8 in the blob, 0x90 in the source'
}

@test "without source it says what is known and what is to be supplied" {
    run "$samebytes" audit "$published"
    assert_output --partial 'no source'
    assert_output --partial 'docker-17.09'
    assert_output --partial 'to be supplied'
    assert_success
    "$samebytes" audit --json "$published" >report
    assert_equal "$(field .verdict report)" null
}

@test "facts that were agreed must be those that are found" {
    "$samebytes" inspect --facts "$published" >facts
    run audit --facts facts "$published"
    assert_success
    sed -i 's/1526969990/1526969991/' facts
    run audit --facts facts "$published"
    assert_failure 1
    assert_output --partial 'fact-differs'
}

@test "hidden bytes are unexplained, wherever they are" {
    python3 - blob <<'EOF'
import gzip, io, subprocess, sys, tarfile, zlib
blob = open(sys.argv[1], 'rb').read()
tar = gzip.decompress(blob)
hidden = bytes(range(0xa0, 0xb0))
body = blob[12:-8]
def write(name, data):
    open('hidden-' + name, 'wb').write(data)
def packed(tar):
    deflate = subprocess.run(['gzip', '-9n'], input=tar, stdout=subprocess.PIPE, check=True).stdout[10:]
    return blob[:12] + deflate
write('after-member', blob + hidden)
write('comment', blob[:3] + b'\x18' + blob[4:12] + hidden + b'\0' + blob[12:])
write('extra', blob[:3] + b'\x0c' + blob[4:10] + b'\x10\0' + hidden + blob[10:])
write('name', blob[:10] + b'b' + hidden + b'\0' + blob[12:])
write('tar-end', packed(tar[:-16] + hidden))
write('after-end', packed(tar + hidden + b'\0' * 496))
at = tar.index(b'1.0\0')
write('padding', packed(tar[:at + 100] + hidden + tar[at + 116:]))
def with_checksum(tar, at):
    block = bytearray(tar[at:at + 512])
    block[148:156] = b' ' * 8
    block[148:156] = b'%06o\0 ' % sum(block)
    return tar[:at] + bytes(block) + tar[at + 512:]
write('header', packed(with_checksum(tar[:480] + hidden + tar[496:], 0)))
entry = tarfile.TarInfo('zzz')
entry.size = 16
write('entry', packed(tar[:-1024] + entry.tobuf(tarfile.USTAR_FORMAT) + hidden + b'\0' * 496 + b'\0' * 1024))
EOF
    for file in hidden-*; do
        status=0
        audit --json "$file" >report 2>error || status=$?
        case $file in
        # Here the name is what is shown as a fact; the decoder's other readings are refused.
        hidden-name) [ "$(field '.facts.encodings[0].name' report)" != b ] && continue ;;
        esac
        # Inside the end mark no engine reads on: there is no reading to go on with.
        [ "$file $status" != 'hidden-tar-end 2' ] || continue
        [ "$status" = 1 ] || fail "$file: status $status $(cat error)"
        [ "$(field .explained.unexplained report)" -ge 12 ] || fail "$file: $(field .explained report)"
        assert_equal "$(field '[.explained[]] | add' report)" "$(wc -c <"$file")"
        field '.findings[].kind' report | grep -q unexplained || fail "$file"
    done
}

@test "each flipped bit changes the verdict, a finding or a fact; with agreed facts each is 1 or 2" {
    "$samebytes" inspect --facts "$published" >facts
    run timeout 280 python3 "$root/tests/cli/flip.py" "$samebytes" blob context facts
    assert_success
    assert_output --partial '7808 bits, 0 unnoticed'
}

@test "altered base64 is refused with its offset, or read as what it is" {
    text=$(cat "$published")
    printf '%s' "${text%??}" >no-padding
    fold -w 76 "$published" >wrapped
    tr '+/' '-_' <"$published" >url-safe
    { printf 'data:application/gzip;base64,'; cat "$published"; } >uri
    { echo '-----BEGIN IMAGE-----'; cat "$published"; echo '-----END IMAGE-----'; } >armour
    sed 's/+/\&#43;/g; s/=/\&#61;/g' "$published" >entities
    for file in no-padding wrapped url-safe uri armour entities; do
        run audit --json "$file"
        [ "$status" = 0 ] || fail "$file: $output"
        assert_equal "$(jq -r .bytes <<<"$output")" 976
    done
    printf '%s' "${text:0:500}" >shortened
    printf '%s!%s' "${text:0:500}" "${text:500}" >odd
    for file in shortened odd; do
        run audit "$file"
        assert_failure 2
        assert_output --partial 'offset'
    done
}

@test "the script repeats the proof, and fails for another source" {
    rm context/t
    audit -q --assemble "t=$root/asm/t.asm" --script proof.sh "$published"
    run grep -cE "(^|[^[:alnum:]_/])samebytes([[:space:]]|$)" proof.sh
    assert_output 0
    mkdir elsewhere
    cp context/Dockerfile elsewhere/
    cd elsewhere
    ASSEMBLER_SOURCE=$root/asm/t.asm run sh ../proof.sh . "$published"
    assert_success
    assert_output identical
    sed 's/mov eax, 29/mov eax, 30/' "$root/asm/t.asm" >t.asm
    ASSEMBLER_SOURCE=$PWD/t.asm run sh ../proof.sh . "$published"
    assert_failure
    refute_output --partial identical
}

@test "the page has a cell a byte, and a click or a key shows what it is" {
    browser=$(command -v chromium || command -v chromium-browser || true)
    [ -n "$browser" ] || skip "chromium is not installed"
    audit -q --html=page.html "$published"
    run grep -cE 'src=|href=|url\(' page.html
    assert_output 0
    look() { # SCRIPT: the page's document after it ran
        { cat page.html; echo "<script>$1</script>"; } >looked.html
        timeout 60 "$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
            --disable-component-update --disable-sync --user-data-dir="$PWD/profile" \
            --virtual-time-budget=2000 --dump-dom "file://$PWD/looked.html" 2>/dev/null
    }
    look "onerror=e=>document.title='error';document.title='cells '+document.querySelectorAll('#map button').length;" >dom
    grep -q '<title>cells 976</title>' dom || fail "$(grep -o '<title>.*</title>' dom)"
    look "document.querySelectorAll('#map button')[4].click();" >dom
    grep -q 'id="detail"[^>]*>byte 4, value 0x86, fact: gzip, mtime<' dom
    look "const b=document.querySelectorAll('#map button');b[4].focus();b[4].dispatchEvent(new KeyboardEvent('keydown',{key:'ArrowRight',bubbles:true}));" >dom
    grep -q 'id="detail"[^>]*>byte 5, value 0xb6, fact: gzip, mtime<' dom
}

@test "audit and its script agree on every archive that the script is for" {
    founding_context context
    run python3 "$root/tests/corpus/scripts.py" "$samebytes" "$published" context ${SAMEBYTES_CORPUS:+"$SAMEBYTES_CORPUS"}
    assert_success
    [[ $output =~ ^([0-9]+)\ scripts\ agree ]] && [ "${BASH_REMATCH[1]}" -ge 30 ]
}

@test "a fact can say only what it is for: what is outside of its form is unexplained, what opens a file is a warning" {
    "$samebytes" inspect --facts "$published" >facts
    founding_context context
    # A file that everybody may write and that runs as its owner: the source does not say so.
    jq '.steps[0].mode = "4777"' facts >open
    "$samebytes" build -q --facts open context -o open.b64
    "$samebytes" audit --json --source context open.b64 >report
    jq -e '.verdict == "identical" and (.findings | any(.kind == "fact-mode" and .severity == "warning"))' report
    "$samebytes" audit --json --source context "$published" | jq -e '.findings | all(.kind != "fact-mode")'
    jq '.names += ["evil:latest"]' facts >two
    "$samebytes" build -q --facts two context -o two.b64
    "$samebytes" audit --json --source context two.b64 | jq -e '.findings | any(.kind == "fact-names")'
    # Facts that have no such form are refused, and archives that hold such are of no profile.
    long=$(printf '1%.0s' $(seq 100))
    for change in ".docker_version = \"$long\"" '.docker_version = "<script>"' '.architecture = "amd64 and more"' \
        '.steps[0].created = "2018-05-22T06:16:49,5Z"' '.container = "none"' '.encodings[1].os = 77' '.encodings[1].xfl = 3' \
        '.encodings[0].wrap = 100000' '.encodings[1].name = "a/b"' '.names = ["NO"]' '.annotations = {"x": "y"}' \
        '.annotations = {"org.opencontainers.image.created": "yesterday"}' '.attestation = {"_type": "mine"}'; do
        jq "$change" facts >changed
        run "$samebytes" build --facts changed context -o out
        assert_failure 2
        [ ! -e out ] || fail "$change"
    done
    # 77 in the OS byte of the blob itself.
    base64 -d "$published" >blob
    printf '\x4d' | dd of=blob bs=1 seek=9 conv=notrunc status=none
    run "$samebytes" audit --json --source context blob
    assert_failure 1
    jq -e '.explained.unexplained > 0' <<<"$output"
}
