#!/usr/bin/env bash
# run.sh: every static check; ends non-zero where one fails.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0
check() {
    local name=$1
    shift
    if output=$("$@" 2>&1); then
        echo "ok - $name"
    else
        echo "not ok - $name"
        printf '%s\n' "$output" | head -n 60
        failed=$((failed + 1))
    fi
}
flags=(-std=c17 -D_GNU_SOURCE '-DSAMEBYTES_LIBEXEC=""' -DSAMEBYTES_ISAL -Isrc -Iverify -Itests/unit)
make --no-print-directory -s build/samebytes >/dev/null || exit 1
mapfile -t sources < <(ls src/*/*.c verify/*.c verify/*/*.c)
mapfile -t headers < <(ls src/*/*.h verify/*.h verify/*/*.h tests/unit/*.[ch] tests/fuzz/*.[ch])
mapfile -t scripts < <(ls tools/*.sh tools/*/*.sh tests/*.sh tests/*/*.sh tests/*/*.bash tests/*/*/*.bash tests/*/*.bats \
    tests/*/*/*.bats .ci/run)

tidy_all() {
    printf '%s\0' "${sources[@]}" |
        xargs -0 -P "$(nproc)" -I FILE clang-tidy --quiet --warnings-as-errors='*' FILE -- "${flags[@]}"
}
clang_build() {
    make --no-print-directory -j"$(nproc)" CC=clang MODE=release PROGRAM=build/samebytes-clang build/samebytes-clang
}
check 'layers, purity and names' tests/lint/layers.sh
check 'sizes of files and functions' tests/lint/sizes.sh
check 'man page and tables' tests/lint/manual.sh
check 'clang builds it without a warning' clang_build
check 'clang-format' clang-format --dry-run --Werror "${sources[@]}" "${headers[@]}"
check 'cppcheck' cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
    --inline-suppr --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
    -D_GNU_SOURCE -Isrc -Iverify -j "$(nproc)" src verify
check 'clang-tidy' tidy_all
check 'shellcheck' shellcheck --severity=warning "${scripts[@]}"
[ "$failed" = 0 ]
