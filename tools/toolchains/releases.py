#!/usr/bin/env python3
"""releases.py SUITES RESULT: nasm, tar and gzip of other Debian releases, in the root file systems below SUITES (which
`make suites` makes): the same program, the same canonical archive, and the 976 bytes of 2018, or the tool that parts.
RESULT gets the table as JSON, standard output the same as Markdown. Ends with 1 where a release that is there differs."""
import base64
import gzip
import json
import os
import subprocess
import sys
import tempfile

import matrix

RELEASES = ['bullseye', 'bookworm', 'trixie', 'sid']
PUBLISHED = os.path.join(matrix.HERE, '../../tests/fixtures/published/ian-miell-2018.b64')


class Release:
    """One root file system."""

    def __init__(self, root):
        self.root = root
        self.folder = tempfile.mkdtemp(dir=os.path.join(root, 'tmp'))
        self.inside = '/' + os.path.relpath(self.folder, root)

    def run(self, command):
        run = subprocess.run(['chroot', self.root, 'sh', '-c', f'cd {self.inside} && {command}'], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False, env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C'})
        if run.returncode != 0:
            raise matrix.Failed(f'{command.split()[0]}: {run.stdout.decode(errors="replace").strip()}')
        return run.stdout

    def version(self, package):
        return self.run(f"dpkg-query -f '${{Version}}' -W {package}").decode()

    def produce(self, command, files):
        self.run('rm -rf work out && mkdir work')
        for name, (data, mode) in files.items():
            path = os.path.join(self.folder, 'work', name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                file.write(data)
            os.chmod(path, mode)
        with open(os.path.join(self.folder, 'names'), 'w', encoding='utf-8') as file:
            file.write(''.join(f'{name}\n' for name in sorted(files)))
        self.run(f'cd work && {command}')
        with open(os.path.join(self.folder, 'out'), 'rb') as file:
            return file.read()

    def archive(self, files):
        command = matrix.ARCHIVERS[0][3].format(out='../out', names='../names')
        return self.produce(command, files)

    def compress(self, data):
        return self.produce('gzip -9n <data >../out', {'data': (data, 0o644)})


def deflate_of(member):
    """Behind the header (with a name, where it says so), before the trailer."""
    return member[member.index(b'\0', 10) + 1 if member[3] & 8 else 10:-8]


def measure(root, assembly, reference):
    release = Release(root)
    program = release.produce('nasm -f bin -o ../out t.asm', {'t.asm': (assembly, 0o644)})
    layer = release.archive({'t': (program, 0o775)})
    archive = release.archive(matrix.image_files(layer))
    with open(PUBLISHED, 'rb') as file:
        published = base64.b64decode(file.read())
    again = release.compress(gzip.decompress(published))
    header = len(published) - 8 - len(deflate_of(published))
    row = {'nasm': release.version('nasm'), 'tar': release.version('tar'), 'gzip': release.version('gzip'),
           'program': program == reference['program'], 'archive': archive == reference['archive'],
           'compressed': len(release.compress(archive)),
           'published': published[:header] + deflate_of(again) + published[-8:] == published}
    release.run(f'rm -rf {release.inside}')
    return row


def main(suites, result):
    with open(os.path.join(matrix.ASM, 't.asm'), 'rb') as file:
        assembly = file.read()
    program = matrix.produce(matrix.ASSEMBLERS[0][3], matrix.plain, asm=matrix.ASM)
    reference = {'program': program, 'archive': matrix.build(matrix.ARCHIVERS[0][3], program, matrix.plain)}
    rows = []
    for name in RELEASES:
        row = {'release': name, 'reason': None}
        root = os.path.join(suites, name)
        if not os.path.exists(os.path.join(root, '.complete')):
            row['reason'] = 'no root file system here (make suites)'
        elif os.geteuid() != 0:
            row['reason'] = 'needs root'
        else:
            try:
                row |= measure(root, assembly, reference)
            except matrix.Failed as trouble:
                row['reason'] = str(trouble)
        rows.append(row)
    with open(result, 'w', encoding='utf-8') as file:
        json.dump({'schema': 1, 'releases': rows}, file, indent=1)
    matrix.table(['release', 'nasm', 'tar', 'gzip', '127 bytes', 'canonical archive', 'gzip -9n', 'the 976 bytes of 2018'],
                 [[row['release'], row['reason'], *[''] * 6] if row['reason'] else
                  [row['release'], row['nasm'], row['tar'], row['gzip'], matrix.yes(row['program']), matrix.yes(row['archive']),
                   row['compressed'], matrix.yes(row['published'])] for row in rows])
    return 0 if all(row['reason'] or (row['program'] and row['archive'] and row['published']) for row in rows) else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
