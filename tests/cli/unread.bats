#!/usr/bin/env bats
# What diff need not read, and what it must read all the same.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# layer NAME FILE=TEXT…: a layer's tar; a text of - makes a folder.
layer() {
    local name=$1 folder
    folder=$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")
    shift
    for file; do
        mkdir -p "$folder/$(dirname "${file%%=*}")"
        if [ "${file#*=}" = - ]; then mkdir "$folder/${file%%=*}"; else printf %s "${file#*=}" >"$folder/${file%%=*}"; fi
    done
    (cd "$folder" && find . -mindepth 1 -printf '%P\n' | sort |
        tar --no-recursion --format=ustar --owner=0 --group=0 --mtime=@0 -cf "$BATS_TEST_TMPDIR/$name" -T -)
}

# image NAME LAYER…: a docker-archive of those layers, which are called by their digests.
image() {
    local name=$1 folder ids='' names=''
    folder=$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")
    shift
    for layer; do
        id=$(sha256sum <"$layer" | cut -c1-64)
        cp "$layer" "$folder/$id.tar"
        ids="$ids${ids:+,}\"sha256:$id\"" names="$names${names:+,}\"$id.tar\""
    done
    printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}' "$ids" >"$folder/c.json"
    printf '[{"Config":"c.json","RepoTags":["x:1"],"Layers":[%s]}]' "$names" >"$folder/manifest.json"
    tar --format=ustar --mtime=@0 -cf "$name" -C "$folder" .
}

verdict() { # EXPECTED OPTION… A B
    run "$samebytes" diff "${@:2}"
    assert_line --index 0 --partial "$1: "
}

# One byte of the layer's data, which no header has.
break_file() {
    local offset
    offset=$(grep -abo "$2" "$1" | head -n 1 | cut -d: -f1)
    printf X | dd of="$1" bs=1 seek="$offset" conv=notrunc status=none
}

@test "archives of the same bytes are not looked into, and that is said" {
    layer one a=AAAA
    image a.tar one
    cp a.tar b.tar
    verdict identical a.tar b.tar
    assert_success
    assert_output --partial 'both archives are the same bytes, so 1 layers and their digests were not looked into'
    # What is broken is broken in both; a report has every digest, so there it shows.
    break_file a.tar AAAA
    cp a.tar b.tar
    verdict identical a.tar b.tar
    for option in --json -v; do
        run "$samebytes" diff "$option" a.tar b.tar
        assert_failure 2
        assert_output --partial 'its diff_id is'
    done
    # Equal files that are no images are no identical images.
    echo x >x
    run "$samebytes" diff x x
    assert_failure 2
}

@test "two images of one archive are two images" {
    layer one a=A
    layer two a=B
    image a.tar one
    image b.tar two
    mkdir both
    tar -xf a.tar -C both && mv both/c.json both/c1.json && mv both/manifest.json m1
    tar -xf b.tar -C both && mv both/c.json both/c2.json && mv both/manifest.json m2
    jq -s '.[0][0].Config = "c1.json" | .[1][0].Config = "c2.json" | .[1][0].RepoTags = ["x:2"] | [.[0][0], .[1][0]]' m1 m2 >both/manifest.json
    tar -cf both.tar -C both .
    verdict different docker-archive:both.tar:x:1 docker-archive:both.tar:x:2
    assert_output --partial '/a  content'
    verdict identical docker-archive:both.tar:x:1 docker-archive:both.tar:x:1
    verdict different --trust-digests docker-archive:both.tar:@0 docker-archive:both.tar:@1
}

@test "--trust-digests: layers with one diff_id are not read, others are" {
    layer below big=CCCC
    layer one a=A
    layer two a=B
    image a.tar below one
    image b.tar below two
    break_file b.tar CCCC
    run "$samebytes" diff a.tar b.tar
    assert_failure 2
    verdict different --trust-digests a.tar b.tar
    assert_output --partial '1 of 2 layers are in both by the digests that the archives claim'
    assert_output --partial 'layer 2: /a  content'
    refute_output --partial big
    # With a report everything is read, and believed.
    "$samebytes" diff --json --trust-digests a.tar b.tar >report || [ $? = 1 ]
    [ "$(field .verdict report)" = different ]
    jq -e '[.differences[] | select(.kind == "content")] | length == 1' report
    jq -e '[.canonical[] | test("^sha256:[0-9a-f]{64}$")] == [true, true]' report
}

@test "--trust-digests: what shared layers hide or bring is counted" {
    layer empty .wh.none=
    layer x x=A
    layer hides .wh.x=
    layer other y=A
    # x is there, then hidden in both: the root filesystems are equal.
    image a.tar x hides
    image b.tar other hides
    verdict different a.tar b.tar
    verdict different --trust-digests a.tar b.tar
    layer xy x=A y=B
    layer y y=B
    image a.tar xy hides
    image b.tar y hides
    verdict equivalent a.tar b.tar
    verdict equivalent --trust-digests a.tar b.tar
    # Below in one and above in the other: hidden in one alone.
    image a.tar x hides other
    image b.tar other hides x
    verdict different a.tar b.tar
    verdict different --trust-digests a.tar b.tar
}

@test "--trust-digests: an empty layer moves those above it" {
    layer one a=A
    layer two b=B
    tar --format=ustar -cf nothing -T /dev/null
    image a.tar nothing one two
    image b.tar one nothing two
    verdict reproduced a.tar b.tar
    verdict reproduced --trust-digests a.tar b.tar
}

@test "--trust-digests: an OCI layout's compressed layers" {
    layer below big=CCCC
    layer one a=A
    for side in a b; do
        image $side.tar below one
        "$samebytes" normalize --canonical -q $side.tar -o $side.oci.tar
        mkdir $side && tar -xf $side.oci.tar -C $side
    done
    verdict identical --trust-digests a.oci.tar b.oci.tar
    verdict reproduced --trust-digests oci:a oci:b
    assert_output --partial '2 of 2 layers are in both'
}

@test "two images of one file whose layers claim one diff_id: the claim is looked at, the short way or not" {
    PYTHONPATH=$root/tests/corpus python3 - <<'END'
from craft import *
good, evil = entry(b't', b'good', mode=0o755) + END, entry(b't', b'evil', mode=0o755) + END
one, two = dumps(config_of([sha256(good)])), dumps(config_of([sha256(good)], created='2020-01-01T00:00:00Z'))
manifest = dumps([{'Config': sha256(one) + '.json', 'RepoTags': ['a:latest'], 'Layers': ['x.tar']},
                  {'Config': sha256(two) + '.json', 'RepoTags': ['b:latest'], 'Layers': ['y.tar']}])
for name, last in ('lie.tar', evil), ('truth.tar', good):
    with open(name, 'wb') as file:
        file.write(entry((sha256(one) + '.json').encode(), one) + entry((sha256(two) + '.json').encode(), two) + entry(b'x.tar', good)
                   + entry(b'y.tar', last) + entry(b'manifest.json', manifest) + END)
END
    for option in '' --trust-digests --json; do
        # shellcheck disable=SC2086 # none or one
        run "$samebytes" diff $option --allow images-several docker-archive:lie.tar:a docker-archive:lie.tar:b
        assert_failure 2
        assert_output --partial 'y.tar'
        # Another configuration is another image, though the file is the same bytes.
        # shellcheck disable=SC2086
        run "$samebytes" diff $option --allow images-several docker-archive:truth.tar:a docker-archive:truth.tar:b
        assert_success
        assert_output --partial 'reproduced'
    done
}
