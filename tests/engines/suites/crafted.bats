#!/usr/bin/env bats
# Crafted archives shown to real engines: what an engine loads has the configuration and the files that this program says, or this program
# refuses it or calls it ambiguous. A fixed few here; `make engines-crafted` shows all of them to all engines.
load ../../cli/helpers
load suite

setup_file() {
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/corpus/hostile.py" "$BATS_FILE_TMPDIR/crafted"
}

# agrees SUITE:CLIENT[:STORE]
agrees() {
    "$suite" make "${1%%:*}" 2>"$BATS_TEST_TMPDIR/why" || skip "$1: $(tail -n 1 "$BATS_TEST_TMPDIR/why")"
    folders=("$BATS_FILE_TMPDIR/crafted")
    [ -z "${SAMEBYTES_CORPUS-}" ] || folders+=("$SAMEBYTES_CORPUS/hostile/dev")
    run env PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/corpus/engines.py" "$samebytes" "$suite" --sample 30 "${folders[@]}" -- "$1"
    echo "# ${lines[-1]}" >&3
    [[ $output != skipped* ]] || skip "$output"
    assert_success
    # It did load some, and some were compared.
    [[ ${lines[-1]} =~ ([0-9]+)\ same ]] && [ "${BASH_REMATCH[1]}" -ge 3 ]
}

@test "crafted archives: Docker 20.10 runs what is said, or it is refused" {
    agrees bookworm:docker
}

@test "crafted archives: the newest Docker, graph drivers" {
    agrees sid:docker
}

@test "crafted archives: the newest Docker, containerd's store" {
    agrees sid:docker:containerd
}

@test "crafted archives: Podman" {
    agrees bookworm:podman
}

@test "crafted archives: skopeo" {
    agrees sid:skopeo
}
