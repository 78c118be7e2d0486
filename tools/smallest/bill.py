#!/usr/bin/env python3
"""bill.py PROGRAM: where the bytes of the smallest archives go, as a Markdown table, from `samebytes audit --json`."""
import json
import os
import subprocess
import sys

CLASSES = ['strict-plain', 'strict-overlapped', 'portable', 'one-member', 'legacy', 'zstd', 'zstd-legacy']
COLUMNS = ['framing', 'code tables', 'digest', 'program', 'texts', 'names', 'sizes, sums', 'zeros, fillers']
FRAMING = {'magic and method', 'flags', 'mtime', 'extra flags', 'operating system', 'CRC-32', 'length', 'unused bits'}
TEXTS = {'text'}
NAMES = {'name', 'linkname'}
NUMBERS = {'size', 'chksum'}


def column(cost):
    field, entry = cost['field'], cost['entry']
    if entry in ('gzip', 'zstd'):
        return 'framing' if field in FRAMING else 'code tables'
    if field.startswith('digest'):
        return 'digest'
    if field == 'program':
        return 'program'
    if field in TEXTS:
        return 'texts'
    if field in NAMES:
        return 'names'
    if field in NUMBERS:
        return 'sizes, sums'
    return 'zeros, fillers'


def main():
    program = sys.argv[1]
    print('| class | bytes | ' + ' | '.join(COLUMNS) + ' |')
    print('|---' * (len(COLUMNS) + 2) + '|')
    for name in CLASSES:
        path = f'examples/smallest/{name}.tar.' + ('zst' if name.startswith('zstd') else 'gz')
        report = json.loads(subprocess.run([program, 'audit', '--json', path], check=True, capture_output=True).stdout)
        bits = dict.fromkeys(COLUMNS, 0)
        for cost in report['costs']:
            bits[column(cost)] += cost['bits']
        # A zstd frame's own nine bytes, and the bits that fill its last one, are among its form.
        if name.startswith('zstd'):
            bits['framing'] += 72
            bits['code tables'] -= 72
        bits['zeros, fillers'] += 8 * os.path.getsize(path) - sum(bits.values())
        print(f'| `{name}` | {report["bytes"]} | ' + ' | '.join(f'{bits[c] / 8:.1f}' for c in COLUMNS) + ' |')


main()
