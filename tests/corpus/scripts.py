#!/usr/bin/env python3
"""scripts.py SAMEBYTES PUBLISHED CONTEXT [CORPUS]: of every archive that `audit --script` writes a script for, the script and the
verdict must agree. The archives are made from the published image's facts (PUBLISHED, of CONTEXT), each fact varied as far as it goes,
and recorded ones of CORPUS/fixtures/engines. Counts, and ends with 1 where two disagree."""
import copy
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile


def agree(program, blob, context, work):
    """None where no script is written; else whether both say the same, and what they say."""
    script = os.path.join(work, 'script')
    if os.path.exists(script):
        os.remove(script)
    audit = subprocess.run([program, 'audit', '--json', '--source', context, '--script', script, blob], capture_output=True)
    if not os.path.exists(script) or os.path.getsize(script) == 0:
        return None, audit.stderr.decode()
    verdict = json.loads(audit.stdout)['verdict']
    ran = subprocess.run(['sh', script, context, blob], capture_output=True)
    said = 'identical' if ran.returncode == 0 and ran.stdout.endswith(b'identical\n') else 'different'
    return (verdict == 'identical') == (said == 'identical'), f'audit {verdict}, script {said} {ran.stderr.decode()[:200]}'


def varied(facts):
    """Facts as they are, and with one of them another."""
    def change(*path, value):
        made = copy.deepcopy(facts)
        at = made
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
        return made
    yield 'as they are', facts
    yield 'plain modes', {**facts, 'plain_modes': True}
    for mode in ('0', '1', '644', '755', '7777', '2750'):
        yield f'mode {mode}', change('steps', 0, 'mode', value=mode)
    for mtime in (-1, -86400 * 365 * 200, 0, 1, 2 ** 31, 2 ** 33 - 1, 2 ** 33, 2 ** 40):
        yield f'mtime {mtime}', change('steps', 0, 'mtime', value=mtime)
    for created in ('1969-12-31T23:59:59Z', '1900-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '1970-01-01T00:00:00.999999999Z',
                    '2242-03-16T12:56:32Z', '2500-01-01T00:00:00Z', '9999-12-31T23:59:59.1Z'):
        yield f'created {created}', change('steps', 0, 'created', value=created)
    for names in (None, [], ['a/b:c'], ['localhost:5000/x/y:z', 'a:b']):
        yield f'names {names}', {**facts, 'names': names}
    if len(facts['encodings']) < 2:
        return
    for name in ("it's", 'a b', '%s\\n', 'x' * 255):
        made = copy.deepcopy(facts)
        made['encodings'][1]['name'] = name
        yield f'gzip name {name[:10]}', made
    for number in (0, 1, 2 ** 32 - 1):
        made = copy.deepcopy(facts)
        made['encodings'][1]['mtime'] = number
        yield f'gzip mtime {number}', made


def crafted(program, published, context, work):
    facts = json.loads(subprocess.run([program, 'inspect', '--facts', published], capture_output=True, check=True).stdout)
    blob = os.path.join(work, 'blob')
    for name, made in varied(facts):
        built = subprocess.run([program, 'build', '--facts', '-', context, '-o', blob], input=json.dumps(made).encode(), capture_output=True)
        if built.returncode == 0:
            yield name, blob


def recorded(program, corpus, work):
    with open(os.path.join(corpus, 'fixtures/engines/manifest.json'), encoding='utf-8') as file:
        entries = [e for e in json.load(file) if e['context'] == 'founding' and not e['file'].split('/')[0].endswith('-oci')]
    context = os.path.join(work, 'founding')
    subprocess.run(['tar', '-C', work, '-xpf', os.path.join(corpus, 'fixtures/contexts/founding.tar.xz')], check=True)
    saved = os.path.join(work, 'saved.tar')
    for entry in entries:
        with open(os.path.join(corpus, 'fixtures/engines', entry['file']), 'rb') as file, open(saved, 'wb') as out:
            out.write(lzma.decompress(file.read()))
        yield entry['file'], saved, context
        if 'docker-20.10.24-classic/founding-1' in entry['file']:
            for name, blob in crafted(program, saved, context, work):
                yield f"{entry['file']}, {name}", blob, context


def main(program, published, context, corpus=None):
    agreed, silent, bad = 0, 0, []
    with tempfile.TemporaryDirectory() as work:
        cases = ((name, blob, context) for name, blob in crafted(program, published, context, work))
        for source in (cases, recorded(program, corpus, work) if corpus else ()):
            for name, blob, folder in source:
                same, said = agree(program, blob, folder, work)
                if same is None:
                    silent += 1
                elif same:
                    agreed += 1
                else:
                    bad.append((name, said))
    print(f'{agreed} scripts agree with audit, {len(bad)} do not, {silent} archives have none')
    for item in bad:
        print(*item)
    sys.exit(bool(bad) or not agreed)


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
