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

# alike SUITE:CLIENT[:STORE] [OPTION…]: random images and their canonical form, and mutants that are `reproduced`.
alike() {
    "$suite" make "${1%%:*}" 2>"$BATS_TEST_TMPDIR/why" || skip "$1: $(tail -n 1 "$BATS_TEST_TMPDIR/why")"
    run env PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/corpus/alike.py" "$samebytes" "$suite" --images 8 --mutants 8 --seed 77 "${@:2}" -- "$1"
    echo "# ${lines[-1]}" >&3
    [[ $output != *skipped* ]] || skip "$output"
    assert_success
    [[ ${lines[-1]} =~ \ ([0-9]+)\ alike ]] && [ "${BASH_REMATCH[1]}" -ge 12 ]
}

@test "random images, mutants, normalised crafted archives: Docker 20.10 has the same files where we say the same" {
    alike bookworm:docker --crafted "$BATS_FILE_TMPDIR/crafted"
}

@test "random images and mutants: the newest Docker, containerd's store" {
    alike sid:docker:containerd
}

@test "random images and mutants: the newest Podman" {
    alike sid:podman
}

@test "what is different is not alike: the oracle sees it" {
    "$suite" make bookworm 2>"$BATS_TEST_TMPDIR/why" || skip "bookworm: $(tail -n 1 "$BATS_TEST_TMPDIR/why")"
    # Mutants that samebytes calls different, passed off as reproduced.
    run env PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/corpus/alike.py" "$samebytes" "$suite" --mutants 8 --verdict different --seed 3 -- bookworm:docker
    [[ $output != *skipped* ]] || skip "$output"
    assert_failure 1
    [[ ${lines[-1]} =~ \ ([0-9]+)\ not\ alike ]] && [ "${BASH_REMATCH[1]}" -ge 4 ]
}
