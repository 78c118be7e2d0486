#!/usr/bin/env python3
"""images.py DIR: writes one image and its mutations as archives, by Python's own tar, gzip and JSON.

DIR/base.tar            the image: two layers, a configuration with most members
DIR/different/NAME      what must be `different`: something that runs or is stored differently
DIR/reproduced/NAME     what must be `reproduced`: a nuisance
DIR/equivalent/NAME     what must be `equivalent`: layers cut differently, the same in the end
DIR/malformed/NAME      what must be refused with status 2
DIR/ambiguous/NAME      what engines read differently: refused with status 2 unless its kind is allowed
"""
import base64
import copy
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

HOST = 'docker.io/library/'


def entry(name, data=b'', **fields):
    return {'name': name, 'data': data, 'type': tarfile.REGTYPE, 'mode': 0o644, **fields}


LAYERS = [
    [
        entry('bin', type=tarfile.DIRTYPE, mode=0o755),
        entry('bin/t', b'the program', mode=0o755),
        entry('bin/u', b'another', mode=0o4755),
        entry('bin/v', type=tarfile.LNKTYPE, linkname='bin/u', mode=0o4755),
        entry('dev', type=tarfile.DIRTYPE, mode=0o755),
        entry('dev/null', type=tarfile.CHRTYPE, mode=0o666, devmajor=1, devminor=3),
        entry('etc', type=tarfile.DIRTYPE, mode=0o755),
        entry('etc/link', type=tarfile.SYMTYPE, linkname='../bin/t', mode=0o777),
        entry('etc/old', b'old'),
    ],
    [
        entry('etc', type=tarfile.DIRTYPE, mode=0o755),
        entry('etc/.wh.old'),
        entry('home', b'x' * 1000, uid=1000, gid=1000, mode=0o600),
        entry('x', b'cap', pax={'SCHILY.xattr.user.a': 'b'}),
    ],
]

CONFIG = {
    'architecture': 'amd64', 'os': 'linux', 'created': '2024-01-02T03:04:05.678Z',
    'config': {
        'User': '1000', 'Env': ['PATH=/bin', 'A=1'], 'Entrypoint': ['/bin/t'], 'Cmd': ['-x'],
        'WorkingDir': '/etc', 'Labels': {'a': 'b'}, 'ExposedPorts': {'80/tcp': {}},
        'Volumes': {'/home': {}}, 'StopSignal': 'SIGINT',
        'Healthcheck': {'Test': ['CMD', '/bin/t'], 'Interval': 1000000000}, 'unknown': {'x': 1},
    },
    'history': [{'created': '2024-01-02T03:04:05Z', 'created_by': 'one'},
                {'created': '2024-01-02T03:04:06Z', 'created_by': 'two'}],
}


def make_tar(entries, form=tarfile.GNU_FORMAT, mtime=1700000000, names='', blocking=512,
             type_bits=False, end=1024):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=form) as tar:
        for e in entries:
            info = tarfile.TarInfo(e['name'])
            info.type, info.mode = e['type'], e['mode']
            info.linkname = e.get('linkname', '')
            info.uid, info.gid = e.get('uid', 0), e.get('gid', 0)
            info.uname = info.gname = names
            info.devmajor, info.devminor = e.get('devmajor', 0), e.get('devminor', 0)
            info.mtime = e.get('mtime', mtime)
            info.size = len(e['data'])
            if e.get('pax'):
                tar.format = tarfile.PAX_FORMAT
                info.pax_headers = e['pax']
            tar.addfile(info, io.BytesIO(e['data']))
            tar.format = form
    data = out.getvalue().rstrip(b'\0')
    data += b'\0' * (-len(data) % 512) + b'\0' * end
    if type_bits:
        data = with_type_bits(data)
    return data + b'\0' * (-len(data) % blocking)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def dumps(value, escape_slashes=False, **options):
    text = json.dumps(value, **({'separators': (',', ':')} | options))
    return (text.replace('/', '\\/').replace('amd64', '\\u0061md64') if escape_slashes else text).encode()


def with_type_bits(tar):
    """The tar with the file type in each mode field too, as Docker 20.10 writes it."""
    bits = {b'0': 0o100000, b'1': 0o100000, b'2': 0o120000, b'3': 0o020000, b'5': 0o040000}
    out, at = bytearray(tar), 0
    while at < len(out) and any(out[at:at + 512]):
        kind = bytes(out[at + 156:at + 157])
        if kind in bits:
            mode = int(out[at + 100:at + 107], 8) | bits[kind]
            out[at + 100:at + 108] = b'%07o\0' % mode
            out[at + 148:at + 156] = b' ' * 8
            out[at + 148:at + 156] = b'%06o\0 ' % sum(out[at:at + 512])
        at += 512 + (int(out[at + 124:at + 135], 8) + 511) // 512 * 512
    return bytes(out)


def files_of(entries, **options):
    return make_tar([entry(name, data) for name, data in entries], **options)


def docker(layers, config, names=('t:latest',), json_options=None, tar_options=None, pack=None,
           layer_options=None, extra=()):
    """A docker-archive as Docker up to 24 names things."""
    tars = [make_tar(layer, **(layer_options or {})) for layer in layers]
    config = copy.deepcopy(config)
    config['rootfs'] = {**config.get('rootfs', {}), 'type': 'layers', 'diff_ids': ['sha256:' + sha(t) for t in tars]}
    text = dumps(config, **(json_options or {}))
    files, paths = [(sha(text) + '.json', text)], []
    for tar in tars:
        blob = pack(tar) if pack else tar
        paths.append(sha(tar) + '/layer.tar')
        if (paths[-1], blob) not in files:
            files.append((paths[-1], blob))
    manifest = [{'Config': files[0][0], 'RepoTags': list(names) or None, 'Layers': paths}]
    files.append(('manifest.json', dumps(manifest) + b'\n'))
    return files_of(list(extra) + files, **(tar_options or {}))


def oci(layers, config, pack=lambda t: gzip.compress(t, mtime=0), media='+gzip', indent=None,
        annotations=True, attestation=False, nested=False):
    tars = [make_tar(layer) for layer in layers]
    config = copy.deepcopy(config)
    config['rootfs'] = {**config.get('rootfs', {}), 'type': 'layers', 'diff_ids': ['sha256:' + sha(t) for t in tars]}
    blobs = {}

    def add(data, media_type, **more):
        blobs[sha(data)] = data
        return {'mediaType': media_type, 'digest': 'sha256:' + sha(data), 'size': len(data), **more}
    base = 'application/vnd.oci.image.'
    manifest = {'schemaVersion': 2, 'mediaType': base + 'manifest.v1+json',
                'config': add(dumps(config), base + 'config.v1+json'),
                'layers': [add(pack(t), base + 'layer.v1.tar' + media) for t in tars]}
    if annotations:
        manifest['annotations'] = {'org.example.a': 'b'}
    top = add(dumps(manifest, indent=indent), base + 'manifest.v1+json',
              platform={'architecture': 'amd64', 'os': 'linux'})
    manifests = [top]
    if attestation:
        note = {'schemaVersion': 2, 'mediaType': base + 'manifest.v1+json',
                'config': add(b'{}', base + 'config.v1+json'), 'layers': []}
        manifests.append(add(dumps(note), base + 'manifest.v1+json',
                             platform={'architecture': 'unknown', 'os': 'unknown'},
                             annotations={'vnd.docker.reference.type': 'attestation-manifest'}))
    if nested:
        manifests = [add(dumps({'schemaVersion': 2, 'mediaType': base + 'index.v1+json',
                                'manifests': manifests}), base + 'index.v1+json')]
    manifests[0]['annotations'] = {'io.containerd.image.name': HOST + 't:latest'}
    index = {'schemaVersion': 2, 'manifests': manifests}
    files = [('blobs/sha256/' + name, data) for name, data in sorted(blobs.items())]
    return files_of(files + [('index.json', dumps(index)),
                             ('oci-layout', dumps({'imageLayoutVersion': '1.0.0'}))])


def changed(layer, path, /, **fields):
    """The layers with some fields of one entry changed; data=None drops the entry."""
    layers = copy.deepcopy(LAYERS)
    if fields.get('data', b'') is None:
        layers[layer] = [e for e in layers[layer] if e['name'] != path]
        return layers
    for e in layers[layer]:
        if e['name'] == path:
            e.update(fields)
    return layers


def config_with(path, value):
    config = copy.deepcopy(CONFIG)
    at = config
    for part in path[:-1]:
        at = at[part]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return config


def different():
    for name, layers in {
        'content-byte': changed(0, 'bin/t', data=b'the prograM'),
        'content-longer': changed(0, 'bin/t', data=b'the program!'),
        'mode': changed(0, 'bin/t', mode=0o700),
        'setuid-lost': [[e | {'mode': 0o755} if e['name'] in ('bin/u', 'bin/v') else e
                         for e in LAYERS[0]], LAYERS[1]],
        'sticky': changed(0, 'bin', mode=0o1755),
        'link-target': changed(0, 'etc/link', linkname='../bin/u'),
        'hard-link-target': changed(0, 'bin/v', linkname='bin/t'),
        'hard-link-is-a-copy': changed(0, 'bin/v', type=tarfile.REGTYPE, data=b'another'),
        'owner': changed(1, 'home', uid=1001),
        'group': changed(1, 'home', gid=0),
        'xattr-value': changed(1, 'x', pax={'SCHILY.xattr.user.a': 'c'}),
        'xattr-gone': changed(1, 'x', pax=None),
        'xattr-capability': changed(1, 'x', pax={
            'SCHILY.xattr.user.a': 'b', 'SCHILY.xattr.security.capability': 'z'}),
        'windows-acl': changed(1, 'x', pax={'SCHILY.xattr.user.a': 'b', 'MSWINDOWS.rawsd': 'AQAUgA=='}),
        'device-number': changed(0, 'dev/null', devminor=5),
        'device-type': changed(0, 'dev/null', type=tarfile.BLKTYPE),
        'whiteout-gone': changed(1, 'etc/.wh.old', data=None),
        'whiteout-opaque': changed(1, 'etc/.wh.old', name='etc/.wh..wh..opq'),
        'file-gone': changed(1, 'x', data=None),
        'file-renamed': changed(0, 'bin/t', name='bin/T'),
        'folder-gone': [[entry('bin', b'')] + LAYERS[0][4:], LAYERS[1]],
        'layer-order': [LAYERS[1], LAYERS[0]],
        'layer-gone': LAYERS[:1],
        'type-fifo': changed(0, 'dev/null', type=tarfile.FIFOTYPE),
    }.items():
        config = copy.deepcopy(CONFIG)
        config['history'] = config['history'][:len(layers)]
        yield name, docker(layers, config)
    for name, path, value in [
        ('cmd', ['config', 'Cmd'], ['-y']), ('cmd-gone', ['config', 'Cmd'], None),
        ('entrypoint', ['config', 'Entrypoint'], ['/bin/u']),
        ('env-order', ['config', 'Env'], ['A=1', 'PATH=/bin']),
        ('env-empty-string', ['config', 'Env'], ['PATH=/bin', 'A=1', '']),
        ('user', ['config', 'User'], '0'), ('workdir', ['config', 'WorkingDir'], '/'),
        ('workdir-slash', ['config', 'WorkingDir'], '/etc/'),
        ('label', ['config', 'Labels'], {'a': 'c'}),
        ('label-empty', ['config', 'Labels'], {'a': 'b', 'c': ''}),
        ('label-builder-look-alike', ['config', 'Labels'], {'a': 'b', 'io.buildah.versions': '1'}),
        ('port', ['config', 'ExposedPorts'], {'80/udp': {}}),
        ('volume', ['config', 'Volumes'], {'/srv': {}}),
        ('stop-signal', ['config', 'StopSignal'], 'SIGTERM'),
        ('stop-timeout-zero', ['config', 'StopTimeout'], 0),
        ('health', ['config', 'Healthcheck', 'Interval'], 2000000000),
        ('unknown-member', ['config', 'unknown'], {'x': 2}),
        ('unknown-null', ['config', 'another'], 'null'),
        ('unknown-top', ['something'], 'new'),
        ('unknown-number', ['config', 'unknown'], {'x': 9007199254740993}),
        ('rootfs-unknown', ['rootfs'], {'vendor': 'x'}),
        ('architecture', ['architecture'], 'arm64'), ('variant', ['variant'], 'v8'),
        ('os', ['os'], 'windows'), ('os-version', ['os.version'], '10'),
        ('author', ['author'], 'me'), ('onbuild', ['config', 'OnBuild'], ['RUN x']),
        ('shell', ['config', 'Shell'], ['/bin/t']),
    ]:
        yield name, docker(LAYERS, config_with(path, value))


def reproduced():
    yield 'times', docker(LAYERS, CONFIG, layer_options={'mtime': 1}, tar_options={'mtime': 7})
    yield 'times-negative', docker(changed(0, 'bin/t', mtime=-5), CONFIG,
                                   layer_options={'form': tarfile.PAX_FORMAT})
    yield 'owner-names', docker(LAYERS, CONFIG, layer_options={'names': 'root'})
    yield 'tar-ustar', docker(LAYERS, CONFIG, layer_options={'form': tarfile.USTAR_FORMAT})
    yield 'tar-pax', docker(LAYERS, CONFIG, layer_options={'form': tarfile.PAX_FORMAT, 'mtime': 1.5})
    yield 'tar-blocking', docker(LAYERS, CONFIG, layer_options={'blocking': 10240})
    yield 'type-bits', docker(LAYERS, CONFIG, layer_options={'type_bits': True})
    yield 'entry-order', docker([LAYERS[0][4:] + LAYERS[0][:4], list(reversed(LAYERS[1]))], CONFIG)
    yield 'path-dot-slash', docker([[e | {'name': './' + e['name']} for e in layer]
                                    for layer in LAYERS], CONFIG)
    yield 'root-entry', docker([[entry('./', type=tarfile.DIRTYPE, mode=0o755)] + LAYERS[0],
                                LAYERS[1]], CONFIG)
    yield 'hard-link-other-way', docker(
        [[entry('bin', type=tarfile.DIRTYPE, mode=0o755), LAYERS[0][1],
          entry('bin/v', b'another', mode=0o4755),
          entry('bin/u', type=tarfile.LNKTYPE, linkname='./bin/v', mode=0o4755)] + LAYERS[0][4:],
         LAYERS[1]], CONFIG)
    yield 'symlink-mode', docker(changed(0, 'etc/link', mode=0o755), CONFIG)
    yield 'whiteout-mode', docker(changed(1, 'etc/.wh.old', mode=0o600, uid=5), CONFIG)
    yield 'type-nul', docker(changed(0, 'bin/t', type=tarfile.AREGTYPE), CONFIG)
    yield 'selinux', docker(changed(1, 'x', pax={
        'SCHILY.xattr.user.a': 'b', 'SCHILY.xattr.security.selinux': 'label'}), CONFIG)
    yield 'selinux-of-star', docker(changed(1, 'x', pax={
        'SCHILY.xattr.user.a': 'b', 'RHT.security.selinux': 'label'}), CONFIG)
    yield 'overlay-leftovers', docker(changed(1, 'x', pax={
        'SCHILY.xattr.user.a': 'b', 'SCHILY.xattr.trusted.overlay.origin': 'o',
        'SCHILY.xattr.user.overlay.impure': 'y'}), CONFIG)
    yield 'xattr-by-libarchive', docker(changed(1, 'x', pax={
        'SCHILY.xattr.user.a': 'b', 'LIBARCHIVE.xattr.user.a': 'Yg'}), CONFIG)
    yield 'pax-nuisances', docker(changed(1, 'x', pax={
        'SCHILY.xattr.user.a': 'b', 'SCHILY.dev': '7', 'SCHILY.ino': '8', 'SCHILY.nlink': '1',
        'LIBARCHIVE.creationtime': '12.5', 'comment': 'c', 'atime': '3'}), CONFIG)
    yield 'layers-gzip-members', docker(LAYERS, CONFIG, pack=lambda t: gzip.compress(
        t[:700], mtime=0) + gzip.compress(t[700:], mtime=0))
    yield 'layers-without-end', docker(LAYERS, CONFIG, layer_options={'end': 0})
    yield 'entry-twice-alike', docker([LAYERS[0][:1] + LAYERS[0][:2] + LAYERS[0][1:], LAYERS[1]], CONFIG)
    base = docker(LAYERS, CONFIG)
    for level in (1, 6, 9):
        yield f'gzip-{level}', gzip.compress(base, level, mtime=level)
    header = io.BytesIO()
    with gzip.GzipFile('a-name', 'wb', 9, header, mtime=3) as packed:
        packed.write(base)
    yield 'gzip-name', header.getvalue()
    yield 'gzip-twice', gzip.compress(gzip.compress(base, mtime=0), mtime=0)
    yield 'base64', base64.encodebytes(gzip.compress(base, mtime=0))
    yield 'base64-one-line', base64.b64encode(base)
    yield 'layers-gzip', docker(LAYERS, CONFIG, pack=lambda t: gzip.compress(t, mtime=0))
    yield 'outer-ustar', docker(LAYERS, CONFIG, tar_options={'form': tarfile.USTAR_FORMAT,
                                                            'blocking': 10240})
    yield 'json-indent', docker(LAYERS, CONFIG, json_options={'indent': 3})
    yield 'json-order', docker(LAYERS, dict(reversed(CONFIG.items())))
    yield 'json-space', docker(LAYERS, CONFIG, json_options={'separators': (' ,\n', ' :\t')})
    yield 'json-escapes', docker(LAYERS, CONFIG, json_options={'escape_slashes': True})
    yield 'names', docker(LAYERS, CONFIG, names=('example/other:v1', 'u:latest'))
    yield 'names-none', docker(LAYERS, CONFIG, names=())
    yield 'oci', oci(LAYERS, CONFIG)
    yield 'oci-plain', oci(LAYERS, CONFIG, pack=lambda t: t, media='')
    yield 'oci-indent', oci(LAYERS, CONFIG, indent=2, annotations=False)
    yield 'oci-nested', oci(LAYERS, CONFIG, nested=True)
    yield 'oci-attestation', oci(LAYERS, CONFIG, nested=True, attestation=True)
    yield 'unreferenced', docker(LAYERS, CONFIG, extra=[('note', b'nobody names this')])
    empty = copy.deepcopy(CONFIG)
    empty['history'].insert(1, {'created_by': 'nothing'})
    yield 'empty-layer', docker([LAYERS[0], [], LAYERS[1]], empty)
    for name, path, value in [
        ('created', ['created'], '1999-01-01T00:00:00Z'), ('history', ['history'], []),
        ('container', ['container'], 'f' * 64), ('docker-version', ['docker_version'], '1.0'),
        ('buildkit', ['moby.buildkit.buildinfo.v1'], 'e30='),
        ('hostname-of-container', ['config', 'Hostname'], '0123456789ab'),
        ('hostname', ['config', 'Hostname'], 'myhost'),
        ('image-record', ['config', 'Image'], 'sha256:' + '0' * 64),
        ('zero-members', ['config', 'Domainname'], ''), ('zero-bool', ['config', 'Tty'], False),
        ('zero-health', ['config', 'Healthcheck', 'Retries'], 0),
        ('args-escaped', ['config', 'ArgsEscaped'], True),
        ('label-builder', ['config', 'Labels'], {'a': 'b', 'io.buildah.version': '1.2'}),
        ('port-null', ['config', 'ExposedPorts'], {'80/tcp': None}),
        ('os-missing', ['os'], None), ('id', ['id'], 'x'), ('size', ['Size'], 5),
    ]:
        yield name, docker(LAYERS, config_with(path, value))


def equivalent():
    first, second = LAYERS
    kept = [e for e in first if e['name'] != 'etc/old']
    merged = kept + [e for e in second if not e['name'].startswith('etc')]
    one = copy.deepcopy(CONFIG)
    one['history'] = one['history'][:1]
    yield 'merged', docker([merged], one)
    three = copy.deepcopy(CONFIG)
    three['history'].append({'created_by': 'three'})
    yield 'cut', docker([first[:4], first[4:], second], three)
    yield 'repeated-entry', docker([first, second, [first[1]]], three)
    yield 'made-and-removed', docker(
        [first + [entry('tmp', b'junk')], second + [entry('.wh.tmp')]], CONFIG)


def raw_header(name, kind, data=b'', magic=None, device=(0, 0), mtime=None):
    """A ustar header block of any type, with its data padded."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.type = kind if kind in b'34' else tarfile.REGTYPE
    info.devmajor, info.devminor = device
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT)[:512])
    block[156:157] = kind
    block[257:265] = magic or block[257:265]
    block[136:148] = mtime or block[136:148]
    block[148:156] = b' ' * 8
    block[148:156] = b'%06o\0 ' % sum(block)
    return bytes(block) + data + b'\0' * (-len(data) % 512)


def pax_record(key, value):
    text = f' {key}={value}\n'.encode()
    size = len(text) + 1
    while len(str(size)) + len(text) != size:
        size = len(str(size)) + len(text)
    return str(size).encode() + text


def raw_image(layer):
    """A docker-archive of one layer that is given as bytes."""
    config = {'architecture': 'amd64', 'os': 'linux',
              'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + sha(layer)]}}
    manifest = [{'Config': 'c', 'RepoTags': None, 'Layers': ['l']}]
    return files_of([('c', dumps(config)), ('l', layer), ('manifest.json', dumps(manifest))])


def ambiguous():
    linked = changed(0, 'bin/v', pax={'SCHILY.xattr.security.capability': 'z'})
    yield 'xattr-on-hard-link', docker(linked, CONFIG)
    # Its chown clears the capability of the file, and it does not set it again.
    capable = changed(0, 'bin/u', pax={'SCHILY.xattr.security.capability': 'z'})
    yield 'hard-link-loses-capability', docker(capable, CONFIG)
    for key, value in (('SCHILY.xattr.trusted.overlay.opaque', 'y'), ('SCHILY.xattr.user.overlay.redirect', '/x'),
                       ('LIBARCHIVE.xattr.user.b', 'Yg'), ('SCHILY.fflags', 'schg'), ('VENDOR.policy', 'p')):
        yield 'pax-' + key.rsplit('.', 2)[-2] + '-' + key.rsplit('.', 1)[-1], docker(changed(1, 'x', pax={
            'SCHILY.xattr.user.a': 'b', key: value}), CONFIG)
    yield 'device-cut-to-zero', docker(changed(0, 'dev/null', devmajor=4096, devminor=1 << 20), CONFIG)
    below = [LAYERS[0], LAYERS[1] + [entry('etc/old/new', b'x')]]
    yield 'whiteout-and-below', docker(below, CONFIG)
    through = [LAYERS[0] + [entry('l', type=tarfile.SYMTYPE, linkname='bin')],
               LAYERS[1] + [entry('l/.wh.t')]]
    yield 'whiteout-through-link', docker(through, CONFIG)
    layer = (raw_header('x', b'x', pax_record('path', 'evil')) +
             raw_header('g', b'g', pax_record('comment', 'c')) +
             raw_header('good', b'0', b'1') + b'\0' * 1024)
    yield 'pax-before-global', raw_image(layer)
    # Go reads no device numbers here, and 0,0 is overlayfs's whiteout.
    yield 'device-without-magic', raw_image(
        raw_header('d', b'3', magic=b'\0' * 8, device=(1, 3)) + b'\0' * 1024)
    yield 'platform', oci(LAYERS, CONFIG | {'architecture': 'arm64'})


def malformed():
    base = docker(LAYERS, CONFIG)
    yield 'type-contiguous', docker(changed(0, 'bin/t', type=tarfile.CONTTYPE), CONFIG)
    for name, value in (('over', b'\x80' + b'\0' * 2 + b'\1' + b'\0' * 8), ('under', b'\xff' * 3 + b'\xfe' + b'\0' * 8)):
        yield 'mtime-' + name, raw_image(raw_header('x', b'0', mtime=value) + b'\0' * 1024)
    yield 'empty', b''
    for name, records in {
        'sparse-unknown-version': {'major': '1', 'minor': '1', 'realsize': '9'},
        'sparse-two-sizes': {'major': '0', 'minor': '1', 'map': '0,3', 'size': '3', 'realsize': '9'},
        'sparse-numblocks': {'map': '0,3', 'size': '3', 'numblocks': '2'},
        'sparse-name-nul': {'map': '0,3', 'size': '3', 'numblocks': '1', 'name': 'a\0b'},
    }.items():
        records = b''.join(pax_record('GNU.sparse.' + key, value) for key, value in records.items())
        yield name, raw_image(raw_header('x', b'x', records) + raw_header('f', b'0', b'abc') +
                              b'\0' * 1024)
    yield 'hard-link-to-whiteout', docker(
        [LAYERS[0], LAYERS[1] + [entry('w', type=tarfile.LNKTYPE, linkname='etc/.wh.old')]], CONFIG)
    yield 'text', b'this is no image archive, and !no! base64 either'
    yield 'cut-1000', base[:1000]
    yield 'cut-last-file', base[:base.rindex(b'manifest.json') + 200]
    yield 'gzip-cut', gzip.compress(base, mtime=0)[:-9]
    flipped = bytearray(gzip.compress(base, mtime=0))
    flipped[-5] ^= 1
    yield 'gzip-crc', bytes(flipped)
    yield 'no-manifest', files_of([('a', b'b')])
    yield 'manifest-no-list', files_of([('manifest.json', b'{}')])
    yield 'layer-byte', base.replace(b'the program', b'the prograM')
    yield 'config-missing', files_of([('manifest.json', b'[{"Config":"x.json","Layers":[]}]')])


def main(folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'base.tar'), 'wb') as out:
        out.write(docker(LAYERS, CONFIG))
    for kind in (different, reproduced, equivalent, malformed, ambiguous):
        where = os.path.join(folder, kind.__name__)
        os.makedirs(where, exist_ok=True)
        for name, data in kind():
            with open(os.path.join(where, name), 'wb') as out:
                out.write(data)


if __name__ == '__main__':
    main(sys.argv[1])
