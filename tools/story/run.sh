#!/usr/bin/env bash
# run.sh SAMEBYTES SUITES RESULT: story.py, with a Docker engine beside it where one can be had.
set -eu
cd "$(dirname "$0")/../.."
BATS_FILE_TMPDIR=$(mktemp -d)
export BATS_FILE_TMPDIR
. tests/engines/docker.bash
trap 'stop_docker; rm -rf "$BATS_FILE_TMPDIR"' EXIT
start_docker >&2
PYTHONDONTWRITEBYTECODE=1 python3 tools/story/story.py "$@"
