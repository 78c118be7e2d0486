#!/usr/bin/env bats
# Indexes of several platforms: one by itself, several by name, all; and some that are not whole.
load helpers

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    founding_context context
    "$samebytes" build -q --platform linux/amd64 context --image t -o image.tar
    python3 "$BATS_TEST_DIRNAME/../platforms.py" image.tar both amd64 arm64
    python3 "$BATS_TEST_DIRNAME/../platforms.py" image.tar three amd64 arm64 riscv64
    printf x >>context/t
    "$samebytes" build -q --platform linux/amd64 context --image t -o other.tar
    python3 "$BATS_TEST_DIRNAME/../platforms.py" other.tar other amd64 arm64
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp -a "$BATS_FILE_TMPDIR/both" "$BATS_FILE_TMPDIR/three" "$BATS_FILE_TMPDIR/other" "$BATS_FILE_TMPDIR/image.tar" .
}

# The blob that the manifest for ARCH names as its configuration.
config_of() { # LAYOUT ARCH
    "$samebytes" inspect --json --platform "linux/$2" "oci:$1" | jq -r .identity.config | sed 's/^sha256://'
}

@test "platforms: one image on a side decides for the other; where both have several every one is compared" {
    run "$samebytes" diff oci:both image.tar
    assert_success
    assert_output --partial 'oci:both: one of 2 images was compared'
    assert_output --partial 'compared for linux/amd64, the platform of image.tar'
    "$samebytes" build -q --platform linux/s390x "$BATS_FILE_TMPDIR/context" --image t -o lone.tar
    run "$samebytes" diff oci:both lone.tar
    assert_failure 2
    assert_output --partial 'linux/s390x'
    assert_output --partial 'linux/arm64'
    # Two lone images of two platforms.
    run "$samebytes" diff image.tar lone.tar
    assert_failure 1
    assert_line --index 0 'different: A is for linux/amd64, B for linux/s390x'
    run "$samebytes" diff oci:both oci:both
    assert_success
    assert_output --partial 'linux/arm64 reproduced'
    run "$samebytes" diff oci:both oci:other
    assert_failure 1
    run "$samebytes" diff oci:both oci:three
    assert_failure 1
    assert_output --partial 'linux/riscv64 different'
}

@test "verify --against: of several platforms the one that was built is compared, whatever this machine is" {
    cp -a "$BATS_FILE_TMPDIR/context" other-context
    printf 'FROM scratch\nADD t /t\nRUN ["/t"]\n' >other-context/Dockerfile
    for name in arm64 riscv64; do
        "$samebytes" build -q --platform "linux/$name" "$BATS_FILE_TMPDIR/context" --image t -o "$name.tar"
    done
    # The context has another t than both, and the same as other.
    run "$samebytes" verify --engine none --build-command "cp $PWD/arm64.tar \$OUT" --against oci:other --json=report other-context
    assert_success
    jq -e '.builds[-1] | .verdict == "reproduced"' report
    run "$samebytes" verify --engine none --build-command "cp $PWD/arm64.tar \$OUT" --against oci:both other-context
    assert_failure 1
    assert_output --partial '/t  content'
    refute_output --partial 'architecture'
    run "$samebytes" verify --engine none --build-command "cp $PWD/riscv64.tar \$OUT" --against oci:both other-context
    assert_failure 2
    assert_output --partial 'linux/riscv64'
    assert_output --partial 'linux/arm64'
}

@test "--image NAME is asked where an archive holds one image; a side of another name is taken where the other has it" {
    "$samebytes" build -q --platform linux/amd64 "$BATS_FILE_TMPDIR/context" --image u -o named.tar
    "$samebytes" build -q --platform linux/amd64 "$BATS_FILE_TMPDIR/context" --image v -o other.tar
    "$samebytes" diff -q --image u named.tar other.tar
    "$samebytes" diff -q --image u other.tar named.tar
    run "$samebytes" diff --image w named.tar other.tar
    assert_failure 2
    assert_output --partial 'u:latest'
    run "$samebytes" inspect --image w named.tar
    assert_failure 2
    "$samebytes" inspect -q --image u named.tar
}

@test "platforms: several, by name" {
    run "$samebytes" diff --platform linux/arm64 --platform linux/amd64 oci:both oci:three
    assert_success
    assert_output --partial 'linux/arm64 reproduced: '
    assert_output --partial 'linux/amd64 reproduced: '
    "$samebytes" diff --json --platform linux/arm64,linux/amd64 oci:both oci:other >report || [ $? = 1 ]
    jq -e '.verdict == "different" and [.platforms[].platform] == ["linux/arm64", "linux/amd64"]' report
    jq -e '[.platforms[] | .differences[0].kind] == ["content", "content"]' report
    # Each has digests of its own.
    jq -e '[.platforms[] | .canonical[0]] | unique | length == 2' report
    run "$samebytes" inspect --json --platform linux/arm64 --platform linux/riscv64 oci:three
    assert_success
    [ "$(jq -c '[.images[].platform]' <<<"$output")" = '["linux/arm64","linux/riscv64"]' ]
    run "$samebytes" normalize --canonical --platform linux/arm64 --platform linux/amd64 oci:both -o out.tar
    assert_failure 2
}

@test "platforms: all, and one that only one side has" {
    run "$samebytes" diff --all-platforms oci:both oci:both
    assert_success
    run "$samebytes" diff --all-platforms oci:both oci:three
    assert_failure 1
    assert_output --partial 'linux/arm64 reproduced: '
    assert_output --partial 'linux/riscv64 different: '
    assert_output --partial 'platform linux/riscv64  platform'
    "$samebytes" diff --all-platforms --json oci:three oci:both >report || [ $? = 1 ]
    jq -e '.verdict == "different"' report
    jq -e '.platforms[] | select(.platform == "linux/riscv64") | .differences == [{where: "platform linux/riscv64",
        kind: "platform", a: "an image", b: null, offset_a: null, offset_b: null}]' report
    run "$samebytes" diff --all-platforms --platform linux/amd64 oci:both oci:both
    assert_failure 2
}

@test "platforms: both versions of files, a folder for each platform" {
    "$samebytes" diff -q --all-platforms --report-dir out oci:both oci:other || [ $? = 1 ]
    for platform in linux-amd64 linux-arm64; do
        cmp "out/$platform/a/layer-1/t" "$BATS_FILE_TMPDIR/context/t" && fail 'A has the file of B'
        cmp "out/$platform/b/layer-1/t" "$BATS_FILE_TMPDIR/context/t"
    done
}

@test "platforms: one that is not whole is a finding, and an error only where it is wanted" {
    for gone in "$(config_of both arm64)" "$("$samebytes" inspect --json --platform linux/arm64 oci:both | jq -r .identity.manifest | cut -c8-)"; do
        rm -rf cut && cp -a both cut && rm "cut/blobs/sha256/$gone"
        run "$samebytes" diff --platform linux/amd64 oci:cut oci:both
        assert_success
        assert_output --partial 'oci:cut: 1 platforms are named whose blobs are absent'
        run "$samebytes" inspect oci:cut
        assert_success
        assert_output --partial 'the index names it for linux/arm64'
        run "$samebytes" diff --platform linux/arm64 oci:cut oci:both
        assert_failure 2
        assert_output --partial 'named but not whole here: linux/arm64'
        assert_equal "${#lines[@]}" 1
    done
}

@test "diff --html: a page with verdict, digests and differences, and names that cannot break out" {
    "$samebytes" diff -q --html=page.html oci:both oci:other --platform linux/amd64 || [ $? = 1 ]
    grep -q '<span class="verdict different">different</span>' page.html
    grep -q '<td>layer 1: /t<td>content<td>' page.html
    [ "$(grep -o 'sha256:[0-9a-f]*' page.html | sort -u | wc -l)" -ge 6 ]
    mkdir '<script>'
    mv both '<script>/both'
    "$samebytes" diff -q --html=page.html 'oci:<script>/both' oci:other --platform linux/amd64 || [ $? = 1 ]
    run grep -q '<script>' page.html
    assert_failure
    grep -q '&lt;script&gt;/both' page.html
}

@test "one document at most on standard output" {
    run "$samebytes" diff --json --markdown image.tar image.tar
    assert_failure 2
    assert_output --partial 'only one of --json, --html, --markdown, --sarif and --junit'
    "$samebytes" diff --json --markdown=said.md --html=said.html image.tar image.tar >report
    jq -e '.verdict == "identical"' report
    grep -q identical said.md
    grep -q identical said.html
}

@test "normalize --canonical --all-platforms: one index, whatever the order, and what was written is said" {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context ctx
    "$samebytes" build -q ctx --image t -o one.tar
    python3 "$root/tests/platforms.py" one.tar ab amd64 arm64
    python3 "$root/tests/platforms.py" one.tar ba arm64 amd64
    run -0 "$samebytes" normalize --canonical oci:ab -o alone.tar
    assert_output --partial '(of linux/'
    assert_output --partial '--all-platforms writes all'
    "$samebytes" normalize --canonical --all-platforms --json=report oci:ab -o ab.tar >/dev/null
    "$samebytes" normalize -q --canonical --all-platforms oci:ba -o ba.tar
    cmp ab.tar ba.tar
    "$samebytes" normalize -q --canonical --all-platforms ab.tar -o again.tar
    cmp ab.tar again.tar
    run tar -xOf ab.tar index.json
    assert_equal "$(jq -r '.manifests[0].digest' <<<"$output")" "$(jq -r .canonical report)"
    run ! tar -xOf ab.tar manifest.json
    "$samebytes" diff -q --all-platforms oci:ba ab.tar
    # Another platform's image is another index.
    python3 "$root/tests/platforms.py" one.tar ac amd64 riscv64
    "$samebytes" normalize -q --canonical --all-platforms oci:ac -o ac.tar
    run ! cmp -s ab.tar ac.tar
}

@test "normalize --all-platforms: several images are none of several platforms" {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context ctx
    "$samebytes" build -q ctx --image t -o one.tar
    printf 'FROM scratch\nADD t /u\n' >ctx/Dockerfile
    "$samebytes" build -q ctx --image u -o two.tar
    mkdir layout
    tar -C layout -xf one.tar
    tar -C layout -xf two.tar blobs
    jq -s '.[0].manifests += .[1].manifests | .[0]' <(tar -xOf one.tar index.json) <(tar -xOf two.tar index.json) >layout/index.json
    rm layout/manifest.json
    run -2 "$samebytes" normalize --canonical --all-platforms oci:layout -o out.tar
    assert_output --partial 'not one for several platforms'
    run -2 "$samebytes" normalize --all-platforms one.tar -o out.tar
    assert_output --partial 'goes with --canonical'
    run -2 "$samebytes" normalize --canonical --format docker-archive --all-platforms one.tar -o out.tar
    assert_output --partial 'holds one platform'
    [ ! -e out.tar ]
}
