#!/usr/bin/env bats
# Native builds of several stages, of archives that ADD unpacks, of here-documents, and as each builder takes them.

load helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    mkdir -p context/d/sub
    echo program >context/f
    echo x >context/d/x
    ln context/d/x context/d/sub/y
    chmod 4755 context/f
}

# The Dockerfile is what stands on standard input; the image is built to $1, with the other arguments.
build() {
    cat >context/Dockerfile
    "$samebytes" build -q context --image t -o "$@"
}

refused() {
    cat >context/Dockerfile
    run --separate-stderr -2 "$samebytes" build context -o refused.tar "${@:2}"
    [[ $stderr == *"$1"* ]] || fail "$stderr"
    [ ! -e refused.tar ]
}

# The entries of the last layer of $1.
last_layer() {
    tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Layers[-1]')" | tar --numeric-owner -tv | awk '{print $1, $2, $6, $7, $8, $9}' |
        sed 's/ *$//'
}

last_file() {
    tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Layers[-1]')" | tar -xO "$2"
}

config_of() {
    tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Config')" | jq -c "$2"
}

@test "stages: what a stage gives is as if it had been in the context" {
    build staged.tar <<'EOF'
FROM scratch AS Build
COPY f /go/bin/app
FROM scratch
COPY --from=build /go/bin/app /app
USER 65534:65534
ENTRYPOINT ["/app"]
EOF
    build plain.tar <<'EOF'
FROM scratch
COPY f /app
USER 65534:65534
ENTRYPOINT ["/app"]
EOF
    cmp staged.tar plain.tar
}

@test "stages: by number, from one another, and never those that nobody asks for" {
    build out.tar <<'EOF'
ARG V=1
FROM scratch AS base
ENV A=b
WORKDIR /w
FROM never.example/image AS unused
RUN <<END
COPY nothing /
END
FROM base AS middle
ARG V
COPY f g$V
FROM middle
COPY --from=2 /w/g1 /z
CMD ["/z"]
EOF
    assert_equal "$(config_of out.tar .config.Env)" '["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","A=b"]'
    assert_equal "$(config_of out.tar .config.WorkingDir)" '"/w"'
    assert_equal "$(last_layer out.tar)" '-rwsr-xr-x 0/0 z'
    assert_equal "$(tar -xOf out.tar manifest.json | jq '.[0].Layers | length')" 3
}

@test "stages: --target by name and by number" {
    local dockerfile='FROM scratch AS a
COPY f /a
FROM scratch AS b
COPY f /b'
    build out.tar --target A <<<"$dockerfile"
    assert_equal "$(last_layer out.tar)" '-rwsr-xr-x 0/0 a'
    build out.tar --target 1 <<<"$dockerfile"
    assert_equal "$(last_layer out.tar)" '-rwsr-xr-x 0/0 b'
    refused 'it has no stage c' --target c <<<"$dockerfile"
    refused 'it has no stage 2' --target 2 <<<"$dockerfile"
}

@test "stages: owners and names of one file come along, unless --chown says otherwise" {
    [ "$(id -u)" = 0 ] || skip 'files of several owners are shown to GNU tar by root'
    local dockerfile='FROM scratch AS b
COPY --chown=5:6 d /d
FROM scratch
COPY --from=b'
    build out.tar <<<"$dockerfile /d /e"
    assert_equal "$(last_layer out.tar)" 'drwxr-xr-x 0/0 e/
drwxr-xr-x 5/6 e/sub/
-rw-r--r-- 5/6 e/sub/y
hrw-r--r-- 5/6 e/x link to e/sub/y'
    build out.tar <<<"$dockerfile --chown=7:8 /d/x /d/sub/y /e/"
    assert_equal "$(last_layer out.tar)" 'drwxr-xr-x 7/8 e/
-rw-r--r-- 7/8 e/x
-rw-r--r-- 7/8 e/y'
}

@test "stages: what is no earlier stage is named, and a stage with RUN" {
    refused 'no earlier stage is called that' <<<$'FROM scratch\nCOPY --from=other f /'
    refused 'no earlier stage is called that' <<<$'FROM scratch AS a\nCOPY --from=a f /'
    refused "'/g' is not in the stage a" <<<$'FROM scratch AS a\nCOPY f /f\nFROM scratch\nCOPY --from=a /g /'
    refused 'Dockerfile:2: RUN' <<<$'FROM scratch AS a\nRUN true\nFROM scratch\nCOPY --from=a /g /'
    refused 'or an earlier stage' <<<$'FROM debian\nCOPY f /'
    refused 'no such flag' <<<$'FROM --what=x scratch\nCOPY f /'
    refused 'AS with a name' <<<$'FROM scratch AS\nCOPY f /'
}

@test "--chown and USER by name: of the stage's own files" {
    [ "$(id -u)" = 0 ] || skip 'files of several owners are shown to GNU tar by root'
    printf 'root:x:0:0::/:\napp:x:123:45::/:\n' >context/passwd
    printf 'root:x:0:\ngrp:x:77:\napp:x:88:\n' >context/group
    local dockerfile='FROM scratch
COPY passwd group /etc/
COPY --chown='
    build out.tar <<<"${dockerfile}app:grp f /f"
    assert_equal "$(last_layer out.tar)" '-rwsr-xr-x 123/77 f'
    build out.tar <<<"${dockerfile}app f /f"
    assert_equal "$(last_layer out.tar)" '-rwsr-xr-x 123/45 f'
    build out.tar <<<"${dockerfile}9:grp f /f"
    assert_equal "$(last_layer out.tar)" '-rwsr-xr-x 9/77 f'
    build out.tar --like classic-28 <<<"${dockerfile}app f /f"
    assert_equal "$(last_layer out.tar)" '-rwxr-xr-x 123/88 f'
    build out.tar <<<$'FROM scratch\nCOPY passwd /etc/\nUSER app\nWORKDIR /w'
    assert_equal "$(last_layer out.tar)" 'drwxr-xr-x 123/45 w/'
    refused "is not in the stage's /etc/passwd" <<<"${dockerfile}nobody f /f"
    refused "is not in the stage's /etc/group" <<<"${dockerfile}app:none f /f"
}

@test "here-documents: variables, quotes, tabs, and a folder as the target" {
    build out.tar <<'OUTER'
FROM scratch
ENV X=1
COPY <<EOF /a
$X "$X" \$X
EOF
OUTER
    assert_equal "$(last_layer out.tar)" '-rw-r--r-- 0/0 a'
    assert_equal "$(last_file out.tar a)" '1 "1" $X'
    build out.tar <<'OUTER'
FROM scratch
ENV X=1
COPY --chmod=755 <<"one" <<-two /d/
$X
one
		tabbed
	two
OUTER
    assert_equal "$(last_layer out.tar)" 'drwxr-xr-x 0/0 d/
-rwxr-xr-x 0/0 d/one
-rwxr-xr-x 0/0 d/two'
    assert_equal "$(last_file out.tar d/one)" '$X'
    assert_equal "$(last_file out.tar d/two)" 'tabbed'
    refused 'does not end' <<<$'FROM scratch\nCOPY <<EOF /a\nx'
    refused 'knows no here-documents' --like classic-28 <<<$'FROM scratch\nCOPY <<EOF /a\nx\nEOF'
}

@test "--exclude leaves out, --link has the bytes of a plain copy" {
    build out.tar <<<$'FROM scratch\nCOPY --exclude=sub d /d/'
    assert_equal "$(last_layer out.tar)" 'drwxr-xr-x 0/0 d/
-rw-r--r-- 0/0 d/x'
    build linked.tar <<<$'FROM scratch\nCOPY --link d /d/'
    build plain.tar <<<$'FROM scratch\nCOPY d /d/'
    cmp linked.tar plain.tar
    refused 'no such flag' --like buildkit-20.10 <<<$'FROM scratch\nCOPY --exclude=sub d /d/'
    build ignored.tar --like classic-28 <<<$'FROM scratch\nCOPY --exclude=sub d /d/'
    cmp ignored.tar plain.tar
}

@test "ADD unpacks archives: hard links, parents, set-id bits, owners" {
    [ "$(id -u)" = 0 ] || skip 'files of several owners are shown to GNU tar by root'
    mkdir -p tree/no/dir
    echo a >tree/no/dir/a
    ln tree/no/dir/a tree/b
    ln -s b tree/l
    chmod 4711 tree/b
    mkfifo tree/p
    for pack in cat gzip bzip2 xz zstd; do
        tar -C tree --owner=7 --group=8 -c ./no/dir/a b l p | "$pack" >context/x
        build out.tar <<<$'FROM scratch\nADD x /t'
        assert_equal "$(last_layer out.tar)" 'drwxr-xr-x 0/0 t/
-rws--x--x 7/8 t/b
lrwxrwxrwx 7/8 t/l -> b
drwxr-xr-x 0/0 t/no/
drwxr-xr-x 0/0 t/no/dir/
hrws--x--x 7/8 t/no/dir/a link to t/b
prw-r--r-- 7/8 t/p'
        assert_equal "$(last_file out.tar t/b)" a
    done
    build out.tar --like buildkit-28 <<<$'FROM scratch\nADD --chown=1:2 x /t'
    assert_equal "$(last_layer out.tar | awk '{print $2}' | sort -u)" 1/2
    # COPY takes the archive itself, and so does ADD of a builder that does not know its compression.
    build copied.tar <<<$'FROM scratch\nCOPY x /t'
    cmp <(last_file copied.tar t) context/x
    build out.tar --like buildkit-20.10 <<<$'FROM scratch\nADD x /t'
    cmp out.tar copied.tar
    tar -C tree -cJf context/x b
    build copied.tar <<<$'FROM scratch\nCOPY x /t'
    build out.tar --like buildkit-28 <<<$'FROM scratch\nADD x /t'
    cmp out.tar copied.tar
}

@test "ADD of an archive: what engines take in other ways is left to them" {
    mkdir -p tree
    echo a >tree/a
    ln -s /etc tree/l
    tar -C tree -cf context/x l
    tar -C tree -rf context/x --transform 's,^a,l/a,' a
    refused '' <<<$'FROM scratch\nADD x /t'
    tar -C tree --transform 's,^a,.wh.a,' -cf context/x a
    refused 'whiteout' <<<$'FROM scratch\nADD x /t'
    tar -C tree -cf context/x a
    refused '--chmod of an archive' <<<$'FROM scratch\nADD --chmod=755 x /t'
    head -c 700 context/x >context/y
    run "$samebytes" build context -o refused.tar -f <(printf 'FROM scratch\nADD y /t\n')
    [ "$status" != 1 ]
}

@test "--like: as that builder takes it, refused where it refuses" {
    refused '--like none: must be one of classic-17.09, classic-20.10' --like none <<<$'FROM scratch\nCOPY f /'
    refused '--chmod' --like classic-29 <<<$'FROM scratch\nCOPY --chmod=700 f /'
    refused 'leads out of the context' --like classic-28 <<<$'FROM scratch\nCOPY ../f /'
    build out.tar <<<$'FROM scratch\nCOPY ../f /'
    build out.tar --like classic-28 <<<$'FROM scratch\nCOPY f /'
    assert_equal "$(last_layer out.tar)" '-rwxr-xr-x 0/0 f'
    build out.tar --like buildkit-28 <<<$'FROM scratch\nCOPY f /'
    assert_equal "$(last_layer out.tar)" '-rwsr-xr-x 0/0 f'
}
