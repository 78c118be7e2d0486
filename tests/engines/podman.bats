#!/usr/bin/env bats
# Podman and Buildah, where they are installed: no daemon, and other defaults than Docker's.
load ../cli/helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
}

reproduced_by() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
    before=$("$1" images --all --quiet | sort)
    run "$samebytes" verify --engine "$1" --image t context
    assert_success
    assert_line --regexp "^$1 .* reproduced$"
    assert_output --partial '1 of 1 are the reference'
    assert_equal "$("$1" images --all --quiet | sort)" "$before"
}

@test "podman reproduces the founding image, and nothing is left in its store" {
    reproduced_by podman
}

@test "buildah reproduces the founding image, and nothing is left in its store" {
    reproduced_by buildah
}
