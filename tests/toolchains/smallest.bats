#!/usr/bin/env bats
# The deflate data of the smallest archives, in every inflater there is; and that no encoder that is installed makes less.
load ../cli/helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
}

@test "smallest: seven inflaters give the same tar" {
    for class in portable one-member legacy; do
        file=$root/examples/smallest/$class.tar.gz
        gzip -d -c "$file" >tar
        [ "$(stat -c %s tar)" -gt 2048 ]
        busybox gunzip -c "$file" | cmp - tar
        pigz -d -c "$file" | cmp - tar
        7z x -so "$file" >out && cmp out tar
        python3 -c 'import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())' "$file" | cmp - tar
        cp "$file" copy.gz
        libdeflate-gunzip -c copy.gz | cmp - tar
        igzip -d -c copy.gz | cmp - tar
    done
}

@test "smallest: no compressor makes less of the same tar" {
    for class in one-member legacy; do
        file=$root/examples/smallest/$class.tar.gz
        ours=$(stat -c %s "$file")
        gzip -d -c "$file" >tar
        least=$(for command in 'gzip -9n' 'pigz -11 -n -c' 'zopfli -c --i500' 'libdeflate-gzip -12 -c' 'igzip -3 -c'; do
            # shellcheck disable=SC2086 # a command and its options
            $command <tar 2>/dev/null | wc -c
        done | awk '$1 > 100' | sort -n | head -n 1)
        cp tar t
        zopfli -c --i500 t | wc -c >zopfli
        echo "# $class: $ours bytes; the best of the others $least, zopfli $(cat zopfli)" >&3
        [ "$ours" -le "$(cat zopfli)" ]
        [ "$ours" -le "$least" ]
    done
}
