#!/bin/sh
# build.sh FOLDER: builds the encoders that container tools use, each with the Go of the Debian release whose tools were
# built with it, into FOLDER:
#   go1.24-gzip  Go 1.24's compress/gzip (trixie): Docker 26
#   go1.27-gzip  Go 1.27's, another deflate (sid): Docker 28
#   pgzip        klauspost's pgzip of trixie: podman, buildah, skopeo
#   pgzip-sid    the same of sid
# The compilers live in the suites' cache folders (tools/engines/suite.sh); what comes out needs nothing of them.
# What is there already stays. Needs root and mmdebstrap where a suite is not there yet.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
suite=$here/../engines/suite.sh

# Go finds its files through /proc.
inside() {
    root=$1
    shift
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -euc 'root=$1; shift; mount -t proc proc "$root/proc"; exec chroot "$root" "$@"' \
        sh "$root" env GOPATH=/usr/share/gocode GO111MODULE=off GOTOOLCHAIN=local GOTELEMETRY=off CGO_ENABLED=0 \
        GOFLAGS=-trimpath HOME=/root "$@"
}

# build SUITE SOURCE NAME: NAME with %s where the version of Go belongs.
build() {
    root=$("$suite" path "$1")
    version=$(inside "$root" go version | sed 's/.* go\([0-9]*\.[0-9]*\).*/\1/')
    # shellcheck disable=SC2059
    name=$(printf "$3" "$version")
    [ ! -x "$folder/$name" ] || return 0
    work=$(mktemp -d "$root/tmp/encoder.XXXXXX")
    cp "$here/main.go" "$here/$2.go" "$work/"
    inside "$root" sh -euc 'cd "$1" && GOCACHE=$1/cache go build -o encoder main.go "$2.go"' sh "${work#"$root"}" "$2"
    mv "$work/encoder" "$folder/$name"
    rm -rf "$work"
    echo "$folder/$name"
}

for release in trixie sid; do
    "$suite" make "$release"
    "$suite" add "$release" golang-go golang-github-klauspost-pgzip-dev golang-github-klauspost-compress-dev
done
build trixie gzip go%s-gzip
build sid gzip go%s-gzip
build trixie pgzip pgzip
build sid pgzip pgzip-sid
