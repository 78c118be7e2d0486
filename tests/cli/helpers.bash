# What every test of the command line shares.
bats_load_library bats-support
bats_load_library bats-assert

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
samebytes=${SAMEBYTES:-$root/build/samebytes}
published=$root/tests/fixtures/published/ian-miell-2018.b64
export TZ=UTC0 LC_ALL=C
unset NO_COLOR SOURCE_DATE_EPOCH

# The founding image's context, in $1.
founding_context() {
    mkdir -p "$1"
    printf 'FROM scratch\nADD t /t\n' >"$1/Dockerfile"
    nasm -f bin -o "$1/t" "$root/asm/t.asm"
    chmod 775 "$1/t"
}

# Skips where the recorded archives of engines are not there.
need_corpus() {
    [ -n "${SAMEBYTES_CORPUS-}" ] && [ -d "$SAMEBYTES_CORPUS/${1:-fixtures}" ] ||
        skip "SAMEBYTES_CORPUS is not set: recorded archives are not there"
}

# Skips where no library can be loaded into the program (LD_PRELOAD), or where it has no sandbox to try.
need_preload() {
    readelf -lW "$samebytes" | grep -q INTERP || skip "a static program loads no library"
    ! nm -D "$samebytes" | grep -q __asan_init || skip "a program with sanitizers loads no other library"
}

# One member of a JSON report.
field() {
    jq -r "$1" <"$2"
}
