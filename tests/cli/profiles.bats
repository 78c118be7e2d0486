#!/usr/bin/env bats
# Facts and profiles, without an engine: what facts hold, and what must not pass.
bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    founding_context context
}

# A save as Docker 28 would write it: made by the profile.
facts_28() {
    cat >facts <<'EOF'
{"schema": 1, "profile": "docker-28", "builder": "buildkit-28", "architecture": "amd64", "saved": 1795481351,
 "steps": [{"created": "2026-11-24T00:49:10.5Z", "mode": "0775", "mtime": 1526922789}], "names": ["t:latest"],
 "encodings": []}
EOF
}

@test "facts give the archive, the archive gives the facts" {
    facts_28
    "$samebytes" build -q --facts facts context -o saved.tar
    "$samebytes" inspect --facts saved.tar >again
    diff <(jq -S . facts) <(jq -S . again)
    "$samebytes" inspect --json saved.tar >report
    jq -e '.engine.name == "docker" and .engine.versions == ["27.0", "28.5.2"] and (.engine.evidence | length) > 1' report
    assert_equal "$(jq -c .findings report | jq 'map(select(.severity != "info")) | length')" 0
}

# The same by Docker 29, which records no time of the save, and whose classic builder does not say its version.
facts_29() { # BUILDER
    facts_28
    jq --arg builder "$1" '.profile = "docker-29" | .builder = $builder | del(.saved)' facts >facts29
}

@test "docker 29: its saves have no time, and layers of mode 0666; facts and archive give each other" {
    printf 'FROM scratch\nADD t /t\nHEALTHCHECK --interval=3s CMD ["/t", "a b"]\n' >context/Dockerfile
    for builder in classic-29 buildkit-29; do
        facts_29 $builder
        jq '.steps += [{"created": "2026-11-24T00:49:11.5Z"}]' facts29 >wanted
        "$samebytes" build -q --facts wanted context -o saved.tar
        [ "$(tar -tvf saved.tar | grep -c '^-rw-rw-rw-')" = 1 ]
        "$samebytes" inspect --facts saved.tar >again
        diff <(jq -S . wanted) <(jq -S . again)
        "$samebytes" inspect --json saved.tar | jq -e '.engine.name == "docker" and .engine.versions == ["29.0", null]'
    done
    tar -xOf saved.tar "$(tar -xOf saved.tar manifest.json | jq -r .[0].Config)" |
        grep -F 'HEALTHCHECK {Test:[CMD /t a b] Interval:3s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}'
}

@test "docker 29: a layer of another mode, or another blob of mode 0666, is no save of it" {
    facts_29 buildkit-29
    "$samebytes" build -q --facts facts29 context -o saved.tar
    for change in 's/-rw-rw-rw-/0644/' 's/-rw-r--r--/0666/'; do
        python3 - saved.tar changed.tar "$change" <<'EOF'
import sys, tarfile
old, new = (0o666, 0o644) if '0644' in sys.argv[3] else (0o644, 0o666)
with tarfile.open(sys.argv[1]) as given, tarfile.open(sys.argv[2], 'w', format=tarfile.USTAR_FORMAT) as made:
    for member in given:
        if member.mode == old and member.name.startswith('blobs/sha256/'):
            member.mode = new
        made.addfile(member, given.extractfile(member) if member.isfile() else None)
EOF
        assert_equal "$("$samebytes" inspect --json changed.tar | jq -c .engine)" null
    done
}

@test "facts hold no content: another program has the same facts" {
    facts_28
    head -c 127 /dev/urandom >context/t
    "$samebytes" build -q --facts facts context -o other.tar
    "$samebytes" inspect --facts other.tar >again
    diff <(jq -S . facts) <(jq -S . again)
}

@test "facts of a changed archive are refused: they would not give it again" {
    facts_28
    "$samebytes" build -q --facts facts context -o saved.tar
    mkdir taken
    tar -xf saved.tar -C taken
    tar -cf mine.tar --format=ustar --sort=name -C taken .
    run --separate-stderr "$samebytes" inspect --facts mine.tar
    assert_failure 2
    assert_equal "${#stderr_lines[@]}" 1
    [[ $stderr == *'does not give this archive again'* ]] || fail "$stderr"
    # One that no profile knows at all.
    "$samebytes" build -q context -o canonical.tar
    run --separate-stderr "$samebytes" inspect --facts canonical.tar
    assert_failure 2
    run "$samebytes" inspect canonical.tar
    assert_success
    assert_output --partial 'engine: samebytes'
    assert_equal "$("$samebytes" inspect --json canonical.tar | jq -r .engine.name)" samebytes
}

@test "facts that do not fit the source are refused, with what does not" {
    facts_28
    for change in '.steps += [{"created": "2026-11-24T00:49:11Z"}]' '.builder = "nobody"' '.profile = "docker-99"' \
        '.steps[0].entries = [["0755", 1], ["0755", 2]] | del(.steps[0].mode)' '.steps[0].mode = "999"' \
        '.steps[0].created = "yesterday"' '.saved = "now"' 'del(.architecture)' '.encodings = [{"codec": "brotli"}]' \
        '.images = []' '.users = {"x": "y"}'; do
        jq "$change" facts >changed
        run --separate-stderr "$samebytes" build --facts changed context -o out.tar
        assert_failure 2
        assert_equal "${#stderr_lines[@]}" 1
        [ ! -e out.tar ] || fail "$change"
    done
    jq '.images = [del(.profile, .saved, .encodings), del(.profile, .saved, .encodings)]' facts >two
    run "$samebytes" build --facts two context -o out.tar
    assert_failure 2
    assert_output --partial 'say -f DOCKERFILE for each'
}

@test "an encoder that is not here is named, status 2" {
    cat >facts <<'EOF'
{"schema": 1, "profile": "docker-26-containerd", "builder": "buildkit-28-containerd", "architecture": "amd64", "bare": true,
 "steps": [{"created": "2026-11-24T00:49:10.5Z", "mode": "0775", "mtime": 1526922789, "encoder": "go9.99-gzip", "level": 6}],
 "names": ["t:latest"], "encodings": []}
EOF
    run "$samebytes" build --facts facts context -o out.tar
    assert_failure 2
    assert_output --partial 'go9.99-gzip'
    [ ! -e out.tar ]
    jq '.steps[0].encoder = "gnu-gzip"' facts >known
    "$samebytes" build -q --facts known context -o out.tar
    # Found again by trial; a layer that none of them makes is refused, with those that are not here.
    "$samebytes" inspect --facts out.tar | jq -e '.steps[0].encoder == "gnu-gzip"'
    [ "$(head -c 2 "$samebytes")" != '#!' ] || skip "a program that an emulator runs finds its encoders wherever it is"
    cp "$samebytes" elsewhere
    run --separate-stderr python3 "$root/tests/corpus/recompress.py" out.tar odd.tar
    assert_success
    run --separate-stderr ./elsewhere inspect --facts odd.tar
    assert_failure 2
    [[ $stderr == *'none of the encoders that are here'*go1.27-gzip* ]] || fail "$stderr"
}

@test "two engines' saves of one context: every difference is explained, and the ids that engines show" {
    facts_28
    "$samebytes" build -q --facts facts context -o b.tar
    "$samebytes" inspect --facts "$published" | jq '.encodings = []' >old
    "$samebytes" build -q --facts old context -o a.tar
    run "$samebytes" diff -v a.tar b.tar
    assert_success
    assert_output --partial 'A: saved by docker 1.10 to 18.05, built by classic-17.09'
    assert_output --partial 'B: saved by docker 27.0 to 28.5.2, built by buildkit-28'
    assert_output --partial 'moby issue 51364'
    assert_output --partial 'repeat the file'
    assert_output --partial 'what engines show as the image id'
    "$samebytes" diff --json a.tar b.tar >report
    # Each pass that counted something has its reason.
    jq -e '.differences_unexplained == 0 and ((.normalised | map(.pass)) - (.why | map(.what)) == [])
        and (.image_ids | length) == 2 and .image_ids[0].a != .image_ids[0].b' report
}

@test "a difference that is no engine's habit is not explained away" {
    facts_28
    "$samebytes" build -q --facts facts context -o a.tar
    printf x >>context/t
    "$samebytes" build -q --facts facts context -o b.tar
    run "$samebytes" diff --json a.tar b.tar
    assert_failure 1
    jq -e '.differences_unexplained == 1' <<<"$output"
}

@test "facts are what gives the bytes again as they came: wrappings in another form are refused" {
    facts_28
    "$samebytes" build -q --facts facts context -o saved.tar
    gzip -9n <saved.tar >saved.tar.gz
    base64 saved.tar.gz >text
    for good in saved.tar.gz text; do
        "$samebytes" inspect --facts "$good" >found
        "$samebytes" build -q --facts found context -o again
        cmp again "$good"
    done
    sed 's/$/\r/' text >crlf
    { head -n 1 text; echo; tail -n +2 text; } >blank
    tr -d = <text >unpadded
    python3 - <<'EOF'
data = open('saved.tar.gz', 'rb').read()
open('extra.gz', 'wb').write(data[:3] + bytes([4]) + data[4:10] + b'\x02\x00ab' + data[10:])
open('comment.gz', 'wb').write(data[:3] + bytes([16]) + data[4:10] + b'hidden\x00' + data[10:])
EOF
    for bad in crlf blank extra.gz comment.gz; do
        run --separate-stderr "$samebytes" inspect --facts "$bad"
        assert_failure 2
        [[ $stderr == *'wrapping is another'* && -z $output ]] || fail "$bad: $stderr"
    done
    if cmp -s text unpadded; then return 0; fi
    run "$samebytes" inspect --facts unpadded
    assert_failure 2
}

@test "facts: every way in which the host names the owners comes back" {
    for owners in '.owner = "root"' '.groups = {"0": "root"}' '.owner = "root" | .groups = {"0": ""}' \
        '.owner = "root" | .groups = {"0": "wheel"}' '.users = {"0": "toor"}' '.'; do
        facts_28
        jq "$owners | .builder = \"buildkit-20.10\"" facts >owned
        "$samebytes" build -q --facts owned context -o saved.tar
        "$samebytes" inspect --facts saved.tar >found
        "$samebytes" build -q --facts found context -o again.tar
        cmp again.tar saved.tar || fail "$owners"
    done
}

@test "facts: a client that sends plain modes is seen in the hash" {
    facts_28
    jq '.profile = "docker-20.10" | .builder = "classic-20.10" | .docker_version = "20.10.24" | .owner = "root" | .plain_modes = true
        | del(.saved)' facts >plain
    jq 'del(.plain_modes)' plain >bits
    for kind in plain bits; do
        "$samebytes" build -q --facts $kind context -o $kind.tar
        "$samebytes" inspect --facts $kind.tar >found
        assert_equal "$(jq -c .plain_modes found)" "$(jq -c .plain_modes $kind)"
    done
    run cmp plain.tar bits.tar
    assert_failure 1
}

@test "facts of wrong types are refused" {
    facts_28
    for change in '.names = [null]' '.names = [[]]' '.names = "t"' '.names = [""]' '.schema = 99' '.bare = "yes"' \
        '.encodings = {"a": 1}' '.encodings = ["gzip"]' '.index_order = [1]' '.times = ["now"]' '.annotations = []' \
        '.attestation = 1' '.names = [range(5000) | "n\(.)"]'; do
        jq "$change" facts >bad
        run --separate-stderr "$samebytes" build --facts bad context -o bad.tar
        assert_failure 2
        [[ ${#stderr_lines[@]} == 1 && $stderr == *'docs/facts.md has the form'* ]] || fail "$change: $stderr"
        [ ! -e bad.tar ]
    done
}

# edit FILE OUT WHAT: WHAT is blob (one more that nothing names, of another digest), v1 (one more of the right digest) or
# mtime (of every blob).
edit() {
    python3 - "$@" <<'EOF'
import hashlib, io, sys, tarfile
source, target, what = sys.argv[1:]
with tarfile.open(source) as old, tarfile.open(target, 'w', format=tarfile.USTAR_FORMAT) as new:
    members = [(m, old.extractfile(m).read() if m.isreg() else b'') for m in old.getmembers()]
    blobs = [m for m in members if m[0].name.startswith('blobs/sha256/')]
    for extra in range({'blob': 1, 'v1': 9}.get(what, 0)):
        data = b'#!/bin/sh\n' if what == 'blob' else b'{"a":%d}' % extra
        name = 'f' * 64 if what == 'blob' else hashlib.sha256(data).hexdigest()
        info = tarfile.TarInfo('blobs/sha256/' + name)
        info.mode, info.mtime, info.size = 0o644, blobs[0][0].mtime, len(data)
        members.append((info, data))
    for info, data in sorted(members, key=lambda m: m[0].name.rstrip('/').split('/')):
        if what == 'mtime' and info.name.startswith('blobs/sha256/'):
            info.mtime = 99999999
        new.addfile(info, io.BytesIO(data))
    new.fileobj.seek(0, 2)
# As Go ends it, and with its device fields.
data = bytearray(open(target, 'rb').read().rstrip(b'\0'))
data += bytes(-len(data) % 512 + 1024)
at = 0
while any(data[at:at + 512]):
    head = data[at:at + 512]
    size = int(head[124:135], 8)
    head[329:345] = b'0000000\0' * 2
    head[148:156] = b' ' * 8
    head[148:156] = b'%06o\0 ' % sum(head)
    data[at:at + 512] = head
    at += 512 + (size + 511) // 512 * 512
open(target, 'wb').write(data)
EOF
}

@test "inspect: an archive in which something stands or is stamped as no engine does has no engine" {
    facts_28
    "$samebytes" build -q --facts facts context -o saved.tar
    edit saved.tar same.tar nothing
    cmp saved.tar same.tar
    for what in blob v1 mtime; do
        edit saved.tar edited.tar $what
        "$samebytes" inspect --json edited.tar >report
        assert_equal "$(jq -c .engine report)" null
    done
}

# two RECIPE_A RECIPE_B: saves by Docker's BuildKit and by Buildah of the recipe's lines after COPY.
two() {
    printf 'FROM scratch\nCOPY t /t\n%b' "$1" >context/Dockerfile
    facts_28
    jq --argjson n "$(grep -c . <(printf '%b' "$1"))" '.steps += [range($n) | {"created": "2026-11-24T00:49:10.5Z"}]' facts >a.facts
    "$samebytes" build -q --facts a.facts context -o a.tar
    printf 'FROM scratch\nCOPY t /t\n%b' "$2" >context/Dockerfile
    jq --argjson mode "${3:-\"0775\"}" '.profile = "containers-docker-archive" | .builder = "buildah-1.39-oci" | .steps[0].mode = $mode
        | .buildah_version = "1.39.3" | .steps[0].sum = ("file:" + ("0" * 64)) | del(.saved)' a.facts >b.facts
    "$samebytes" build -q --facts b.facts context -o b.tar
    "$samebytes" diff --json a.tar b.tar >report || true
    jq -c '[.differences_unexplained, (.differences | length)]' report
}

@test "diff: a habit explains what it does to values, and nothing else that stands in its place" {
    # What Buildah does.
    assert_equal "$(two 'SHELL ["/x","-c"]\nCMD run\n' 'SHELL ["/x","-c"]\nCMD run\n' | jq -c '.[0] == 0 and .[1] > 0')" true
    assert_equal "$(two 'EXPOSE 80-82\n' 'EXPOSE 80-82\n' | jq -c '.[0] == 0 and .[1] > 0')" true
    assert_equal "$(two 'HEALTHCHECK CMD ["/t"]\n' 'HEALTHCHECK CMD ["/t"]\n' | jq -c '.[0] == 0 and .[1] > 0')" true
    # What somebody else did.
    assert_equal "$(two 'CMD ["/t","safe"]\n' 'CMD ["/t","--evil"]\n' | jq -c '.[0]')" 1
    assert_equal "$(two 'ENTRYPOINT ["/t"]\n' 'ENTRYPOINT ["/evil"]\n' | jq -c '.[0]')" 1
    assert_equal "$(two 'EXPOSE 80\n' 'EXPOSE 9999\n' | jq -c '.[0] > 0')" true
    assert_equal "$(two 'EXPOSE 80\n' 'EXPOSE 80\n' '"6775"' | jq -c '.[0]')" 1
    assert_equal "$(two 'EXPOSE 80\n' 'EXPOSE 80\n' '"0777"' | jq -c '.[0]')" 1
}
