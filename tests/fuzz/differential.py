#!/usr/bin/env python3
"""differential.py LIST SECONDS FOUND [SEED]: tars and gzip files, made by a generator that knows the formats and then damaged, shown to the
library's reader (tests/fuzz/list.c) and to GNU tar, bsdtar, Python's tarfile and GNU gzip. Where the library says "plain" (no other reading
is known) every reader that takes the file must see the same entries and the same bytes. Inputs that part them go to FOUND. Ends with the
number of inputs, and non-zero where something was found."""
import gzip
import hashlib
import io
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'corpus'))
from craft import BLOCK, END, FIELDS, entry, header, long_name, pax, record  # noqa: E402

TYPES = [b'0'] * 8 + [b'\0', b'7', b'1', b'2', b'3', b'4', b'5', b'5', b'6', b'g', b'x', b'L', b'K', b'S', b'A', b'V', b'Z', b'\xff']
NAMES = [b't', b'a', b'a/b', b'./t', b'd/', b'dir/', b'x' * 99, b'y' * 100, b'deep/' * 19 + b'f', b'\xc3\xa9', b'.wh.a', b'/abs', b'a//b',
         b'..', b'a/../b', b'', b'sp ace']
KEYS = [b'path', b'linkpath', b'size', b'mtime', b'uid', b'gid', b'uname', b'comment', b'SCHILY.xattr.user.a', b'GNU.sparse.major',
        b'GNU.sparse.name', b'GNU.sparse.realsize', b'GNU.sparse.map', b'hdrcharset', b'devmajor', b'ctime']


# Making

def number(rng, width):
    value = rng.choice([0, 1, 7, 0o644, 0o4755, 512, 513, 8 ** (width - 1) - 1, rng.randrange(1 << 20)])
    style = rng.randrange(8)
    if style == 0:
        return (b'%o' % value).rjust(width - 1)[:width - 1] + b'\0'
    if style == 1:
        return (b'%o ' % value)[:width]
    if style == 2:
        return b'\x80' + value.to_bytes(width - 1, 'big')
    if style == 3:
        return (b'%0*o' % (width, value))[-width:]
    if style == 4:
        return bytes(rng.choice(b'01789 \0-') for _ in range(width))
    return (b'%0*o' % (width - 1, value))[-(width - 1):] + b'\0'


def one_header(rng, name, data, typeflag):
    fields = {}
    for field in ('uid', 'gid', 'mtime', 'devmajor', 'devminor'):
        if rng.random() < 0.1:
            fields[field] = number(rng, FIELDS[field][1])
    if rng.random() < 0.2:
        fields['magic'] = rng.choice([b'ustar  \0', b'ustar\x0000', bytes(8), b'ustar\0\0\0', b'USTAR\x0000'])
    if rng.random() < 0.1:
        fields['prefix'] = rng.choice([b'p', b'p/q', b'x' * 155, b'0' * 131 + bytes(24)])
    if typeflag in b'12':
        fields['linkname'] = rng.choice([b't', b'a', b'../x', b'/', b'l' * 100])
    size = number(rng, 12) if rng.random() < 0.05 else len(data)
    return header(name[:100], size, typeflag, mode=rng.choice([0o644, 0o755, 0o4755, 0]), **fields)


def one_entry(rng):
    name, typeflag = rng.choice(NAMES), rng.choice(TYPES)
    data = b''
    if typeflag in b'0\x007' or rng.random() < 0.1:
        data = rng.randbytes(rng.choice([0, 1, 10, 511, 512, 513, 2000]))
    if typeflag in b'xg':
        data = b''.join(record(rng.choice(KEYS), rng.choice([b'1', b'0', b'600', b'name', b'a/b', b'', b'1.0', b'1.5', b'x\0y']))
                        for _ in range(rng.randrange(1, 4)))
    out = b''
    if rng.random() < 0.15:
        out += pax((rng.choice([b'path', b'path', b'linkpath', b'size', b'mtime']), rng.choice([name or b'n', b'long/' * 30 + b'n', b'%d' % len(data)])))
    if rng.random() < 0.1:
        out += long_name(rng.choice([b'long/' * 25 + b'n', name]), rng.choice([b'L', b'L', b'K']))
    return out + one_header(rng, name, data, typeflag) + data + bytes(-len(data) % BLOCK)


def damaged(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 5])):
        if not data:
            break
        at = rng.randrange(len(data))
        how = rng.randrange(5)
        if how == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            data[at] = rng.choice(b'\0 0179/\xff')
        elif how == 2:
            del data[at:]
        elif how == 3:
            block = at // BLOCK * BLOCK
            data[block:block] = data[block:block + BLOCK]
        else:
            block = at // BLOCK * BLOCK
            del data[block:block + BLOCK]
    return bytes(data)


def with_checksums(data):
    """Headers get right checksums again, so that damage is looked at and not refused at the door."""
    data = bytearray(data)
    for at in range(0, len(data) - BLOCK + 1, BLOCK):
        block = data[at:at + BLOCK]
        if block[257:262].lower() != b'ustar':
            continue
        block[148:156] = b' ' * 8
        data[at + 148:at + 156] = b'%06o\0 ' % sum(block)
    return bytes(data)


def make_tar(rng):
    body = b''.join(one_entry(rng) for _ in range(rng.randrange(1, 5)))
    end = rng.choice([END, END, END, END, bytes(BLOCK), b'', bytes(10240), END + entry(b'late', b'x') + END])
    data = damaged(rng, body + end)
    return with_checksums(data) if rng.random() < 0.8 else data


def make_gzip(rng):
    def member():
        text = rng.choice([b'', b'a', b'abc' * 300, rng.randbytes(500), bytes(5000)])
        packer = zlib.compressobj(rng.randrange(10), zlib.DEFLATED, -15, 8, rng.choice([0, 1, 2, 3, 4]))
        flags = rng.choice([0, 0, 0, 4, 8, 16, 2, 1, 12, 0x20, 0xe0])
        head = bytes([0x1f, 0x8b, 8, flags]) + rng.randbytes(4) + bytes([rng.choice([0, 2, 4]), rng.choice([3, 255])])
        head += (b'\x04\0abcd' if flags & 4 else b'') + (b'name\0' if flags & 8 else b'') + (b'comment\0' if flags & 16 else b'')
        if flags & 2:
            head += (zlib.crc32(head) & 0xffff).to_bytes(2, 'little')
        return head + packer.compress(text) + packer.flush() + zlib.crc32(text).to_bytes(4, 'little') + len(text).to_bytes(4, 'little')
    data = b''.join(member() for _ in range(rng.choice([1, 1, 1, 2, 3])))
    return damaged(rng, data + rng.choice([b'', b'', b'', bytes(100), b'trailing']))


# Reading: None where a reader refuses (or warns), else what it saw

def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20, check=False, env={'LC_ALL': 'C.UTF-8', 'PATH': os.environ['PATH']})
    return None if done.returncode or done.stderr else done.stdout


def clean(name):
    """Readers differ in how they print a folder's slash, and GNU tar leaves off what leads out; that is no other reading."""
    return name.rstrip(b'/')


def with_library(listing, kind, path):
    lines = subprocess.run([listing, kind, path], stdout=subprocess.PIPE, timeout=20, check=True).stdout.decode(errors='replace').split('\n')
    if not lines[0].startswith('plain'):
        return None, lines[0]
    entries = [line.split('\t') for line in lines[1:-2]]
    return ([clean(bytes.fromhex(e[2])) for e in entries], lines[-2].removeprefix('sha256:'), [e[0] for e in entries]), lines[0]


def unescaped(text):
    return text.decode('utf-8', 'surrogateescape').encode('utf-8', 'surrogateescape').decode('unicode_escape').encode('latin-1') \
        if b'\\' in text else text


def with_program(program, path):
    names = run(program, '-tf', path, *(['--quoting-style=escape'] if program == 'tar' else []))
    contents = run(program, '-xOf', path)
    if names is None or contents is None:
        return None
    return [clean(unescaped(name)) for name in names.split(b'\n')[:-1]], hashlib.sha256(contents).hexdigest()


def with_python(path):
    digest, names = hashlib.sha256(), []
    try:
        with tarfile.open(path, 'r:', errorlevel=2, errors='surrogateescape', encoding='utf-8') as tar:
            for item in tar:
                names.append(clean(item.name.encode('utf-8', 'surrogateescape')))
                if item.isreg():
                    digest.update(tar.extractfile(item).read())
    except (tarfile.TarError, ValueError, OSError, OverflowError, KeyError, EOFError):
        return None
    return names, digest.hexdigest()


def check_tar(listing, path):
    ours, said = with_library(listing, 'tar', path)
    if ours is None:
        return said.split()[0], []
    wrong = []
    for reader, seen in (('GNU tar', with_program('tar', path)), ('bsdtar', with_program('bsdtar', path)), ('Python', with_python(path))):
        if seen is not None and (seen[0] != ours[0] or seen[1] != ours[1]) and not is_known(reader, said, ours, seen):
            wrong.append(f'{reader} sees {seen[0]} {seen[1][:8]}, the library {ours[0]} {ours[1][:8]}')
    return 'plain', wrong


def is_known(reader, said, ours, seen):
    """Readings of other programs that are theirs alone, and no engine's."""
    # Python's and bsdtar's names of an entry without one.
    if any(name == b'' for name in ours[0]):
        return True
    # bsdtar prints bytes that are no ASCII in its own way.
    if reader == 'bsdtar' and any(max(name, default=0) > 126 or min(name, default=32) < 32 for name in ours[0]):
        return True
    # Python reads device numbers under any magic, and ends an archive in silence where they are none.
    return reader == 'Python' and 'header-slack' in said and ours[0][:len(seen[0])] == seen[0]


def check_gzip(listing, path):
    lines = subprocess.run([listing, 'gzip', path], stdout=subprocess.PIPE, timeout=20, check=True).stdout.decode(errors='replace').split('\n')
    said, wrong = lines[0].split()[0], []
    seen = run('gzip', '-dc', path)
    try:
        with gzip.open(path) as file:
            python = file.read()
    except (OSError, EOFError, zlib.error):
        python = None
    if said == 'plain':
        digest = lines[1].removeprefix('sha256:')
        for reader, text in (('gzip', seen), ('Python', python)):
            if text is not None and hashlib.sha256(text).hexdigest() != digest:
                wrong.append(f'{reader} reads other bytes')
    # GNU gzip takes a distance that leads before the beginning for zeros; zlib and Go refuse it.
    elif said == 'refused' and seen is not None and 'too far back' not in lines[0]:
        wrong.append(f'gzip reads what the library refuses: {lines[0]}')
    return said, wrong


def main(listing, seconds, found, seed='1'):
    rng = random.Random(int(seed))
    end = time.monotonic() + float(seconds)
    counts, wrong_total, inputs = {}, 0, 0
    with tempfile.NamedTemporaryFile(suffix='.tar') as file, tempfile.NamedTemporaryFile(suffix='.gz') as packed:
        while time.monotonic() < end:
            tar = rng.random() < 0.8
            data, target = (make_tar(rng), file) if tar else (make_gzip(rng), packed)
            target.seek(0)
            target.truncate()
            target.write(data)
            target.flush()
            said, wrong = (check_tar if tar else check_gzip)(listing, target.name)
            key = f"{'tar' if tar else 'gzip'} {said}"
            counts[key] = counts.get(key, 0) + 1
            inputs += 1
            if wrong:
                wrong_total += 1
                os.makedirs(found, exist_ok=True)
                name = os.path.join(found, hashlib.sha256(data).hexdigest()[:16] + ('.tar' if tar else '.gz'))
                with open(name, 'wb') as out:
                    out.write(data)
                print(f'{name}: ' + '; '.join(wrong), flush=True)
    print(f'{inputs} inputs, {wrong_total} part the readers ({", ".join(f"{n} {k}" for k, n in sorted(counts.items()))})')
    return wrong_total != 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
