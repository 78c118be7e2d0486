#!/usr/bin/env python3
"""seeds.py FOLDER: the seeds of each fuzz target, one folder a target: small inputs of every form that the parsers know, made
by the program itself and by Python."""
import base64
import bz2
import gzip
import io
import json
import lzma
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zlib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
PROGRAM = os.path.join(ROOT, 'build/samebytes')
PUBLISHED = os.path.join(ROOT, 'tests/fixtures/published/ian-miell-2018.b64')

FACTS = {
    'schema': 1, 'profile': 'docker-28', 'builder': 'buildkit-28', 'architecture': 'amd64', 'saved': 1795481351,
    'steps': [{'created': '2026-11-24T00:49:10.5Z', 'entries': [['0775', 1526922789], ['0777', -1]]},
              {'created': '2026-11-24T00:49:11Z'}],
    'names': ['t:latest', 'example/second:v1.0'], 'users': {'0': 'root', '7': 'lp'}, 'encodings': []}


def tar(entries, form=tarfile.GNU_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=form) as archive:
        for name, data, more in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            for key, value in more.items():
                setattr(entry, key, value)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def tars():
    yield tar([('t', b'x' * 600, {'mode': 0o4755}), ('d/', b'', {'type': tarfile.DIRTYPE}),
               ('l', b'', {'type': tarfile.SYMTYPE, 'linkname': 't'}), ('h', b'', {'type': tarfile.LNKTYPE, 'linkname': 't'})])
    yield tar([('n' * 150, b'y', {}), ('ü', b'', {'uid': 3000000}), ('.wh.t', b'', {})], tarfile.PAX_FORMAT)
    yield tar([('n' * 150, b'y', {'uid': 3000000})])
    yield tar([('s', b'z', {'pax_headers': {'SCHILY.xattr.user.a': 'b', 'mtime': '1.5'}})], tarfile.PAX_FORMAT)
    yield tar([('x/' * 60 + 'y', b'', {})], tarfile.USTAR_FORMAT)


def archives():
    with tempfile.TemporaryDirectory() as work:
        context = os.path.join(work, 'context')
        os.mkdir(context)
        with open(os.path.join(context, 't'), 'wb') as file:
            file.write(b'\x7fELF' + b'a' * 60)
        with open(os.path.join(context, 'Dockerfile'), 'w', encoding='utf-8') as file:
            file.write('FROM scratch\nADD t /t\nCMD ["/t"]\n')
        for form in ('canonical', 'docker-archive'):
            subprocess.run([PROGRAM, 'build', '-q', context, '--format', form, '-o', work + '/out.tar'], check=True)
            with open(work + '/out.tar', 'rb') as file:
                yield file.read()
        for profile, builder in (('docker-17.09', 'classic-17.09'), ('docker-20.10', 'buildkit-20.10'), ('docker-28', 'classic-28'),
                                 ('docker-26-containerd', 'buildkit-28-containerd'), ('containers-docker-archive', 'buildah-1.39-oci'),
                                 ('containers-oci-archive-5', 'buildah-1.39-docker')):
            facts = {'schema': 1, 'profile': profile, 'builder': builder, 'architecture': 'amd64', 'docker_version': '1',
                     'buildah_version': '1.39', 'container': 'a' * 64, 'hostname': 'b' * 12, 'saved': 5, 'owner': 'root',
                     'bare': True, 'names': ['t:latest'], 'encodings': [], 'steps': [
                         {'created': '2020-01-02T03:04:05Z', 'mode': '0755', 'mtime': 1, 'encoder': 'gnu-gzip', 'level': 6,
                          'sum': 'file:' + 'c' * 64},
                         {'created': '2020-01-02T03:04:06Z'}]}
            made = subprocess.run([PROGRAM, 'build', '--facts', '-', context, '-o', '-'], input=json.dumps(facts).encode(),
                                  capture_output=True, check=True)
            yield made.stdout


def deflated(data, level=6, strategy=0):
    made = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    return made.compress(data) + made.flush()


def inner_files():
    """What causes.py makes, each behind the number of the strip that its cause has."""
    sys.path.insert(0, os.path.join(ROOT, 'tests/corpus'))
    import causes  # pylint: disable=import-outside-toplevel
    with open(os.path.join(ROOT, 'tests/fuzz/strip_fuzz.c'), encoding='utf-8') as file:
        order = re.findall(r'\b(sb_strip_\w+)[,}]', file.read())
    with open(os.path.join(ROOT, 'src/compare/causes.def'), encoding='utf-8') as file:
        strips = dict(re.findall(r'^SB_CAUSE\("([^"]+)", PROVED, .*?, (sb_strip_\w+), ', file.read(), re.M))
    for name, _, _, *contents, _ in causes.ROWS:
        for content in contents:
            if content and strips[name] in order and len(content) < 65536:
                yield bytes([order.index(strips[name])]) + content


def all_seeds():
    with open(PUBLISHED, 'rb') as file:
        published = file.read()
    blob = base64.b64decode(published)
    images = list(archives())
    documents = [b'{"a":[1,-2.5e3,true,null,"\\u00e9\\ud83d\\ude00"],"A":{}}', b'[]', b'"\\\\\\n"', json.dumps(FACTS).encode()]
    yield 'base64', [published, base64.encodebytes(blob), base64.urlsafe_b64encode(blob), b'data:x;base64,AAAA']
    yield 'gzip', [blob, gzip.compress(b'a' * 1000, mtime=0), gzip.compress(b'') + gzip.compress(b'b')]
    yield 'deflate', [deflated(b'abcabcabc' * 50), deflated(b'x' * 300, 0), deflated(bytes(range(256)), 9, 4), blob[12:-8]]
    yield 'zstd', [b'\x28\xb5\x2f\xfd\x04\x00\x19\x00\x00abc\xff\x22\xb5\x2d', b'\x50\x2a\x4d\x18\x01\x00\x00\x00a']
    yield 'xz', [lzma.compress(b'a' * 1000), lzma.compress(b'', check=lzma.CHECK_NONE) + bytes(4) + lzma.compress(b'b')]
    yield 'bzip2', [bz2.compress(b'a' * 1000), bz2.compress(b'') + bz2.compress(b'b', 1)]
    yield 'tar', list(tars())
    yield 'json', documents
    yield 'archive', images + [blob, published]
    yield 'normalize', images
    yield 'dockerfile', [b'\0FROM scratch\nENV A=${A:-b} "c d"=e\nLABEL x y\nCMD ["a"]\nHEALTHCHECK --interval=1s CMD x\n',
                         b'\x05# escape=`\nARG A=1\nFROM scratch\nSHELL ["a","b"]\nENTRYPOINT x `\n y\nEXPOSE 80-90/udp $B\n',
                         b'\x01FROM scratch\nWORKDIR a\nWORKDIR ../b\nONBUILD RUN x\nUSER $A\nVOLUME /a ["b"]\nSTOPSIGNAL 9\n']
    yield 'ignore', [b'*.a\n!b/**\n# c\n\0b/c.a', b'**/x[a-z]?\0a/b/xyz', b'a\\*\0a*']
    yield 'facts', [json.dumps(FACTS).encode(), json.dumps({'schema': 1, 'profile': 'docker-26', 'encodings': [
        {'codec': 'gzip', 'encoder': 'gnu-gzip', 'level': 9, 'name': 'b', 'mtime': 1, 'xfl': 2, 'os': 3},
        {'codec': 'base64', 'wrap': 76, 'newline': True}], 'images': [
            {key: FACTS[key] for key in ('builder', 'architecture', 'steps', 'names')}] * 2}).encode()]
    yield 'strip', list(inner_files())
    yield 'build', [json.dumps({**FACTS, 'profile': profile, 'builder': builder, 'docker_version': '1', 'buildah_version': '2',
                                'container': 'a' * 64}).encode()
                    for profile in ('docker-17.09', 'docker-20.10', 'docker-28', 'docker-26-containerd', 'containers-docker-archive',
                                    'containers-oci-archive-4')
                    for builder in ('classic-20.10', 'buildkit-28', 'buildah-1.28-docker')]


def main(folder):
    for target, seeds in all_seeds():
        os.makedirs(os.path.join(folder, target), exist_ok=True)
        for i, seed in enumerate(seeds):
            with open(os.path.join(folder, target, f'seed-{i:02}'), 'wb') as file:
                file.write(seed)


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
