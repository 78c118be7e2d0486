#!/usr/bin/env python3
"""profiles.py SAMEBYTES CORPUS FOLDER [EVERY]: for recorded archives of CORPUS/fixtures/FOLDER (all, or each EVERYth): the
facts are taken out, and the archive is made again from them and the context that it was built from. Counts, and ends with 1
where one is not the same. An encoder that is not there is said, and what it compressed is not counted. So is which engine inspect names."""
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile


def rebuild(program, saved, context, dockerfiles):
    facts = subprocess.run([program, 'inspect', '--facts', saved], capture_output=True)
    if facts.returncode:
        return None, facts.stderr.decode()
    files = [x for name in dockerfiles for x in ('-f', os.path.join(context, name))]
    built = subprocess.run([program, 'build', '--facts', '-', context, '-o', '-'] + files, input=facts.stdout, capture_output=True)
    return (built.stdout, '') if built.returncode == 0 else (None, built.stderr.decode())


def engine_of(program, saved):
    report = subprocess.run([program, 'inspect', '--json', saved], capture_output=True)
    return json.loads(report.stdout)['engine']


def number(version):
    return [int(x) for x in version.split('.')]


def named_well(entry, engine):
    """The engine itself, a range with its version in it, or nothing: never another."""
    if engine is None:
        return False
    low, high = engine['versions']
    if '-containerd' in entry['file']:  # docker save, ctr and BuildKit use one exporter
        return engine['name'] == 'containerd' and not low and not high
    if entry['engine'] != 'docker':
        return engine['name'] in ('containers/image', entry['engine'])
    version = number(entry['version'])
    return engine['name'] == 'docker' and (not low or number(low) <= version) and (not high or version <= number(high))


def main(program, corpus, recorded, every=1):
    engines = os.path.join(corpus, 'fixtures', recorded)
    with open(os.path.join(engines, 'manifest.json'), encoding='utf-8') as file:
        entries = json.load(file)
    same, bad, missing = 0, [], 0
    with tempfile.TemporaryDirectory() as work:
        for entry in entries[::every]:
            folder, name = entry['file'].split('/')
            if folder.endswith('-oci'):  # a layout folder, put into a tar by hand
                continue
            context = os.path.join(work, entry['context'])
            if not os.path.exists(context):
                archive = os.path.join(corpus, 'fixtures/contexts', entry['context'] + '.tar.xz')
                subprocess.run(['tar', '-C', work, '-xpf', archive], check=True)
            with open(os.path.join(engines, entry['file']), 'rb') as file:
                data = lzma.decompress(file.read())
            saved = os.path.join(work, 'saved.tar')
            with open(saved, 'wb') as file:
                file.write(data)
            if not named_well(entry, engine_of(program, saved)):
                bad.append((entry['file'], 'the engine is named wrong'))
            made, why = rebuild(program, saved, context, ['Dockerfile', 'Dockerfile.2'] if entry['context'] == 'twoimages' else [])
            if made == data:
                same += 1
            elif 'encoder' in why:
                missing += 1
            else:
                bad.append((entry['file'], why.strip() or 'other bytes'))
    print(f'{same} archives made again, {missing} need an encoder that is not here, {len(bad)} not')
    for item in bad[:20]:
        print(*item)
    sys.exit(bool(bad) or not same)


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3], *(int(x) for x in sys.argv[4:]))
