#!/usr/bin/env python3
"""mutants.py SAMEBYTES COUNT SEED ARCHIVE…: random mutants of real docker-archives, with all digests made right again, against the
archive itself. One field of one tar header in a layer, or one value of the configuration, is another; a mutant that comes out
`reproduced` must be a known nuisance of that field. Prints those that are not, and how many came out how; ends with 1 where
there are any."""
import copy
import gzip
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile

BLOCK = 512
FIELDS = {'name': (0, 100), 'mode': (100, 8), 'uid': (108, 8), 'gid': (116, 8), 'mtime': (136, 12), 'typeflag': (156, 1),
          'linkname': (157, 100), 'magic': (257, 8), 'uname': (265, 32), 'gname': (297, 32), 'devmajor': (329, 8),
          'devminor': (337, 8), 'prefix': (345, 155), 'pad': (500, 12)}
# What no canonical layer has, or what the dialect decides.
NUISANCES = {'mtime', 'uname', 'gname', 'magic', 'pad'}
# Of the configuration; below config what the build leaves behind.
RECORD = {'created', 'history', 'container', 'container_config', 'docker_version', 'id', 'parent', 'Size'}
RUN_RECORD = {'Image', 'Hostname', 'ArgsEscaped'}
LIMIT_SECONDS = 60


def sha(data):
    return hashlib.sha256(data).hexdigest()


def load(path):
    """The first image: configuration and layers' tars."""
    with tarfile.open(path) as archive:
        read = lambda name: archive.extractfile(name).read()
        item = json.loads(read('manifest.json'))[0]
        layers = [read(name) for name in item['Layers']]
        return json.loads(read(item['Config'])), [gzip.decompress(tar) if tar[:2] == b'\x1f\x8b' else tar for tar in layers]


def save(config, layers):
    config = copy.deepcopy(config)
    config['rootfs']['diff_ids'] = ['sha256:' + sha(tar) for tar in layers]
    text = json.dumps(config).encode()
    files = {sha(text) + '.json': text}
    names = []
    for tar in layers:
        names.append(sha(tar) + '.tar')
        files[names[-1]] = tar
    files['manifest.json'] = json.dumps([{'Config': sha(text) + '.json', 'RepoTags': ['t:latest'], 'Layers': names}]).encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def headers(tar):
    at = 0
    while at + BLOCK <= len(tar) and any(tar[at:at + BLOCK]):
        yield at
        size = int(tar[at + 124:at + 135].strip(b' \0') or b'0', 8)
        at += BLOCK + (size + BLOCK - 1) // BLOCK * BLOCK


def cut(field):
    return field.split(b'\0')[0]


def is_device(header):
    return header[156:157] in b'34'


def known_in_header(name, before, after):
    """Whether what changed in a header says nothing of the image."""
    at, size = FIELDS[name]
    old, new = before[at:at + size], after[at:at + size]
    if name in NUISANCES or (before[156:157] == b'x' and name != 'typeflag'):
        return True  # of a PAX header its records alone
    if name in ('name', 'linkname', 'prefix') and cut(old) == cut(new):
        return True  # behind the NUL, which is a finding
    if name in ('name', 'prefix'):
        clean = lambda text: [part for part in cut(text).split(b'/') if part not in (b'', b'.')]
        return clean(old) == clean(new)
    if name == 'linkname':
        return before[156:157] not in b'12' or (before[156:157] == b'1' and [p for p in cut(old).split(b'/') if p not in (b'', b'.')] ==
                                                [p for p in cut(new).split(b'/') if p not in (b'', b'.')])
    if name == 'mode':
        number = lambda text: int(text.strip(b' \0') or b'0', 8) & 0o7777
        whiteout = cut(before[:100]).rsplit(b'/', 1)[-1].startswith(b'.wh.')
        try:
            return before[156:157] == b'2' or whiteout or number(old) == number(new)
        except ValueError:
            return False
    if name in ('uid', 'gid'):
        try:
            return int(old.strip(b' \0') or b'0', 8) == int(new.strip(b' \0') or b'0', 8) or \
                cut(before[:100]).rsplit(b'/', 1)[-1].startswith(b'.wh.')
        except ValueError:
            return False
    if name in ('devmajor', 'devminor'):
        return not is_device(before)
    if name == 'typeflag':
        folder = cut(before[:100]).endswith(b'/')
        return {old, new} <= ({b'5', b'\0'} if folder else {b'0', b'\0'})
    return False


def is_overruled(name, places, at, tar):
    """By a PAX header before it, or by a later hard link: of a file's names the last entry counts."""
    header = lambda place: tar[place:place + BLOCK]
    before = [place for place in places if place < at]
    if name in ('name', 'linkname', 'prefix'):
        return bool(before) and header(before[-1])[156:157] == b'x'
    own = cut(header(at)[:100])
    return name in ('mode', 'uid', 'gid') and any(header(place)[156:157] == b'1' and cut(header(place)[157:257]) == own
                                                  for place in places if place > at)


def mutate_header(rng, layers):
    index = rng.randrange(len(layers))
    tar = bytearray(layers[index])
    places = list(headers(tar))
    if not places:
        return None
    at = rng.choice(places)
    before = bytes(tar[at:at + BLOCK])
    name = rng.choice(list(FIELDS))
    offset, size = FIELDS[name]
    where = at + offset + rng.randrange(size)
    tar[where] = rng.choice([tar[where] ^ (1 << rng.randrange(8)), rng.randrange(256), 0, ord('0'), ord('/')])
    after = bytearray(tar[at:at + BLOCK])
    if bytes(after) == before:
        return None
    after[148:156] = b' ' * 8
    after[148:156] = b'%06o\0 ' % sum(after)
    tar[at:at + BLOCK] = after
    return layers[:index] + [bytes(tar)] + layers[index + 1:], name, (
        known_in_header(name, before, bytes(after)) or is_overruled(name, places, at, layers[index]))


def leaves(value, path=()):
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    elif path:
        yield path, value


def is_zero(value):
    return value in (None, '', False, [], {}) or (value == 0 and value is not True)


def mutate_config(rng, config):
    config = copy.deepcopy(config)
    path, old = rng.choice([leaf for leaf in leaves(config) if leaf[0][0] != 'rootfs'])
    new = rng.choice([None, '', 'x', 0, 1, -1, 2 ** 63, True, False, [], {}, ['x'], {'x': 'y'}, [None], str(old) + 'x',
                      '2020-01-02T03:04:05Z', '/'])
    if new == old and isinstance(new, type(old)):
        return None
    at = config
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = new
    known = path[0] in RECORD or path[0].startswith('moby.buildkit.') or (path[0] == 'config' and len(path) > 1 and path[1] in RUN_RECORD)
    # Zero values of members that engines know are one, but inside lists and maps.
    known = known or (len(path) <= 2 and is_zero(old) and is_zero(new))
    known = known or (path[:2] == ('config', 'WorkingDir') and all(x in ('', '/', None) for x in (old, new)))
    known = known or path[:3] == ('config', 'Labels', 'io.buildah.version')
    known = known or (path[0] == 'os' and is_zero(new) and old == 'linux')
    known = known or (path[:2] in (('config', 'Volumes'), ('config', 'ExposedPorts')) and new in (None, {}))
    return config, '.'.join(str(part) for part in path) + '=' + json.dumps(new), known


def main(program, count, seed, paths):
    rng = random.Random(seed)
    images = [load(path) for path in paths]
    told, wrong = {}, []
    with tempfile.TemporaryDirectory() as work:
        base, other = os.path.join(work, 'base.tar'), os.path.join(work, 'other.tar')
        for number in range(count):
            config, layers = rng.choice(images)
            made = mutate_header(rng, layers) if layers and number % 3 else mutate_config(rng, config)
            if not made:
                continue
            changed, what, known = made
            with open(base, 'wb') as file:
                file.write(save(config, layers))
            with open(other, 'wb') as file:
                file.write(save(config, changed) if isinstance(changed, list) else save(changed, layers))
            run = subprocess.run([program, 'diff', base, other], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                                 timeout=LIMIT_SECONDS)
            answer = run.stdout.split(b':')[0].decode() if run.returncode < 2 else 'refused'
            told[answer] = told.get(answer, 0) + 1
            if run.returncode not in (0, 1, 2) or (run.returncode == 2 and run.stderr.count(b'\n') != 1):
                wrong.append((number, what, f'status {run.returncode}', run.stderr[:200]))
            elif answer == 'reproduced' and not known:
                wrong.append((number, what, 'reproduced, and no known nuisance'))
    print(f"{sum(told.values())} mutants of {len(paths)} archives: " +
          ', '.join(f'{told[answer]} {answer}' for answer in sorted(told)) + f'; {len(wrong)} unexplained')
    for item in wrong[:30]:
        print(*item)
    return bool(wrong) or not told


if __name__ == '__main__':
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
