#!/usr/bin/env bats
# Forms that other producers write: read, judged and said as what they are.
load helpers

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    PYTHONPATH=$root/tests/corpus python3 - <<'END'
import gzip, json
from craft import *
tar, other = entry(b't', b'program', mode=0o755) + END, entry(b't', b'another', mode=0o755) + END
config = dumps(config_of([sha256(tar)]))
LIST = 'application/vnd.oci.image.index.v1+json'
REF = 'org.opencontainers.image.ref.name'


def write(name, data):
    with open(name, 'wb') as file:
        file.write(data)


def manifest_of(config, blobs, suffix=''):
    return dumps({'schemaVersion': 2, 'mediaType': MANIFEST, 'config': descriptor(CONFIG, config),
                  'layers': [descriptor(LAYER + suffix, blob) for blob in blobs]})


def layout(name, blobs, descriptors):
    write(name, oci_files({sha256(blob): blob for blob in blobs}, descriptors) + END)


write('plain.tar', docker_archive([tar], config))
# apko: a docker-archive, and an index.json whose manifest lies at the top.
packed = gzip.compress(tar, mtime=0)
manifest = manifest_of(config, [packed], '+gzip')
def apko(name, index_of):
    write(name, entry(b'sha256:' + sha256(config).encode(), config) + entry(b'l.tar.gz', packed)
          + entry(b'manifest.json', dumps([{'Config': 'sha256:' + sha256(config), 'RepoTags': ['index.docker.io/library/t:1'], 'Layers': ['l.tar.gz']}]))
          + entry(b'sha256:' + sha256(index_of).encode(), index_of)
          + entry(b'index.json', dumps({'schemaVersion': 2, 'manifests': [descriptor(MANIFEST, index_of)]})) + END)
apko('apko.tar', manifest)
apko('apko-lies.tar', manifest_of(dumps(config_of([sha256(other)])), [other]))
# buildah manifest push --add-compression: each platform twice, with one configuration.
again = manifest_of(config, [tar])
index = dumps({'schemaVersion': 2, 'mediaType': LIST, 'manifests': [
    descriptor(MANIFEST, one, platform={'architecture': 'amd64', 'os': 'linux'}) for one in (manifest, again)]})
layout('both.tar', [config, packed, tar, manifest, again, index], [descriptor(LIST, index, annotations={REF: 'm:2'})])
# Two images of one layout by their tags, of which one is broken; and a build cache.
broken = dumps({'schemaVersion': 2, 'mediaType': MANIFEST, 'config': descriptor(CONFIG, config), 'layers': 'none'})
layout('tags.tar', [config, tar, again, broken], [descriptor(MANIFEST, again, annotations={REF: 'good'}),
                                                   descriptor(MANIFEST, broken, annotations={REF: 'bad'})])
cache = dumps({'schemaVersion': 2, 'mediaType': LIST, 'manifests': [
    {'mediaType': 'application/vnd.buildkit.cacheconfig.v0', 'digest': 'sha256:' + sha256(b'{}'), 'size': 2}]})
layout('cache.tar', [b'{}', cache], [descriptor(LIST, cache)])
write('export.tar', tar)
# Names with a slash in front, one line for all.
many = b''.join(entry(b'/f%d' % i, b'x') for i in range(200)) + END
write('many.tar', docker_archive([many]))
END
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "producers: a docker-archive with an index.json that is no layout's (apko) is the archive that engines read" {
    run "$samebytes" diff apko.tar plain.tar
    assert_success
    run "$samebytes" inspect apko.tar
    assert_success
    assert_output --partial 'image t:1 (linux/amd64)'
    assert_output --partial 'index-stray'
    # Its manifest is held against manifest.json.
    run "$samebytes" diff apko-lies.tar plain.tar
    assert_failure 2
    assert_output --partial 'index-conflict'
    # Without manifest.json it is nothing.
    mkdir -p alone && tar -xf apko.tar -C alone && rm alone/manifest.json
    run "$samebytes" inspect alone
    assert_failure 2
    assert_output --partial 'oci-layout'
}

@test "producers: two descriptors of one platform and configuration are one image" {
    run "$samebytes" diff both.tar plain.tar
    assert_success
    assert_equal "$("$samebytes" inspect both.tar | grep -c '^image')" 1
    "$samebytes" normalize -q both.tar -o "$BATS_TEST_TMPDIR/normal.tar"
    "$samebytes" diff -q both.tar "$BATS_TEST_TMPDIR/normal.tar"
}

@test "producers: a name that is asked for opens only what it leads to, and normalize writes no more" {
    run "$samebytes" inspect tags.tar
    assert_failure 2
    run "$samebytes" diff oci-archive:tags.tar:good plain.tar
    assert_success
    run "$samebytes" inspect oci-archive:tags.tar:bad
    assert_failure 2
    "$samebytes" normalize -q oci-archive:tags.tar:good -o "$BATS_TEST_TMPDIR/good.tar"
    "$samebytes" diff -q "$BATS_TEST_TMPDIR/good.tar" plain.tar
    run tar -xOf "$BATS_TEST_TMPDIR/good.tar" index.json
    refute_output --partial bad
    # No such name: what is there is said.
    run "$samebytes" diff oci-archive:both.tar:none plain.tar
    assert_failure 2
    assert_output --partial 'm:2'
}

@test "producers: what is no image says what it is" {
    run "$samebytes" inspect cache.tar
    assert_failure 2
    assert_output --partial 'vnd.buildkit.cacheconfig'
    run "$samebytes" inspect export.tar
    assert_failure 2
    assert_output --partial 'root file system'
}

@test "inspect --check: valid, or the first fault" {
    run "$samebytes" inspect --check apko.tar
    assert_success
    assert_output valid
    run "$samebytes" inspect -q --check plain.tar
    assert_success
    assert_output ''
    for file in apko-lies.tar cache.tar tags.tar; do
        run "$samebytes" inspect --check "$file"
        assert_failure 2
        [ "${#lines[@]}" = 1 ]
        refute_output --partial valid
    done
    # One bit of a layer.
    cp plain.tar "$BATS_TEST_TMPDIR/flipped.tar"
    at=$(grep -abo program plain.tar | head -n 1 | cut -d : -f 1)
    printf q | dd of="$BATS_TEST_TMPDIR/flipped.tar" bs=1 seek="$at" conv=notrunc status=none
    run "$samebytes" inspect --check "$BATS_TEST_TMPDIR/flipped.tar"
    assert_failure 2
    assert_output --partial 'diff_id'
}

@test "producers: one line a kind and layer, however many files" {
    run "$samebytes" inspect many.tar
    [ "${#lines[@]}" -lt 20 ]
    assert_output --partial "'/f0': the name begins with a slash (and 199 more like it in this layer)"
    assert_equal "$("$samebytes" inspect --json many.tar | jq '[.findings[] | select(.kind == "path-absolute")] | length')" 200
}

@test "producers: unexplained bytes are unexplained, and the image is the source's all the same" {
    mkdir -p source && printf 'FROM scratch\nADD t /t\nCMD ["/t"]\n' >source/Dockerfile
    printf program >source/t && chmod 755 source/t
    "$samebytes" build -q --platform linux/amd64 source -o "$BATS_TEST_TMPDIR/native.tar"
    "$samebytes" inspect --json "$BATS_TEST_TMPDIR/native.tar" >"$BATS_TEST_TMPDIR/report"
    PYTHONPATH=$root/tests/corpus python3 - "$BATS_TEST_TMPDIR/native.tar" "$BATS_TEST_TMPDIR/odd.tar" <<'END'
import json, sys, tarfile
from craft import *
with tarfile.open(sys.argv[1]) as archive:
    item = json.load(archive.extractfile('manifest.json'))[0]
    config, layer = (archive.extractfile(name).read() for name in (item['Config'], item['Layers'][0]))
    # A history that no builder writes.
    made = json.loads(config)
    made['history'] = [{'created_by': 'somebody'}]
with open(sys.argv[2], 'wb') as file:
    file.write(docker_archive([layer], dumps(made)))
END
    run "$samebytes" audit --json --source source "$BATS_TEST_TMPDIR/odd.tar"
    assert_failure 1
    jq -e '.verdict == "reproduced" and .explained.unexplained > 0' <<<"$output"
    echo x >>source/t
    run "$samebytes" audit --json --source source "$BATS_TEST_TMPDIR/odd.tar"
    assert_failure 1
    jq -e '.verdict == "different"' <<<"$output"
}

@test "producers: recorded archives of real ones" {
    need_corpus
    [ -d "$SAMEBYTES_CORPUS/producers" ] || skip 'no producers in the corpus'
    run python3 "$SAMEBYTES_CORPUS/producers/producers.py" "$samebytes"
    [[ ${lines[-1]} =~ ^producers\ ([0-9]+)\ of\ ([0-9]+)$ ]]
    [ "${BASH_REMATCH[1]}" -ge 63 ]
}

@test "producers: each form is named, and none for docker that docker did not write" {
    need_corpus producers
    while read -r archive name; do
        tar -xJf "$SAMEBYTES_CORPUS/producers/$archive.tar.xz"
        "$samebytes" inspect --json "$archive" >report
        assert_equal "$archive $(jq -r .engine.name report)" "$archive $name"
    done <<'END'
crane-two go-containerregistry
kaniko go-containerregistry
apko go-containerregistry
ko-data go-containerregistry
jib jib
containerify null
buildkit-oci containerd
buildkit-docker containerd
ctr-arm64 containerd
docker29-overlay2 docker
regctl-empty null
ref samebytes
END
}

@test "producers: a form with an entry of another name, mode or time is none of its saver" {
    need_corpus producers
    tar -xJf "$SAMEBYTES_CORPUS/producers/crane-mutate.tar.xz"
    mkdir in
    tar -C in -xf crane-mutate
    echo x >in/other
    for change in "--mode=0600" "--mtime=@1" "--owner=1"; do
        tar -C in --format=ustar --numeric-owner --owner=0 --group=0 --mtime=@0 --mode=0644 "$change" \
            -cf changed.tar "$(tar -tf crane-mutate | sed -n 1p)" "$(tar -tf crane-mutate | sed -n 2p)" manifest.json
        "$samebytes" inspect --json changed.tar >report
        assert_equal "$change $(jq -r .engine.name report)" "$change null"
    done
}
