#!/usr/bin/env bats
# diff --report-dir: both versions of each file that differs.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    for folder in a b; do
        mkdir -p $folder/root/etc
        echo "this is $folder" >$folder/root/etc/x
        echo same >$folder/root/same
        printf 'FROM scratch\nADD root /\n' >$folder/Dockerfile
    done
    echo only >a/root/only
    "$samebytes" build -q a --image t -o a.tar
    "$samebytes" build -q b --image t -o b.tar
}

@test "report-dir: both versions, ready for another tool; nothing else" {
    for confined in "" --no-sandbox; do
        run "$samebytes" diff -q $confined a.tar b.tar --report-dir out
        assert_failure 1
        assert_equal "$(cd out && find . -type f | sort | tr '\n' ' ')" './a/layer-1/etc/x ./a/layer-1/only ./b/layer-1/etc/x '
        cmp out/a/layer-1/etc/x a/root/etc/x
        cmp out/b/layer-1/etc/x b/root/etc/x
        cmp out/a/layer-1/only a/root/only
        rm -r out
    done
}

@test "report-dir: compressed layers, and a folder with spaces" {
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'EOF'
import gzip
from craft import END, docker_archive, entry
for name in ('c', 'd'):
    tar = entry(b'f', name.encode() * 5000) + END
    open(name + '.tar', 'wb').write(docker_archive([tar], stored=[gzip.compress(tar)]))
EOF
    run "$samebytes" diff -q c.tar d.tar --report-dir 'my report'
    assert_failure 1
    [ "$(tr -d c <'my report/a/layer-1/f' | wc -c)" = 0 ] && [ "$(wc -c <'my report/b/layer-1/f')" = 5000 ]
}

@test "report-dir: a name that leads out is never written there; a folder that is in use is refused" {
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'EOF'
from craft import END, docker_archive, entry
for name in ('c', 'd'):
    open(name + '.tar', 'wb').write(docker_archive([entry(b'../../../../evil', name.encode()) + entry(b'..x', name.encode()) + END]))
EOF
    run "$samebytes" diff -q --allow path-escapes c.tar d.tar --report-dir out
    assert_failure 1
    [ -z "$(find .. -name evil -not -path '*/out/*')" ]
    [ -s out/a/layer-1/evil ] && [ -s out/a/layer-1/..x ]
    run "$samebytes" diff -q c.tar d.tar --report-dir out
    assert_failure 2
    assert_output --partial 'not an empty folder'
    run "$samebytes" diff -q c.tar d.tar --report-dir no/such
    assert_failure 2
}

@test "report-dir: a file whose name is too long for this machine becomes a note" {
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'EOF'
from craft import END, docker_archive, entry, long_name
for name in (b'c', b'd'):
    body = long_name(b'n' * 300) + entry(b'n', name) + entry(b'x', name)
    open(name.decode() + '.tar', 'wb').write(docker_archive([body + END]))
EOF
    run "$samebytes" diff c.tar d.tar --report-dir out
    assert_failure 1
    assert_output --partial 'not written to the folder'
    [ "$(cat out/a/layer-1/x out/b/layer-1/x)" = cd ]
}
