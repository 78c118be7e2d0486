#!/usr/bin/env bats
# The Docker engine that its makers released last, built from its modules: make engines-upstream.
load ../../cli/helpers
load ../suites/suite

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    engine_stop
}

@test "docker 29, containerd store: every context comes out again from source and facts" {
    make_contexts
    need_encoders
    docker_profiles upstream containerd
}

@test "docker 29, overlay2 store: every context comes out again from source and facts" {
    make_contexts
    need_encoders
    docker_profiles upstream overlay2
}

@test "docker 29 builds the founding image in both stores: reproduced, and its saves are one file" {
    "$suite" make upstream 2>why || skip "upstream: $(tail -n 1 why)"
    founding_context context
    for engine_name in docker@upstream docker@upstream+containerd; do
        run "$samebytes" verify --engine $engine_name --image t --json=report context
        assert_success
        jq -e '.verdict == "reproduced" and (.builds | length) == 3 and (.builds | all(.saves_equal == true))
            and (.builds[1:] | all(.version | startswith("29.")))' report
    done
}
