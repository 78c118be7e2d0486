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
    name=$("$samebytes" build --smallest -o made.tar.gz --json | jq -r .image)
    docker load --quiet --input "$root/examples/smallest/portable.tar.gz"
    run -2 "$samebytes" build --smallest -o made.tar.gz --engine "$engine"
    assert_output --partial "it has an image called $name already"
    docker image inspect "$name" >/dev/null
    docker rmi --force "$name" >/dev/null
}

@test "README and docs/smallest.md: each size class, copied and pasted" {
    python3 - "$root/README.md" "$root/docs/smallest.md" <<'PYTHON'
import re, sys
readme = ''.join(open(path, encoding='utf-8').read() for path in sys.argv[1:])
found = re.findall(r"^`([a-z-]+)`, \d+ bytes; `(docker run [^`]+)`:\n\n    \$ (base64 -d <<END \| docker load\n(?:    .*\n)+?    END\n)",
                   readme, re.M)
assert len(found) == 8, len(found)
for name, run, load in found:
    open(name + '.load', 'w').write(re.sub(r'^    ', '', load, flags=re.M))
    open(name + '.run', 'w').write(run)
PYTHON
    for class in canonical strict-plain strict-overlapped portable one-member zstd legacy zstd-legacy; do
        file=$(echo "$root/examples/smallest/$class".tar.*)
        sed '1d;$d' $class.load | base64 -d | cmp - "$file"
        case $class-$version in zstd*-20.*) continue ;; esac
        bash -e "$class.load" >/dev/null
        container=$(bash -c "$(cat $class.run)" 2>/dev/null)
        sleep 0.3
        assert_equal "$class $(docker inspect --format '{{.State.Running}}' "$container")" "$class true"
        docker rm --force "$container" >/dev/null
        docker images -q | sort -u | xargs -r docker rmi --force >/dev/null
    done
}
