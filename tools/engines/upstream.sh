#!/bin/sh
# upstream.sh ROOT: builds the Docker engine that its makers released last, which no Debian release has yet, from its Go
# modules, and puts it into a root file system of sid: dockerd, and the containerd and shim that it starts. The client, BuildKit's
# plugin and runc stay sid's. Needs Go and its module proxy; minutes of compiling.
set -eu
root=$1
version=29.9.3
moby=github.com/moby/moby/v2
moby_version=v2.0.0-beta.24
containerd=github.com/containerd/containerd/v2
containerd_version=v2.4.2

command -v go >/dev/null || { echo "upstream.sh: Go is not installed (https://go.dev/doc/install, or golang-go of a new release)" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0 GOFLAGS='-mod=mod -trimpath'

# build MODULE VERSION PROGRAM LINKER-FLAGS
build() {
    folder=$work/${3##*/}
    mkdir "$folder"
    # From 1.17 on Go looks only at those modules that the program needs.
    printf 'module engine\n\ngo 1.26\n\nrequire %s %s\n' "$1" "$2" >"$folder/go.mod"
    (cd "$folder" && go build -ldflags "$4" -o "$work/bin/$3" "$1/cmd/$3") >"$work/log" 2>&1 ||
        { tail -n 5 "$work/log" >&2; echo "upstream.sh: $3 $2 cannot be built" >&2; exit 1; }
}

build $moby $moby_version dockerd "-X $moby/dockerversion.Version=$version"
build $containerd $containerd_version containerd ''
build $containerd $containerd_version containerd-shim-runc-v2 ''
install -D -m 755 -t "$root/usr/local/bin" "$work"/bin/*
