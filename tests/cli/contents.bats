#!/usr/bin/env bats
# What diff says of contents that differ: their kind, the lines of texts; and of layers that differ in compression alone.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir a b
}

# images: a.tar and b.tar of what is in a/ and b/.
images() {
    for side in a b; do
        printf 'FROM scratch\nCOPY . /\n' >$side.Dockerfile
        "$samebytes" build -q $side -f $side.Dockerfile --image t -o $side.tar
    done
}

@test "--text: what diff -u says of texts" {
    python3 - <<'EOF'
import random
random.seed(7)
for name in range(40):
    lines = [f'line {random.randrange(30)}\n' for _ in range(random.randrange(200))]
    other = list(lines)
    for _ in range(random.randrange(1, 12)):
        at = random.randrange(len(other) + 1)
        if random.random() < .5:
            other.insert(at, f'new {random.randrange(9)}\n')
        elif other:
            other.pop(min(at, len(other) - 1))
    a, b = ''.join(lines), ''.join(other)
    if name % 3 == 0:
        b = b.rstrip('\n') or 'x'
    for side, text in (('a', a or 'x\n'), ('b', b or 'y\n')):
        open(f'{side}/{name}', 'w').write(text)
EOF
    images
    "$samebytes" diff --text --json a.tar b.tar >report || [ $? = 1 ]
    for file in a/*; do
        name=${file#a/}
        cmp -s "a/$name" "b/$name" && continue
        jq -r --arg where "layer 1: /$name" '.differences[] | select(.where == $where and .kind == "content") | .text' report >said
        # As many lines go and come as with diff's shortest script, and the result is what B has.
        cp "a/$name" patched
        { printf -- '--- a\n+++ b\n'; cat said; } | patch -s patched - || fail "$name"
        cmp patched "b/$name"
        [ "$(grep -c '^[-+]' said)" = "$(diff -du "a/$name" "b/$name" | tail -n +3 | grep -c '^[-+]')" ] || fail "$name is not the shortest"
    done
    run "$samebytes" diff --text a.tar b.tar
    assert_output --partial '@@ -'
}

@test "--text: not for what is no text, too long or changed all over; control characters are shown" {
    printf 'a\0b\n' >a/binary
    printf 'a\0c\n' >b/binary
    seq 700 >a/rewritten
    seq 1000 1700 >b/rewritten
    head -c 1100000 /dev/zero | tr '\0' x >a/long
    { cat a/long; echo y; } >b/long
    printf 'one\n\033[31mtwo\tthree\n' >a/terminal
    printf 'one\ntwo\tthree\n' >b/terminal
    images
    "$samebytes" diff --text --json a.tar b.tar >report || [ $? = 1 ]
    [ "$(jq '[.differences[] | select(.kind == "content")] | length' report)" = 4 ]
    [ "$(jq -r '[.differences[] | select(.text)] | .[].where' report)" = 'layer 1: /terminal' ]
    run "$samebytes" diff --text a.tar b.tar
    assert_line '    -\x1b[31mtwo	three'
    run "$samebytes" diff a.tar b.tar
    refute_output --partial '@@'
}

@test "kinds of contents are named, of one side and of both" {
    cp /bin/true a/program
    cp /bin/false b/program
    echo text >a/data
    tar -cf b/data -C a data
    gzip -c a/data >a/packed
    gzip -9c b/data >b/packed
    python3 -c 'import py_compile; open("x.py", "w").write("x = 1\n"); py_compile.compile("x.py", cfile="a/x.pyc")'
    python3 -c 'import py_compile; open("x.py", "w").write("x = 2\n"); py_compile.compile("x.py", cfile="b/x.pyc")'
    images
    "$samebytes" diff --json a.tar b.tar >report || [ $? = 1 ]
    inside() { jq -r --arg where "layer 1: /$1" '.differences[] | select(.where == $where and .kind == "content") | .inside' report; }
    assert_equal "$(inside program)" 'ELF shared object or program'
    assert_equal "$(inside data)" 'text in A, tar archive in B'
    assert_equal "$(inside packed)" 'gzip data'
    assert_equal "$(inside x.pyc)" 'Python byte code'
    run "$samebytes" diff a.tar b.tar
    assert_output --partial '/packed  content (gzip data)'
}

# recompressed FROM TO COMMAND…: the same OCI layout with its layer through COMMAND.
recompressed() {
    python3 - "$@" <<'EOF'
import hashlib, json, os, shutil, subprocess, sys
source, target, *command = sys.argv[1:]
shutil.copytree(source, target)
blob = lambda digest: f'{target}/blobs/sha256/{digest[7:]}'
def put(data):
    digest = 'sha256:' + hashlib.sha256(data).hexdigest()
    open(blob(digest), 'wb').write(data)
    return {'digest': digest, 'size': len(data)}
index = json.load(open(f'{target}/index.json'))
manifest = json.load(open(blob(index['manifests'][0]['digest'])))
layer = manifest['layers'][0]
layer.update(put(subprocess.run(command, stdin=open(blob(layer['digest'])), stdout=subprocess.PIPE, check=True).stdout))
layer['mediaType'] = 'application/vnd.oci.image.layer.v1.tar+' + ('zstd' if command[0] == 'zstd' else 'gzip')
index['manifests'][0].update(put(json.dumps(manifest).encode()))
json.dump(index, open(f'{target}/index.json', 'w'))
os.remove(f'{target}/manifest.json')
EOF
}

@test "layers that are one tar, compressed by two encoders, are said to be that" {
    seq 5000 >a/numbers
    cp a/numbers b/numbers
    images
    mkdir plain && tar -xf a.tar -C plain
    recompressed plain six gzip -6n
    recompressed plain nine gzip -9n
    recompressed plain zst zstd -q -c
    run "$samebytes" diff oci:six oci:nine
    assert_success
    assert_output --partial 'layer 1 is one tar in two forms: A: gzip by gnu-gzip at level 6; B: gzip by gnu-gzip at level 9'
    run "$samebytes" diff oci:nine a.tar
    assert_success
    assert_output --partial 'A: gzip by gnu-gzip at level 9; B: not compressed'
    run "$samebytes" diff oci:zst oci:nine
    assert_success
    assert_output --partial 'A: zstd by none of the encoders that are installed; B: gzip by gnu-gzip'
    run "$samebytes" diff oci:six oci:six
    refute_output --partial 'in two forms'
}

@test "many contents that differ in compressed layers: each is found, whatever the order" {
    for i in $(seq 60); do
        seq "$i" 9000 >a/$i
        { seq "$i" 9000; echo "$i"; } >b/$i
    done
    images
    for side in a b; do
        mkdir $side.layout && tar -xf $side.tar -C $side.layout
        recompressed $side.layout $side.gz gzip -1n
    done
    "$samebytes" diff --json oci:a.gz oci:b.gz >report || [ $? = 1 ]
    [ "$(jq '[.differences[] | select(.kind == "content" and (.a | startswith("ends at byte")))] | length' report)" = 60 ]
    jq '.differences' report >packed
    "$samebytes" diff --json a.tar b.tar | jq '.differences' >plain
    cmp packed plain
}
