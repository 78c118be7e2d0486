#!/bin/sh
# make.sh PROGRAM: writes examples/smallest and the twins of tests/fixtures/smallest, each of what is written down in
# src/smallest/found, says how big they are, and puts them into README.md (one) and docs/smallest.md (the others).
set -eu
program=$1
mkdir -p examples/smallest tests/fixtures/smallest
for class in canonical strict-plain strict-overlapped portable one-member legacy zstd zstd-legacy; do
    case $class in
    zstd*) ending=tar.zst ;;
    *) ending=tar.gz ;;
    esac
    "$program" build -q --smallest=$class -o examples/smallest/$class.$ending
    printf '%-18s %4d bytes' $class "$(stat -c %s examples/smallest/$class.$ending)"
    if [ $class != canonical ]; then
        for code in 0 42; do
            twin=tests/fixtures/smallest/$class-exit$code.$ending
            "$program" build -q --smallest=$class --exit $code -o "$twin"
            printf ', exits with %d: %d' $code "$(stat -c %s "$twin")"
        done
    fi
    echo
done

# What README and docs/smallest.md show of them.
export PYTHONDONTWRITEBYTECODE=1
python3 tools/smallest/readme.py "$program"
python3 tools/smallest/bill.py "$program" >build/bill.md
sed -i -e '/^<!-- bill -->/,/^<!-- end -->/{//!d}' docs/smallest.md
sed -i -e '/^<!-- bill -->/r build/bill.md' docs/smallest.md
