#!/usr/bin/env bats
# inspect --find: whose digest is this?
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    founding_context context
    "$samebytes" build -q --platform linux/amd64 context --image t -o image.tar
    mkdir layout
    tar -xf image.tar -C layout
    "$samebytes" inspect --json image.tar >report
}

# is DIGEST TEXT
is() {
    run "$samebytes" inspect image.tar --find "$1"
    assert_success
    assert_line "$2"
}

@test "find: digests of archive, manifest, configuration, layer, file" {
    is "sha256:$(sha256sum <image.tar | cut -c1-64)" 'archive digest'
    is "$(jq -r .identity.manifest report)" 'manifest digest of linux/amd64'
    is "$(jq -r .identity.config report)" 'config digest of linux/amd64'
    is "$(jq -r '.identity.diff_ids[0]' report)" 'diff_id of layer 1 of linux/amd64'
    is "$(jq -r .identity.rootfs report)" 'rootfs digest of linux/amd64'
    is "$(jq -r .identity.canonical report)" 'canonical digest of linux/amd64'
    # Without the algorithm, too.
    is "$(sha256sum <context/t | cut -c1-64)" 'content of /t in layer 1 of linux/amd64'
}

@test "find: a layer as another encoder would write it" {
    layer=layout/blobs/sha256/$(jq -r '.identity.diff_ids[0]' report | cut -c8-)
    is "sha256:$(gzip -9n <"$layer" | sha256sum | cut -c1-64)" 'digest of layer 1 of linux/amd64 as gnu-gzip at level 9 would write it'
    "$samebytes" inspect image.tar --json --find "sha256:$(gzip -1n <"$layer" | sha256sum | cut -c1-64)" >found
    jq -e '.matches | length == 1 and .[0].encoder == "gnu-gzip" and .[0].level == 1 and .[0].layer == 1' found
}

@test "find: the chain id of several layers" {
    printf 'FROM scratch\nADD t /t\nADD t /u\n' >context/Dockerfile
    "$samebytes" build -q --platform linux/amd64 context --image t -o image.tar
    "$samebytes" inspect --json image.tar >report
    is "sha256:$(jq -rj '.identity.diff_ids | join(" ")' report | sha256sum | cut -c1-64)" 'chain id of layers 1 to 2 of linux/amd64'
}

@test "find: nothing has it, or it is no digest" {
    run "$samebytes" inspect image.tar --find "sha256:$(printf x | sha256sum | cut -c1-64)"
    assert_failure 1
    assert_output --partial 'nothing in image.tar has this digest'
    for digest in sha256:abc md5:d41d8cd98f00b204e9800998ecf8427e '' "sha256:$(printf x | sha256sum | cut -c1-64 | tr a-f A-F)"; do
        run "$samebytes" inspect image.tar --find "$digest"
        assert_failure 2
    done
}

@test "find: in a folder" {
    config=$(jq -r .identity.config report)
    run "$samebytes" inspect oci:layout --find "$config"
    assert_success
    assert_line 'config digest of linux/amd64'
}
