#!/usr/bin/env python3
"""readme.py PROGRAM: the size classes as text to copy and paste, between two marks: the canonical archive in README.md, the others in
docs/smallest.md."""
import base64
import json
import os
import re
import subprocess
import sys

DOCUMENTS = {'README.md': ['canonical'],
             'docs/smallest.md': ['strict-plain', 'strict-overlapped', 'portable', 'one-member', 'zstd', 'legacy', 'zstd-legacy']}
BEGIN, END = '<!-- smallest -->\n', '<!-- end -->\n'


def block(program, name):
    path = f'examples/smallest/{name}.tar.' + ('zst' if name.startswith('zstd') else 'gz')
    with open(path, 'rb') as file:
        data = file.read()
    if name == 'canonical':
        image, command = 't', ' /t'
    else:
        made = subprocess.run([program, 'build', f'--smallest={name}', '-o', os.devnull, '--json'], check=True,
                              capture_output=True)
        report = json.loads(made.stdout)
        image = report['image']
        command = '' if name.startswith('strict') else ' ' + (
            report['command'] if re.fullmatch('[a-zA-Z0-9/]+', report['command']) else f"'{report['command']}'")
    text = base64.b64encode(data).decode()
    lines = '\n'.join('    ' + text[i:i + 96] for i in range(0, len(text), 96))
    return (f"`{name}`, {len(data)} bytes; `docker run -d {image}{command}`:\n\n"
            f"    $ base64 -d <<END | docker load\n{lines}\n    END\n\n")


def main():
    for path, classes in DOCUMENTS.items():
        with open(path, encoding='utf-8') as file:
            text = file.read()
        begin = text.index(BEGIN) + len(BEGIN)
        end = text.index(END, begin)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text[:begin] + ''.join(block(sys.argv[1], name) for name in classes) + text[end:])


main()
