#!/bin/sh
# deps.sh GROUP...: installs the Debian packages that a group of targets needs and that are missing, and
# says what and why. Starts no service. Without root it prints the one line to run and ends with 1; so it
# does with DEPS=no, which only names what is missing.
#
# Whether something is missing is asked of the machine (a command, a header, a library), not of its packages, so that a
# compiler of one's own or another distribution's package will do.
set -eu

# NEED<tab>PACKAGE<tab>REASON. NEED is command:NAME, header:PATH, library:FILE, file:PATH, docker-buildkit, or one of
# several by commas. Of PACKAGE|PACKAGE the first that apt knows is taken; where apt knows none of PACKAGE|- the
# need is let go.
needs() {
    case $1 in
    build) cat <<'END'
command:${CC:-gcc}	gcc	compiler
header:stdio.h	libc6-dev	C library
header:nettle/umac.h,library:libnettle.a	nettle-dev	UMAC and base64
header:openssl/evp.h,library:libcrypto.a	libssl-dev	SHA-256
header:zlib.h	zlib1g-dev	inflate
header:isa-l.h	libisal-dev|-	inflate, of large layers
header:zstd.h	libzstd-dev	zstd layers
header:lzma.h	liblzma-dev	xz layers
header:bzlib.h	libbz2-dev	bzip2 layers
header:seccomp.h,library:libseccomp.a	libseccomp-dev	the reader's sandbox
command:nasm	nasm	assembles asm/t.asm
command:tar	tar	GNU tar, the reference archiver
command:gzip	gzip	GNU gzip, the reference compressor
END
        ;;
    engine) cat <<'END'
dockerd	docker.io	Docker engine
command:docker	docker-cli|docker.io	its client
docker-buildkit	docker-buildx|-	its client's part for BuildKit
iptables	iptables	a program that dockerd wants to see
END
        ;;
    rootless) cat <<'END'
rootless	buildah	an engine that needs no root
rootless	uidmap	more than one user in what it builds
END
        ;;
    test) cat <<'END'
command:bats	bats	runs the tests of the command line
file:/usr/lib/bats/bats-assert/load.bash	bats-assert	assertions for them
file:/usr/lib/bats/bats-support/load.bash	bats-support	assertions for them
command:readelf	binutils	reads what programs are built with
command:jq	jq	reads JSON reports in tests
command:curl	curl	fetches a release, as the action does
command:xz	xz-utils	unpacks recorded archives
command:setfattr	attr	makes extended attributes
command:docker-registry	docker-registry	a registry to read from
command:skopeo	skopeo	reads registries, for docker://
command:podman	podman	an engine without a daemon
command:buildah	buildah	another
command:newuidmap	uidmap	users of theirs, without root
command:openssl	openssl	a certificate for that registry
command:pgrep	procps	finds processes that must have ended
command:python3	python3	writes crafted archives
file:/usr/lib/python3/dist-packages/jsonschema/__init__.py	python3-jsonschema	holds JSON reports to their schema
command:patch	patch	applies what diff --text says
command:busybox	busybox-static	a program for images whose build runs it, and its gunzip
command:zstd	zstd	unpacks the smallest archives
command:bzip2	bzip2	packs what ADD copies
library:libasan.so,library:libubsan.so	gcc	sanitizers for unit tests
END
        ;;
    suites) cat <<'END'
command:mmdebstrap	mmdebstrap	root file systems of other Debian releases, for their engines
command:zstd	zstd	unpacks their packages
END
        ;;
    machines) cat <<'END'
command:mmdebstrap	mmdebstrap	a root file system with compilers for other machines
command:qemu-aarch64-static	qemu-user-static	runs their programs
END
        ;;
    toolchains) cat <<'END'
command:yasm	yasm	assembler
command:fasm	fasm	assembler
command:as,command:objcopy	binutils	GNU as, objcopy
command:clang	clang	its assembler
command:bsdtar	libarchive-tools	bsdtar
command:busybox	busybox-static	busybox tar, busybox gzip
command:pigz	pigz	compressor
command:libdeflate-gzip	libdeflate-tools	compressor
command:zopfli	zopfli	compressor
command:7z	p7zip-full	compressor
command:igzip	isal	igzip, a compressor
command:python3	python3	zlib, and the table
command:xz	xz-utils	compressor
command:bzip2	bzip2	compressor
command:zstd	zstd	compressor
command:faketime	faketime	another time
command:bats	bats	runs the tests of the table
file:/usr/lib/bats/bats-assert/load.bash	bats-assert	assertions for them
file:/usr/lib/bats/bats-support/load.bash	bats-support	assertions for them
command:jq	jq	reads the table
END
        ;;
    story) cat <<'END'
command:ld,command:strip	binutils	ld and strip
command:python3	python3	the table
command:xz	xz-utils	a compressor
command:bzip2	bzip2	a compressor
command:zstd	zstd	a compressor
command:zopfli	zopfli	a compressor
END
        ;;
    bench) cat <<'END'
command:igzip	isal	igzip, the fastest program that unpacks gzip
command:openssl	openssl	the fastest program that hashes
file:/usr/bin/time	time	tells how much memory a program took
command:python3	python3	makes the images, runs the programs
command:skopeo	skopeo	copies images, with umoci
command:umoci	umoci	unpacks images, for diff -r
END
        ;;
    fuzz) cat <<'END'
command:clang	clang	libFuzzer
fuzzer	libclang-rt-14-dev|libclang-rt-dev	its runtime
command:afl-clang-fast	afl++	the second fuzzer
command:bsdtar	libarchive-tools	bsdtar, a reader to compare with
END
        ;;
    browser) cat <<'END'
command:chromium	chromium	looks at the page of audit --html
END
        ;;
    coverage) cat <<'END'
command:gcovr	gcovr	sums up which lines ran
END
        ;;
    lint) cat <<'END'
command:clang	clang	a second compiler
command:clang-tidy	clang-tidy	static analysis
command:clang-format	clang-format	layout of the code
command:cppcheck	cppcheck	static analysis
command:shellcheck	shellcheck	static analysis of scripts
command:man	man-db	checks the man page
END
        ;;
    *) echo "deps.sh: unknown group $1" >&2; exit 2 ;;
    esac
}

# Daemons and file system tools are where a user's PATH may not look.
has_command() {
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin command -v "$1" >/dev/null
}

has_header() {
    for folder in /usr/include /usr/include/*-linux-* /usr/local/include; do
        [ ! -e "$folder/$1" ] || return 0
    done
    return 1
}

# As the compiler finds it.
has_library() {
    found=$(${CC:-gcc} -print-file-name="$1" 2>/dev/null) && [ "$found" != "$1" ]
}

docker_answers() {
    command -v docker >/dev/null && docker version >/dev/null 2>&1
}

# BuildKit is in clients until 22; later ones need their plugin.
drives_buildkit() {
    docker buildx version >/dev/null 2>&1 && return 0
    version=$(docker --version 2>/dev/null | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    [ "${version:-99}" -lt 23 ]
}

there() {
    case $1 in
    command:*) has_command "${1#*:}" ;;
    header:*) has_header "${1#*:}" ;;
    library:*) has_library "${1#*:}" ;;
    file:*) [ -e "${1#*:}" ] ;;
    dockerd) has_command dockerd || docker_answers ;;
    iptables) has_command iptables || docker_answers ;;
    docker-buildkit) drives_buildkit ;;
    rootless) docker_answers || has_command podman || has_command buildah ;;
    fuzzer) [ -n "$(find /usr/lib -name 'libclang_rt.fuzzer*.a' 2>/dev/null | head -n 1)" ] ;;
    *) echo "deps.sh: unknown need $1" >&2; exit 2 ;;
    esac
}

# The first of PACKAGE|PACKAGE that apt knows; "-" where the need can be let go.
choose() {
    rest=$1
    while [ "$rest" ]; do
        package=${rest%%|*}
        case $rest in *'|'*) rest=${rest#*|} ;; *) rest= ;; esac
        if [ "$package" = - ] || [ -z "$rest" ] || apt-cache show "$package" 2>/dev/null | grep -q '^Filename:'; then
            echo "$package"
            return
        fi
    done
}

# Sets missing: the packages; says what is missing, and why, where $1 is not quiet.
look() {
    missing=
    for group in $groups; do
        table=$(needs "$group" | sed "s|\${CC:-gcc}|${CC:-gcc}|")
        while IFS='	' read -r list packages reason; do
            lacks=
            for need in $(echo "$list" | tr , ' '); do
                there "$need" || lacks=$need
            done
            [ -n "$lacks" ] || continue
            package=$(choose "$packages")
            [ "$package" != - ] || continue
            [ "$1" = quiet ] || echo "missing: $package ($reason)"
            case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
        done <<END
$table
END
    done
}

groups=$*
look aloud
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "${DEPS-}" = no ]; then
    echo "to install, as root: apt-get update && $install"
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    echo "deps.sh: there is no apt-get here; install what is named above in this system's own way (docs/platforms.md)" >&2
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
apt-get update -q || echo "deps.sh: apt-get update failed; going on with what apt knows" >&2
# What apt knows now may be more than it knew before.
look quiet
# shellcheck disable=SC2086 # a list of package names
apt-get install -y --no-install-recommends $missing || {
    echo "deps.sh: apt-get could not install:$missing; without network, install them by hand, or go without an engine:" \
        "make verify VERIFY='--engine none'" >&2
    exit 1
}
