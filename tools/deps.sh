#!/bin/sh
# deps.sh GROUP...: installs the Debian packages that a group of targets needs and that are missing, and
# says what and why. Starts no service. Without root it prints the one line to run and ends with 1; so it
# does with DEPS=no, which only names what is missing.
set -eu

packages() {
    case $1 in
    build) cat <<'EOF'
gcc	compiler
libc6-dev	C library
nettle-dev	UMAC and base64
libssl-dev	SHA-256
zlib1g-dev	inflate
libisal-dev	inflate, of large layers
libzstd-dev	zstd layers
libseccomp-dev	the reader's sandbox
nasm	assembles asm/t.asm
tar	GNU tar, the reference archiver
gzip	GNU gzip, the reference compressor
EOF
        ;;
    engine) cat <<'EOF'
docker.io	Docker engine: dockerd and docker
EOF
        ;;
    test) cat <<'EOF'
bats	runs the tests of the command line
bats-assert	assertions for them
bats-support	assertions for them
jq	reads JSON reports in tests
xz-utils	unpacks recorded archives
attr	makes extended attributes
docker-registry	a registry to read from
skopeo	reads registries, for docker://
openssl	a certificate for that registry
procps	finds processes that must have ended
python3	writes crafted archives
patch	applies what diff --text says
busybox-static	a program for images whose build runs it, and its gunzip
zstd	unpacks the smallest archives
EOF
        ;;
    suites) cat <<'EOF'
mmdebstrap	root file systems of other Debian releases, for their engines
zstd	unpacks their packages
EOF
        ;;
    toolchains) cat <<'EOF'
yasm	assembler
fasm	assembler
binutils	GNU as, objcopy
clang	its assembler
libarchive-tools	bsdtar
busybox-static	busybox tar, busybox gzip
pigz	compressor
libdeflate-tools	compressor
zopfli	compressor
p7zip-full	compressor
isal	igzip, a compressor
python3	zlib, and the table
xz-utils	compressor
bzip2	compressor
zstd	compressor
faketime	another time
bats	runs the tests of the table
bats-assert	assertions for them
bats-support	assertions for them
jq	reads the table
EOF
        ;;
    story) cat <<'EOF'
binutils	ld and strip
python3	the table
xz-utils	a compressor
bzip2	a compressor
zstd	a compressor
zopfli	a compressor
EOF
        ;;
    bench) cat <<'EOF'
isal	igzip, the fastest program that unpacks gzip
openssl	the fastest program that hashes
time	tells how much memory a program took
python3	makes the images, runs the programs
skopeo	copies images, with umoci
umoci	unpacks images, for diff -r
EOF
        ;;
    fuzz) cat <<'EOF'
clang	libFuzzer
libclang-rt-14-dev	its runtime
afl++	the second fuzzer
libarchive-tools	bsdtar, a reader to compare with
EOF
        ;;
    browser) cat <<'EOF'
chromium	looks at the page of audit --html
EOF
        ;;
    coverage) cat <<'EOF'
gcovr	sums up which lines ran
EOF
        ;;
    lint) cat <<'EOF'
clang	a second compiler
clang-tidy	static analysis
clang-format	layout of the code
cppcheck	static analysis
shellcheck	static analysis of scripts
man-db	checks the man page
EOF
        ;;
    *) echo "deps.sh: unknown group $1" >&2; exit 2 ;;
    esac
}

# What a package is for is often there without the package: a compiler, a client of one's own.
there() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed && return 0
    case $1 in
    gcc) command -v "${CC:-gcc}" >/dev/null ;;
    nasm | tar | gzip | bats | jq | cppcheck | shellcheck | clang | clang-tidy | clang-format | python3)
        command -v "$1" >/dev/null ;;
    docker.io) command -v docker >/dev/null && { command -v dockerd >/dev/null || docker version >/dev/null 2>&1; } ;;
    *) return 1 ;;
    esac
}

missing=
for group; do
    table=$(packages "$group")
    while IFS='	' read -r package reason; do
        there "$package" && continue
        echo "missing: $package ($reason)"
        missing="$missing $package"
    done <<EOF
$table
EOF
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "${DEPS-}" = no ]; then
    echo "to install, as root: apt-get update && $install"
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    echo "deps.sh: this is no Debian; install what is named above" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "as root: apt-get update && $install" >&2
    exit 1
fi

# Packages with a daemon would start it; policy-rc.d is Debian's way to say no.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q || true
# shellcheck disable=SC2086 # a list of package names
$install
