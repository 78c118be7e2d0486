#!/usr/bin/env python3
"""bounds.py SAMEBYTES FOLDER: inputs that want much of a reader (bombs, a million entries, deep JSON, long headers) are made
in FOLDER; each must be answered with status 0, 1 or 2 in one line or a report, within SECONDS of processor time and
MEMORY of memory. An index of entries is held, so that PER_ENTRY bytes more are allowed for each entry beyond
FREE_ENTRIES (of both images together in `diff`). The same must hold under `prlimit --as`."""
import base64
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zlib

from craft import entry, header

SECONDS = 60
MEMORY = 64 << 20
PER_ENTRY = 256
FREE_ENTRIES = 100_000
ADDRESS_SPACE = 2  # times that: libraries are mapped, and growing arrays are reserved in powers of two


def image(layer, config=None, extra=b''):
    """A docker-archive of one layer; layer: the bytes as stored, and the diff_id of what is inside."""
    stored, diff_id = layer
    config = config or json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {},
                                   'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + diff_id]}}).encode()
    name = hashlib.sha256(config).hexdigest() + '.json'
    manifest = json.dumps([{'Config': name, 'RepoTags': ['t:latest'], 'Layers': ['layer.tar']}]).encode()
    return entry(name.encode(), config) + entry(b'layer.tar', stored) + extra + entry(b'manifest.json', manifest) + bytes(1024)


def plain(data):
    return data, hashlib.sha256(data).hexdigest()


def zeros(total):
    """A gzip member of total zeros, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = io.BytesIO()
    chunk = bytes(1 << 20)
    for _ in range(total >> 20):
        out.write(packer.compress(chunk))
    out.write(packer.flush())
    return out.getvalue()


def million_entries():
    body = bytearray()
    for i in range(1_000_000):
        body += header(b'f%07d' % i, 0)
    body += bytes(1024)
    return plain(bytes(body))


SMALL = plain(entry(b't', b'x') + bytes(1024))


def bomb_layer():
    head = header(b'zeros', 1 << 30)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    digest = hashlib.sha256(head)
    out = packer.compress(head)
    chunk = bytes(1 << 20)
    for _ in range(1 << 10):
        out += packer.compress(chunk)
        digest.update(chunk)
    digest.update(bytes(1024))
    return out + packer.compress(bytes(1024)) + packer.flush(), digest.hexdigest()



def labelled(labels):
    return json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {'Labels': labels},
                       'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + SMALL[1]]}}).encode()


def one_label(size, character='x'):
    return labelled({'a': character * size})


CASES = {
    'bomb-gzip': lambda: zeros(1 << 30),
    'bomb-gzip-in-gzip': lambda: gzip.compress(zeros(1 << 30), 9),
    'bomb-layer': lambda: image(bomb_layer()),
    'million-entries': lambda: gzip.compress(image(million_entries()), 1),
    'million-outer-entries': lambda: gzip.compress(
        b''.join(header(b'f%07d' % i, 0) for i in range(1_000_000)) + image(SMALL), 1),
    'json-depth': lambda: image(SMALL, b'{"a":' + b'[' * 100_000 + b']' * 100_000 + b'}'),
    'json-members': lambda: image(SMALL, labelled({f'k{i}': str(i) for i in range(49_000)})),
    'json-too-many': lambda: image(SMALL, labelled({f'k{i}': str(i) for i in range(200_000)})),
    'pax-records': lambda: image(plain(entry(b'x', b''.join(b'13 k%07d=v\n' % i for i in range(69_000)), b'x')
                                       + entry(b't', b'x') + bytes(1024))),
    'pax-long': lambda: image(plain(header(b'x', 0o77777777777, b'x') + bytes(1024))),
    'size-huge': lambda: image(plain(header(b't', 0o77777777777) + bytes(1024))),
    'long-names': lambda: image(plain(b''.join(entry(b'././@LongLink', b'd/' * 2000 + b'%d\0' % i, b'L') + header(b'n', 0)
                                               for i in range(5000)) + bytes(1024))),
    'deep-folders': lambda: image(plain(b''.join(entry(b'././@LongLink', b'd/' * i + b'\0', b'L') + header(b'd', 0, b'5')
                                                 for i in range(60, 2000)) + bytes(1024))),
    'whiteouts': lambda: image(plain(b''.join(header(b'.wh.f%06d' % i, 0) for i in range(200_000)) + bytes(1024))),
    'duplicates': lambda: image(plain(b''.join(header(b'f', 0) for i in range(200_000)) + bytes(1024))),
    'json-text': lambda: image(SMALL, one_label(8_000_000)),
    'json-escapes': lambda: image(SMALL, one_label(1_300_000, '\u0001')),
    'json-numbers': lambda: image(SMALL, b'{"a":[' + b'0,' * 90_000 + b'0]}'),
    'base64-bomb': lambda: base64.encodebytes(zeros(1 << 30)),
}


ENTRIES = {'million-entries': 1_000_000, 'million-outer-entries': 1_000_000, 'whiteouts': 200_000,
           'duplicates': 200_000}


def allowance(name, command):
    entries = ENTRIES.get(name, 0) * (2 if command == 'diff' else 1)
    return MEMORY + max(entries - FREE_ENTRIES, 0) * PER_ENTRY


def run(command, space=None):
    """Status, words, peak of memory in bytes and processor seconds. prlimit stands between, for the peak is handed down."""
    limits = [f'--cpu={SECONDS}'] + ([f'--as={space}'] if space else [])
    with subprocess.Popen(['prlimit', *limits, *command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        text = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, text.decode(errors='replace'), usage.ru_maxrss << 10, usage.ru_utime + usage.ru_stime


def main(samebytes, folder):
    wrong = runs = 0
    for name in CASES:
        path = os.path.join(folder, name)
        # In a process of its own: what this one ever held would count for those it starts.
        subprocess.run([sys.executable, __file__, '--make', name, path], check=True)
        size = os.path.getsize(path)
        for command in (['inspect', path], ['diff', path, path], ['audit', path], ['normalize', path, '-o', path + '.out']):
            status, text, memory, seconds = run([samebytes] + command)
            allowed = allowance(name, command[0])
            good = status in (0, 1, 2) and memory < allowed and (status != 2 or len(text.splitlines()) == 1)
            good = good and run([samebytes] + command, ADDRESS_SPACE * allowed)[:2] == (status, text)
            wrong += not good
            runs += 1
            print(f"{'ok' if good else 'WRONG'} {name} {command[0]}: status {status}, {memory >> 20} MiB "
                  f"({size >> 10} KiB read), {seconds:.1f} s{'' if status != 2 else ': ' + text.strip()[:150]}", flush=True)
        os.unlink(path)
        if os.path.exists(path + '.out'):
            os.unlink(path + '.out')
    print(f'{runs} runs, {wrong} wrong')
    return wrong != 0


def make(name, path):
    with open(path, 'wb') as file:
        file.write(CASES[name]())


if __name__ == '__main__':
    if sys.argv[1] == '--make':
        make(*sys.argv[2:])
    else:
        sys.exit(main(*sys.argv[1:]))
