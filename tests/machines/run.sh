#!/usr/bin/env bash
# run.sh MACHINE…: the tests of the command line with the static program of each machine (tools/machines/build.sh). TESTS="cli/a
# cli/b" takes a few. Programs of other machines run under qemu-user, which passes no seccomp on: there the sandbox is off, and
# its own tests skip.
set -u
cd "$(dirname "$0")/../.." || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0

# Asks for no sandbox, in each command that has one.
emulated() { # PROGRAM EMULATOR MACHINE
    cat >"$1" <<END
#!/bin/sh
command=\${1-}
[ \$# = 0 ] || shift
case \$command in
verify | build | diff | normalize | audit | inspect | ls | cat) set -- "\$command" --no-sandbox "\$@" ;;
*) set -- "\$command" "\$@" ;;
esac
exec $2 "$PWD/build/samebytes-$3" "\$@"
END
    chmod 755 "$1"
}

for machine; do
    program=$PWD/build/samebytes-$machine
    case $machine in
    arm64) emulated "$program-here" "$(command -v qemu-aarch64-static)" arm64 && program=$program-here ;;
    riscv64) emulated "$program-here" "$(command -v qemu-riscv64-static)" riscv64 && program=$program-here ;;
    esac
    echo "# $machine: $("$program" --version -v | tr '\n' ' ')"
    if [ -n "${TESTS-}" ]; then
        files=()
        for test in $TESTS; do files+=("tests/$test.bats"); done
    else
        files=(tests/cli/*.bats)
    fi
    SAMEBYTES=$program tests/run.sh "${files[@]}" 2>&1 | tee "$log" | sed "s/^/$machine: /"
    read -r p _ f _ s _ <<<"$(grep -E '^[0-9]+ passed' "$log" | tail -n 1 | tr -d ,)"
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1})) skipped=$((skipped + ${s:-0}))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
