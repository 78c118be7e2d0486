#!/usr/bin/env python3
"""random_images.py: images whose layers are random, from a seed, in what engines are known to treat in ways of their own: hard links
(of files with capabilities too), folders that nobody made, set-gid folders with and without entries, default access lists, opaque
markers, whiteouts, links and files where a layer below has folders, devices, owners and modes of every kind."""
import random
import struct

from craft import END, docker_archive, dumps, config_of, entry, pax, sha256

PARTS = [b'a', b'b', b'c', b'd']
MODES = [0o644, 0o755, 0o600, 0o4755, 0o2755, 0o1777, 0o0, 0o640]
FOLDER_MODES = [0o755, 0o755, 0o755, 0o700, 0o2755, 0o1777, 0o3777]
CAPABILITY = struct.pack('<IIIII', 0x02000001, 0x400, 0, 0, 0)  # cap_net_bind_service, effective
# user::rwx, user:1000:rw-, group::r-x, mask::rwx, other::r-x (acl(5), version 2)
ACL = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in (
    (1, 7, 0xffffffff), (2, 6, 1000), (4, 5, 0xffffffff), (16, 7, 0xffffffff), (32, 5, 0xffffffff)))


def owner(rng):
    number = rng.choice([0, 0, 0, 1000, 65534, 100000])
    return {'uid': b'%07o\0' % number, 'gid': b'%07o\0' % rng.choice([0, 0, number, 33])}


def path_of(rng, deepest=3):
    return b'/'.join(rng.choice(PARTS) for _ in range(rng.randint(1, deepest)))


def xattrs_of(rng, folder):
    found = []
    if rng.random() < 0.1:
        found.append((b'SCHILY.xattr.user.note', b'%d' % rng.randrange(100)))
    if not folder and rng.random() < 0.15:
        found.append((b'SCHILY.xattr.security.capability', CAPABILITY))
    if folder and rng.random() < 0.05:
        found.append((b'SCHILY.xattr.system.posix_acl_default', ACL))
    return found


def member(rng, path, there):
    """Entries for one path; there: path → kind of what this layer has already."""
    kind = rng.choices(['file', 'folder', 'symlink', 'hardlink', 'whiteout', 'opaque', 'fifo', 'device'],
                       [30, 25, 10, 15, 8, 4, 2, 2])[0]
    if kind == 'whiteout':
        folder, _, name = path.rpartition(b'/')
        return kind, entry((folder + b'/' if folder else b'') + b'.wh.' + name, mode=0o644)
    if kind == 'opaque':
        return kind, entry(path + b'/.wh..wh..opq', mode=0o644)
    files = [p for p, (k, _, _) in there.items() if k == 'file']
    if kind == 'hardlink' and files:
        target = rng.choice(files)
        _, fields, records = there[target]
        records = [] if rng.random() < 0.2 else records
        return kind, (pax(*records) if records else b'') + entry(path, typeflag=b'1', linkname=target, **fields)
    fields = {'mode': rng.choice(FOLDER_MODES if kind == 'folder' else MODES), **owner(rng)}
    records = xattrs_of(rng, kind == 'folder') if kind in ('file', 'folder') else []
    head = pax(*records) if records else b''
    if kind == 'folder':
        return kind, head + entry(path + b'/', typeflag=b'5', **fields)
    if kind == 'symlink':
        return kind, entry(path, typeflag=b'2', linkname=rng.choice([b'a', b'/b', b'../c', b'nowhere']), **{**fields, 'mode': 0o777})
    if kind == 'fifo':
        return kind, entry(path, typeflag=b'6', **fields)
    if kind == 'device':
        return kind, entry(path, typeflag=b'3', devmajor=b'%07o\0' % 1, devminor=b'%07o\0' % rng.choice([3, 5]), **fields)
    there[path] = ('file', fields, records)
    return 'file', head + entry(path, bytes(rng.randrange(256) for _ in range(rng.choice([0, 1, 20, 600]))), **fields)


def layer(rng):
    there, used, out = {}, set(), b''
    for _ in range(rng.randint(1, 7)):
        path = path_of(rng)
        if path in used:
            continue
        # Mostly what writers do: the folders before what is in them.
        if rng.random() < 0.7:
            parents = path.split(b'/')[:-1]
            for depth in range(1, len(parents) + 1):
                parent = b'/'.join(parents[:depth])
                if parent not in used:
                    used.add(parent)
                    out += entry(parent + b'/', typeflag=b'5', mode=rng.choice(FOLDER_MODES), **owner(rng))
        used.add(path)
        out += member(rng, path, there)[1]
    return out + END


def image(seed):
    """The bytes of a docker-archive."""
    rng = random.Random(seed)
    layers = []
    for _ in range(rng.randint(1, 3)):
        made = layer(rng)
        if made not in layers:
            layers.append(made)
    config = dumps(config_of([sha256(tar) for tar in layers], config={'Cmd': ['/t'], 'Env': ['PATH=/bin', f'SEED={seed}']}))
    return docker_archive(layers, config)
