#!/usr/bin/env bats
# The GitHub action, by the scripts of its steps, with the files that a runner gives them.

load helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
    export GITHUB_OUTPUT=$PWD/output GITHUB_STEP_SUMMARY=$PWD/summary RUNNER_TEMP=$PWD/temp
    export SAMEBYTES=$samebytes INPUT_ENGINE=none INPUT_CONTEXT=context
    mkdir temp
    touch output summary
}

output_of() {
    sed -n "s/^$1=//p" output
}

@test "action: a gate that holds: outputs, summary, reports" {
    INPUT_MAX_SIZE=1000 run -0 "$root/tools/action/gate.sh"
    assert_equal "$(output_of verdict)" identical
    assert_equal "$(output_of digest)" sha256:55305d8d58946f0b3acaa7f4984f5080f227d21ad96ebad9822d2ba6061bd049
    assert [ "$(output_of bytes)" -lt 1000 ]
    for name in report.json report.sarif report.xml report.html; do
        assert [ -s "$(output_of report)/$name" ]
    done
    grep -q '^### identical' summary
    refute_output --partial '::error'
}

@test "action: a gate that does not hold ends with 1, and says so at the Dockerfile" {
    cp -r context other
    printf x >>other/t
    "$samebytes" build -q other --image t -o other.tar
    INPUT_AGAINST=other.tar run -1 "$root/tools/action/gate.sh"
    assert_equal "$(output_of verdict)" different
    assert_output --partial '::error file=context/Dockerfile,line=1'
    INPUT_MAX_SIZE=10 run -1 "$root/tools/action/gate.sh"
}

@test "action: inputs that are none are one line, and status 2" {
    INPUT_TWICE=yes run -2 "$root/tools/action/gate.sh"
    assert_output "::error title=samebytes::the input twice is 'yes': it must be true or false"
    INPUT_CONTEXT=nowhere run -2 "$root/tools/action/gate.sh"
    assert_output --partial 'is no folder here'
    INPUT_ENGINE=nonsense run -2 "$root/tools/action/gate.sh"
    assert_output --partial '::error title=samebytes::'
    INPUT_REQUIRE=alike run -2 "$root/tools/action/gate.sh"
    assert_output --partial 'must be equivalent, reproduced'
    assert_equal "$(cat output)" ''
}

@test "action: a summary keeps within what GitHub takes" {
    for i in $(seq 1 400); do
        printf 'COPY t /%0200d\n' "$i"
    done >many
    (echo 'FROM scratch'; cat many) >context/Dockerfile
    mkdir empty
    printf 'FROM scratch\nCOPY t /t\n' >empty/Dockerfile
    cp context/t empty/
    "$samebytes" build -q empty --image t -o empty.tar
    sed 's/^most=.*/most=2000/' "$root/tools/action/gate.sh" >gate.sh
    INPUT_AGAINST=empty.tar run -1 bash gate.sh
    assert [ "$(wc -c <summary)" -lt 2100 ]
    if [ "$(wc -c <"$(output_of report)/report.md")" -gt 2000 ]; then
        grep -q 'report.html has all' summary
    fi
}

@test "action: a release is installed when it is what its SHA256SUMS says" {
    case $(uname -m) in x86_64) machine=amd64 ;; aarch64) machine=arm64 ;; *) machine=riscv64 ;; esac
    release=$PWD/server/owner/action/releases/download/v1
    mkdir -p "$release"
    printf '#!/bin/sh\necho samebytes 1\n' >"$release/samebytes-$machine"
    (cd "$release" && sha256sum samebytes-* >SHA256SUMS)
    export GITHUB_SERVER_URL=file://$PWD/server GITHUB_ACTION_REPOSITORY=owner/action
    run -0 "$root/tools/action/install.sh" v1
    assert_output 'samebytes 1'
    assert_equal "$(output_of program)" "$PWD/temp/samebytes-v1/samebytes-$machine"
    echo >>"$release/samebytes-$machine"
    run -2 "$root/tools/action/install.sh" v1
    assert_output --partial 'is not what its SHA256SUMS says'
    run -2 "$root/tools/action/install.sh" v2
    assert_output --partial 'of release v2'
}

@test "action: its steps call these scripts with every input" {
    /usr/bin/python3 - "$root/action.yml" "$root/tools/action/gate.sh" <<'END'
import re
import sys

action, gate = open(sys.argv[1]).read(), open(sys.argv[2]).read()
inputs = re.findall(r'^  ([a-z-]+):\n    description', action.split('outputs:')[0], re.M)
assert len(inputs) == 9, inputs
for name in inputs:
    assert '${{ inputs.%s }}' % name in action, name
    assert name == 'version' or 'INPUT_' + name.upper().replace('-', '_') in gate, name
for name in re.findall(r'steps.gate.outputs.([a-z]+)', action):
    assert 'echo "%s=' % name in gate, name
END
}
