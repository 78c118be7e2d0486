#!/usr/bin/env bats
# samebytes verify without an engine, and what it says where one is missing or broken.
load helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
}

@test "--engine none is GNU tools against the library's writer, and says so" {
    run "$samebytes" verify --engine none --platform linux/amd64 --image t --max-size 1000 context
    assert_success
    assert_output --partial 'identical: no engine was asked'
    assert_output --partial 'budget: 851 of 1000 bytes'
    "$samebytes" verify --engine none --platform linux/amd64 --image t --max-size 1000 --json context >report
    jq -e '.verdict == "identical" and .budget == {max: 1000, bytes: 851, ok: true, compact_bytes: .budget.compact_bytes}
        and .budget.compact_bytes <= 422 and (.builds | length == 1)
        and (.builds[0] | .builder == "native" and .archive_bytes == 8704 and .gzip_bytes == 851)
        and (.notes | any(test("no engine was asked")))' report
}

@test "a budget that does not hold is status 1" {
    run "$samebytes" verify --engine none --platform linux/amd64 --image t --max-size 850 context
    assert_failure 1
    assert_output --partial '1 bytes too many'
    assert_output --partial '/t (127 bytes)'
}

@test "--against compares what was published" {
    run "$samebytes" verify --engine none --platform linux/amd64 --against "$published" context
    assert_success
    assert_output --partial 'reproduced'
    printf x >>context/t
    run "$samebytes" verify --engine none --platform linux/amd64 --against "$published" context
    assert_failure 1
    assert_output --partial 'different'
    assert_output --partial 'layer 1: /t  content'
    assert_output --partial 'ends at byte 127'
}

@test "--build-command is a builder like any other" {
    "$samebytes" build -q context -o native.tar
    run "$samebytes" verify --engine none --build-command "cp $PWD/native.tar \$OUT" context
    assert_success
    assert_output --partial 'command'
    assert_output --partial '1 of 1 are the reference'
    run "$samebytes" verify --engine none --build-command 'echo no >&2; exit 4' context
    assert_failure 2
    assert_output --partial 'status 4: no'
}

@test "--build-command runs in the folder, with the caller's PATH" {
    "$samebytes" build -q context -o native.tar
    mkdir programs
    printf '#!/bin/sh\n[ -e Dockerfile ] && cp "$1" "$OUT"\n' >programs/my-builder
    chmod +x programs/my-builder
    PATH=$PWD/programs:$PATH run "$samebytes" verify --engine none --build-command "my-builder $PWD/native.tar" context
    assert_success
    # Not where it was called from, and twice: the second time in a copy of the folder.
    printf 'FROM scratch\nADD t /t\nRUN ["/t"]\n' >context/Dockerfile
    PATH=$PWD/programs:$PATH run "$samebytes" verify --engine none --json=report --build-command "my-builder $PWD/native.tar" context
    assert_success
    jq -e '.twice[0].verdict == "identical" and (.twice[0].varied | contains(["build_path", "umask"]))' report
    assert_output --partial "identical: no engine was asked; the command's builds against each other"
}

@test "--output-dir keeps every build" {
    "$samebytes" verify -q --engine none --image t --output-dir kept context
    "$samebytes" build -q context -o native.tar --image t
    cmp kept/native.tar native.tar
    cmp kept/native.canonical.tar native.tar
    gzip -9n <native.tar | cmp - kept/native.canonical.tar.gz
}

@test "an engine that does not answer is status 2 within its time" {
    command -v docker >/dev/null || skip "no docker client"
    run --separate-stderr "$samebytes" verify --engine docker=/nowhere/docker.sock context
    assert_failure 2
    assert_equal "${#stderr_lines[@]}" 1
    assert_equal "$output" ''
}

@test "a Dockerfile that needs an engine is not built without one" {
    printf 'FROM scratch\nADD t /t\nRUN true\n' >context/Dockerfile
    run "$samebytes" verify --engine none context
    assert_failure 2
    assert_output --partial 'needs an engine'
}

@test "the folder must be there" {
    run "$samebytes" verify --engine none nowhere
    assert_failure 2
    run "$samebytes" verify --engine none context other
    assert_failure 2
}

@test "nothing large is compressed that nobody asked for; a budget asks" {
    head -c 5000000 /dev/urandom >context/large
    printf 'FROM scratch\nADD large /\n' >context/Dockerfile
    run "$samebytes" verify --engine none --json=report context
    assert_success
    jq -e '.verdict == "identical" and .budget.bytes == null and .budget.compact_bytes == null and .budget.ok
        and .builds[0].gzip_bytes == null' report
    assert_output --partial 'not compressed, for nobody asked'
    "$samebytes" build --json=report context -o large.tar
    jq -e '.gzip_bytes == null and .budget.bytes == null' report
    run "$samebytes" verify --engine none --max-size 6000000 --json=report context
    assert_success
    jq -e '.budget.bytes > 5000000' report
    run "$samebytes" verify --engine none --max-size 1000 context
    assert_failure 1
}
