#!/usr/bin/env bats
# The canonical bytes do not depend on the version of GNU tar: this release's and trixie's 1.35 agree, and
# what the library writes for extended attributes is what 1.35 writes.
load ../cli/helpers

setup_file() {
    bats_require_minimum_version 1.5.0
    export trixie=$BATS_FILE_TMPDIR/trixie
    "$BATS_TEST_DIRNAME/suite-tool.sh" trixie "$trixie" tar tar >"$BATS_FILE_TMPDIR/log" 2>&1 ||
        echo "trixie's tar cannot be had: $(tail -n 1 "$BATS_FILE_TMPDIR/log")" >"$BATS_FILE_TMPDIR/missing"
}

setup() {
    [ ! -e "$BATS_FILE_TMPDIR/missing" ] || skip "$(cat "$BATS_FILE_TMPDIR/missing")"
    cd "$BATS_TEST_TMPDIR"
    founding_context context
}

@test "builds with tar 1.34 and 1.35 are the same bytes" {
    mkdir context/tree
    printf x >"context/tree/$(printf 'n%.0s' $(seq 150))"
    ln -s "$(printf 't%.0s' $(seq 120))" context/tree/link
    ln context/t context/tree/hard
    printf 'FROM scratch\nADD t /t\nCOPY tree /tree/\nCOPY --chown=3000000:7 t /own\n' >context/Dockerfile
    "$samebytes" build -q context -o here.tar.gz
    PATH=$trixie/bin:$PATH run "$samebytes" build context -o there.tar.gz
    assert_success
    assert_output --partial '1.35'
    cmp here.tar.gz there.tar.gz
}

@test "an entry with extended attributes is as tar 1.35 writes it" {
    mkdir files
    printf cap >files/x
    chmod 644 files/x
    setfattr -n user.a -v b files/x 2>/dev/null || skip "this file system has no extended attributes"
    python3 - "$root/tests" <<'EOF'
import sys
sys.path.insert(0, sys.argv[1])
import images
layer = [images.entry('x', b'cap', pax={'SCHILY.xattr.user.a': 'b'})]
open('image.tar', 'wb').write(images.docker([layer], {'architecture': 'amd64', 'os': 'linux'}))
EOF
    "$samebytes" normalize -q --canonical image.tar -o canonical.tar
    tar -xf canonical.tar
    "$trixie/bin/tar" --create --format=posix --xattrs --xattrs-include='*' --blocking-factor=1 \
        --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' --mtime=@0 \
        --numeric-owner --owner=:0 --group=:0 --directory files --file layer x
    cmp layer "$(jq -r '.[0].Layers[0]' manifest.json)"
}
