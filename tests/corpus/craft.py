"""Archives byte by byte: what no library would write."""
import hashlib
import json

BLOCK = 512
END = bytes(2 * BLOCK)
FIELDS = {'name': (0, 100), 'mode': (100, 8), 'uid': (108, 8), 'gid': (116, 8), 'size': (124, 12), 'mtime': (136, 12),
          'typeflag': (156, 1), 'linkname': (157, 100), 'magic': (257, 8), 'uname': (265, 32), 'gname': (297, 32),
          'devmajor': (329, 8), 'devminor': (337, 8), 'prefix': (345, 155), 'pad': (500, 12)}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def header(name, size=0, typeflag=b'0', mode=0o644, checksum=True, **fields):
    """A ustar header. size: a number, or the field as it stands, as fields are: bytes of a field of FIELDS."""
    head = bytearray(BLOCK)
    values = {'name': name, 'mode': b'%07o\0' % mode, 'uid': b'%07o\0' % 0, 'gid': b'%07o\0' % 0, 'size': size if isinstance(size, bytes) else b'%011o\0' % size,
              'mtime': b'%011o\0' % 0, 'typeflag': typeflag, 'magic': b'ustar\x0000', **fields}
    for field, value in values.items():
        offset, length = FIELDS[field]
        assert len(value) <= length, (field, value)
        head[offset:offset + len(value)] = value
    if checksum:
        head[148:156] = b' ' * 8
        head[148:156] = b'%06o\0 ' % sum(head)
    return bytes(head)


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def entry(name, data=b'', typeflag=b'0', **fields):
    return header(name, len(data), typeflag, **fields) + padded(data)


def record(key, value):
    """A PAX record, its length counted in."""
    rest = b' ' + key + b'=' + value + b'\n'
    size = len(rest) + 1
    while len(b'%d' % size) + len(rest) != size:
        size = len(b'%d' % size) + len(rest)
    return b'%d' % size + rest


def pax(*records, typeflag=b'x'):
    """An extended header of (key, value) pairs, or of records as they stand."""
    return entry(b'x', b''.join(r if isinstance(r, bytes) else record(*r) for r in records), typeflag)


def long_name(name, typeflag=b'L'):
    return entry(b'././@LongLink', name + b'\0', typeflag, magic=b'ustar  \0')


def dumps(value):
    return json.dumps(value, separators=(',', ':')).encode()


def config_of(diff_ids, **members):
    return {'architecture': 'amd64', 'os': 'linux', 'config': {'Cmd': ['/t']},
            'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + d for d in diff_ids]}, **members}


def docker_archive(layers, config=None, manifest=None, before=b'', after=b'', stored=None, name=None, end=END):
    """layers: tars; stored: the bytes to store of each; config: bytes; manifest: bytes; before, after: more entries."""
    config = config if config is not None else dumps(config_of([sha256(tar) for tar in layers]))
    name = name or sha256(config) + '.json'
    paths = [f'{sha256(tar)}.tar' for tar in layers]
    manifest = manifest if manifest is not None else dumps([{'Config': name, 'RepoTags': ['t:latest'], 'Layers': paths}])
    out = before + entry(name.encode(), config)
    for path, tar in zip(paths, stored or layers):
        out += entry(path.encode(), tar)
    return out + entry(b'manifest.json', manifest) + after + end


def descriptor(media_type, blob, **more):
    return {'mediaType': media_type, 'digest': 'sha256:' + sha256(blob), 'size': len(blob), **more}


MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
CONFIG = 'application/vnd.oci.image.config.v1+json'
LAYER = 'application/vnd.oci.image.layer.v1.tar'


def oci_blobs(layers, config=None, media=LAYER, stored=None, change=None):
    """Blobs by digest, and the manifest's bytes. change alters the manifest before it is written."""
    config = config if config is not None else dumps(config_of([sha256(tar) for tar in layers]))
    stored = stored or layers
    manifest = {'schemaVersion': 2, 'mediaType': MANIFEST, 'config': descriptor(CONFIG, config),
                'layers': [descriptor(media, blob) for blob in stored]}
    if change:
        change(manifest)
    text = dumps(manifest)
    return {sha256(blob): blob for blob in [config, *stored, text]}, text


def oci_files(blobs, descriptors, layout=b'{"imageLayoutVersion":"1.0.0"}'):
    """The entries of a layout, without the end."""
    index = dumps({'schemaVersion': 2, 'manifests': descriptors})
    out = b''.join(entry(b'blobs/sha256/' + digest.encode(), blob) for digest, blob in blobs.items())
    return out + entry(b'index.json', index) + entry(b'oci-layout', layout)


def oci_archive(layers, **options):
    blobs, manifest = oci_blobs(layers, **options)
    return oci_files(blobs, [descriptor(MANIFEST, manifest)]) + END
