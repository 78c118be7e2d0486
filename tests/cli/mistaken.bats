#!/usr/bin/env bats
# What people take for an image archive: the message says what it is, and what to do.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
}

refused() { # TEXT SUBJECT: by each command that reads archives
    for command in audit inspect; do
        run "$samebytes" $command "$2"
        assert_failure 2
        assert_output --partial "$1"
        [ "${#lines[@]}" = 1 ]
    done
}

@test "mistaken: a root file system, as docker export writes it" {
    mkdir -p root/bin root/etc root/usr
    tar -cf export.tar -C root bin etc usr
    refused 'docker save has the image; docker import FILE makes one of this' export.tar
}

@test "mistaken: one layer of an image" {
    mkdir layer
    echo '{}' >layer/json
    echo 1.0 >layer/VERSION
    tar -cf layer/layer.tar -T /dev/null
    tar -cf layer.tar -C layer json VERSION layer.tar
    refused 'one layer of one: name the whole archive' layer.tar
}

@test "mistaken: a folder of skopeo's dir transport" {
    mkdir dir
    echo 'Directory Transport Version: 1.1' >dir/version
    echo '{"schemaVersion":2,"config":{},"layers":[]}' >dir/manifest.json
    refused 'skopeo copy dir:FOLDER oci-archive:FILE makes one of it' dir
    # Without the file that skopeo writes it is a broken archive.
    rm dir/version
    refused 'manifest.json: it lists no image' dir
}

@test "mistaken: text that is no base64, plain or compressed" {
    printf 'This is a note and no image!\n' >note
    refused 'text, which is no base64 from offset 27 on' note
    gzip -nk note
    refused 'text, which is no base64 from offset 27 on' note.gz
    # What is no text says where the tar's reader stopped.
    head -c 600 /dev/zero | tr '\0' '\001' >bytes
    refused 'no image archive: archive: tar header 1 at offset 0' bytes
}

@test "mistaken: the name of an image" {
    refused 'docker://alpine:3.20' alpine:3.20
}
