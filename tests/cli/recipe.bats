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

# config_of FILTER: of the image that context makes.
config_of() {
    "$samebytes" build -q context -o config.tar
    tar -xOf config.tar "$(tar -xOf config.tar manifest.json | jq -r '.[0].Config')" | jq -c ".config | $1"
}

# layer_of: the entries of the first layer, with modes and owners.
layer_of() {
    "$samebytes" build -q context -o layer.tar
    tar -xOf layer.tar "$(tar -xOf layer.tar manifest.json | jq -r '.[0].Layers[-1]')" | tar --numeric-owner -tvf - | awk '{print $1, $2, $NF}'
}

@test "COPY of a folder: its target is 0755 whatever mode the folder has, what is below keeps its own" {
    rm -rf context && mkdir -p context/d/sub
    echo x >context/d/f
    chmod 2700 context/d
    chmod 2775 context/d/sub
    printf 'FROM scratch\nCOPY d /x\n' >context/Dockerfile
    assert_equal "$(layer_of | sort -k 3)" "$(printf '%s\n' 'drwxr-xr-x 0/0 x/' '-rw-r--r-- 0/0 x/f' 'drwxrwsr-x 0/0 x/sub/')"
    printf 'FROM scratch\nCOPY --chmod=1770 d /x\n' >context/Dockerfile
    layer_of | grep -qx 'drwxrwx--- 0/0 x/'
    printf 'FROM scratch\nCOPY . /app/\n' >context/Dockerfile
    chmod 775 context
    layer_of | grep -qx 'drwxr-xr-x 0/0 app/'
}

@test "variables as BuildKit expands them: operators, a shell's own parameters, \$\$" {
    rm -rf context && mkdir context
    cat >context/Dockerfile <<'END'
FROM scratch
ARG X=/a/b.tar.gz
ARG EMPTY=
LABEL a=${X#*/} b=${X##*/} c=${X%.*} d=${X%%.*} e=${X/a/Z} f=${X//a/Z} g=${X/b*/-}
LABEL h=${X+set} i=${NONE+set} j=${NONE-word} k=${EMPTY-word} l=${EMPTY:-word} m=${EMPTY+set} n=${EMPTY:+set} o=${X:?m}
LABEL p=$1 q=${1} r=a$0b s=$@ t=$$ u=$$5 v=a$$b w='$$' x=\$\$X
END
    assert_equal "$(config_of .Labels)" "$(jq -cn '{a: "a/b.tar.gz", b: "b.tar.gz", c: "/a/b.tar", d: "/a/b", e: "/Z/b.tar.gz", f: "/Z/b.tZr.gz",
        g: "/a/-", h: "set", i: "", j: "word", k: "", l: "word", m: "set", n: "", o: "/a/b.tar.gz", p: "", q: "", r: "ab", s: "", t: "", u: "5",
        v: "ab", w: "$$", x: "$$X"}')"
    printf 'FROM scratch\nLABEL a="${NONE:?must be given}"\n' >context/Dockerfile
    run "$samebytes" build context -o out
    assert_failure 2
    assert_output --partial 'must be given'
    for bad in '${X' '${}' '${X:}' '${X:#a}' '${X^}' '${X/a'; do
        printf 'FROM scratch\nARG X=1\nLABEL a="%s"\n' "$bad" >context/Dockerfile
        run "$samebytes" build context -o out
        [ "$status" = 2 ] || fail "$bad: $output"
    done
}

@test "EXPOSE in any case and with a host's port; FROM with a name; directives in any case, and once" {
    rm -rf context && mkdir context
    printf '# ESCAPE=`\nfrom scratch as final\nEXPOSE 80/TCP 8080:81 127.0.0.1:8080:82/udp\nLABEL a=b`\n c=d\n' >context/Dockerfile
    assert_equal "$(config_of '[.ExposedPorts, .Labels]')" '[{"80/tcp":{},"81/tcp":{},"82/udp":{}},{"a":"b","c":"d"}]'
    for text in '# escape=\\\n# escape=`\nFROM scratch\nLABEL a=b\n' 'FROM scratch\nSTOPSIGNAL FOO\n' 'FROM scratch\nSTOPSIGNAL 0\n' \
        'FROM scratch AS\nLABEL a=b\n' 'FROM scratch AT x\nLABEL a=b\n' 'FROM scratch\nEXPOSE 80/xyz\n'; do
        # shellcheck disable=SC2059
        printf "$text" >context/Dockerfile
        run "$samebytes" build context -o out
        [ "$status" = 2 ] || fail "$text: $output"
    done
    for signal in 9 SIGTERM term RTMIN+3 SIGRTMAX-1; do
        printf 'FROM scratch\nSTOPSIGNAL %s\n' "$signal" >context/Dockerfile
        "$samebytes" build -q context -o out
    done
}

@test "a wildcard without a match is nothing beside another source, and an error alone; a .dockerignore may begin with a BOM" {
    rm -rf context && mkdir context
    echo x >context/f
    echo y >context/g
    printf 'FROM scratch\nCOPY f *.none /w/\n' >context/Dockerfile
    assert_equal "$(layer_of | tail -n 1)" '-rw-r--r-- 0/0 w/f'
    printf 'FROM scratch\nCOPY *.none /w/\n' >context/Dockerfile
    run "$samebytes" build context -o out
    assert_failure 2
    printf '\357\273\277g\r\n' >context/.dockerignore
    printf 'FROM scratch\nCOPY f g* /w/\n' >context/Dockerfile
    assert_equal "$(layer_of | tail -n 1)" '-rw-r--r-- 0/0 w/f'
}

@test "WORKDIR with .. in an absolute path stays as it is written" {
    rm -rf context && mkdir context
    printf 'FROM scratch\nENV H=/home/x\nWORKDIR $H/y\nWORKDIR ${H}/../z\n' >context/Dockerfile
    assert_equal "$(config_of .WorkingDir)" '"/home/x/../z"'
    layer_of | grep -qx 'drwxr-xr-x 0/0 home/z/'
}

@test "contexts that engines built and saved: as many as were right are" {
    need_corpus
    [ -d "$SAMEBYTES_CORPUS/native" ] || skip 'no contexts of native builds in the corpus'
    run python3 "$SAMEBYTES_CORPUS/native/native.py" "$samebytes"
    [[ ${lines[-1]} =~ ^native\ ([0-9]+)\ of\ [0-9]+ ]] && [ "${BASH_REMATCH[1]}" -ge 107 ]
}

@test "--like: contexts as each builder of Docker took them" {
    need_corpus
    [ -d "$SAMEBYTES_CORPUS/native" ] || skip 'no contexts of native builds in the corpus'
    # BuildKit 28 refuses one for it asks a registry for the frontend that its syntax line names.
    run python3 "$root/tests/corpus/like.py" "$samebytes" "$SAMEBYTES_CORPUS/native"
    [ "$status" -le 1 ] || fail "$output"
}

@test "ADD copies what is compressed and holds no tar" {
    rm -rf context && mkdir context
    seq 1000 >context/text
    for pack in gzip bzip2 xz zstd; do
        "$pack" -c <context/text >context/f.packed
        printf 'FROM scratch\nADD f.packed /f\n' >context/Dockerfile
        "$samebytes" build -q context -o added.tar
        tar -xOf added.tar "$(tar -xOf added.tar manifest.json | jq -r '.[0].Layers[0]')" | tar -xO f | cmp - context/f.packed
    done
}

@test "what engines refuse is refused: a wildcard that matches a link to nothing, a list of other than strings, a whiteout's name" {
    rm -rf context && mkdir -p context/a context/b
    ln -s nothing context/dangling
    printf 'FROM scratch\nCOPY d* /w/\n' >context/Dockerfile
    run "$samebytes" build context -o out
    assert_failure 2
    assert_output --partial 'a link to nothing'
    rm context/dangling
    printf 'FROM scratch\nCMD ["a", 1]\n' >context/Dockerfile
    run "$samebytes" build context -o out
    assert_failure 2
    assert_output --partial 'strings alone'
    echo x >context/a/.wh.x
    printf 'FROM scratch\nCOPY a /a\n' >context/Dockerfile
    run "$samebytes" build context -o out
    assert_failure 2
    assert_output --partial 'whiteout'
    # Files of two sources are two files, whatever their inode.
    rm context/a/.wh.x
    echo x >context/a/x
    ln context/a/x context/b/y
    printf 'FROM scratch\nCOPY a b /q/\n' >context/Dockerfile
    run layer_of
    refute_line --regexp '^h'
    printf 'FROM scratch\nCOPY . /q/\n' >context/Dockerfile
    layer_of | grep -q '^h'
    # ** is * in a source.
    printf 'FROM scratch\nCOPY **/x /q/\n' >context/Dockerfile
    layer_of | grep -q 'q/x'
    mkdir context/a/deep && mv context/a/x context/a/deep/
    run "$samebytes" build context -o out
    assert_failure 2
    # Folders that WORKDIR makes are the user's.
    printf 'FROM scratch\nUSER 1000:1001\nWORKDIR /w/x\n' >context/Dockerfile
    layer_of | grep -qx 'drwxr-xr-x 1000/1001 w/x/'
    printf 'FROM scratch\nUSER app\nWORKDIR /w\n' >context/Dockerfile
    run "$samebytes" build context -o out
    assert_failure 2
    assert_output --partial '/etc/passwd'
}

@test "--chmod with symbolic modes: of each file its own, and not of the target folder" {
    rm -rf context && mkdir -p context/d/sub
    echo x >context/f && chmod 644 context/f
    echo x >context/d/x && chmod 644 context/d/x
    chmod 750 context/d/sub
    printf 'FROM scratch\nCOPY --chmod=go-r,u=rwx d /d\n' >context/Dockerfile
    assert_equal "$(layer_of | sort -k 3)" "$(printf '%s\n' 'drwxr-xr-x 0/0 d/' 'drwx--x--- 0/0 d/sub/' '-rwx------ 0/0 d/x')"
    while read -r mode wanted; do
        printf 'FROM scratch\nCOPY --chmod=%s f /f\n' "$mode" >context/Dockerfile
        assert_equal "$mode $(layer_of | cut -d ' ' -f 1)" "$mode $wanted"
    done <<'END'
u+x -rwxr--r--
a=rx,u+w -rwxr-xr-x
+w -rw-r--r--
a+w -rw-rw-rw-
+x -rwxr-xr-x
u+X -rw-r--r--
u+s,g+s -rwSr-Sr--
o=u -rw-r--rw-
g=u+x -rw-rwxr--
a= ----------
END
    for bad in u x+r u+q 'u+x,' ',u+x' 8 99999; do
        printf 'FROM scratch\nCOPY --chmod=%s f /f\n' "$bad" >context/Dockerfile
        run "$samebytes" build context -o out
        [ "$status" = 2 ] || fail "$bad"
    done
}
