#!/usr/bin/env python3
"""story.py SAMEBYTES SUITES RESULT: the steps by which the article of 2018 came to its image, taken again with the tools of this
machine and of other Debian releases (the root file systems below SUITES, which `make suites` makes), claimed against measured.
RESULT gets the figures as JSON, standard output the same as Markdown. What an engine must say is asked where one answers."""
import base64
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '../..')
PUBLISHED = os.path.join(ROOT, 'tests/fixtures/published/ian-miell-2018.b64')
SUITE = os.path.join(ROOT, 'tools/engines/suite.sh')
RELEASES = ['bullseye', 'bookworm', 'trixie', 'sid']
CLAIMED = {'hello': 504, 'exit': 352, 'pause': 344}
LINKING = {'as ld does by itself': '', 'with -z noseparate-code': '-z noseparate-code'}
SECONDS = 60


def shell(command, folder, root=None):
    """What it says; None where it fails."""
    words = ['chroot', root, 'sh', '-c', f'cd /{os.path.relpath(folder, root)} && {command}'] if root else ['sh', '-c', command]
    run = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False,
                         text=True, env={**os.environ, 'PATH': '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C'})
    return run.stdout if run.returncode == 0 else None


def link(root):
    """Sizes of the three programs, by each way of linking; the linker's version."""
    with tempfile.TemporaryDirectory(dir=os.path.join(root, 'tmp') if root else None) as folder:
        for name in CLAIMED:
            shutil.copy(os.path.join(HERE, f'{name}.asm'), folder)
        said = shell('ld --version', folder, root)
        if said is None:
            return None, {}
        sizes = {}
        for way, flags in LINKING.items():
            for name in CLAIMED:
                made = shell(f'nasm -f elf64 {name}.asm -o {name}.o && ld {flags} -o {name} {name}.o && strip {name} && '
                             f'stat -c %s {name}', folder, root)
                sizes.setdefault(name, {})[way] = int(made) if made else None
        return said.splitlines()[0].split()[-1], sizes


def has_linker(suites, release):
    """Whether the release's root file system is there, and has a linker or can get one."""
    if os.geteuid() != 0 or not os.path.exists(os.path.join(suites, release, '.complete')):
        return False
    added = subprocess.run([SUITE, 'add', release, 'binutils'], env={**os.environ, 'SAMEBYTES_SUITES': suites}, check=False)
    return added.returncode == 0


def linked(suites):
    rows = [('this machine', *link(None))]
    for release in RELEASES:
        root = os.path.join(suites, release)
        there = has_linker(suites, release)
        rows.append((release, *(link(root) if there else (None, {}))))
    return rows


def published():
    with open(PUBLISHED, 'rb') as file:
        return base64.b64decode(file.read())


def compressed_by_others():
    """The archive inside the article's blob, by each compressor; and whether `docker load` takes it."""
    archive = gzip.decompress(published())
    commands = {'gzip -9': 'gzip -9nc', 'bzip2 -9': 'bzip2 -9c', 'xz -9e': 'xz -9ec', 'zstd -19': 'zstd -19 --no-progress -qc',
                'zstd --ultra -22': 'zstd --ultra -22 --no-progress -qc', 'lzma -9e': 'xz --format=lzma -9ec',
                'zopfli': 'cat > in; zopfli --i1000 -c in'}
    engine = subprocess.run(['docker', 'version', '--format', '{{.Server.Version}}'], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=False, text=True).stdout.strip() if shutil.which('docker') else ''
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, command in commands.items():
            run = subprocess.run(['sh', '-c', command], cwd=folder, input=archive, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                 check=False)
            if run.returncode:
                rows.append({'compressor': name, 'bytes': None, 'loads': None})
                continue
            loads = None
            if engine:
                loads = subprocess.run(['docker', 'load', '--quiet'], input=run.stdout, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, check=False, timeout=SECONDS).returncode == 0
                subprocess.run(['docker', 'rmi', '--force', 't:latest'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               check=False)
            rows.append({'compressor': name, 'bytes': len(run.stdout), 'loads': loads})
    return engine, rows


def build(samebytes, dockerfile):
    """Bytes of the canonical archive under gzip -9n."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'Dockerfile'), 'w', encoding='utf-8') as file:
            file.write(dockerfile)
        subprocess.run([samebytes, 'build', '-q', folder, '--assemble', f't={ROOT}/asm/t.asm', '--image', 't', '-o',
                        f'{folder}/out.tar.gz'], check=True)
        return os.path.getsize(f'{folder}/out.tar.gz')


def saved_with(samebytes, dockerfile):
    """Bytes of `docker save | gzip -9` as Docker 17.09 wrote it, for that Dockerfile: from the facts of the article's blob."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([samebytes, 'inspect', f'--facts={folder}/facts', PUBLISHED], check=True)
        with open(f'{folder}/facts', encoding='utf-8') as file:
            facts = json.load(file)
        facts['encodings'] = [one for one in facts['encodings'] if one['codec'] == 'gzip']
        facts['steps'] += [{'created': facts['steps'][0]['created'].replace('.5', '.6')}] * (dockerfile.count('\n') - 2)
        os.mkdir(f'{folder}/context')
        with open(f'{folder}/facts', 'w', encoding='utf-8') as file:
            json.dump(facts, file)
        with open(f'{folder}/context/Dockerfile', 'w', encoding='utf-8') as file:
            file.write(dockerfile)
        subprocess.run(['nasm', '-f', 'bin', '-o', f'{folder}/context/t', f'{ROOT}/asm/t.asm'], check=True)
        os.chmod(f'{folder}/context/t', 0o775)
        subprocess.run([samebytes, 'build', '-q', '--facts', f'{folder}/facts', f'{folder}/context', '-o', f'{folder}/out.gz'], check=True)
        return os.path.getsize(f'{folder}/out.gz')


def assembled():
    with tempfile.TemporaryDirectory() as folder:
        return int(shell(f'nasm -f bin -o t {os.path.abspath(ROOT)}/asm/t.asm && stat -c %s t', folder))


def audited(samebytes):
    run = subprocess.run([samebytes, 'audit', '--json', PUBLISHED, '--source', ROOT, '--assemble', f't={ROOT}/asm/t.asm'],
                         stdout=subprocess.PIPE, check=False, text=True)
    return json.loads(run.stdout)


def table(heading, lines):
    print(f'| {" | ".join(heading)} |\n|{"---|" * len(heading)}')
    for line in lines:
        print(f'| {" | ".join("" if cell is None else str(cell) for cell in line)} |')
    print()


def main(samebytes, suites, result):
    samebytes = os.path.abspath(samebytes)
    rows = linked(suites)
    engine, others = compressed_by_others()
    audit = audited(samebytes)
    files = {text: f'FROM scratch\nADD t /t\n{text}' for text in ('', 'CMD ["/t"]\n', 'ENTRYPOINT ["/t"]\n', 'CMD /t\n')}
    commands = [{'command': text.strip(), 'saved': saved_with(samebytes, file), 'canonical': build(samebytes, file)}
                for text, file in files.items()]
    figures = {'schema': 1, 'linked': [{'where': where, 'ld': version, 'sizes': sizes} for where, version, sizes in rows],
               'assembled': assembled(), 'published': {'bytes': audit['bytes'], 'verdict': audit['verdict']},
               'commands': commands, 'engine': engine, 'compressors': others}
    with open(result, 'w', encoding='utf-8') as file:
        json.dump(figures, file, indent=1)
    print('### Linked programs\n')
    table(['program', 'claimed', 'linked', *(f'{where} (ld {version or "not there"})' for where, version, _ in rows)],
          [[name, claimed, way, *(sizes.get(name, {}).get(way) for _, _, sizes in rows)]
           for name, claimed in CLAIMED.items() for way in LINKING])
    print('### Without a linker\n')
    table(['step', 'claimed', 'measured'],
          [['the ELF header written out in nasm (asm/t.asm)', 127, figures['assembled']],
           ['docker save t \\| gzip -9', 976, f"{audit['bytes']}: {audit['verdict']} to what source and facts give"]])
    print('### What a command costs\n')
    table(['FROM scratch, ADD t /t and', 'saved by Docker 17.09, gzip -9', 'more', 'canonical, gzip -9n', 'more'],
          [[f"`{row['command']}`" if row['command'] else 'nothing', row['saved'], f"{row['saved'] - commands[0]['saved']:+d}",
            row['canonical'], f"{row['canonical'] - commands[0]['canonical']:+d}"] for row in commands])
    print(f'### Other compressors, of the archive in the blob{f" (docker load: Docker {engine})" if engine else ""}\n')
    table(['compressor', 'bytes', 'against 976', 'docker load'],
          [[row['compressor'], row['bytes'] or 'not here', row['bytes'] and f"{row['bytes'] - 976:+d}",
            {True: 'takes it', False: 'refuses it', None: 'no engine was asked'}[row['loads']]] for row in others])
    return 0 if audit['verdict'] == 'identical' and figures['assembled'] == 127 and commands[0]['saved'] == 976 else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
