#!/usr/bin/env bats
# ls and cat look into an image that no engine has loaded.
bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkdir -p context/etc context/links
    echo one >context/etc/one
    echo two >context/two
    ln -s etc context/links/config
    ln -s ../../../../two context/etc/outside
    ln -s loop context/links/loop
    chmod 4755 context/two
    printf 'FROM scratch\nCOPY etc /etc\nCOPY two /\nCOPY links/ /\n' >context/Dockerfile
    "$samebytes" build -q context --image t -o t.tar
}

@test "ls: the files of the root file system, with mode, owner, size and layer" {
    run -0 "$samebytes" ls t.tar
    assert_line --regexp '^-rwsr-xr-x +0 +0 +4 1970-01-01 00:00:00 +2  /two$'
    assert_line --regexp '^lrwxrwxrwx .* 1  /etc/outside -> \.\./\.\./\.\./\.\./two$'
    run -0 "$samebytes" ls t.tar:/etc
    refute_output --partial '/two
'
    assert_line --regexp '^drwxr-xr-x .* /etc$'
    assert_line --regexp ' /etc/one$'
    run -0 "$samebytes" ls t.tar /etc/one
    [ "${#lines[@]}" = 1 ]
    "$samebytes" ls --json docker-archive:t.tar:/etc >report
    jq -e '.schema == 1 and (.entries | map(.path) == ["etc", "etc/one", "etc/outside"]) and .entries[1] ==
        {"path": "etc/one", "mode": "-rw-r--r--", "uid": 0, "gid": 0, "size": 4, "mtime": "1970-01-01 00:00:00", "link": null, "layer": 1}' report
}

@test "cat: a file's content, with symbolic links followed inside of the image" {
    assert_equal "$("$samebytes" cat t.tar:/etc/one)" one
    assert_equal "$("$samebytes" cat t.tar etc/one)" one
    assert_equal "$("$samebytes" cat "$PWD/t.tar:/config/one")" one
    # .. leads no further up than to the image's root.
    assert_equal "$("$samebytes" cat t.tar:/etc/outside)" two
    "$samebytes" cat t.tar:/two -o got
    cmp got context/two
}

@test "cat: what is not there, no file, or leads in circles is an error, and writes nothing" {
    run -2 "$samebytes" cat t.tar:/three -o got
    assert_output --partial '/three is not in the image'
    run -2 "$samebytes" cat t.tar:/etc -o got
    assert_output --partial 'is no file'
    run -2 "$samebytes" cat t.tar:/loop/x -o got
    assert_output --partial 'symbolic links'
    run -2 "$samebytes" ls t.tar:/three
    [ ! -e got ]
}

@test "ls and cat: a hidden file is not there, one that was replaced is the later one" {
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
from craft import END, docker_archive, entry
lower = entry(b'gone', b'secret') + entry(b'kept', b'old') + entry(b'twin', b'data') + entry(b'hard', typeflag=b'1', linkname=b'twin') + END
open('w.tar', 'wb').write(docker_archive([lower, entry(b'.wh.gone') + entry(b'kept', b'new') + END]))
PY
    run -0 "$samebytes" ls w.tar
    refute_output --partial gone
    assert_line --regexp ' 2  /kept$'
    assert_equal "$("$samebytes" cat w.tar:/kept)" new
    assert_equal "$("$samebytes" cat w.tar:/hard)" data
    run -2 "$samebytes" cat w.tar:/gone
}

@test "inspect: what an image runs, holds, and what each layer adds and hides" {
    PYTHONPATH=$root/tests/corpus PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
from craft import END, config_of, docker_archive, dumps, entry, sha256
status = b'Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 2\n\n'
lower = entry(b'bin/su', b'12345', mode=0o4755) + entry(b'gone', bytes(100)) + entry(b'kept', b'old') + entry(b'usr/lib/x/y', bytes(3000)) + \
    entry(b'var/lib/dpkg/status', status) + END
upper = entry(b'.wh.gone') + entry(b'kept', b'new') + entry(b'more', b'm') + END
layers = [lower, upper]
config = {**config_of([sha256(tar) for tar in layers]), 'config': {'Entrypoint': ['/bin/su'], 'User': 'app', 'ExposedPorts': {'80/tcp': {}}}}
open('h.tar', 'wb').write(docker_archive(layers, dumps(config)))
PY
    run -0 "$samebytes" inspect h.tar
    assert_line '  Entrypoint   ["/bin/su"]'
    assert_line '  User         "app"'
    assert_line '  set-id       /bin/su'
    assert_line '  packages     1 of dpkg'
    assert_line '  largest      /usr/lib 3000 B'
    "$samebytes" inspect --json h.tar >report
    jq -e '.runs == {"Entrypoint": ["/bin/su"], "User": "app", "ExposedPorts": {"80/tcp": {}}} and .holds.set_id == ["bin/su"]
        and .holds.packages == [{"manager": "dpkg", "name": "a", "version": "1"}]
        and .holds.layers == [{"new": 5, "changed": 0, "gone": 0, "hidden_bytes": 103}, {"new": 1, "changed": 1, "gone": 1, "hidden_bytes": 0}]' report
}
