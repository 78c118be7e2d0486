#!/usr/bin/env bash
# gate.sh: one `verify` as the inputs say (INPUT_CONTEXT …), its reports in a folder, its answer as outputs and as the
# summary of the step. Ends as verify does: 0, 1 where the image is not what was required, 2 for trouble.
set -u
# What a summary may have (GitHub: 1 MiB a step).
most=1000000
program=${SAMEBYTES:?the program}
report=${RUNNER_TEMP:-/tmp}/samebytes-report
words=()

die() {
    echo "::error title=samebytes::$*"
    exit 2
}

# option NAME VALUE: where there is a value.
option() {
    [ -z "$2" ] || words+=("--$1" "$2")
}

option engine "${INPUT_ENGINE-}"
option against "${INPUT_AGAINST-}"
option file "${INPUT_FILE-}"
option max-size "${INPUT_MAX_SIZE-}"
option require "${INPUT_REQUIRE-}"
option baseline "${INPUT_BASELINE-}"
case ${INPUT_TWICE-} in
true) words+=(--twice) ;;
false | '') ;;
*) die "the input twice is '$INPUT_TWICE': it must be true or false" ;;
esac
context=${INPUT_CONTEXT:-.}
[ -d "$context" ] || die "the input context is '$context', which is no folder here: is actions/checkout missing?"

rm -rf "$report"
mkdir -p "$report" || exit 2
status=0
case $context in /*) ;; *) context=./$context ;; esac
"$program" verify "$context" "${words[@]}" --json="$report/report.json" --sarif="$report/report.sarif" \
    --junit="$report/report.xml" --html="$report/report.html" --markdown="$report/report.md" \
    >"$report/report.txt" 2>"$report/error.txt" || status=$?
cat "$report/report.txt"
cat "$report/error.txt" >&2

if [ ! -s "$report/report.json" ]; then
    die "$(tail -n 1 "$report/error.txt")"
fi
# One member of the report, in one line.
member() {
    tr -d '\n' <"$report/report.json" | sed -n "s/$1/\\1/p"
}
verdict=$(member '{ *"schema": 1, *"verdict": "\([a-z]*\)".*')
{
    echo "verdict=$verdict"
    echo "digest=$(grep -o -m 1 '"canonical": "sha256:[0-9a-f]*"' "$report/report.json" | cut -d'"' -f4)"
    echo "bytes=$(member '.*"budget": { *"max": [0-9a-z]*, *"bytes": \([0-9]*\).*')"
    echo "report=$report"
} >>"${GITHUB_OUTPUT:?}"

{
    head -c "$most" "$report/report.md"
    [ "$(wc -c <"$report/report.md")" -le "$most" ] ||
        printf '\n\n(cut at %s bytes; report.html has all)\n' "$most"
} >>"${GITHUB_STEP_SUMMARY:?}"

if [ "$status" != 0 ]; then
    echo "::error file=${INPUT_FILE:-${INPUT_CONTEXT:-.}/Dockerfile},line=1,title=samebytes::the verdict is $verdict; the step's summary and report.html say where"
fi
exit "$status"
