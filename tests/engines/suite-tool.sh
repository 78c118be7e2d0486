#!/bin/sh
# suite-tool.sh SUITE FOLDER PROGRAM PACKAGE...: unpacks packages of another Debian suite below FOLDER, with
# the C library they need, and writes FOLDER/bin/PROGRAM, which runs that suite's PROGRAM on this machine.
# Uses the mirror that this machine's apt uses; installs nothing.
set -eu
suite=$1 folder=$2 program=$3
shift 3
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/bin" "$folder/root"
mirror=$(sed -n 's/^URIs: *//p; s/^deb \([^[][^ ]*\) .*/\1/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -v security | head -n 1)
[ -n "$mirror" ] || { echo "suite-tool.sh: no Debian mirror is configured" >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] $mirror $suite main" \
    >"$folder/apt/sources.list"
apt() {
    command apt-get -qq -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}
apt update
(cd "$folder/apt" && apt download libc6 libacl1 libselinux1 libpcre2-8-0 "$@")
for package in "$folder"/apt/*.deb; do
    dpkg-deb -x "$package" "$folder/root"
done
root=$folder/root
loader=$(find "$root" -name 'ld-linux-*.so.*' | head -n 1)
library=$(dirname "$(find "$root" -name 'libc.so.6' | head -n 1)")
binary=$(find "$root/bin" "$root/usr/bin" -name "$program" 2>/dev/null | head -n 1)
cat >"$folder/bin/$program" <<EOF
#!/bin/sh
exec "$loader" --argv0 $program --library-path "$library:$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu" "$binary" "\$@"
EOF
chmod 755 "$folder/bin/$program"
"$folder/bin/$program" --version | head -n 1
