#!/usr/bin/env bats
# The answer comes first: the reason in the first line, why each digest differs, which layer belongs to which.
bats_require_minimum_version 1.5.0
load helpers

setup_file() {
    export pairs=$BATS_FILE_TMPDIR
    PYTHONPATH=$BATS_TEST_DIRNAME/../corpus PYTHONDONTWRITEBYTECODE=1 python3 "$BATS_TEST_DIRNAME/../corpus/answers.py" "$pairs"
}

setup() {
    cd "$pairs"
}

compare() { # PAIR STATUS
    run "-$2" "$samebytes" diff "$1-a.tar" "$1-b.tar"
    [ "${#lines[@]}" -le 60 ]
}

@test "answer: rebuilt on the next day" {
    compare next_day 1
    assert_line --index 0 'different: 4 entries in 2 layers; 3 of known causes, 1 unknown'
    assert_line --partial 'created "2026-11-27T09:32:27Z" | "2026-11-28T09:32:27Z"'
    assert_line --regexp '^  same +1 +1 '
    assert_line --regexp '^  differ +2 +2 +3 +2 +3 +- .*RUN /bin/sh -c'
    assert_line --partial 'first byte: /etc/shadow mtime 2026-11-27 09:32:27 | 2026-11-28 09:32:54'
    # What nobody knows comes first.
    assert_line --regexp '^  layer 3: /app/id  content'
    assert_line --partial 'file-timestamps          5 of '
    # Each difference is in one group, and each cause has its cure.
    "$samebytes" diff --json=report next_day-a.tar next_day-b.tar -q || true
    jq -e '([.groups[].count] | add) == (.differences | length) and .groups[0].name == "unknown"
        and ([.cures[].cause] | sort) == ["package-log", "shadow-day", "text-date"]' report
}

@test "answer: the base moved" {
    compare base_moved 1
    assert_line --index 0 'different: 3 entries in 1 layer; 3 in packages that moved'
    assert_line --regexp '^  x +1\.2-3 +1\.2-4 +2$'
    refute_output --partial 'libx.so  content'
    run -1 "$samebytes" diff --max-differences 0 base_moved-a.tar base_moved-b.tar
    assert_output --partial 'libx.so  content'
}

@test "answer: the same files, other times; one value is the whole answer" {
    compare other_times 0
    assert_line --index 0 'reproduced: same files and configuration; only these differ: file-timestamps of 3 entries, history of 2 entries, image-timestamps of 1 times'
    assert_line --regexp '^  times +2 +2 +3 +- +3 +- '
    assert_line '    first: layer 2: /app mtime 2026-11-27 09:32:27 | 2026-11-28 09:32:54'
    compare one_time 0
    assert_line --index 0 'reproduced: all but one value is equal: layer 1: /app/a mtime 2026-11-27 09:32:27 | 2026-11-28 09:32:54'
}

@test "answer: one layer more, one line of code" {
    compare layer_more 1
    assert_line --index 0 'different: 2 entries in 2 layers, 1 setting'
    assert_line --regexp '^  same +1 +1 '
    assert_line --regexp '^  only B +- +2 +1 +1 +- +- .*COPY app.conf /etc/app'
    assert_line --regexp '^  differ +2 +3 +1 +1 +- +- .*COPY app /app'
    assert_line --partial 'config.User "app" | "root"'
    "$samebytes" diff --json=report layer_more-a.tar layer_more-b.tar -q || true
    jq -e '[.layers[] | [.state, .a, .b]] == [["same", 1, 1], ["only B", null, 2], ["differ", 2, 3]] and .layers[2].first.where == "/app/app.py size"' report
}

@test "answer: --keep compares what was kept, and names nothing that is equal" {
    for pass in file-order annotations media-types canonical-paths hard-links attestations envelope tar-format compression json-form; do
        run -0 "$samebytes" diff --keep "$pass" one_time-a.tar one_time-b.tar
    done
    run -1 "$samebytes" diff --keep file-timestamps one_time-a.tar one_time-b.tar
    assert_line --regexp '^    A: 1795771947 '
    refute_output --partial 'kept by --keep'
}

@test "answer: --keep sees what has no entry of its own, beside another difference" {
    cd "$BATS_TEST_TMPDIR"
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
from craft import END, docker_archive, entry, header
def at(time): return b'%011o\0' % time
def save(name, layer, **more): open(name, 'wb').write(docker_archive([layer + END], **more))
file = entry(b'a', b'data')
save('a.tar', file + entry(b'b', b'b', mtime=at(1)) + entry(b'l', typeflag=b'1', linkname=b'a'))
other = entry(b'b', b'b', mtime=at(2))
save('padding.tar', file[:-8] + b'hidden!!' + other + entry(b'l', typeflag=b'1', linkname=b'a'))
save('replaced.tar', file + file + other + entry(b'l', typeflag=b'1', linkname=b'a'))
save('target.tar', file + other + entry(b'l', typeflag=b'1', linkname=b'./a'))
save('stray-a.tar', file, after=entry(b'VERSION', b'1'))
save('stray-b.tar', file, after=entry(b'VERSION', b'2'))
PY
    keep() { # PASS A B
        run -0 "$samebytes" diff --allow padding --allow path-duplicate "$2" "$3"
        run -1 "$samebytes" diff --allow padding --allow path-duplicate --keep "$1" "$2" "$3"
        assert_output --partial "$1 (kept)"
    }
    keep tar-format a.tar padding.tar
    keep tar-format a.tar replaced.tar
    keep canonical-paths a.tar target.tar
    keep envelope stray-a.tar stray-b.tar
}

@test "answer: names of strangers are made visible" {
    cd "$BATS_TEST_TMPDIR"
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
from craft import END, docker_archive, entry
for name, owner in (('a.tar', b'\x1b]0;x\x07'), ('b.tar', b'\xff\xfe')):
    open(name, 'wb').write(docker_archive([entry(b'a', b'a', uname=owner) + END], after=entry(owner + name.encode())))
PY
    "$samebytes" diff -v a.tar b.tar >text
    run ! env LC_ALL=C grep $'\x1b\|\x07' text
    "$samebytes" diff --json a.tar b.tar | python3 -c 'import json, sys; json.loads(sys.stdin.buffer.read().decode())'
}

@test "answer: two engines' saves of one context" {
    need_corpus fixtures/engines
    for engine in docker-20.10.24-classic docker-28.5.2-buildkit; do
        xz -dc "$SAMEBYTES_CORPUS/fixtures/engines/$engine/layers-1-1.tar.xz" >"$engine.tar"
    done
    run -1 "$samebytes" diff docker-20.10.24-classic.tar docker-28.5.2-buildkit.tar
    assert_line --index 0 'different: 2 entries in 1 layer'
    assert_line --regexp '^  differ +2 +2 +15 +2 .*COPY tree/ /tree/$'
    assert_line --regexp '^  form +7 +7 '
    assert_line --partial 'the classic builder and Buildah drop set-id bits'
}
