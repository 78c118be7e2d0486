#!/usr/bin/env bats
# The smallest archives are loaded and run by a real engine, and the program says so itself.
load ../cli/helpers
load docker

setup_file() {
    start_docker
}

teardown_file() {
    stop_docker
}

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    need_docker
    version=$(docker version --format '{{.Server.Version}}')
    engine=docker${DOCKER_HOST:+=${DOCKER_HOST#unix://}}
}

@test "smallest: this machine's Docker loads and runs each class, and takes the code of its twin" {
    for class in strict-plain strict-overlapped portable one-member legacy; do
        run -0 "$samebytes" build --smallest=$class -o made.tar.gz --engine "$engine" --json=report
        assert_output --partial "$version: loads, runs, and was killed after a second"
        jq -e '.tried | length == 1' report
        run -0 "$samebytes" build --smallest=$class --exit 42 -o made.tar.gz --engine "$engine"
        assert_output --partial 'exits as it should'
    done
    assert_equal "$(docker images -q)" ''
    assert_equal "$(docker ps -aq)" ''
}

@test "smallest: an engine that cannot is quoted" {
    case $version in 20.* | 19.* | 18.*) ;; *) skip "Docker $version reads zstd" ;; esac
    run -2 "$samebytes" build --smallest=zstd -o made.tar.zst --engine "$engine"
    assert_output --partial 'docker-classic'
    assert_output --partial 'unexpected EOF'
}

@test "smallest: an image of that name that is there already is not touched" {
    gzip -d -c "$root/examples/smallest/portable.tar.gz" >tar
    name=$(tar xOf tar --ignore-zeros manifest.json 2>/dev/null | grep -o '[a-z0-9]:[A-Za-z0-9_]' | tail -n 1 || true)
    [ -n "$name" ] || name=$("$samebytes" build --smallest -o made.tar.gz --json=- | jq -r .image)
    docker load --quiet --input "$root/examples/smallest/portable.tar.gz"
    run -2 "$samebytes" build --smallest -o made.tar.gz --engine "$engine"
    assert_output --partial "it has an image called $name already"
    docker image inspect "$name" >/dev/null
    docker rmi --force "$name" >/dev/null
}

@test "README: each size class, copied and pasted" {
    grep -n 'base64 -d | docker load' "$root/README.md" >lines
    [ "$(wc -l <lines)" -ge 3 ]
    while IFS=: read -r _ line; do
        command=${line#*\$ }
        bash -c "$command" || fail "$command"
    done <lines
    for class in canonical strict-plain portable legacy; do
        # The text in README is the artifact.
        base64 -w 0 "$root/examples/smallest/$class.tar.gz" >wanted
        tr -d '\n ' <"$root/README.md" | grep -qF "$(cat wanted)" || fail "README's $class is another"
    done
    docker images -q | sort -u | xargs -r docker rmi --force >/dev/null
}
