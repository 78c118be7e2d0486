#!/usr/bin/env bats
# samebytes verify with a real Docker engine, and what it leaves behind: nothing.
load ../cli/helpers
load docker
load suites/suite

setup_file() {
    bats_require_minimum_version 1.5.0
    start_docker
}

teardown_file() {
    stop_docker
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    founding_context context
}

@test "the founding image is reproduced by both of Docker's builders, byte for byte under gzip" {
    need_docker
    "$samebytes" verify --engine docker --image t --max-size 1000 --json=report context >text
    jq -e '.verdict == "reproduced" and .budget.ok and .budget.bytes == 851
        and (.builds | map(.builder) == ["native", "docker-classic", "docker-buildkit"])
        and (.builds[1:] | map(select(.reason == null)) | length >= 1
             and all(.verdict == "reproduced" and .gzip_equal and (.saves_equal != null)))
        and ([.builds[] | select(.reason == null) | .canonical] | unique | length == 1)
        and .differences == []' report
    grep -q 'are the reference' text
    grep -q 'normalised' text
}

@test "images of the run are removed" {
    need_docker
    before=$(docker images --all --quiet | sort)
    "$samebytes" verify -q --engine docker context
    assert_equal "$(docker images --all --quiet | sort)" "$before"
    assert_equal "$(docker ps --all --quiet)" ''
}

@test "a context that the engine builds otherwise is different, and the file is named" {
    need_docker
    # setuid is lost by the classic builder: a real difference.
    chmod 4775 context/t
    run "$samebytes" verify --engine docker context
    assert_failure 1
    assert_output --partial 'layer 1: /t  mode'
    assert_output --partial '4775'
}

@test "a broken Dockerfile: the engine's own message, status 2, nothing left" {
    need_docker
    printf 'FROM scratch\nCOPY t /t\nRUN --no-such-flag x\n' >context/Dockerfile
    before=$(docker images --all --quiet | sort)
    run --separate-stderr "$samebytes" verify --engine docker context
    assert_failure 2
    assert_equal "${#stderr_lines[@]}" 1
    [[ $stderr == *docker-* && $stderr == *flag* ]] || fail "$stderr"
    assert_equal "$(docker images --all --quiet | sort)" "$before"
}

@test "a Dockerfile that is not built natively is built twice by the engine, and compared" {
    need_docker
    cp "$(command -v busybox)" context/busybox
    printf 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox","mkdir","/made"]\n' >context/Dockerfile
    "$samebytes" verify --engine docker --json context -- --network=none >report || [ $? = 1 ]
    jq -e '(.builds | map(.builder) | index("docker-classic-again")) and (.notes | any(test("no native build")))
        and (.twice | length >= 1 and all(.verdict == "reproduced"))' report
}

@test "--twice names the first instruction whose layer differs, and its files" {
    need_docker
    cp "$(command -v busybox)" context/busybox
    cat >context/Dockerfile <<'EOF'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox","mkdir","/fixed"]
RUN ["/bin/busybox","sh","-c","echo same >/same; head -c 8 /dev/urandom >/random"]
RUN ["/bin/busybox","sh","-c","date +%s%N >/late"]
EOF
    run "$samebytes" verify --twice --engine docker --json=report context -- --network=none
    assert_failure 1
    jq -e '.twice | length >= 1 and all(.verdict == "different" and .layer == 3 and (.instruction | test("random"))
        and (.files | any(.path == "random" and (.what | test("content")))) and (.files | all(.path != "late")))' report
    assert_output --partial 'the first layer that differs is 3'
    assert_output --partial '/random  content'
}

@test "--twice: the founding image is the same from both builds, whatever surrounds them" {
    need_docker
    "$samebytes" verify --twice --engine docker --json context >report
    jq -e '.verdict == "reproduced" and (.twice | length >= 1 and all(.verdict == "reproduced" and .layer == null))
        and (.notes | any(test("SOURCE_DATE_EPOCH")))' report
}

@test "profiles: what this engine saves comes out again from source and facts" {
    need_docker
    make_contexts
    docker version --format '{{.Server.Version}}' | grep -q '^20\.10\.' || skip "the profiles of this engine are tested by make engines"
    for context in founding config layers byid again; do
        DOCKER_BUILDKIT=0 docker build -q --no-cache -t "samebytes-test:$context" "contexts/$context" >/dev/null
        docker save "samebytes-test:$context" >saved.tar
        docker rmi -f "samebytes-test:$context" >/dev/null
        rebuild saved.tar "$context" || fail "$context"
    done
}

@test "several layers and a configuration come out as the native build has them" {
    need_docker
    mkdir -p context/tree/sub
    echo a >context/tree/sub/a
    ln -s sub/a context/tree/link
    ln context/tree/sub/a context/tree/hard
    cat >context/Dockerfile <<'EOF'
FROM scratch
ADD t /bin/t
COPY tree /srv/tree/
COPY t tree/link /srv/
COPY --chown=7:8 tree/sub/a /srv/tree/mine
ENV A=1 B="two words"
LABEL org.example.a="b c"
EXPOSE 80 53/udp
VOLUME /data
WORKDIR /srv/app
USER 1000:1000
STOPSIGNAL SIGINT
ENTRYPOINT ["/bin/t"]
CMD ["-x"]
EOF
    run "$samebytes" verify --engine docker context
    assert_success
    assert_output --partial 'reproduced'
}

@test "what normalize writes loads by name, with the id of the original, and runs" {
    need_docker
    docker build -q -t samebytes-test:one context >/dev/null
    id=$(docker image inspect --format '{{.Id}}' samebytes-test:one)
    docker save samebytes-test:one >saved.tar
    "$samebytes" normalize -q saved.tar -o normal.tar
    "$samebytes" normalize -q --canonical saved.tar -o canonical.tar.gz
    docker rmi -f samebytes-test:one >/dev/null
    docker load -q -i normal.tar
    assert_equal "$(docker image inspect --format '{{.Id}}' samebytes-test:one)" "$id"
    docker save samebytes-test:one | "$samebytes" normalize - -o again.tar
    cmp normal.tar again.tar
    docker rmi -f samebytes-test:one >/dev/null
    docker load -q -i canonical.tar.gz
    config=$("$samebytes" inspect --json canonical.tar.gz | jq -r .identity.config)
    manifest=$("$samebytes" inspect --json canonical.tar.gz | jq -r .identity.manifest)
    loaded=$(docker image inspect --format '{{.Id}}' samebytes-test:one)
    [ "$loaded" = "$config" ] || [ "$loaded" = "$manifest" ] || fail "loaded as $loaded"
    container=$(docker run --detach --network none samebytes-test:one /t)
    sleep 1
    running=$(docker inspect --format '{{.State.Running}}' "$container")
    docker rm -f "$container" >/dev/null
    docker rmi -f samebytes-test:one >/dev/null
    assert_equal "$running" true
}

@test "docker-daemon: names an image of the engine" {
    need_docker
    docker build -q -t samebytes-test:two context >/dev/null
    "$samebytes" build -q context -o native.tar
    run "$samebytes" diff native.tar docker-daemon:samebytes-test:two
    docker rmi -f samebytes-test:two >/dev/null
    assert_success
}

@test "a private dockerd is started where none answers, and is gone afterwards" {
    [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null || skip "needs root and dockerd"
    unset DOCKER_HOST
    ! docker version >/dev/null 2>&1 || skip "a docker answers here"
    mkdir temporary
    TMPDIR=$PWD/temporary run "$samebytes" verify --engine docker --image t context
    assert_success
    assert_output --partial 'a private dockerd was started'
    assert_equal "$(ls temporary)" ''
    run grep "$PWD/temporary" /proc/mounts
    assert_failure
    run pgrep -f "$PWD/temporary"
    assert_failure
}

@test "Ctrl-C at any moment leaves nothing: no process, no mount, no file" {
    [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null || skip "needs root and dockerd"
    unset DOCKER_HOST
    ! docker version >/dev/null 2>&1 || skip "a docker answers here"
    mkdir temporary
    for delay in 0.2 0.7 1.3 2; do
        TMPDIR=$PWD/temporary "$samebytes" verify --engine docker context >/dev/null 2>&1 3>&- &
        pid=$!
        sleep "$delay"
        kill -INT "$pid" 2>/dev/null || true
        status=0
        wait "$pid" || status=$?
        [ "$status" = 2 ] || [ "$status" = 0 ] || fail "status $status after $delay s"
        assert_equal "$(ls temporary)" ''
        ! grep -q "$PWD/temporary" /proc/mounts || fail "mounts are left after $delay s"
        ! pgrep -f "$PWD/temporary" >/dev/null || fail "processes are left after $delay s"
    done
}

@test "SIGKILL: what it leaves in a shared engine the next run removes, and nothing else" {
    need_docker
    # Killed after a build: the image is there.
    for _ in $(seq 20); do
        "$samebytes" verify -q --engine docker context 2>/dev/null & pid=$!
        for _ in $(seq 300); do
            left=$(docker images --quiet --filter 'reference=samebytes-*') || true
            [ -z "$left" ] || break
        done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" || true
        [ -z "$(docker images --quiet --filter 'reference=samebytes-*')" ] || break
    done
    name=$(docker images --format '{{.Repository}}' --filter 'reference=samebytes-*' | head -n 1)
    [ -n "$name" ]
    # One of a run that is alive, and one of another machine.
    machine=$(cut -d - -f 2 <<<"$name")
    docker tag "$name" "samebytes-$machine-$$-1-0:latest"
    docker tag "$name" "samebytes-00000000-999999999-1-0:latest"
    "$samebytes" verify -q --engine docker context
    assert_equal "$(docker images --format '{{.Repository}}' --filter 'reference=samebytes-*' | sort)" \
        "$(printf '%s\n' "samebytes-$machine-$$-1-0" samebytes-00000000-999999999-1-0 | sort)"
    docker rmi -f "samebytes-$machine-$$-1-0:latest" samebytes-00000000-999999999-1-0:latest >/dev/null
}

@test "SIGKILL: a private dockerd and all that it started end with the run" {
    command -v dockerd >/dev/null || skip "no dockerd"
    [ "$(id -u)" = 0 ] || skip "a private dockerd needs root"
    mkdir temporary
    # DOCKER_HOST leads nowhere, so that a private one is started.
    TMPDIR=$PWD/temporary DOCKER_HOST=unix://$PWD/nowhere "$samebytes" verify -q --engine docker context 2>/dev/null & pid=$!
    for _ in $(seq 100); do
        pgrep -f "data-root=$PWD/temporary" >/dev/null && break
        sleep 0.05
    done
    pgrep -f "data-root=$PWD/temporary" >/dev/null
    sleep 1
    kill -KILL "$pid"
    wait "$pid" || true
    for _ in $(seq 100); do
        pgrep -f "$PWD/temporary" >/dev/null || break
        sleep 0.05
    done
    run pgrep -af "$PWD/temporary"
    assert_output ''
    ! grep " $PWD/temporary" /proc/mounts
}
