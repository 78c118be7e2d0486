#!/usr/bin/env bats
# diff, normalize, inspect and the program itself, on the published image and on small ones.
load helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
}

@test "inspect reads base64, gzip and tar, from a file and from a pipe" {
    base64 -d "$published" >a.gz
    gzip -dc a.gz >a.tar
    for file in "$published" a.gz a.tar; do
        "$samebytes" inspect --json "$file" >report
        assert_equal "$(field .format report)" docker-archive
        assert_equal "$(field '.names[0]' report)" t:latest
        assert_equal "$(field .platform report)" linux/amd64
        assert_equal "$(field .identity.config report)" \
            sha256:44626a16e79d3b91395901857bc2229fb614e1b85f0a96d8f2eecdde8772a35a
        assert_equal "$(field '.layers[0].entries' report)" 1
        assert_equal "$(field '.layers[0].compression' report)" none
        # shellcheck disable=SC2002 # a pipe is what is tested
        cat "$file" | "$samebytes" inspect --json - >piped
        cmp report piped
    done
}

@test "an archive is recognised by content, whatever its name" {
    cp "$published" picture.png
    "$samebytes" diff -q picture.png "docker-archive:$published"
}

@test "an OCI layout folder is an image, too" {
    "$samebytes" build -q context -o out.tar --image t
    mkdir layout
    tar -xf out.tar -C layout
    rm layout/manifest.json
    "$samebytes" inspect --json oci:layout >report
    assert_equal "$(field .format report)" oci
    assert_equal "$(field .identity.archive report)" null
    "$samebytes" diff -q layout out.tar
    "$samebytes" diff -q oci:layout:latest out.tar || "$samebytes" diff -q oci:layout out.tar
    # What index.json does not lead to is not opened; a blob may be a link, and is held to its digest.
    ln -s /etc/passwd layout/README
    mkfifo layout/pipe
    mkdir layout/bundle
    blob=$(field .identity.manifest report)
    mv "layout/blobs/sha256/${blob#sha256:}" layout/blobs/sha256/moved
    ln -s moved "layout/blobs/sha256/${blob#sha256:}"
    "$samebytes" diff -q oci:layout out.tar
    printf ' ' >>layout/blobs/sha256/moved
    run "$samebytes" inspect oci:layout
    assert_failure 2
    # A link to something else is not the blob.
    ln -sf /etc/passwd "layout/blobs/sha256/${blob#sha256:}"
    run "$samebytes" inspect oci:layout
    assert_failure 2
}

@test "a layout whose blobs are links to files elsewhere, as Bazel makes it, is read by a confined reader, too" {
    founding_context context
    "$samebytes" build -q context --image t -o out.tar
    mkdir -p elsewhere linked plain
    tar -xf out.tar -C linked
    tar -xf out.tar -C plain
    for blob in linked/blobs/sha256/*; do
        mv "$blob" elsewhere/
        ln -s "$PWD/elsewhere/${blob##*/}" "$blob"
    done
    run "$samebytes" diff oci:linked oci:plain
    assert_success
    refute_output --partial 'absent'
    # A link to something else is held to its digest, and nothing of it is shown.
    echo 'a secret' >secret
    for blob in linked/blobs/sha256/*; do ln -sf "$PWD/secret" "$blob"; done
    run "$samebytes" diff oci:linked oci:plain
    assert_failure 2
    refute_output --partial 'a secret'
    # What no blob leads to is not to be had.
    rm linked/blobs/sha256/*
    ln -s "$PWD/secret" linked/blobs/link
    run "$samebytes" inspect oci:linked
    assert_failure 2
}

@test "normalize keeps digests, drops the envelope and counts it" {
    run "$samebytes" normalize "$published" -o out.tar
    assert_success
    assert_output --partial '(kept)'
    assert_output --partial 'envelope'
    run tar -tf out.tar
    assert_output "blobs/sha256/44626a16e79d3b91395901857bc2229fb614e1b85f0a96d8f2eecdde8772a35a
blobs/sha256/4c2f7259566bdfaa59592664814cde82f9c405be550cbd0fdc0ee1ba2f6d48fe
manifest.json"
    "$samebytes" normalize --json=report "$published" -o out.tar >/dev/null
    assert_equal "$(field '.images[0].kept' report)" true
    "$samebytes" normalize "$published" -o - | cmp - out.tar
}

@test "normalize to a place that cannot be written leaves nothing" {
    run "$samebytes" normalize "$published" -o nowhere/out.tar
    assert_failure 2
    assert_output --partial 'nowhere/out.tar'
    run "$samebytes" normalize "$published"
    assert_failure 2
    mkdir full
    if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=4k tmpfs full 2>/dev/null; then
        run "$samebytes" normalize "$published" -o full/out.tar
        left=$(ls full)
        umount full
        assert_failure 2
        assert_equal "$left" ''
    fi
}

@test "a pipe is written to, a link is followed, a file is replaced whole" {
    mkfifo pipe
    cat pipe >through &
    "$samebytes" normalize -q "$published" -o pipe
    wait
    [ -p pipe ]
    echo old >file
    ln -s file link
    "$samebytes" normalize -q "$published" -o link
    [ -L link ]
    cmp file through
}

@test "--require asks for what it says" {
    "$samebytes" normalize -q "$published" -o b.tar
    "$samebytes" normalize -q --canonical "$published" -o c.tar
    while read -r require file wanted; do
        run "$samebytes" diff -q --require "$require" "$published" "$file"
        [ "$status" = "$wanted" ] || fail "$require $file: $status"
    done <<EOF
identical $published 0
identical b.tar 1
same-config b.tar 0
same-config c.tar 1
same-manifest b.tar 1
same-manifest $published 1
reproduced b.tar 0
reproduced c.tar 0
equivalent c.tar 0
EOF
}

@test "the report of diff has what its schema says" {
    "$samebytes" normalize -q --canonical "$published" -o c.tar
    "$samebytes" diff --json "$published" c.tar >report
    jq -e '.verdict == "reproduced" and (.canonical | length == 2 and .[0] == .[1])
        and (.identity | map(.what) == ["archive","index","manifest","config","layers","diff_ids","canonical","rootfs"])
        and (.normalised | all(has("pass") and has("count")))
        and .differences == [] and (.notes | type == "array")' report
    "$samebytes" diff --markdown "$published" c.tar | grep -q '| canonical | yes |'
}

@test "usage mistakes are status 2 and one line" {
    while read -r arguments; do
        # shellcheck disable=SC2086
        run --separate-stderr "$samebytes" $arguments
        [ "$status" = 2 ] || fail "$arguments: $status"
        [ "${#stderr_lines[@]}" = 1 ] || fail "$arguments: $stderr"
    done <<EOF
diff
diff a
diff a b c
diff --no-such-option a b
diff --js a b
diff --require maybe a b
diff --keep nothing a b
diff --allow nothing a b
diff --color blue a b
inspect
inspect /nowhere/at/all
inspect -o x y
build --max-size many -o x .
build --json -o - context
normalize --json -o - context
normalize x
verify --engine what context
EOF
    run "$samebytes"
    assert_failure 2
    run "$samebytes" explode
    assert_failure 2
}

@test "a name without a file gets a hint" {
    run "$samebytes" inspect debian
    assert_failure 2
    assert_output --partial 'docker-daemon:debian'
}

@test "help goes to standard output and names every command" {
    help=$("$samebytes" --help)
    for command in verify build diff normalize audit inspect; do
        [[ $help == *"$command"* ]] || fail "$command"
        run --separate-stderr "$samebytes" "$command" --help
        assert_success
        assert_output --partial "usage: samebytes $command"
    done
    run "$samebytes" --version
    assert_success
}

@test "a full standard output is an error" {
    [ -e /dev/full ] || skip "no /dev/full"
    run bash -c "'$samebytes' inspect '$published' >/dev/full"
    assert_failure 2
}

@test "control characters of names never reach the terminal" {
    mkdir odd
    printf x >"odd/$(printf 'a\033[31mb\n\377')"
    printf 'FROM scratch\nCOPY odd /odd/\n' >Dockerfile
    "$samebytes" build -q . -o one.tar
    printf y >odd/a*
    "$samebytes" build -q . -o two.tar
    run "$samebytes" diff --color=never one.tar two.tar
    assert_failure 1
    assert_output --partial '/odd/a\x1b[31mb\x0a\xff'
    [[ $output != *$'\033'* ]]
    "$samebytes" diff --json one.tar two.tar >report || true
    assert_equal "$(field '.differences[0].where' report)" 'layer 1: /odd/a\x1b[31mb\x0a\xff'
}

@test "several images: one must be chosen, by name or number" {
    mkdir parts
    "$samebytes" build -q context -o one.tar --image one --format docker-archive
    printf 'FROM scratch\nADD t /u\n' >context/Dockerfile
    "$samebytes" build -q context -o two.tar --image two --format docker-archive
    mkdir one two
    tar -xf one.tar -C one
    tar -xf two.tar -C two
    mv two/config two/config2
    mv two/layer two/layer2
    jq -c -s '.[0] + (.[1] | .[0].Config = "config2" | .[0].Layers = ["layer2"])' \
        one/manifest.json two/manifest.json >manifest.json
    cp one/config one/layer two/config2 two/layer2 .
    tar -cf both.tar config layer config2 layer2 manifest.json
    run "$samebytes" diff both.tar one.tar
    assert_failure 2
    assert_output --partial 'ambiguous'
    "$samebytes" diff -q --image one both.tar one.tar
    "$samebytes" diff -q docker-archive:both.tar:two two.tar
    "$samebytes" diff -q docker-archive:both.tar:@1 two.tar
    run "$samebytes" diff --image three both.tar one.tar
    assert_failure 2
    "$samebytes" inspect --json both.tar >report
    assert_equal "$(field '.images | length' report)" 2
    "$samebytes" normalize -q both.tar -o normal.tar
    "$samebytes" diff -q docker-archive:normal.tar:two two.tar
    run "$samebytes" diff docker-archive:both.tar:one one.tar
    assert_output --partial 'one of 2 images'
}

@test "results: /dev/stdout and descriptors are written to, not replaced; links and modes are kept" {
    founding_context context
    "$samebytes" build -q context -o image.tar
    # Appended to, by any name of standard output.
    for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
        echo earlier >appended
        "$samebytes" inspect image.tar --json=$name >>appended
        [ "$(head -n 1 appended)" = earlier ] && [ "$(wc -l <appended)" -gt 10 ]
    done
    ln -s /proc/self/fd/1 own
    "$samebytes" normalize -q image.tar -o own >>appended
    [ -L own ] && [ "$(head -n 1 appended)" = earlier ]
    exec 4>deleted
    rm deleted
    "$samebytes" normalize -q image.tar -o /dev/stdout >&4
    [ -e /dev/stdout ] && [ -L /dev/stdout ]
    "$samebytes" inspect -q /dev/fd/4 4</proc/self/fd/4
    exec 4>&-
    # Through a link, the file; its mode stays.
    echo old >file
    chmod 600 file
    ln -s file link
    "$samebytes" normalize -q image.tar -o link
    [ -L link ] && [ "$(stat -c %a file)" = 600 ]
    "$samebytes" inspect -q file
    ln -s nowhere dangling
    run "$samebytes" normalize -q image.tar -o dangling
    assert_failure 2
    assert_output --partial 'a link to a file that is not there'
    [ -L dangling ]
}
