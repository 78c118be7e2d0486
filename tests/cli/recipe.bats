#!/usr/bin/env bats
# What a Dockerfile can say natively, short of RUN. What the engines make of the same is in tests/engines.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir context
    echo a >context/a
    echo b >context/b
}

# config FILTER: the configuration of what the Dockerfile on standard input makes.
config() {
    local filter=$1
    shift
    cat >context/Dockerfile
    "$samebytes" build -q "$@" context -o image.tar --format docker-archive
    tar -xOf image.tar config | jq -c "$filter"
}

files() {
    "$samebytes" build -q "$@" context -o image.tar --format docker-archive
    tar -xOf image.tar layer 2>/dev/null | tar -t || tar -xOf image.tar "$(tar -tf image.tar | grep layer | tail -n 1)" | tar -t
}

@test "ARG: defaults, --build-arg, global ones, ENV before ARG" {
    run config .config.Env --build-arg B=given --build-arg C=unused <<'EOF'
ARG G=global
FROM scratch
ARG A=one
ARG B=two
ARG G
ARG N
COPY a /a
ENV A1=$A B1=${B} G1=$G N1=x${N}y U1=x$UNSET
ENV A=env
ENV A2=$A
EOF
    assert_success
    assert_output --partial '"A1=one","B1=given","G1=global","N1=xy","U1=x","A=env","A2=env"'
    E=environment run config .config.Env --build-arg E <<'EOF'
FROM scratch
ARG E=default
COPY a /a
ENV V=$E
EOF
    assert_output --partial '"V=environment"'
}

@test 'variables: ${X:-…}, ${X:+…}, quotes, escapes' {
    run config .config.Env <<'EOF'
FROM scratch
COPY a /a
ENV X=1 E=
ENV A=${X:-no} B=${Y:-yes} C=${X:+set} D=${Y:+no}. F=${E:-empty} G='$X' H="$X" I=\$X J=${Y:-${X}nested}
EOF
    assert_output --partial '"A=1","B=yes","C=set","D=.","F=empty","G=$X","H=1","I=$X","J=1nested"'
}

@test "the escape directive, continuations, comments between, lower case" {
    run config '[.config.Env, .config.Labels]' <<'EOF'
# escape=`
from scratch
copy a /a
env A=x\y `
# between

    B="c d"
LABEL k=v `
  w="x y"
EOF
    assert_output --partial '"A=x\\y","B=c d"'
    assert_output --partial '{"k":"v","w":"x y"}'
}

@test "HEALTHCHECK, SHELL, ONBUILD, and the shell forms that follow SHELL" {
    run config .config <<'EOF'
FROM scratch
COPY a /a
HEALTHCHECK --interval=1m30s --timeout=1.5s --retries=3 CMD ["/a", "b"]
ENTRYPOINT /a -x
SHELL ["/bin/z", "-q"]
CMD run "it"
ONBUILD COPY b /b
ONBUILD ENV X=$Y
EOF
    assert_output --partial '"Healthcheck":{"Interval":90000000000,"Retries":3,"Test":["CMD","/a","b"],"Timeout":1500000000}'
    assert_output --partial '"Entrypoint":["/bin/sh","-c","/a -x"]'
    assert_output --partial '"Cmd":["/bin/z","-q","run \"it\""]'
    assert_output --partial '"OnBuild":["COPY b /b","ENV X=$Y"]'
    assert_output --partial '"Shell":["/bin/z","-q"]'
    run config .config.Healthcheck <<'EOF'
FROM scratch
COPY a /a
HEALTHCHECK CMD /a || exit 1
HEALTHCHECK NONE
EOF
    assert_output '{"Test":["NONE"]}'
}

@test "EXPOSE: ranges, protocols, several words in one variable" {
    run config '.config.ExposedPorts | keys' <<'EOF'
FROM scratch
ARG P="443 8000-8002/udp"
COPY a /a
EXPOSE 80 $P 80/tcp
EOF
    assert_output '["443/tcp","80/tcp","8000/udp","8001/udp","8002/udp"]'
}

@test "a relative WORKDIR goes on from the last, and makes its folder" {
    run config .config.WorkingDir <<'EOF'
FROM scratch
WORKDIR /one
WORKDIR two/../three
EOF
    assert_output '"/one/three"'
    run files
    assert_output --partial 'one/three/'
}

@test "COPY: several sources, JSON form, --chown, --chmod, a pattern, a relative target" {
    cat >context/Dockerfile <<'EOF'
FROM scratch
WORKDIR /w
COPY --chown=7:8 --chmod=600 ["a", "b", "./sub/"]
EOF
    "$samebytes" build -q context -o image.tar --format docker-archive
    run bash -c "tar -xOf image.tar \$(tar -tf image.tar | grep layer | tail -n 1) | tar -tv --numeric-owner"
    assert_output --partial '-rw------- 7/8'
    assert_output --partial 'w/sub/a'
    assert_output --partial 'w/sub/b'
}

@test ".dockerignore: what is brought back by ! is what today's engines bring back" {
    mkdir -p context/src/keep context/src/drop
    touch context/src/keep/file context/src/keep/a.skip context/src/drop/file
    printf '**/*.skip\nsrc/drop\n!src/keep\n' >context/.dockerignore
    printf 'FROM scratch\nCOPY src /src\n' >context/Dockerfile
    run files
    assert_output --partial 'src/keep/file'
    refute_output --partial skip
    refute_output --partial drop
    printf 'src\n!src/keep\n' >context/.dockerignore
    run files
    assert_output --partial 'src/keep/a.skip'
    refute_output --partial drop
}

@test "what no engine could take is one line: bytes that are no UTF-8, a path that Linux has no room for" {
    for line in 'LABEL a=\xff' "COPY a $(printf '/d%.0s' {1..5000})/"; do
        printf 'FROM scratch\nCOPY a /\n%b\n' "$line" >context/Dockerfile
        run "$samebytes" build context -o image.tar
        assert_failure 2
        assert_equal "${#lines[@]}" 1
        [ "${#output}" -lt 300 ]
        [ ! -e image.tar ]
    done
    printf '# \xff in a comment\nFROM scratch\nCOPY a /\n' >context/Dockerfile
    "$samebytes" build -q context -o image.tar
}

@test "EXPOSE of every port there is, twice" {
    run config '.config.ExposedPorts | length' <<'EOF'
FROM scratch
COPY a /
EXPOSE 1-65535
EXPOSE 1-65535 53/udp
EOF
    assert_output 65536
}
