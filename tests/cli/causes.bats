#!/usr/bin/env bats
# diff says what is known to cause a difference, and its cure; and says the same of many files once.
bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir a b
}

# pair PATH A B: the file in both images, with these contents (printf); "-" is not there
pair() {
    local folder content
    for folder in a b; do
        content=$2
        [ $folder = a ] || content=$3
        [ "$content" = - ] && continue
        mkdir -p "$folder/root/$(dirname "$1")"
        # shellcheck disable=SC2059
        printf "$content" >"$folder/root/$1"
    done
}

build() {
    local folder
    for folder in a b; do
        mkdir -p $folder/root
        printf 'FROM scratch\nADD root /\n' >$folder/Dockerfile
        "$samebytes" build -q $folder --image t -o $folder.tar
    done
    status=0
    "$samebytes" diff a.tar b.tar --json=report >text || status=$?
}

# cause PATH NAME: the difference at PATH has this cause, in both reports
cause() {
    jq -e --arg path "/$1" --arg name "$2" '[.differences[] | select(.where | endswith(": " + $path))] | length > 0 and all(.cause.name == $name)' report ||
        { jq .differences report; return 1; }
    grep -qF "cure: $(jq -r --arg name "$2" '[.differences[] | select(.cause.name == $name)][0].cause.cure' report | cut -c1-12)" text
}

@test "causes: every row has a pair that it explains, and a counter-example that it does not" {
    PYTHONPATH=$root/tests/corpus python3 "$root/tests/corpus/causes.py" write a.tar b.tar bad.tar
    run -1 "$samebytes" diff a.tar b.tar --json=b.json
    run -1 "$samebytes" diff a.tar bad.tar --json=bad.json
    PYTHONPATH=$root/tests/corpus python3 "$root/tests/corpus/causes.py" check b.json bad.json
    # No row was forgotten, here or in the document.
    for name in $(sed -n 's/^SB_CAUSE("\([a-z-]*\)".*/\1/p' "$root/src/compare/causes.def"); do
        jq -e --arg name "$name" '[.differences[] | .cause.name, .looks_like] | index($name)' b.json >/dev/null || fail "$name has no pair"
        grep -q "^| $name |" "$root/docs/causes.md" || fail "docs/causes.md: $name is missing"
    done
}

@test "causes: what only looks like one is none" {
    # The content behind the header differs; another path; another place in the file.
    pair a.gz '\037\213\010\000\001\000\000\000\000\003x' '\037\213\010\000\001\000\000\000\000\003y'
    pair m.pyc '12\r\n\000\000\000\000567812345678a' '12\r\n\000\000\000\000567912345678b'
    pair home/etc/shadow a b
    pair var/logs/x a b
    pair etc/shadow 'root:*:20784:0:99999:7:::' 'root:x:20785:0:99999:7:::'
    build
    jq -e '.differences | length == 5 and all(has("cause") | not)' report
    grep -q 'looks like shadow-day, but more than that differs' text
    grep -q 'looks like python-bytecode, but more than that differs' text
}

@test "causes: a disposable place excuses no program, key, link or packaged file" {
    mkdir -p {a,b}/root/tmp
    for folder in a b; do
        printf '#!/bin/sh\n%s' $folder >$folder/root/tmp/script
        printf -- '-----BEGIN PRIVATE KEY-----\n%s' $folder >$folder/root/tmp/key
        ln -s /$folder $folder/root/tmp/link
        mkdir -p $folder/root/var/lib/dpkg/info $folder/root/var/log
        echo $folder >$folder/root/var/log/owned
        printf '/.\n/var\n/var/log\n/var/log/owned\n' >$folder/root/var/lib/dpkg/info/x.list
        printf 'Package: %s\nStatus: install ok installed\nVersion: %s\n\n' x 1.2 y 7 >$folder/root/var/lib/dpkg/status
    done
    build
    jq -e '.differences | length == 4 and all(has("cause") | not)' report
    jq -e '[.differences[] | .looks_like // "nothing"] | sort == ["a file of dpkg x 1.2 on both sides, patched or damaged",
        "temporary, but it can be run", "temporary, but it is a key", "temporary, but it is not its content that differs"]' report
    # The package has another version: that is the cause.
    sed -i 's/1\.2/1.3/' b/root/var/lib/dpkg/status
    build
    jq -e '[.differences[] | select(.where | test("owned|status")) | .cause.name] | sort == ["package-database", "package-moved"]' report
    jq -e '.packages == [{"manager": "dpkg", "name": "x", "a": "1.2", "b": "1.3", "packages": 1, "differences": 1}]' report
    grep -q 'x  *1.2  *1.3' text
    # A paragraph of another package is no consequence of it.
    sed -i 's/^Version: 7$/Version: 7\nConfig-Version: 7/' b/root/var/lib/dpkg/status
    build
    jq -e '[.differences[] | select(.where | test("status")) | has("cause")] == [false]' report
}

@test "causes: a commit of the same files, at another time" {
    commit() { # FOLDER TIME
        git -c init.defaultBranch=main init -q "$1/root/app"
        echo x >"$1/root/app/f"
        git -C "$1/root/app" add f
        GIT_AUTHOR_DATE="$2 +0000" GIT_COMMITTER_DATE="$2 +0000" git -C "$1/root/app" -c user.name=n -c user.email=e commit -qm m
    }
    mkdir -p {a,b}/root/app
    commit a 1795771947
    commit b 1795858374
    build
    jq -e '[.differences[] | select(.kind == "content" or .kind == "entry")] | length > 3 and all(.cause.name | startswith("git-"))' report
    # A hook is run.
    echo evil >b/root/app/.git/hooks/post-checkout
    build
    jq -e '[.differences[] | select(.where | test("git/(objects|hooks)")) | select(.cause)] | length == 0' report
}

@test "causes: a umask, told from other modes, and many files in one line" {
    for i in $(seq 1 40); do pair "d/f$i" same same; done
    pair own same same
    chmod 640 a/root/own
    build_with() { find a/root/d -type f -exec chmod "$1" {} +; find b/root/d -type f -exec chmod "$2" {} +; build; }
    build_with 644 664
    jq -e '[.differences[] | select(.kind == "mode" and (.where | test("/d/f")))] | length == 40
        and all(.cause.cause == "looks like umask 022 against 002")' report
    grep -q '40 entries  mode  A: 0644  B: 0664' text
    grep -q 'looks like umask 022 against 002' text
    [ "$(wc -l <text)" -lt 60 ]
    build_with 640 644
    grep -q 'looks like umask 027 against 022' text
    build_with 4755 755
    ! grep -q 'looks like umask' <(grep -A2 '40 entries' text)
}

@test "diff: the summary counts kinds; a thousand owners are one line" {
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'EOF'
from craft import END, docker_archive, entry
for name, uid in (('a', 1), ('b', 2)):
    body = b''.join(entry(b'f%05d' % i, b'x', uid=b'%07o\0' % uid) for i in range(1000))
    open(name + '.tar', 'wb').write(docker_archive([body + entry(b'z', name.encode()) + END]))
EOF
    run "$samebytes" diff a.tar b.tar
    assert_failure 1
    assert_line '1001 differences: 1000 uid, 1 content'
    assert_line '  1000 entries  uid  A: 1  B: 2'
    assert_output --partial 'layer 1: /z  content'
    [ "${#lines[@]}" -lt 50 ]
}
