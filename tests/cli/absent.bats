#!/usr/bin/env bats
# Layers of a foreign or nondistributable type, whose blobs are elsewhere: known by their digests alone.
load helpers

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    PYTHONPATH=$root/tests/corpus python3 - <<'END'
import hashlib, json
from craft import *
below, above, other = entry(b'below', b'1') + END, entry(b'above', b'2') + END, entry(b'above', b'3') + END
FOREIGN = 'application/vnd.oci.image.layer.nondistributable.v1.tar'
DOCKER = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
def image(name, layers, media=FOREIGN, leave_out=1, **members):
    config = dumps(config_of([sha256(tar) for tar in layers], os='windows', **members))
    def change(manifest):
        manifest['layers'][0]['mediaType'] = media
    blobs, text = oci_blobs(layers, config, change=change)
    if leave_out:
        del blobs[sha256(layers[0])]
    with open(name, 'wb') as file:
        file.write(oci_files(blobs, [descriptor(MANIFEST, text)]) + END)
image('a.tar', [below, above])
image('same.tar', [below, above], created='2024-01-02T03:04:05Z')
image('whole.tar', [below, above], leave_out=0)
image('docker.tar', [below, above], media=DOCKER)
image('differs.tar', [below, other])
image('below.tar', [entry(b'below', b'4') + END, above])
image('more.tar', [below, above, other])
image('plain.tar', [below, above], media='application/vnd.oci.image.layer.v1.tar')
END
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "absent layers: equal by one digest, said not to be read, without a digest of what nobody saw" {
    for b in same.tar docker.tar; do
        run "$samebytes" diff a.tar $b --json="$BATS_TEST_TMPDIR/report"
        assert_success
        assert_output --partial 'reproduced'
        assert_output --partial 'a.tar: 1 of 2 layers are not in the archive (layer-absent)'
        jq -e '.verdict == "reproduced" and (.identity[] | select(.what == "rootfs") | .a == null and .b == null)' "$BATS_TEST_TMPDIR/report" ||
            jq -c .identity "$BATS_TEST_TMPDIR/report"
    done
    run "$samebytes" diff -q a.tar same.tar
    assert_success
    "$samebytes" inspect --json a.tar >"$BATS_TEST_TMPDIR/report"
    jq -e '.findings | any(.kind == "layer-absent" and .severity == "warning")' "$BATS_TEST_TMPDIR/report"
}

@test "absent layers: what is here is compared; a root file system is not made of a part" {
    run "$samebytes" diff a.tar differs.tar
    assert_failure 1
    assert_output --partial 'layer 2: /above  content'
    run "$samebytes" diff a.tar more.tar
    assert_failure 1
    refute_output --partial 'equivalent'
}

@test "absent layers: on one side alone, or by two digests, they are refused with the cure" {
    for pair in 'a.tar whole.tar' 'whole.tar a.tar' 'a.tar below.tar'; do
        # shellcheck disable=SC2086 # two names
        run "$samebytes" diff $pair
        assert_failure 2
        [ "${#lines[@]}" = 1 ]
        assert_output --partial 'it is not in'
        assert_output --partial 'pull it with its image'
    done
    # Of another type it is a platform that is not here.
    run "$samebytes" diff plain.tar plain.tar
    assert_failure 2
}

@test "absent layers: normalize keeps the image; a canonical form and facts need what is not here" {
    "$samebytes" normalize -q a.tar -o "$BATS_TEST_TMPDIR/normal.tar"
    "$samebytes" diff -q a.tar "$BATS_TEST_TMPDIR/normal.tar"
    run "$samebytes" normalize --canonical a.tar -o "$BATS_TEST_TMPDIR/canonical.tar"
    assert_failure 2
    assert_output --partial 'the canonical form needs it'
    [ ! -e "$BATS_TEST_TMPDIR/canonical.tar" ]
    run "$samebytes" inspect --facts a.tar
    assert_failure 2
}
