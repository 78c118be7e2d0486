#!/bin/sh
# build.sh MACHINE…: static programs for other machines and C libraries, with the warnings of every build as errors:
#   amd64           with Debian 13's libraries, for releases; on an amd64 alone
#   arm64, riscv64  by Debian's cross compilers
#   sid             this machine, with the newest glibc that Debian has
#   musl            this machine, with musl; its libraries are built from Debian's sources
# Each becomes build/samebytes-MACHINE. The compilers live in root file systems of their own (tools/engines/suite.sh); needs
# root and mmdebstrap where they are not there yet.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
suite=$here/tools/engines/suite.sh

# inside ROOT COMMAND…: this machine's files are below /host there.
inside() {
    root=$1
    shift
    mkdir -p "$root/host"
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -euc 'root=$1; shift; mount --rbind / "$root/host"; mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"; exec chroot "$root" "$@"' \
        sh "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 ${http_proxy+http_proxy="$http_proxy"} "$@"
}

# The libraries that the program links, for musl. Sources are those of the root's own release; what is built stays in it.
# shellcheck disable=SC2016
musl_libraries='
prefix=/opt/musl
sources="nettle zlib libzstd xz-utils bzip2 libseccomp"
[ "$(cat $prefix/.complete 2>/dev/null)" != "$sources" ] || exit 0
rm -rf $prefix /tmp/musl && mkdir -p $prefix/include $prefix/lib /tmp/musl && cd /tmp/musl
for release in trixie bookworm sid; do
    sed "s/^deb /deb-src /; s/trixie/$release/" /etc/apt/sources.list
done >/etc/apt/sources.list.d/source.list
apt-get -qq -o Acquire::Check-Valid-Until=false update
# A mirror may miss a source of one release.
for source in $sources; do
    apt-get -qq source --download-only $source/trixie || apt-get -qq source --download-only $source/bookworm ||
        apt-get -qq source --download-only $source/sid
done
for description in *.dsc; do dpkg-source --no-check -x "$description" "${description%%_*}" >/dev/null; done
# The kernel has its own headers, which no C library replaces.
machine=$(gcc -dumpmachine)
ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/$machine/asm" $prefix/include/
export CC=musl-gcc CFLAGS="-O2 -fPIE -I$prefix/include"
(cd nettle && ./configure -q --host="${machine%-gnu}-musl" --build="$machine" --disable-shared --disable-public-key \
    --disable-openssl --disable-documentation && make -s libnettle.a && cp libnettle.a $prefix/lib &&
    mkdir $prefix/include/nettle && cp ./*.h $prefix/include/nettle)
(cd zlib && ./configure --static >/dev/null && make -s libz.a && cp libz.a $prefix/lib && cp zlib.h zconf.h $prefix/include)
(cd libzstd && make -s -C lib libzstd.a ZSTD_LEGACY_SUPPORT=0 && cp lib/libzstd.a $prefix/lib && cp lib/*.h $prefix/include)
(cd xz-utils && ./configure -q --host="${machine%-gnu}-musl" --build="$machine" --disable-shared --disable-xz --disable-xzdec \
    --disable-lzmadec --disable-lzmainfo --disable-scripts --disable-doc --disable-nls && make -s -C src/liblzma &&
    cp src/liblzma/.libs/liblzma.a $prefix/lib && cp -r src/liblzma/api/lzma.h src/liblzma/api/lzma $prefix/include)
(cd bzip2 && make -s CC=$CC CFLAGS="$CFLAGS" libbz2.a && cp libbz2.a $prefix/lib && cp bzlib.h $prefix/include)
(cd libseccomp && ./configure -q --host="${machine%-gnu}-musl" --build="$machine" --disable-shared --enable-static &&
    make -s -C include && make -s -C src libseccomp.la && cp src/.libs/libseccomp.a $prefix/lib && cp include/seccomp*.h $prefix/include)
rm -rf /tmp/musl && echo "$sources" >$prefix/.complete'

# compile MACHINE ROOT VARIABLE=VALUE…
compile() {
    machine=$1 root=$2
    shift 2
    inside "$root" make --no-print-directory -s -C "/host$here" -j"$(nproc)" MODE=static BUILD=build \
        OBJECTS="build/objects/machine-$machine" PROGRAM="build/samebytes-$machine" "$@" "build/samebytes-$machine"
    echo "build/samebytes-$machine"
}

for machine; do
    case $machine in
    amd64)
        "$suite" make machines
        "$suite" add machines gcc libc6-dev make nettle-dev libssl-dev zlib1g-dev libzstd-dev liblzma-dev libbz2-dev libseccomp-dev
        compile amd64 "$("$suite" path machines)" CC=gcc
        ;;
    arm64 | riscv64)
        "$suite" make machines
        compiler=riscv64-linux-gnu-gcc
        [ "$machine" = riscv64 ] || compiler=aarch64-linux-gnu-gcc
        compile "$machine" "$("$suite" path machines)" CC=$compiler AR=ar
        ;;
    sid)
        "$suite" make sid
        "$suite" add sid gcc libc6-dev make nettle-dev libssl-dev zlib1g-dev libzstd-dev liblzma-dev libbz2-dev libseccomp-dev
        compile sid "$("$suite" path sid)" CC=gcc
        ;;
    musl)
        "$suite" make machines
        root=$("$suite" path machines)
        inside "$root" sh -euc "$musl_libraries" >"$root.musl.log" 2>&1 ||
            { echo "build.sh: musl's libraries could not be built: $(tail -n 1 "$root.musl.log") (whole in $root.musl.log)" >&2; exit 1; }
        compile musl "$root" CC=musl-gcc AR=ar LIBCRYPTO= CPPFLAGS=-isystem/opt/musl/include LDFLAGS=-L/opt/musl/lib
        ;;
    *) echo "build.sh: unknown machine '$machine': amd64, arm64, riscv64, sid and musl are known" >&2; exit 2 ;;
    esac
done
