#!/usr/bin/env bash
# run.sh SAMEBYTES SUITES RESULT: story.py, with a Docker engine beside it where one can be had.
set -eu
cd "$(dirname "$0")/../.."
BATS_FILE_TMPDIR=$(mktemp -d)
export BATS_FILE_TMPDIR
. tests/engines/docker.bash
trap 'stop_docker; rm -rf "$BATS_FILE_TMPDIR"' EXIT
start_docker >&2
if [ "$(id -u)" = 0 ]; then
    for suite in bullseye bookworm trixie sid; do
        tools/engines/suite.sh path "$suite" >/dev/null 2>&1 || continue
        tools/engines/suite.sh add "$suite" binutils >/dev/null 2>&1 || echo "no binutils for $suite" >&2
    done
fi
PYTHONDONTWRITEBYTECODE=1 python3 tools/story/story.py "$@"
