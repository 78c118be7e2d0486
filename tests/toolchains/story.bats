#!/usr/bin/env bats
# The steps of 2018: what is claimed is what is measured, or it is known why not.
load ../cli/helpers

setup_file() {
    export result=$BATS_FILE_TMPDIR/story.json
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/tools/story/story.py" "$samebytes" \
        "${SAMEBYTES_SUITES:-${XDG_CACHE_HOME:-$HOME/.cache}/samebytes/suites}" "$result" >"$BATS_FILE_TMPDIR/said"
}

@test "story: linked programs have the sizes of the article, on every linker that is here, without separate code" {
    jq -e '[.linked[] | select(.ld)] | length >= 1 and all(.sizes | map_values(."with -z noseparate-code")
        == {hello: 504, exit: 352, pause: 344})' "$result"
    jq -e '[.linked[] | .where] == ["this machine", "bullseye", "bookworm", "trixie", "sid"]' "$result"
}

@test "story: 127 bytes, 976 bytes, and what a command costs" {
    jq -e '.assembled == 127 and .published == {bytes: 976, verdict: "identical"}' "$result"
    jq -e '[.commands[] | .saved] == [976, 1064, 1075, 1078]' "$result"
    jq -e '[.commands[] | .canonical] == [851, 845, 852, 860]' "$result"
}

@test "story: other compressors: all are there, and gzip makes 974 bytes beside the name" {
    jq -e '[.compressors[] | select(.bytes == null)] == []' "$result"
    jq -e '.compressors[0] | .compressor == "gzip -9" and .bytes == 974' "$result"
}
