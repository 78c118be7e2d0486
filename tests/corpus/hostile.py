#!/usr/bin/env python3
"""hostile.py FOLDER: crafted archives, at least one for each check of docs/security.md, and FOLDER/expect.json with the right
answer to each (judge.py holds the program against it). Most hold two programs of one length under one name; which of them
somebody sees tells which reading they took."""
import bz2
import gzip
import json
import lzma
import os
import struct
import sys

from craft import (BLOCK, END, LAYER, MANIFEST, config_of, descriptor, docker_archive, dumps, entry, header, long_name,
                   oci_archive, oci_blobs, oci_files, pax, record, sha256)

GOOD, EVIL = b'the program that is seen', b'the program that is run!'
T = entry(b't', GOOD, mode=0o755)
E = entry(b't', EVIL, mode=0o755)
PLAIN, OTHER = T + END, E + END
CASES = []


def case(check, name, data, answer, kinds=(), base='plain', also=(), why=''):
    """answer: malformed, ambiguous, equal or different; kinds: findings that must be there."""
    CASES.append({'id': f'{check:02d}-{name}', 'check': check, 'file': f'{check:02d}-{name}', 'data': data, 'class': answer,
                  'kinds': list(kinds), 'base': f'base-{base}.tar', 'also_right': list(also), 'finding': bool(kinds),
                  'crafted': why or name.replace('-', ' ')})


def layer(check, name, tar, answer, kinds=(), end=END, **more):
    """One layer of these entries."""
    case(check, name, docker_archive([tar + end]), answer, kinds, **more)


def one_config(tar=PLAIN, **members):
    return dumps(config_of([sha256(tar)], **members))


def manifest_for(config, tar, **more):
    return dumps([{'Config': sha256(config) + '.json', 'RepoTags': ['t:latest'], 'Layers': [f'{sha256(tar)}.tar'], **more}])


def other_image():
    """Entries of the evil image, and its manifest.json."""
    config = one_config(OTHER)
    return (entry(f'{sha256(config)}.json'.encode(), config) + entry(f'{sha256(OTHER)}.tar'.encode(), OTHER),
            manifest_for(config, OTHER))


# 1 to 7: another image is run than the one seen

def images():
    files, manifest = other_image()
    twice = files + entry(b'manifest.json', manifest)
    case(1, 'manifest-first', docker_archive([PLAIN], before=twice), 'ambiguous', ['manifest-twice'])
    case(1, 'manifest-last', docker_archive([PLAIN], after=twice), 'ambiguous', ['manifest-twice'])
    case(1, 'manifest-other-spelling', docker_archive([PLAIN], after=files + entry(b'./manifest.json', manifest)), 'ambiguous',
         ['manifest-twice'])
    case(1, 'manifest-by-pax', docker_archive([PLAIN], after=files + pax((b'path', b'manifest.json')) + entry(b'notes', manifest)),
         'ambiguous', ['manifest-twice'])
    blobs, oci = oci_blobs([OTHER])
    case(2, 'index-of-another', docker_archive([PLAIN], after=oci_files(blobs, [descriptor(MANIFEST, oci)])), 'ambiguous',
         ['index-conflict'])
    blobs, oci = oci_blobs([PLAIN])
    case(2, 'index-of-the-same', docker_archive([PLAIN], after=oci_files(blobs, [descriptor(MANIFEST, oci)])), 'equal')
    config, own = one_config(OTHER), one_config()
    both = json.loads(manifest_for(own, PLAIN)) + json.loads(manifest_for(config, OTHER))
    case(3, 'two-images-one-tag', docker_archive([PLAIN, OTHER], config=own, manifest=dumps(both),
                                                 after=entry(f'{sha256(config)}.json'.encode(), config)),
         'ambiguous', ['name-conflict'])
    case(4, 'config-member-twice', docker_archive([PLAIN], one_config().replace(b'"os"', b'"os":"plan9","os"')), 'ambiguous',
         ['json-key-twice'])
    case(4, 'config-member-in-capitals', docker_archive([PLAIN], one_config().replace(b'"Cmd"', b'"Cmd":["/t"],"CMD"')),
         'ambiguous', ['json-key-case'])
    case(4, 'config-member-kelvin', docker_archive([PLAIN], one_config(config={'Cmd': ['/t'], 'WorKingDir': '/x'})),
         'different', ['json-key-folded'])
    case(4, 'manifest-member-twice', docker_archive([PLAIN, OTHER], one_config(),
                                                    manifest_for(one_config(), PLAIN).replace(
                                                        b'"Layers"', b'"Layers":["%s.tar"],"Layers"' % sha256(OTHER).encode())),
         'ambiguous', ['json-key-twice'])
    case(4, 'label-twice-in-case-only', docker_archive([PLAIN], one_config(config={'Cmd': ['/t'], 'Labels': {'a': '1', 'A': '2'}})),
         'different', why='labels are a map: both count')
    case(5, 'second-document', docker_archive([PLAIN, OTHER], one_config(),
                                              manifest_for(one_config(), PLAIN) + manifest_for(one_config(OTHER), OTHER)),
         'malformed')
    name = f'{sha256(PLAIN)}.tar'.encode()
    case(6, 'layer-twice-wrong-last', docker_archive([PLAIN], after=entry(name, OTHER)), 'malformed', also=['ambiguous'])
    case(6, 'layer-twice-wrong-first', docker_archive([PLAIN], before=entry(name, OTHER)), 'ambiguous', ['entry-twice'])
    case(7, 'diff-id-of-another', docker_archive([PLAIN], one_config(OTHER)), 'malformed')
    case(7, 'fewer-layers', docker_archive([PLAIN], dumps(config_of([sha256(PLAIN), sha256(OTHER)]))), 'malformed')
    case(7, 'more-layers', docker_archive([PLAIN, OTHER], one_config()), 'malformed')
    case(7, 'oci-diff-id-of-another', oci_archive([PLAIN], config=one_config(OTHER)), 'malformed', base='oci')


# 8 to 17: another file is run than the one listed

def files():
    link = entry(b'd', typeflag=b'2', linkname=b'/', mode=0o777)
    layer(8, 'through-link', T + link + entry(b'd/t', EVIL, mode=0o755), 'ambiguous', ['path-through-link'])
    case(8, 'through-link-below', docker_archive([T + link + END, entry(b'd/t', EVIL, mode=0o755) + END]), 'ambiguous',
         ['path-through-link'])
    layer(8, 'link-alone', T + link, 'different', base='plain')
    folder = entry(b'd/', typeflag=b'5', mode=0o755) + entry(b'd/s/', typeflag=b'5', mode=0o700)
    setgid = entry(b'd/', typeflag=b'5', mode=0o2755)
    case(8, 'needed-folder-before-set-gid', docker_archive([T + folder + END, entry(b'd/s/f', GOOD) + setgid + END]), 'ambiguous',
         ['folder-inherits'], why='overlay2 makes d/s in an empty folder: with the bit or without, by the order')
    case(8, 'needed-folder-behind-set-gid', docker_archive([T + folder + END, setgid + entry(b'd/s/f', GOOD) + END]), 'ambiguous',
         ['folder-inherits'])
    case(8, 'needed-folder-before-end-of-set-gid', docker_archive([T + setgid + END, entry(b'd/s/f', GOOD) +
                                                                  entry(b'd/', typeflag=b'5', mode=0o755) + END]), 'ambiguous',
         ['folder-inherits'], why='d is set-gid when d/s is made, and no longer when its own entry comes')
    case(8, 'opaque-folder-before-set-gid', docker_archive([T + END, entry(b'd/s/.wh..wh..opq') + setgid + END]), 'ambiguous',
         ['folder-inherits'])
    case(8, 'set-gid-with-entries', docker_archive([T + folder + END, setgid + entry(b'd/s/', typeflag=b'5', mode=0o755) +
                                                    entry(b'd/s/f', GOOD) + END]), 'different')
    layer(9, 'dots-out', T + entry(b'../t', EVIL, mode=0o755), 'ambiguous', ['path-escapes'])
    layer(9, 'dots-inside', entry(b'a', typeflag=b'5', mode=0o755) + T + entry(b'a/../u', EVIL), 'ambiguous', ['path-escapes'])
    hidden = E
    layer(10, 'size-hides', pax((b'size', b'%d' % len(hidden))) + header(b'cover', 0) + hidden + T, 'ambiguous',
          ['size-conflict'])
    layer(10, 'size-shows', pax((b'size', b'0')) + header(b'cover', len(hidden)) + hidden + T, 'ambiguous', ['size-conflict'],
          also=['malformed'])
    layer(10, 'size-the-same', pax((b'size', b'%d' % len(GOOD))) + T, 'equal')
    layer(11, 'data-on-hard-link', T + header(b'h', BLOCK, b'1', linkname=b't') + header(b'v', 0), 'ambiguous', ['data-on-link'],
          also=['malformed'])
    layer(11, 'data-on-folder', T + header(b'd/', BLOCK, b'5', mode=0o755) + header(b'v', 0), 'ambiguous', ['data-on-link'],
          also=['malformed'])
    for name, spelling in (('plain', b't'), ('dot', b'./t'), ('dots', b'./././t'), ('slashes', b'//t')):
        layer(12, f'twice-{name}', T + entry(spelling, EVIL, mode=0o755), 'ambiguous', ['path-duplicate'])
    layer(12, 'twice-by-pax', T + pax((b'path', b't')) + entry(b'innocent', EVIL, mode=0o755), 'ambiguous', ['path-duplicate'])
    layer(13, 'gnu-and-pax', long_name(b't') + pax((b'path', b'u')) + entry(b'v', GOOD, mode=0o755), 'ambiguous',
          ['name-sources'])
    layer(13, 'gnu-twice', long_name(b'u') + long_name(b't') + entry(b'v', GOOD, mode=0o755), 'ambiguous', ['name-sources'])
    layer(13, 'global-path', pax((b'path', b'u'), typeflag=b'g') + T, 'ambiguous', ['global-header'])
    layer(13, 'global-comment', pax((b'comment', b'of git archive'), typeflag=b'g') + T, 'equal', ['global-comment'])
    layer(13, 'global-in-a-folder', entry(b'd/x', record(b'comment', b'x'), b'g') + T, 'ambiguous', ['global-header'],
          why='Podman and containerd make /d')
    layer(13, 'long-name-without-end', entry(b'././@LongLink', b't', b'L', magic=b'ustar  \0').replace(b't' + bytes(9), b'tvvv' + bytes(6))
          + entry(b'v', GOOD, mode=0o755), 'ambiguous', ['name-sources'])
    layer(13, 'prefix-without-magic', entry(b't', GOOD, mode=0o755, magic=bytes(8), prefix=b'evil'), 'ambiguous', ['name-sources'])
    layer(13, 'sparse-size-alone', pax((b'GNU.sparse.realsize', b'1')) + T, 'ambiguous', ['sparse-name'])
    layer(13, 'folder-by-one-name', pax((b'path', b't')) + entry(b't/', GOOD, b'\0', mode=0o755), 'ambiguous', ['name-sources'])
    layer(13, 'device-number-of-a-file', entry(b't', GOOD, mode=0o755, devmajor=b'9\0'), 'malformed')
    layer(13, 'sparse-name', pax((b'GNU.sparse.name', b'u')) + T, 'ambiguous', ['sparse-name'])
    layer(13, 'prefix-under-gnu-magic', entry(b't', GOOD, mode=0o755, magic=b'ustar  \0', prefix=b'evil'), 'ambiguous',
          ['name-sources'], also=['different'])
    layer(14, 'nul-in-path', pax((b'path', b't\0evil')) + entry(b'v', GOOD), 'malformed')
    layer(14, 'nul-in-link', pax((b'linkpath', b't\0evil')) + entry(b'v', typeflag=b'2', linkname=b't', mode=0o777), 'malformed')
    layer(15, 'entry-after-end', T + END + E + END, 'ambiguous', ['data-after-end'])
    layer(15, 'one-zero-block', T + bytes(BLOCK) + E, 'ambiguous')
    layer(15, 'no-end', T, 'equal', ['end-missing'], end=b'')
    case(15, 'archive-text-after-end', docker_archive([PLAIN]) + b'something else'.ljust(BLOCK, b'\0'), 'ambiguous',
         ['data-after-end'])
    index = entry(b'stargz.index.json', b'{"version":1}')
    layer(15, 'estargz-index-after-end', T + END + index + END, 'equal', ['estargz-index'])
    layer(15, 'estargz-index-and-more', T + END + index + E + END, 'ambiguous', ['data-after-end'])
    layer(15, 'estargz-index-cut-short', T + END + index[:-BLOCK], 'ambiguous', ['data-after-end'], end=b'')
    layer(15, 'estargz-index-after-one-block', T + bytes(BLOCK) + index + END, 'ambiguous')
    case(15, 'estargz-index-after-archive', docker_archive([PLAIN]) + index + END, 'ambiguous', ['data-after-end'])
    for flag in (b'V', b'M', b'N', b'Z'):
        layer(16, f'type-{flag.decode()}', T + entry(b'v', EVIL, flag), 'ambiguous', ['typeflag'])
    layer(16, 'type-255', T + entry(b'v', b'', b'\xff'), 'malformed')
    layer(17, 'whiteout-beside', T + entry(b'.wh.t'), 'ambiguous', ['whiteout'])
    layer(17, 'whiteout-of-parent', T + entry(b'.wh...'), 'malformed')
    layer(17, 'whiteout-with-data', T + entry(b'.wh.u', EVIL), 'ambiguous', ['whiteout'])
    layer(17, 'device-zero', T + entry(b'v', typeflag=b'3'), 'ambiguous', ['device-zero'])
    case(17, 'whiteout-below', docker_archive([T + entry(b'u', EVIL) + END, entry(b'.wh.t') + END]), 'different')


# 18 to 20: bytes that nobody looks at

def member(data, flags=0, extra=b'', level=9, broken=None):
    """A gzip member with optional fields; broken: crc, size or header."""
    body = bytearray(gzip.compress(data, level, mtime=0))
    head = bytes([0x1f, 0x8b, 8, flags]) + bytes(body[4:10]) + extra
    crc, size = struct.unpack('<II', body[-8:])
    crc ^= broken == 'crc'
    size ^= broken == 'size'
    return head + bytes(body[10:-8]) + struct.pack('<II', crc, size)


def wrappings():
    plain, evil = docker_archive([PLAIN]), docker_archive([OTHER])
    half = len(plain) // 2
    case(18, 'second-member', member(plain) + member(evil), 'ambiguous', ['gzip-members'])
    case(18, 'two-members', member(plain[:half]) + member(plain[half:]), 'ambiguous', ['gzip-members'])
    case(18, 'trailing-text', member(plain) + b'and more', 'ambiguous', ['gzip-trailing'])
    case(18, 'hidden-field', member(plain, 4, struct.pack('<H', 6) + b'evil!!'), 'equal', ['gzip-extra'])
    case(18, 'reserved-flag', member(plain, 0x20), 'malformed')
    case(18, 'wrong-crc', member(plain, broken='crc'), 'malformed')
    case(18, 'wrong-size', member(plain, broken='size'), 'malformed')
    case(18, 'cut-short', member(plain)[:-20], 'malformed')
    case(18, 'layer-of-two-members', docker_archive([PLAIN], stored=[member(PLAIN[:600]) + member(PLAIN[600:])]), 'equal',
         ['gzip-members'])
    case(19, 'gzip', member(plain), 'equal', why='which Podman 4.3 refuses')
    case(19, 'gzip-in-gzip', member(member(plain)), 'equal')
    for codec, pack in (('xz', lzma.compress), ('bzip2', bz2.compress)):
        case(19, codec, pack(plain), 'malformed', why='a whole archive so is refused, with the cure')
        case(18, f'{codec}-cut-short', docker_archive([PLAIN], stored=[pack(PLAIN)[:-20]]), 'malformed')
        case(18, f'{codec}-and-text', docker_archive([PLAIN], stored=[pack(PLAIN) + b'and more']), 'malformed')
        case(19, f'layer-in-{codec}', docker_archive([PLAIN], stored=[pack(PLAIN)]), 'equal', ['layer-compression'])
        case(19, f'layer-in-{codec}-streams', docker_archive([PLAIN], stored=[pack(PLAIN[:600]) + pack(PLAIN[600:])]), 'equal',
             [f'{codec}-streams'])
        for media in ('', '+gzip'):
            case(19, f'oci-layer{media}-in-{codec}', oci_archive([PLAIN], stored=[pack(PLAIN)], media=LAYER + media), 'equal',
                 ['layer-compression'], base='oci')
    layer(20, 'padding', header(b't', len(GOOD), mode=0o755) + GOOD + b'hidden here'.ljust(BLOCK - len(GOOD), b'!'), 'equal',
          ['padding'])
    layer(20, 'header-end', entry(b't', GOOD, mode=0o755, pad=b'hidden here!'), 'equal', ['header-slack'])
    case(20, 'unreferenced-file', docker_archive([PLAIN], after=entry(b'evil', EVIL)), 'equal', ['archive-names'])
    blobs, manifest = oci_blobs([PLAIN])
    case(20, 'unreferenced-blob', oci_files({**blobs, sha256(EVIL): EVIL}, [descriptor(MANIFEST, manifest)]) + END, 'equal',
         ['unreferenced'], base='oci')


# 21 to 25: claims

def claims():
    def digest(value):
        return lambda manifest: manifest['layers'][0].update(digest=value)
    for name, value in (('path', 'sha256:../../../etc/passwd'), ('upper', 'sha256:' + sha256(PLAIN).upper()),
                        ('unknown', 'md5:' + '0' * 32), ('short', 'sha256:' + sha256(PLAIN)[:63])):
        case(21, f'digest-{name}', oci_archive([PLAIN], change=digest(value)), 'malformed', base='oci')
    case(22, 'size-lies', oci_archive([PLAIN], change=lambda m: m['layers'][0].update(size=1)), 'malformed', base='oci')
    case(22, 'media-type-lies', oci_archive([PLAIN], media=LAYER + '+gzip'), 'ambiguous', ['media-type'], base='oci')
    case(22, 'media-type-unknown', oci_archive([PLAIN], media='application/x-evil'), 'malformed', base='oci', also=['ambiguous'])
    blobs, manifest = oci_blobs([PLAIN])
    case(22, 'layout-of-tomorrow', oci_files(blobs, [descriptor(MANIFEST, manifest)], b'{"imageLayoutVersion":"2.0.0"}') + END,
         'malformed', base='oci')
    case(23, 'config-named-by-another-digest', docker_archive([PLAIN], name='0' * 64 + '.json'), 'ambiguous', ['config-name'])
    case(23, 'config-plainly-named', docker_archive([PLAIN], name='config'), 'equal')
    odd = manifest_for(one_config(), PLAIN).replace(b'"Config":"', b'"Config":"x/../')
    case(24, 'config-by-dots', docker_archive([PLAIN], manifest=odd), 'ambiguous', ['config-path'])
    absolute = manifest_for(one_config(), PLAIN).replace(b'"Config":"', b'"Config":"/')
    case(24, 'config-from-the-root', docker_archive([PLAIN], manifest=absolute), 'ambiguous', ['config-path'])
    outside = manifest_for(one_config(), PLAIN).replace(b'"Config":"', b'"Config":"../')
    case(24, 'config-from-outside', docker_archive([PLAIN], manifest=outside), 'malformed')
    case(25, 'no-utf-8', docker_archive([PLAIN], one_config().replace(b'/t', b'/\xfft')), 'malformed')
    case(25, 'half-surrogate', docker_archive([PLAIN], one_config().replace(b'/t', b'/\\ud800t')), 'ambiguous', ['json-surrogate'])
    case(25, 'negative-zero', docker_archive([PLAIN], one_config(unknown=1).replace(b':1}', b':-0}')), 'ambiguous',
         ['json-number'])
    case(25, 'not-a-number', docker_archive([PLAIN], one_config(unknown=1).replace(b':1}', b':NaN}')), 'malformed')
    case(25, 'comment', docker_archive([PLAIN], one_config() + b'// evil'), 'malformed')


# 26: crash, hang, memory. What wants megabytes is made by bounds.py.

def sizes():
    case(26, 'json-too-deep', docker_archive([PLAIN], b'[' * 100_000 + b']' * 100_000), 'malformed')
    layer(26, 'record-length-overflows', pax(b'99999999999999999999999 path=t\n') + T, 'malformed')
    layer(26, 'record-length-short', pax(b'5 path=t\n') + T, 'malformed')
    layer(26, 'size-negative', pax((b'size', b'-1')) + T, 'malformed')
    layer(26, 'size-overflows', pax((b'size', b'9' * 30)) + T, 'malformed')
    layer(26, 'size-beyond-the-end', header(b't', (8 << 30) - 1), 'malformed')
    layer(26, 'base-256-size', header(b't', b'\x80' + b'\xff' * 11), 'malformed')
    layer(26, 'a-thousand-folders', entry(b'./././@LongLink', b'd/' * 2000 + b'\0', b'L', magic=b'ustar  \0')
          + header(b'd', 0, b'5', mode=0o755), 'different')
    quine = b'x'
    for _ in range(12):
        quine = gzip.compress(quine, mtime=0)
    case(26, 'envelopes-without-end', quine, 'malformed')


def main(folder):
    images(), files(), wrappings(), claims(), sizes()
    os.makedirs(folder, exist_ok=True)
    bases = {'base-plain.tar': docker_archive([PLAIN]), 'base-oci.tar': oci_archive([PLAIN])}
    for name, data in [*bases.items(), *((c['file'], c.pop('data')) for c in CASES)]:
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(data)
    with open(os.path.join(folder, 'expect.json'), 'w', encoding='utf-8') as file:
        json.dump({'good': sha256(GOOD), 'evil': sha256(EVIL), 'cases': CASES}, file, indent=1)


if __name__ == '__main__':
    main(*sys.argv[1:])
