#!/usr/bin/env bats
# --baseline: differences that were looked at, each with its reason. A new one fails, one that is not needed is stale.
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir a b
    for folder in a b; do
        mkdir -p $folder/etc
        echo same >$folder/etc/same
        printf 'FROM scratch\nADD etc /etc\nENV A=%s\n' $folder >$folder/Dockerfile
    done
    echo one >a/etc/shadow
    echo two >b/etc/shadow
    echo a >'a/etc/odd[1]*'
    echo b >'b/etc/odd[1]*'
    "$samebytes" build -q a --image t -o a.tar
    "$samebytes" build -q b --image t -o b.tar
}

allow() { # EXTRA…: the three differences, and what is given
    jq -n '{schema: 1, allowed: ([{path: "/etc/shadow", kind: "content", reason: "the day of the last change"},
        {path: "etc/odd*", kind: "*", reason: "known"}, {field: "config.Env[1]", kind: "config", reason: "the name of the run"}] + $ARGS.positional)}' \
        --jsonargs "$@"
}

@test "baseline: what is allowed passes, with its reason; the verdict stays what it is" {
    run "$samebytes" diff a.tar b.tar
    assert_failure 1
    allow >baseline
    "$samebytes" diff a.tar b.tar --baseline baseline --json=report >text
    jq -e '.verdict == "different" and .baseline == {allowed: 3, new: 0, stale: []}
        and (.differences | map(.reason) | sort == ["known", "the day of the last change", "the name of the run"])' report
    grep -q 'different as the baseline allows' text
    grep -q 'allowed: the day of the last change' text
}

@test "baseline: a new difference fails" {
    allow | jq 'del(.allowed[0])' >baseline
    run "$samebytes" diff a.tar b.tar --baseline baseline --json=report
    assert_failure 1
    assert_output --partial '; 2 of them allowed'
    jq -e '.baseline.new == 1 and ([.differences[] | select(.reason == null)] | length == 1)' report
    # Another kind at the same path is new as well.
    allow | jq '.allowed[0].kind = "mode"' >baseline
    run "$samebytes" diff a.tar b.tar --baseline baseline
    assert_failure 1
    assert_output --partial 'stale in the baseline: /etc/shadow mode'
}

@test "baseline: an allowance that nothing needs is stale, and said" {
    allow '{"path": "/etc/gone", "kind": "content", "reason": "mended"}' >baseline
    run "$samebytes" diff a.tar b.tar --baseline baseline --json=report
    assert_success
    assert_output --partial 'stale in the baseline: /etc/gone content (mended)'
    jq -e '.baseline.stale == [{path: "etc/gone", kind: "content", reason: "mended"}]' report
}

@test "baseline: it does not stand for equal digests" {
    allow >baseline
    run "$samebytes" diff a.tar b.tar --baseline baseline --require same-config
    assert_failure 1
    run "$samebytes" diff a.tar b.tar --baseline baseline --require identical
    assert_failure 1
}

@test "baseline: --write-baseline starts one that allows this run, and keeps the reasons that are there" {
    "$samebytes" diff a.tar b.tar --write-baseline=first || [ $? = 1 ]
    jq -e '.schema == 1 and (.allowed | length == 3 and all(.reason == "not reviewed yet"))' first
    "$samebytes" diff -q a.tar b.tar --baseline first
    allow | jq 'del(.allowed[1])' >baseline
    run "$samebytes" diff -q a.tar b.tar --baseline baseline --write-baseline second
    assert_failure 1
    jq -e '.allowed | map(.reason) == ["the day of the last change", "the name of the run", "not reviewed yet"]' second
    # Nothing but this very file is allowed, whatever its name means as a pattern.
    jq -e '.allowed[2].path == "etc/odd\\[1]\\*"' second
}

refused_after() { # COMMAND…: changes ./b; the baseline of before does not allow it
    "$@"
    "$samebytes" build -q b --image t -o changed.tar
    run "$samebytes" diff a.tar changed.tar --baseline pinned --json=report
    [ "$status" = 1 ] || fail "$*: $output"
    jq -e '.baseline.new > 0' report
}

@test "baseline: what --write-baseline allows is these values and no others" {
    mkdir b/etc/new
    echo 'echo hello' >b/etc/new/run
    ln -s run b/etc/new/link
    echo file >a/etc/kind
    ln -s run b/etc/kind
    "$samebytes" build -q a --image t -o a.tar
    "$samebytes" build -q b --image t -o b.tar
    "$samebytes" diff -q a.tar b.tar --write-baseline pinned || [ $? = 1 ]
    "$samebytes" diff -q a.tar b.tar --baseline pinned
    # A content is its digest, an entry its header too; what is not there is null.
    jq -e --arg a "sha256:$(sha256sum <a/etc/shadow | cut -d ' ' -f 1)" --arg b "sha256:$(sha256sum <b/etc/shadow | cut -d ' ' -f 1)" \
        '.allowed | any(.path == "etc/shadow" and .a == $a and .b == $b)' pinned
    jq -e --arg b "file, mode 0644, owner 0:0, sha256:$(sha256sum <b/etc/new/run | cut -d ' ' -f 1)" \
        '.allowed | any(.path == "etc/new/run" and .kind == "entry" and .a == null and .b == $b)' pinned
    jq -e '.allowed | any(.path == "etc/new/link" and .b == "symbolic link, mode 0777, owner 0:0, to run")' pinned
    jq -e '.allowed | any(.field == "config.Env[1]" and .a == "\"A=a\"" and .b == "\"A=b\"")' pinned
    cp -a b kept
    refused_after sh -c 'echo three >b/etc/shadow'
    grep -q . report
    run "$samebytes" diff a.tar changed.tar --baseline pinned
    assert_output --partial 'stale in the baseline: /etc/shadow content (not reviewed yet); it differs there, with other values than are allowed'
    rm -rf b && cp -a kept b
    refused_after chmod 4755 b/etc/new/run
    rm -rf b && cp -a kept b
    refused_after sh -c 'echo rm >b/etc/new/run'
    rm -rf b && cp -a kept b
    refused_after ln -sfn /proc/self/mem b/etc/new/link
    rm -rf b && cp -a kept b
    refused_after sh -c 'rm b/etc/new/run; mkdir b/etc/new/run'
    rm -rf b && cp -a kept b
    refused_after ln -sfn /proc/self/mem b/etc/kind
    rm -rf b && cp -a kept b
    refused_after sed -i 's/^ENV.*/ENV A=b LD_PRELOAD=x/' b/Dockerfile
    # By hand, one side may be left open, or both.
    jq '.allowed[] |= del(.b)' pinned >open
    rm -rf b && cp -a kept b
    echo three >b/etc/shadow
    "$samebytes" build -q b --image t -o changed.tar
    "$samebytes" diff -q a.tar changed.tar --baseline open
}

@test "baseline: verify has it, too" {
    printf 'FROM scratch\nADD etc /etc\nENV A=b\n' >a/Dockerfile
    run "$samebytes" verify --engine none --against b.tar --image t a
    assert_failure 1
    "$samebytes" verify -q --engine none --against b.tar --image t a --write-baseline base || [ $? = 1 ]
    "$samebytes" verify --engine none --against b.tar --image t a --baseline base --json=report >text
    jq -e '.baseline.allowed == 2 and .baseline.new == 0' report
}

@test "baseline: a file that is none is refused with its place" {
    for text in '' '[]' '{"schema":2,"allowed":[]}' '{"schema":1}' '{"schema":1,"allowed":[{"path":"a","kind":"content"}]}' \
        '{"schema":1,"allowed":[{"path":"a","field":"b","kind":"c","reason":"d"}]}' '{"schema":1,"allowed":[{"kind":"c","reason":"d"}]}' \
        '{"schema":1,"allowed":[{"path":"a","kind":"c","reason":"d","x":"y"}]}' \
        '{"schema":1,"allowed":[{"path":"a","kind":"c","reason":"d","a":1}]}' '{"schema":1,"allowed":[{"path":"a","reason":"d"}]}'; do
        echo "$text" >baseline
        run "$samebytes" diff a.tar b.tar --baseline baseline
        assert_failure 2
        assert_output --partial 'baseline: '
        [ "${#lines[@]}" = 1 ]
    done
    run "$samebytes" diff a.tar b.tar --baseline no-such
    assert_failure 2
}

@test "baseline: a path is a path in a layer, whatever names a configuration has" {
    printf 'FROM scratch\nADD etc /etc\nENV A=a\nLABEL k=v\n' >a/Dockerfile
    printf 'FROM scratch\nADD etc /etc\nENV A=a\nLABEL k=v "x: /tmp/z"=evil\n' >b/Dockerfile
    cp a/etc/* b/etc/
    "$samebytes" build -q a --image t -o a.tar
    "$samebytes" build -q b --image t -o b.tar
    echo '{"schema":1,"allowed":[{"path":"tmp/**","kind":"*","reason":"temporary"}]}' >baseline
    run "$samebytes" diff a.tar b.tar --baseline baseline
    assert_failure 1
    refute_output --partial 'cure:'
    echo '{"schema":1,"allowed":[{"path":"/","kind":"*","reason":"root"}]}' >baseline
    run "$samebytes" diff a.tar b.tar --baseline baseline
    assert_failure 2
    assert_output --partial 'the root has no path'
}
