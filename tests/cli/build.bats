#!/usr/bin/env bats
# samebytes build: the native build, and that nothing but the source decides its bytes.
load helpers

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR"
    founding_context context
}

@test "asm/t.asm assembles to the 127 bytes of the published t" {
    base64 -d "$published" | gzip -dc | tar -xO --wildcards '*/layer.tar' | tar -xO t >published-t
    assert_equal "$(wc -c <context/t)" 127
    cmp context/t published-t
}

@test "the founding image is 851 bytes with its name, under 1000, and is the published one" {
    run "$samebytes" build --platform linux/amd64 context -o out.tar.gz --image t --max-size 1000
    assert_success
    assert_output --partial '851 under gzip -9n'
    assert_equal "$(wc -c <out.tar.gz)" 851
    run "$samebytes" diff out.tar.gz "$published"
    assert_success
    assert_output --partial 'reproduced'
}

@test "without --image the image is called as what it adds first; --image= leaves it nameless" {
    "$samebytes" build -q --platform linux/amd64 context -o named.tar.gz
    "$samebytes" build -q --platform linux/amd64 context -o same.tar.gz --image t:latest
    cmp named.tar.gz same.tar.gz
    "$samebytes" build -q --platform linux/amd64 context -o nameless.tar.gz --image=
    assert_equal "$(wc -c <nameless.tar.gz)" 778
    assert_equal "$("$samebytes" inspect --json nameless.tar.gz | jq -c .names)" '[]'
    printf 'FROM scratch\nCOPY . /\n' >context/Dockerfile
    "$samebytes" build -q context -o dot.tar
    assert_equal "$("$samebytes" inspect --json dot.tar | jq -c .names)" '[]'
}

@test "the compact form is smaller still and the same image" {
    "$samebytes" build -q --platform linux/amd64 context -o out.tar.gz --image t --format docker-archive
    [ "$(wc -c <out.tar.gz)" -le 422 ]
    run tar -tzf out.tar.gz
    assert_output "config
layer
manifest.json"
    "$samebytes" diff -q out.tar.gz "$published"
}

@test "a budget that does not hold is status 1, with the excess and the biggest" {
    run "$samebytes" build --platform linux/amd64 context -o out.tar.gz --image t --max-size 800
    assert_failure 1
    assert_output --partial '51 more than 800'
    assert_output --partial '/t (127 bytes)'
}

@test "the archive is what GNU tar and gzip write by the documented commands" {
    "$samebytes" build -q context -o out.tar.gz --image t
    mkdir parts again
    tar -xzf out.tar.gz -C parts
    (cd parts && find . -type f -printf '%P\n' | LC_ALL=C sort >../names)
    tar --create --format=gnu --blocking-factor=1 --mtime=@0 --numeric-owner --owner=:0 --group=:0 \
        --mode=0644 --directory parts --files-from names --file again.tar
    gzip -9n <again.tar | cmp - out.tar.gz
    layer=$(jq -r '.[0].Layers[0]' parts/manifest.json)
    touch -d @0 context/t
    tar --create --format=gnu --blocking-factor=1 --mtime=@0 --numeric-owner --owner=:0 --group=:0 \
        --directory context --file - t | cmp - "parts/$layer"
}

@test "digests inside the archive are those of its files" {
    "$samebytes" build -q context -o out.tar --image t
    mkdir parts
    tar -xf out.tar -C parts
    (cd parts/blobs/sha256 && for file in *; do echo "$file  $file"; done | sha256sum -c --quiet)
    assert_equal "sha256:$(sha256sum <"parts/$(jq -r '.[0].Layers[0]' parts/manifest.json)" | cut -c1-64)" \
        "$(jq -r '.rootfs.diff_ids[0]' "parts/$(jq -r '.[0].Config' parts/manifest.json)")"
}

# A context with many kinds of entries, made in the order of "$@".
many_files() {
    local folder=$1 name
    shift
    mkdir -p "$folder/tree/sub/empty"
    for name; do
        echo "$name" >"$folder/tree/$name"
    done
    mkdir -p "$folder/tree/$(printf 'd%.0s' $(seq 60))"
    echo long >"$folder/tree/$(printf 'd%.0s' $(seq 60))/$(printf 'f%.0s' $(seq 60))"
    ln -sf ../a "$folder/tree/sub/link"
    ln -f "$folder/tree/a" "$folder/tree/sub/hard"
    chmod 4755 "$folder/tree/b"
    chmod 600 "$folder/tree/c"
    chmod 755 "$folder/tree" "$folder/tree"/*/ "$folder/tree/sub/empty"
    chmod 644 "$folder/tree/a"
    find "$folder/tree" -type f -name 'f*' -exec chmod 644 {} +
    cat >"$folder/Dockerfile" <<'EOF'
# A comment
FROM scratch
COPY tree /tree/
ADD tree/a tree/b /some/where/
COPY --chown=5:6 tree/c /own
ENV A=1 B="two words" \
    C='$A'
ENV D ${A}x
LABEL z="last" a=first
WORKDIR /srv/app
WORKDIR sub
USER 1000:1000
EXPOSE 80 53/udp
VOLUME ["/data"]
STOPSIGNAL SIGINT
ENTRYPOINT ["/tree/a"]
CMD echo hello
EOF
}

@test "time, zone, locale, umask, user, folder and file order change nothing" {
    many_files one a b c
    (
        umask 077
        mkdir -p elsewhere/deep
        many_files elsewhere/deep/two c b a
    )
    touch -d 2001-01-01 elsewhere/deep/two/tree/a elsewhere/deep/two/tree
    "$samebytes" build -q one -o one.tar.gz
    cd elsewhere
    (umask 077; TZ=Asia/Tokyo LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 HOME=/nowhere \
        "$samebytes" build -q deep/two -o ../two.tar.gz)
    cd ..
    cmp one.tar.gz two.tar.gz
    if [ "$(id -u)" = 0 ]; then
        chown -R nobody "$PWD/elsewhere"
        chmod 4755 elsewhere/deep/two/tree/b # chown takes the bit away
        "$samebytes" build -q elsewhere/deep/two -o three.tar.gz
        cmp one.tar.gz three.tar.gz
    fi
}

@test "another user gets the same bytes" {
    [ "$(id -u)" = 0 ] || skip "only root can become another user"
    command -v setpriv >/dev/null || skip "setpriv is not installed"
    "$samebytes" build -q context -o one.tar.gz
    cp -a context /tmp/samebytes-test-$$
    chmod -R a+rX /tmp/samebytes-test-$$
    cp "$samebytes" /tmp/samebytes-test-$$/samebytes
    mkdir -m 777 /tmp/samebytes-test-$$/out
    run setpriv --reuid 65534 --regid 65534 --clear-groups env TMPDIR=/tmp \
        /tmp/samebytes-test-$$/samebytes build -q /tmp/samebytes-test-$$ -o /tmp/samebytes-test-$$/out/two.tar.gz
    status_of_build=$status
    cmp one.tar.gz /tmp/samebytes-test-$$/out/two.tar.gz
    rm -rf /tmp/samebytes-test-$$
    assert_equal "$status_of_build" 0
}

@test "the configuration is what the Dockerfile says" {
    many_files one a b c
    "$samebytes" build -q one -o out.tar
    tar -xf out.tar
    config=$(jq -c .config "$(jq -r '.[0].Config' manifest.json)")
    assert_equal "$(jq -c .Env <<<"$config")" \
        '["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","A=1","B=two words","C=$A","D=1x"]'
    assert_equal "$(jq -c .Cmd <<<"$config")" '["/bin/sh","-c","echo hello"]'
    assert_equal "$(jq -c .Entrypoint <<<"$config")" '["/tree/a"]'
    assert_equal "$(jq -c .ExposedPorts <<<"$config")" '{"53/udp":{},"80/tcp":{}}'
    assert_equal "$(jq -c .Volumes <<<"$config")" '{"/data":{}}'
    assert_equal "$(jq -c .Labels <<<"$config")" '{"a":"first","z":"last"}'
    assert_equal "$(jq -r .WorkingDir <<<"$config")" /srv/app/sub
    assert_equal "$(jq -r .User <<<"$config")" 1000:1000
    assert_equal "$(jq -r .StopSignal <<<"$config")" SIGINT
}

@test "layers hold what ADD, COPY and WORKDIR make" {
    many_files one a b c
    "$samebytes" build -q one -o out.tar
    tar -xf out.tar
    mapfile -t layers < <(jq -r '.[0].Layers[]' manifest.json)
    assert_equal "${#layers[@]}" 5
    run tar --numeric-owner -tvf "${layers[0]}"
    assert_line --partial 'hrw-r--r-- 0/0               0 1970-01-01 00:00 tree/sub/hard link to tree/a'
    assert_line --partial '-rwsr-xr-x 0/0'
    assert_line --partial 'tree/sub/link -> ../a'
    assert_line --partial 'tree/sub/empty/'
    run tar --numeric-owner -tvf "${layers[1]}"
    assert_line --partial 'drwxr-xr-x 0/0               0 1970-01-01 00:00 some/where/'
    run tar --numeric-owner -tvf "${layers[2]}"
    assert_output --partial '-rw------- 5/6'
    run tar -tf "${layers[4]}"
    assert_output "srv/
srv/app/
srv/app/sub/"
}

@test ".dockerignore leaves files out" {
    mkdir -p c/d
    touch c/a c/b.skip c/d/x c/d/y
    printf 'FROM scratch\nCOPY . /all/\n' >c/Dockerfile
    printf '*.skip\nd/*\n!d/y\nDockerfile\n.dockerignore\n' >c/.dockerignore
    "$samebytes" build -q c -o out.tar
    tar -xf out.tar
    run tar -tf "$(jq -r '.[0].Layers[0]' manifest.json)"
    assert_output "all/
all/a
all/d/
all/d/y"
}

@test "what is not built natively names file, line and instruction" {
    while read -r line instruction; do
        printf 'FROM scratch\nADD t /t\n%s\n' "$instruction" >context/Dockerfile
        run --separate-stderr "$samebytes" build context -o out.tar
        assert_failure 2
        assert_equal "${#stderr_lines[@]}" 1
        [[ $stderr == *"context/Dockerfile:$line:"* ]] || fail "$instruction: $stderr"
        [ ! -e out.tar ]
    done <<'EOF'
3 RUN true
3 FROM somewhere
3 HEALTHCHECK
3 HEALTHCHECK NONE x
3 HEALTHCHECK --interval=soon CMD x
3 HEALTHCHECK --interval=1us CMD x
3 HEALTHCHECK --retries=-1 CMD x
3 HEALTHCHECK --no-such=1 CMD x
3 SHELL /bin/sh -c
3 SHELL []
3 ONBUILD ONBUILD RUN x
3 ONBUILD FROM x
3 ARG =x
3 ENV A=${A:?x}
3 COPY missing /x
3 COPY t
3 ADD https://host.example/x /x
3 ADD --checksum=sha256:0 t /u
3 COPY --from=other t /u
3 COPY --chown=somebody t /u
3 EXPOSE http
3 ENV A
3 COPY <<X /x
3 UNKNOWN x
EOF
    printf 'FROM debian\nADD t /t\n' >context/Dockerfile
    run "$samebytes" build context -o out.tar
    assert_failure 2
    assert_output --partial 'Dockerfile:1: FROM: only FROM scratch'
}

@test "ADD unpacks an archive, COPY takes it as it is" {
    tar -czf context/x.tar.gz -C context t
    printf 'FROM scratch\nADD x.tar.gz /\n' >context/Dockerfile
    "$samebytes" build -q context -o added.tar
    printf 'FROM scratch\nCOPY x.tar.gz /\n' >context/Dockerfile
    "$samebytes" build -q context -o copied.tar
    run ! "$samebytes" diff -q added.tar copied.tar
}

@test "nothing outside the context is read" {
    echo secret >secret
    ln -s ../../secret context/leak
    ln -s "$PWD/secret" context/leak2
    for source in ../secret leak leak2 /../secret; do
        printf 'FROM scratch\nCOPY %s /x\n' "$source" >context/Dockerfile
        run "$samebytes" build context -o out.tar
        assert_failure 2
        assert_output --partial 'not in the context'
    done
}

@test "--assemble makes the file, and refuses one that differs; the context stays as it is" {
    rm context/t
    "$samebytes" build -q --platform linux/amd64 context -o out.tar.gz --image t --assemble "t=$root/asm/t.asm"
    [ ! -e context/t ]
    "$samebytes" diff -q out.tar.gz "$published"
    printf x >context/t
    run "$samebytes" build context -o out2.tar.gz --assemble "t=$root/asm/t.asm"
    assert_failure 2
    assert_output --partial 'is not what'
    [ ! -e out2.tar.gz ]
}

@test "OUT is a plain tar, compressed by its name or by --gzip, or standard output" {
    "$samebytes" build -q context -o a.tar
    "$samebytes" build -q context -o a.tgz
    "$samebytes" build -q --gzip context -o a.bin
    "$samebytes" build context -o - | cmp - a.tar
    gzip -9n <a.tar | cmp - a.tgz
    cmp a.tgz a.bin
}

@test "a tool that lies is caught: tar that writes another byte" {
    mkdir bin
    cat >bin/tar <<'EOF'
#!/bin/sh
/bin/tar "$@" || exit
for argument; do
    case $argument in */out.tar) printf X | dd of="$argument" bs=1 seek=20 conv=notrunc status=none ;; esac
done
EOF
    chmod +x bin/tar
    PATH=$PWD/bin:$PATH run "$samebytes" build context -o out.tar
    assert_failure 2
    assert_output --partial 'differ at byte'
    [ ! -e out.tar ]
}

@test "a missing tool is named" {
    mkdir bin
    for tool in gzip cp; do ln -s "$(command -v $tool)" bin/; done
    printf '#!/bin/sh\nexit 3\n' >bin/tar
    chmod +x bin/tar
    PATH=$PWD/bin run "$samebytes" build context -o out.tar
    assert_failure 2
    assert_output --partial 'tar ended with status 3'
}

@test "nothing is left behind in the temporary folder" {
    mkdir temporary
    TMPDIR=$PWD/temporary "$samebytes" build -q context -o out.tar --assemble "t=$root/asm/t.asm"
    TMPDIR=$PWD/temporary run "$samebytes" build context -o /nowhere/out.tar
    assert_failure 2
    assert_equal "$(ls temporary)" ''
}
