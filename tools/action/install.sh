#!/usr/bin/env bash
# install.sh [VERSION]: puts the program where the next step finds it (output `program`): a release's static program,
# held to the release's SHA256SUMS, or, without a version, one that is built from this checkout.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
version=${1-}
die() {
    echo "::error title=samebytes::$*"
    exit 2
}

if [ -z "$version" ]; then
    # Packages are root's; a runner has sudo.
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    { "${as_root[@]}" make -C "$root" deps && make -C "$root" build; } >&2 || die "it could not be built from $root; set the input version to a release"
    program=$root/build/samebytes
else
    case $(uname -m) in
    x86_64) machine=amd64 ;;
    aarch64) machine=arm64 ;;
    riscv64) machine=riscv64 ;;
    *) die "there is no release for $(uname -m); leave the input version empty to build it" ;;
    esac
    folder=${RUNNER_TEMP:-/tmp}/samebytes-$version
    from=${GITHUB_SERVER_URL:?}/${GITHUB_ACTION_REPOSITORY:?}/releases/download/$version
    mkdir -p "$folder"
    cd "$folder"
    for file in "samebytes-$machine" SHA256SUMS; do
        curl -fsSL --retry 3 -o "$file" "$from/$file" || die "no $file of release $version: $from"
    done
    grep " [ *]\{0,1\}samebytes-$machine\$" SHA256SUMS | sha256sum -c --status ||
        die "samebytes-$machine of release $version is not what its SHA256SUMS says"
    chmod 755 "samebytes-$machine"
    program=$folder/samebytes-$machine
fi
"$program" --version
echo "program=$program" >>"${GITHUB_OUTPUT:?}"
