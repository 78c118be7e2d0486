#!/usr/bin/env bats
# verify --twice: what the second build has otherwise is read from inside RUN, and what is not otherwise is said.
load ../cli/helpers
load docker

setup_file() {
    start_docker
}

teardown_file() {
    stop_docker
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir context
    cp "$(command -v busybox)" context/busybox
}

# A program that loads libfaketime: glibc's, with all that it is linked with.
glibc_date() {
    mkdir -p context/glibc
    # shellcheck disable=SC2046 # paths without spaces
    cp --parents /bin/date $(ldd /bin/date | grep -o '/[^ ]*') context/glibc
    libc=$(ldd /bin/date | grep -o '/[^ ]*/libc.so.6')
    for name in libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1; do
        [ ! -e "${libc%/*}/$name" ] || cp --parents "${libc%/*}/$name" context/glibc
    done
}

surroundings='umask >/umask; hostname >/hostname; nproc >/num_cpus; env >/environment; cat /proc/self/personality >/aslr; /bin/date +%F >/time'

# private_docker COMMAND…: no docker answers, so that one of our own is started.
private_docker() {
    command -v dockerd >/dev/null || skip 'dockerd is not installed'
    DOCKER_HOST=unix:///nowhere/docker.sock DOCKER_CONTEXT='' "$@"
}

# files REPORT: the files of the layer that differs with their contents, a line each.
contents() {
    jq -r '.twice[0].files[] | select(.what | test("content")) | .path' "$1" | sort
}

@test "--twice: surroundings are varied inside RUN, and what was varied is said" {
    glibc_date
    cat >context/Dockerfile <<END
FROM scratch
COPY busybox /bin/busybox
COPY glibc /
RUN ["/bin/busybox","sh","-c","$surroundings"]
END
    run private_docker "$samebytes" verify --engine docker --json=report context
    assert_failure 1
    jq -e '.twice | length >= 1 and all(.verdict == "different" and .layer == 3)' report
    # Each of them is in the list, and each in the list that a file tells is another inside RUN.
    for name in environment umask hostname aslr; do
        grep -qx "$name" <(contents report) || fail "$name is the same in both: $(contents report)"
    done
    [ "$(nproc)" = 1 ] || grep -qx num_cpus <(contents report)
    if ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1; then grep -qx time <(contents report); fi
    jq -e '.twice | all((.varied | contains(["aslr", "build_path", "domain_host", "environment", "locales", "timezone", "umask"]))
        and (.not_varied | contains(["kernel", "home"])) and ((.varied + .not_varied) | length == 14))' report
    assert_output --partial 'not varied: exec_path, fileordering, home, kernel'
}

@test "--twice: an image without glibc keeps its time, and its programs run" {
    printf 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox","sh","-c","date +%%F >/time"]\n' >context/Dockerfile
    run private_docker "$samebytes" verify --engine docker:classic --json=report context
    assert_success
    jq -e '.twice[0].not_varied | contains(["time"])' report
}

@test "--twice: a mode that follows the umask is counted, and no difference" {
    cat >context/Dockerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox","sh","-c","mkdir /made; echo x >/made/file; echo y >/other; chmod 600 /other"]
END
    run private_docker "$samebytes" verify --engine docker:classic --json=report context
    assert_success
    jq -e '.verdict == "reproduced" and (.builds | map(.builder)) == ["docker-classic", "docker-classic-again"]
        and (.twice[0] | .verdict == "reproduced" and .umask_modes == 2)' report
    assert_output --partial '2 entries take their mode from the umask'
    # What the umask does not explain is a difference.
    sed -i 's/chmod 600/chmod $(( $(umask) == 2 ? 640 : 600 ))/' context/Dockerfile
    run private_docker "$samebytes" verify --engine docker:classic --json=report context
    assert_failure 1
    jq -e '.twice[0] | .verdict == "different" and (.files | any(.path == "other" and (.what | test("^mode"))))' report
}

@test "--twice: a cache mount is empty in each build; a builder that cannot have one is a row with its reason" {
    need_docker
    cat >context/Dockerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN --mount=type=cache,target=/cache ["/bin/busybox","sh","-c","ls /cache >/seen; echo x >>/cache/x"]
END
    "$samebytes" verify --engine docker --json context -- --network=none >report || { cat report; false; }
    jq -e '(.builds | any(.builder == "docker-classic" and (.reason | test("BuildKit")))) and .builds[0].reason == null
        and (.twice | length == 1 and all(.verdict == "reproduced"))' report
    # The next run does not find it either.
    "$samebytes" verify -q --engine docker:buildkit context -- --network=none
    # Where no builder can, it is trouble.
    run "$samebytes" verify --engine docker:classic context -- --network=none
    assert_failure 2
    assert_output --partial 'BuildKit'
}

@test "--twice: of another daemon only what docker build can set is varied, and the rest is said" {
    need_docker
    cat >context/Dockerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox","sh","-c","env >/environment; umask >/umask"]
END
    run "$samebytes" verify --engine docker --json=report context -- --network=none
    assert_failure 1
    jq -e '.twice | length >= 1 and all((.varied | contains(["build_path", "environment"]))
        and (.not_varied | contains(["umask", "time", "num_cpus", "aslr"])))' report
    # The classic builder's container has another name each time, which is in its environment too.
    jq -e '[.twice[] | select(.builder == "docker-buildkit")] | all(.files | map(select(.what | test("content")) | .path) == ["environment"])' report
    jq -e '.twice | all(.files | all(.path != "umask" or (.what | test("content") | not)))' report
}
