#!/usr/bin/env bats
# diff says what is known to cause a difference, and its cure; and says the same of many files once.
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

@test "causes: every row of the table has a difference that it explains" {
    pair var/cache/ldconfig/aux-cache a b
    pair etc/shadow 'root:*:1:' 'root:*:2:'
    pair etc/shadow- x y
    pair lib/apk/db/scripts.tar x y
    pair usr/lib/apk/db/scripts.tar.gz x y
    pair x/PaxHeaders.123/y - y
    pair usr/share/doc/a.gz '\037\213\010\000\001\000\000\000' '\037\213\010\000\002\000\000\000'
    pair usr/share/doc/b.tgz '\037\213\010\000' '\037\213\010\010'
    pair m/c.pyc '12345678\001\000' '12345678\002\000'
    pair m/d.pyc - x
    pair etc/machine-id a b
    pair var/lib/dbus/machine-id a b
    pair etc/ssh/ssh_host_rsa_key a b
    pair var/log/dpkg.log a b
    pair var/log/other a b
    pair var/lib/apt/lists/x a b
    pair var/cache/debconf/config.dat-old a b
    pair var/lib/dpkg/status-old a b
    pair var/cache/man/index.db a b
    pair var/cache/fontconfig/x a b
    pair etc/ssl/certs/java/cacerts a b
    pair var/lib/rpm/rpmdb.sqlite a b
    pair etc/passwd- a b
    pair root/.cache/pip/x a b
    pair tmp/x a b
    build
    [ "$status" = 1 ]
    cause var/cache/ldconfig/aux-cache ldconfig-cache
    cause etc/shadow shadow-day
    cause etc/shadow- shadow-day
    cause lib/apk/db/scripts.tar apk-scripts
    cause usr/lib/apk/db/scripts.tar.gz apk-scripts
    cause x/PaxHeaders.123/y pax-headers-pid
    cause usr/share/doc/a.gz gzip-time
    cause usr/share/doc/b.tgz gzip-name
    cause m/c.pyc python-bytecode
    cause m/d.pyc python-bytecode-there
    cause etc/machine-id machine-id
    cause var/lib/dbus/machine-id machine-id
    cause etc/ssh/ssh_host_rsa_key ssh-host-keys
    cause var/log/dpkg.log apt-log
    cause var/log/other log
    cause var/lib/apt/lists/x apt-lists
    cause var/cache/debconf/config.dat-old debconf-old
    cause var/lib/dpkg/status-old dpkg-old
    cause var/cache/man/index.db man-cache
    cause var/cache/fontconfig/x font-cache
    cause etc/ssl/certs/java/cacerts java-keystore
    cause var/lib/rpm/rpmdb.sqlite rpm-database
    cause etc/passwd- passwd-backup
    cause root/.cache/pip/x user-cache
    cause tmp/x temporary
    # No row was forgotten, here or in the document.
    for name in $(sed -n 's/^SB_CAUSE("\([a-z-]*\)".*/\1/p' "$root/src/compare/causes.def"); do
        jq -e --arg name "$name" '[.differences[].cause.name] | index($name)' report >/dev/null || fail "$name has no test"
        grep -q "^| $name |" "$root/docs/causes.md" || fail "docs/causes.md: $name is missing"
    done
}

@test "causes: what only looks like one is none" {
    # The content behind the header differs; another path; another place in the file.
    pair a.gz '\037\213\010\000\001\000\000\000\000\003x' '\037\213\010\000\001\000\000\000\000\003y'
    pair m.pyc '1234567890123456789a' '1234567890123456789b'
    pair home/etc/shadow a b
    pair var/logs/x a b
    build
    jq -e '.differences | map(select(.where | endswith("m.pyc") | not)) | all(has("cause") | not)' report
    # Code that differs is not the time in its header, but still a file that Python wrote.
    cause m.pyc python-bytecode-there
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
