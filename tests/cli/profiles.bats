#!/usr/bin/env bats
# Facts and profiles, without an engine: what facts hold, and what must not pass.
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
    jq -e '.engine.name == "docker" and .engine.versions == ["27.0", null] and (.engine.evidence | length) > 1' report
    assert_equal "$(jq -c .findings report | jq 'map(select(.severity != "info")) | length')" 0
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
    assert_output --partial 'engine: cannot be told'
    assert_equal "$("$samebytes" inspect --json canonical.tar | jq -c .engine)" null
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
    run "$samebytes" diff a.tar b.tar
    assert_success
    assert_output --partial 'A: saved by docker 1.10 to 18.05, built by classic-17.09'
    assert_output --partial 'B: saved by docker 27.0 or later, built by buildkit-28'
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
