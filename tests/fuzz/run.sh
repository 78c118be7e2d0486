#!/bin/bash
# run.sh SECONDS [TARGET…]: each fuzz target (or those named) for SECONDS with libFuzzer, from the corpus in tests/fuzz/corpus/
# and what it finds on the way (kept in build/fuzz/). Afterwards AFL=1 gives each target the same time with AFL++.
# Ends with the executions of each, and non-zero where one found something; the input is in build/fuzz/TARGET.found/.
set -u
cd "$(dirname "$0")/../.." || exit 2
seconds=$1
shift
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    for file in tests/fuzz/*_fuzz.c; do targets+=("$(basename "$file" _fuzz.c)"); done
fi
folder=build/fuzz
mkdir -p $folder
python3 tests/fuzz/seeds.py $folder/seeds
passed=0 failed=0

libfuzzer() { # TARGET
    mkdir -p "$folder/$1.corpus" "$folder/$1.found" "$folder/seeds/$1" "tests/fuzz/corpus/$1"
    "$folder/$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=1024 -max_len=65536 \
        -artifact_prefix="$folder/$1.found/" -print_final_stats=1 \
        "$folder/$1.corpus" "tests/fuzz/corpus/$1" "$folder/seeds/$1" >"$folder/$1.log" 2>&1
    local status=$?
    sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$1.log"
    return $status
}

afl() { # TARGET
    rm -rf "$folder/$1.afl" "$folder/$1.start"
    mkdir "$folder/$1.start"
    cp "$folder/seeds/$1"/* "tests/fuzz/corpus/$1"/* "$folder/$1.start" 2>/dev/null
    AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
        timeout $((seconds + 60)) afl-fuzz -V "$seconds" -m none -t 5000+ -i "$folder/$1.start" -o "$folder/$1.afl" \
        -- "$folder/$1-afl" >"$folder/$1.afl.log" 2>&1
    sed -n 's/^execs_done *: *//p' "$folder/$1.afl/default/fuzzer_stats" 2>/dev/null
    [ -s "$folder/$1.afl/default/fuzzer_stats" ] &&
        [ -z "$(find "$folder/$1.afl/default/crashes" "$folder/$1.afl/default/hangs" -name 'id*' 2>/dev/null)" ]
}

one() { # TARGET
    local count
    make --no-print-directory -s "$folder/$1" || { echo "not ok - $1: it does not build"; return 1; }
    count=$(libfuzzer "$1") || { echo "not ok - $1: see $folder/$1.log and $folder/$1.found/"; return 1; }
    if [ -n "${AFL-}" ]; then
        make --no-print-directory -s "$folder/$1-afl" || { echo "not ok - $1: it does not build for AFL++"; return 1; }
        second=$(afl "$1") || { echo "not ok - $1: AFL++ found something, or did not run: $folder/$1.afl.log"; return 1; }
        echo "ok - $1: $count executions by libFuzzer, $second by AFL++"
    else
        echo "ok - $1: $count executions"
    fi
}

for target in "${targets[@]}"; do
    if one "$target"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
