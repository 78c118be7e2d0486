#!/usr/bin/env bats
# The documents that every command writes: JSON, Markdown, HTML, SARIF, JUnit.
bats_require_minimum_version 1.5.0

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    founding_context context
    "$samebytes" build context -o own.tar >/dev/null
}

# The document $1 is one of the command $2.
is_valid() {
    /usr/bin/python3 - "$root/docs/report.schema.json" "$1" "$2" <<'END'
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
own = {'$ref': '#/definitions/' + sys.argv[3], 'definitions': schema['definitions']}
jsonschema.Draft7Validator(own).validate(json.load(open(sys.argv[2])))
END
}

# SARIF 2.1.0, of what a reader asks: section 3.13 (the log), 3.14 (a run), 3.18 (the tool), 3.27 (a result).
is_sarif() {
    jq -e '.version == "2.1.0" and (.runs | length == 1) and
        (.runs[0].tool.driver | .name == "samebytes" and (.semanticVersion | test("^[0-9]+[.]"))) and
        all(.runs[0].results[]; (.ruleId | test("^(difference|finding)/[a-z0-9-]+$")) and
            (.level | IN("none", "note", "warning", "error")) and (.message.text | length > 0) and
            (.locations | length == 1) and
            .locations[0].physicalLocation.artifactLocation.uri == "Dockerfile" and
            (.locations[0].logicalLocations[0].fullyQualifiedName | length > 0)) and
        .runs[0].invocations[0].executionSuccessful' "$1" >/dev/null
}

@test "documents: every command's JSON is as its schema has it" {
    "$samebytes" build context -o again.tar --json=build.json >/dev/null
    is_valid build.json build
    "$samebytes" build --smallest -o small --json=smallest.json >/dev/null
    is_valid smallest.json smallest
    "$samebytes" normalize "$published" -o out.tar --json=normalize.json >/dev/null
    is_valid normalize.json normalize
    "$samebytes" inspect "$published" --json=inspect.json >/dev/null
    is_valid inspect.json inspect
    run -1 "$samebytes" inspect "$published" --find "sha256:$(printf '%064d' 0)" --json=find.json
    is_valid find.json find
    "$samebytes" audit "$published" --json=audit.json >/dev/null
    is_valid audit.json audit
    "$samebytes" diff "$published" own.tar --json=diff.json >/dev/null
    is_valid diff.json diff
    "$samebytes" verify context --engine none --json=verify.json >/dev/null
    is_valid verify.json verify
}

@test "documents: what is no report of a command is refused by the schema" {
    "$samebytes" diff "$published" own.tar --json=diff.json >/dev/null
    jq '.verdict = "alike"' diff.json >wrong.json
    run ! is_valid wrong.json diff
    jq 'del(.differences)' diff.json >wrong.json
    run ! is_valid wrong.json diff
    jq '.canonical[0] = "sha256:1"' diff.json >wrong.json
    run ! is_valid wrong.json diff
}

@test "documents: differences and findings as SARIF, with where and why" {
    "$samebytes" diff "$published" own.tar --sarif=same.sarif >/dev/null
    is_sarif same.sarif
    run jq -r '[.runs[0].results[] | select(.level == "error")] | length' same.sarif
    assert_output 0
    printf x >>context/t
    "$samebytes" build context -o other.tar >/dev/null
    run -1 "$samebytes" diff own.tar other.tar --sarif
    printf '%s\n' "$output" >other.sarif
    is_sarif other.sarif
    run jq -r '.runs[0].results[0] | .ruleId, .level, .message.text' other.sarif
    assert_line difference/content
    assert_line error
    assert_line --partial 'layer 1: /t'
    run jq -r '.runs[0].properties.verdict' other.sarif
    assert_output different
}

@test "documents: JUnit, a case for each build; a failure where it differs" {
    "$samebytes" verify context --engine none --max-size 1000 --junit=good.xml >/dev/null
    run -1 "$samebytes" verify context --engine none --max-size 10 --junit=bad.xml
    run python3 - <<'END'
import xml.etree.ElementTree as tree

for name in ('good.xml', 'bad.xml'):
    suite = tree.parse(name).getroot().find('testsuite')
    cases = suite.findall('testcase')
    assert int(suite.get('tests')) == len(cases), name
    assert int(suite.get('failures')) == len(suite.findall('testcase/failure')), name
    print(name, sorted(case.get('name') for case in cases if case.find('failure') is not None))
END
    assert_success
    assert_line "good.xml []"
    assert_line "bad.xml ['budget', 'verify']"
}

@test "documents: Markdown and HTML of every command, with names that both would take for their own" {
    mkdir odd
    printf 'FROM scratch\nCOPY . /\nLABEL a="<b>|c&"\n' >odd/Dockerfile
    printf x >'odd/<i>|&'
    "$samebytes" build odd -o odd.tar --markdown=build.md --html=build.html >/dev/null
    "$samebytes" inspect odd.tar --markdown=inspect.md --html=inspect.html >/dev/null
    run -1 "$samebytes" diff own.tar odd.tar --markdown=diff.md --html=diff.html --junit=diff.xml
    "$samebytes" verify odd --engine none --markdown=verify.md --html=verify.html >/dev/null
    "$samebytes" normalize odd.tar -o out.tar --markdown=normalize.md --html=normalize.html >/dev/null
    "$samebytes" audit odd.tar --markdown=audit.md --html=audit.html >/dev/null
    for page in *.html; do
        run grep -c '<!doctype html>' "$page"
        assert_output 1
        run ! grep -q '<i>|' "$page"
    done
    for page in *.md; do
        run ! grep -qE '^\|.*[^\\]\|&' "$page"
        grep -q '^###' "$page"
    done
    python3 -c 'import xml.etree.ElementTree as tree; tree.parse("diff.xml")'
}

@test "documents: two for standard output are refused" {
    run -2 "$samebytes" diff own.tar own.tar --json --sarif
    assert_output --partial 'can have standard output'
    run -2 "$samebytes" build context -o - --junit
    assert_output --partial 'both want standard output'
    run "$samebytes" diff own.tar own.tar --sarif=/nowhere/x
    assert_failure 2
}
