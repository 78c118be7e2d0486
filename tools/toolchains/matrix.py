#!/usr/bin/env python3
"""matrix.py SAMEBYTES RESULT: the founding image by every assembler, archiver and compressor there is.

Each tool runs twice, the second time in other surroundings: another time (faketime), time zone, locale, umask, HOME, user,
folder, order of files, number of processors, kernel personality. RESULT gets the table as JSON; standard output the same
as Markdown. A tool that is missing or fails is a row with its reason. Ends with 1 where a cell is not as CANONICAL says it
must be: not the same twice, or not to be explained."""
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# What others than this user have to read is copied to where they can.
KEPT = tempfile.TemporaryDirectory()
os.chmod(KEPT.name, 0o755)
ASM = shutil.copytree(os.path.join(HERE, '../../asm'), os.path.join(KEPT.name, 'asm'))
BUDGET = 1000
SECONDS = 120

# name, program, how its version is asked, command: {asm} the folder of sources, {out} what it writes
ASSEMBLERS = [
    ('nasm', 'nasm', ['-v'], 'nasm -f bin -o {out} {asm}/t.asm'),
    ('yasm', 'yasm', ['--version'], 'yasm -f bin -o {out} {asm}/t.asm'),
    ('GNU as', 'as', ['--version'], 'as --64 -o {out}.o {asm}/t.S && objcopy -O binary -j .text {out}.o {out}'),
    ('clang', 'clang', ['--version'],
     'clang -c -target x86_64-linux-gnu -o {out}.o {asm}/t.S && objcopy -O binary -j .text {out}.o {out}'),
    ('fasm', 'fasm', [], 'fasm {asm}/t.fasm {out} >/dev/null'),
]

# In the folder of the files, whose names stand in {names}, one a line. Times are set before, for those that take the files'.
ARCHIVERS = [
    ('GNU tar', 'tar', ['--version'],
     'tar --create --format=gnu --blocking-factor=1 --mtime=@0 --numeric-owner --owner=:0 --group=:0 --no-recursion '
     '--file {out} --files-from {names}'),
    ('bsdtar', 'bsdtar', ['--version'],
     'bsdtar -c --format gnutar -b 1 --uid 0 --gid 0 --uname "" --gname "" -n -f {out} -T {names}'),
    ('busybox tar', 'busybox', ['--help'], 'xargs busybox tar -c --numeric-owner -f {out} <{names}'),
    ('samebytes', None, [], None),
]

COMPRESSORS = [
    ('GNU gzip', 'gzip', ['--version'], 'gzip -9n <{in_} >{out}'),
    ('pigz', 'pigz', ['--version'], 'pigz -9nc <{in_} >{out}'),
    ('busybox gzip', 'busybox', ['--help'], 'busybox gzip -9 <{in_} >{out}'),
    ('zlib', 'python3', ['-c', 'import zlib; print("zlib", zlib.ZLIB_RUNTIME_VERSION)'],
     'python3 -c "import sys, zlib; z = zlib.compressobj(9, 8, 31); '
     'sys.stdout.buffer.write(z.compress(sys.stdin.buffer.read()) + z.flush())" <{in_} >{out}'),
    ('libdeflate', 'libdeflate-gzip', ['-V'], 'libdeflate-gzip -12 -c <{in_} >{out}'),
    ('zopfli', 'zopfli', [], 'cp {in_} {out}.in && zopfli --i100 -c {out}.in >{out}'),
    ('7z', '7z', [], '7z a -tgzip -mx=9 -si -so dummy <{in_} >{out} 2>/dev/null'),
    ('igzip', 'igzip', ['--version'], 'igzip -3 -c <{in_} >{out}'),
]

PACKAGES = {'libdeflate-gzip': 'libdeflate-tools', '7z': 'p7zip-full', 'igzip': 'isal'}


class Failed(Exception):
    """A tool that did not do its work; the reason."""


def version_of(program, arguments):
    if program is None:
        return ''
    if not shutil.which(program):
        raise Failed('not installed')
    if arguments:
        run = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                             errors='replace')
        found = re.search(r'\d+(\.[\w.+-]*\w)?', run.stdout)
        if found:
            return found.group()
    package = PACKAGES.get(program, program)
    said = subprocess.run(['dpkg-query', '-f', '${Version}', '-W', package], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=False).stdout
    return said or '?'


def plain(command, folder):
    return ['bash', '-c', f'umask 022; {command}'], {'PATH': os.environ['PATH'], 'HOME': folder, 'TZ': 'UTC0', 'LC_ALL': 'C'}


def varied(command, folder):
    """The same in other surroundings, as far as this machine has the tools for them."""
    words = ['bash', '-c', f'umask 077; {command}']
    if shutil.which('faketime'):
        words = ['faketime', '2031-05-06 07:08:09', *words]
    words = ['setarch', os.uname().machine, '--addr-no-randomize', '--uname-2.6', *words]
    words = ['taskset', '-c', '0', *words]
    if os.geteuid() == 0:
        words = ['setpriv', '--reuid=1234', '--regid=1234', '--clear-groups', *words]
    return words, {'PATH': os.environ['PATH'], 'HOME': '/nonexistent', 'TZ': 'Pacific/Kiritimati', 'LC_ALL': 'C.UTF-8',
                   'LANG': 'de_DE.UTF-8', 'USER': 'nobody'}


def produce(command, surroundings, prepare=None, **names):
    """The bytes that the command writes to {out} in a new folder."""
    with tempfile.TemporaryDirectory(prefix='a' if surroundings is plain else 'another folder '.replace(' ', '-')) as folder:
        os.chmod(folder, 0o777)
        work = os.path.join(folder, 'work')
        os.mkdir(work)
        if prepare:
            prepare(work, surroundings is varied)
        out = os.path.join(folder, 'out')
        words, environment = surroundings(command.format(out=out, **names), folder)
        run = subprocess.run(words, cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                             timeout=SECONDS, text=True, errors='replace')
        if run.returncode != 0 or not os.path.exists(out):
            raise Failed(f'status {run.returncode}: {run.stdout.strip().splitlines()[-1] if run.stdout.strip() else "no word"}')
        with open(out, 'rb') as file:
            return file.read()


MADE = {}


def twice(command, **names):
    """What the command makes, and whether it makes it again; each command and input once."""
    key = (command, *sorted(names.items()))
    if key not in MADE:
        first = produce(command, plain, **names)
        MADE[key] = first, produce(command, varied, **names) == first
    return MADE[key]


# the image, file by file


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(',', ':')).encode()


def digest(data):
    return hashlib.sha256(data).hexdigest()


def write_files(folder, files, backwards):
    """Files with the modes and times that archivers take over; in another order the second time."""
    for name, (data, mode) in sorted(files.items(), reverse=backwards):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(data)
        os.chmod(path, mode)
        os.utime(path, (0, 0))
    for root, folders, _ in os.walk(folder):
        for name in folders:
            os.chmod(os.path.join(root, name), 0o755)


def image_files(layer):
    """CANONICAL.md's archive of the founding image, with that layer."""
    prefix = 'application/vnd.oci.image.'
    path = ':'.join(['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'])
    epoch = '1970-01-01T00:00:00Z'
    config = canonical({'architecture': 'amd64', 'config': {'Env': [f'PATH={path}']}, 'created': epoch,
                        'history': [{'created': epoch}], 'os': 'linux',
                        'rootfs': {'diff_ids': [f'sha256:{digest(layer)}'], 'type': 'layers'}})

    def descriptor(kind, data):
        return {'digest': f'sha256:{digest(data)}', 'mediaType': prefix + kind, 'size': len(data)}

    manifest = canonical({'config': descriptor('config.v1+json', config), 'layers': [descriptor('layer.v1.tar', layer)],
                          'mediaType': prefix + 'manifest.v1+json', 'schemaVersion': 2})
    index = canonical({'manifests': [{'annotations': {'io.containerd.image.name': 'docker.io/library/t:latest',
                                                      'org.opencontainers.image.ref.name': 'latest'},
                                      **descriptor('manifest.v1+json', manifest)}],
                       'mediaType': prefix + 'index.v1+json', 'schemaVersion': 2})
    docker = canonical([{'Config': f'blobs/sha256/{digest(config)}', 'Layers': [f'blobs/sha256/{digest(layer)}'],
                         'RepoTags': ['t:latest']}])
    files = {f'blobs/sha256/{digest(data)}': data for data in (config, layer, manifest)}
    files |= {'index.json': index, 'manifest.json': docker, 'oci-layout': b'{"imageLayoutVersion":"1.0.0"}'}
    return {name: (data, 0o644) for name, data in files.items()}


def archive(command, files, surroundings):
    def prepare(work, backwards):
        write_files(work, files, backwards)
        with open(os.path.join(work, '../names'), 'w', encoding='utf-8') as file:
            file.write(''.join(f'{name}\n' for name in sorted(files)))
    return produce(command, surroundings, prepare, names='../names')


def build(command, program, surroundings):
    """The whole archive by one archiver: the layer, and the archive around it."""
    layer = archive(command, {'t': (program, 0o775)}, surroundings)
    return archive(command, image_files(layer), surroundings)


def by_samebytes(samebytes, program, surroundings):
    def prepare(work, _):
        write_files(work, {'context/t': (program, 0o775), 'context/Dockerfile': (b'FROM scratch\nADD t /t\n', 0o644)}, False)
    return produce(f'{samebytes} build -q context --image t -o {{out}}.tar && mv {{out}}.tar {{out}}', surroundings, prepare)


FIELDS = [(0, 100, 'name'), (100, 8, 'mode'), (108, 8, 'uid'), (116, 8, 'gid'), (124, 12, 'size'), (136, 12, 'mtime'),
          (148, 8, 'chksum'), (156, 1, 'typeflag'), (157, 100, 'linkname'), (257, 8, 'magic'), (265, 32, 'uname'), (297, 32, 'gname'),
          (329, 8, 'devmajor'), (337, 8, 'devminor'), (345, 155, 'prefix')]


def explain(made, reference):
    """The fields of the layer's one header that are not the reference's; both are archives."""
    def header(data):
        return re.search(rb't\0{99}0000775.{404}', data, re.S)
    ours, theirs = header(made), header(reference)
    if not ours or not theirs:
        return 'its layer has no header for t'
    fields = [(at, size, name) for at, size, name in FIELDS if name != 'chksum' and
              ours.group()[at:at + size] != theirs.group()[at:at + size]]
    if not fields:
        return f'{len(made)} bytes, not {len(reference)}: the end of the archive'

    def text(found, at, size):
        value = found.group()[at:at + size].rstrip(b'\0').decode(errors='backslashreplace')
        return f'`{value}`' if value else 'empty'
    return '; '.join(f'byte {at} of the header: {name} is {text(ours, at, size)}, not {text(theirs, at, size)}'
                     for at, size, name in fields)


def normalised(samebytes, made):
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/in.tar', 'wb') as file:
            file.write(made)
        run = subprocess.run([samebytes, 'normalize', '-q', '--canonical', f'{folder}/in.tar', '-o', f'{folder}/out.tar'],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if run.returncode:
            raise Failed(f'samebytes normalize: {run.stdout.strip()}')
        with open(f'{folder}/out.tar', 'rb') as file:
            return file.read()


def row_of(kind, name, program, arguments, make):
    row = {'kind': kind, 'name': name, 'version': '', 'reason': None}
    try:
        row['version'] = version_of(program, arguments)
        return row, make()
    except (Failed, subprocess.TimeoutExpired, OSError) as trouble:
        row['reason'] = str(trouble)
        return row, None


def measure(samebytes):
    rows, cells = [], []
    reference_program = produce(ASSEMBLERS[0][3], plain, asm=ASM)
    reference = by_samebytes(samebytes, reference_program, plain)
    reference_gzip = produce(COMPRESSORS[0][3], plain, in_=keep(reference))
    programs = []
    for name, program, arguments, command in ASSEMBLERS:
        row, made = row_of('assembler', name, program, arguments, lambda c=command: twice(c, asm=ASM))
        if made:
            row |= {'bytes': len(made[0]), 'same_twice': made[1], 'same_as_reference': made[0] == reference_program}
            programs.append((name, made[0]))
        rows.append(row)
    archivers = []
    for name, program, arguments, command in ARCHIVERS:
        def both(command=command):
            how = (lambda s: build(command, reference_program, s)) if command else \
                (lambda s: by_samebytes(samebytes, reference_program, s))
            first = how(plain)
            return first, how(varied) == first
        row, made = row_of('archiver', name, program, arguments, both)
        if made:
            equal = made[0] == reference
            row |= {'bytes': len(made[0]), 'same_twice': made[1], 'same_as_reference': equal,
                    'differs': None if equal else explain(made[0], reference),
                    'same_when_normalised': normalised(samebytes, made[0]) == reference}
            archivers.append((name, command))
        rows.append(row)
    for name, program, arguments, command in COMPRESSORS:
        row, made = row_of('compressor', name, program, arguments, lambda c=command: twice(c, in_=keep(reference)))
        if made:
            row |= {'bytes': len(made[0]), 'same_twice': made[1], 'same_as_reference': made[0] == reference_gzip,
                    'under_budget': len(made[0]) < BUDGET, 'unpacks': unpacks(made[0], reference)}
        rows.append(row)
    for assembler, program in programs:
        for archiver, command in archivers:
            key = (archiver, program)
            if key not in MADE:
                MADE[key] = build(command, program, plain) if command else by_samebytes(samebytes, program, plain)
            made = MADE[key]
            path = keep(made)
            for name, tool, arguments, compress in COMPRESSORS:
                cell, packed = row_of('cell', f'{assembler} × {archiver} × {name}', tool, [],
                                      lambda c=compress, p=path: twice(c, in_=p))
                cell |= {'assembler': assembler, 'archiver': archiver, 'compressor': name}
                if packed:
                    cell |= {'bytes': len(packed[0]), 'same_twice': packed[1], 'under_budget': len(packed[0]) < BUDGET,
                             'same_as_reference': made == reference and packed[0] == reference_gzip,
                             'archive_is_reference': made == reference, 'unpacks': unpacks(packed[0], made)}
                cells.append(cell)
    return rows, cells


def keep(data):
    path = os.path.join(KEPT.name, digest(data))
    with open(path, 'wb') as file:
        file.write(data)
    os.chmod(path, 0o644)
    return path


def unpacks(packed, wanted):
    run = subprocess.run(['gzip', '-dc'], input=packed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return run.stdout == wanted


def yes(value):
    return {True: 'yes', False: '**no**', None: ''}[value]


def table(heading, lines):
    print(f'| {" | ".join(heading)} |\n|{"---|" * len(heading)}')
    for line in lines:
        print(f'| {" | ".join(str(cell) for cell in line)} |')
    print()


def report(rows, cells):
    def of(kind):
        return [row for row in rows if row['kind'] == kind]

    def line(row, *members):
        if row['reason']:
            return [row['name'], row['version'], row['reason'], *[''] * (len(members) - 1)]
        return [row['name'], row['version'], *(yes(row[m]) if isinstance(row[m], (bool, type(None))) else row[m] for m in members)]

    table(['assembler', 'version', 'bytes', 'same twice', 'same as nasm'],
          [line(row, 'bytes', 'same_twice', 'same_as_reference') for row in of('assembler')])
    table(['archiver', 'version', 'bytes', 'same twice', 'canonical', 'canonical when normalised', 'what differs in the layer'],
          [line(row, 'bytes', 'same_twice', 'same_as_reference', 'same_when_normalised', 'differs') for row in of('archiver')])
    table(['compressor', 'version', 'bytes', 'same twice', "GNU gzip's bytes", f'under {BUDGET}', 'unpacks'],
          [line(row, 'bytes', 'same_twice', 'same_as_reference', 'under_budget', 'unpacks') for row in of('compressor')])
    compressors = [row['name'] for row in of('compressor')]
    lines = {}
    for cell in cells:
        lines.setdefault((cell['assembler'], cell['archiver']), {})[cell['compressor']] = \
            cell['reason'] or f"{cell['bytes']}{'' if cell['same_twice'] else ' (not the same twice)'}"
    table(['assembler', 'archiver', *compressors],
          [[*pair, *(sizes[name] for name in compressors)] for pair, sizes in lines.items()])


def trouble_in(rows, cells):
    """What is there and not as it must be."""
    for row in rows + cells:
        if row['reason']:
            continue
        if not row['same_twice']:
            yield f"{row['name']}: not the same twice"
        if row['kind'] == 'assembler' and not row['same_as_reference']:
            yield f"{row['name']}: not the reference's program"
        if row['kind'] == 'archiver' and not row['same_when_normalised']:
            yield f"{row['name']}: not the canonical archive when normalised"
        if row.get('unpacks') is False:
            yield f"{row['name']}: what it writes does not unpack to what went in"


def main(samebytes, result):
    rows, cells = measure(shutil.copy(samebytes, os.path.join(KEPT.name, 'samebytes')))
    with open(result, 'w', encoding='utf-8') as file:
        json.dump({'schema': 1, 'budget': BUDGET, 'rows': rows, 'cells': cells}, file, indent=1)
    report(rows, cells)
    trouble = list(trouble_in(rows, cells))
    for line in trouble:
        print(f'{line}')
    return 1 if trouble else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
