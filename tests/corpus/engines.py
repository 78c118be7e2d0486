#!/usr/bin/env python3
"""engines.py SAMEBYTES SUITE_SH [--sample N] FOLDER… -- SUITE:CLIENT[:STORE]…: crafted archives shown to real engines. What an engine loads
must have the configuration and the files that samebytes says, or samebytes must refuse it or report an ambiguity. FOLDER is a corpus with
expect.json. Ends with one line for each engine, and non-zero where the two disagree in silence."""
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# What engines put into every container.
ADDED = {'.dockerenv', 'dev', 'dev/console', 'dev/pts', 'dev/shm', 'etc', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf',
         'etc/mtab', 'proc', 'sys', 'run', 'run/.containerenv'}


def files_of(tar, whiteouts):
    """path → what a container sees of it, of a tar without surprises."""
    found, names = {}, {}
    for entry in tar:
        path = os.path.normpath('/' + entry.name).lstrip('/')
        base = os.path.basename(path)
        if whiteouts and base.startswith('.wh.'):
            continue
        if entry.islnk():
            names[path] = os.path.normpath('/' + entry.linkname).lstrip('/')
            continue
        content = hashlib.sha256(tar.extractfile(entry).read()).hexdigest() if entry.isfile() else ''
        found[path] = (entry.type if not entry.isfile() else b'0', entry.linkname if entry.issym() else '',
                       0o777 if entry.issym() else entry.mode & 0o7777, entry.uid, entry.gid, content)
    for path, target in names.items():
        while target in names:
            target = names[target]
        found[path] = found.get(target, ('missing', target))
    return found


def hide(files, tar):
    """What a layer's whiteouts remove from the layers below."""
    for entry in tar:
        path = os.path.normpath('/' + entry.name).lstrip('/')
        folder, base = os.path.split(path)
        if base == '.wh..wh..opq':
            gone = [p for p in files if p.startswith(folder + '/' if folder else '')]
        elif base.startswith('.wh.'):
            victim = os.path.join(folder, base[4:])
            gone = [p for p in files if p == victim or p.startswith(victim + '/')]
        else:
            gone = [p for p in files if p.startswith(path + '/')] if not entry.isdir() else []
        for p in gone:
            del files[p]


def said_of(samebytes, path, work):
    """What samebytes says: None where it refuses or calls it ambiguous, else (config digest, files)."""
    canonical = os.path.join(work, 'canonical.tar')
    normal = subprocess.run([samebytes, 'normalize', '--canonical', '-q', path, '-o', canonical], stderr=subprocess.DEVNULL, check=False)
    inspect = subprocess.run([samebytes, 'inspect', '--json', path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if normal.returncode or inspect.returncode:
        return None
    report = json.loads(inspect.stdout)
    files = {}
    with tarfile.open(canonical) as archive:
        manifest = json.load(archive.extractfile('manifest.json'))[0]
        for name in manifest['Layers']:
            with tarfile.open(fileobj=archive.extractfile(name)) as layer:
                hide(files, layer)
            with tarfile.open(fileobj=archive.extractfile(name)) as layer:
                files.update(files_of(layer, True))
    # Folders that no layer has are made.
    for path in list(files):
        while (path := os.path.dirname(path)):
            files.setdefault(path, (tarfile.DIRTYPE, '', 0o755, 0, 0, ''))
    files.pop('', None)
    return report['identity']['config'].removeprefix('sha256:'), files


def seen_by(samebytes, out, name):
    """What the engine has: None where it refused, else (config digest, files; files None where it did not say)."""
    if not os.path.exists(os.path.join(out, name + '.id')):
        return None
    with open(os.path.join(out, name + '.id'), encoding='ascii') as file:
        config = file.read().strip()
    if os.path.exists(os.path.join(out, name + '.save')):
        inspect = subprocess.run([samebytes, 'inspect', '--json', os.path.join(out, name + '.save')], stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, check=False)
        config = json.loads(inspect.stdout)['identity']['config'].removeprefix('sha256:') if inspect.returncode == 0 else 'unreadable'
    files = None
    if os.path.exists(os.path.join(out, name + '.tar')):
        with tarfile.open(os.path.join(out, name + '.tar')) as tar:
            files = files_of(tar, False)
    return config, files


def differences(said, seen):
    if said[0] != seen[0]:
        yield f'config {seen[0][:12]}, not {said[0][:12]}'
    if seen[1] is None:
        return
    for path in sorted(said[1].keys() | seen[1].keys()):
        a, b = said[1].get(path), seen[1].get(path)
        if a != b and path and path not in ADDED:
            yield f'/{path}: {b}, not {a}'


def serve(suite_sh, suite, store, folder):
    engine = subprocess.Popen([suite_sh, 'serve', suite, store, folder])
    waited = subprocess.run([suite_sh, 'wait', folder], stderr=subprocess.PIPE, check=False)
    return engine, waited.stderr.decode().strip() if waited.returncode else ''


def show(samebytes, suite_sh, spec, cases, said, work):
    """One engine: counts, and the silent disagreements."""
    suite, client, store = (spec.split(':') + ['overlay2'])[:3]
    store = 'none' if client != 'docker' else store
    folder = os.path.join(work, spec.replace(':', '-'))
    out = os.path.join(folder, 'out')
    os.makedirs(out)
    listing = os.path.join(folder, 'list')
    with open(listing, 'w', encoding='utf-8') as file:
        file.writelines(f'{name} /host{path}\n' for name, path in cases)
    made = subprocess.run([suite_sh, 'make', suite], stderr=subprocess.PIPE, check=False)
    engine, why = serve(suite_sh, suite, store, folder) if made.returncode == 0 else (None, made.stderr.decode().strip())
    counts = dict.fromkeys(('same', 'refused by both', 'refused here alone', 'refused there alone', 'different'), 0)
    try:
        if why:
            print(f'skipped {spec}: {why}')
            return counts, []
        subprocess.run([suite_sh, 'in', folder, '/host' + os.path.join(HERE, 'load.sh'), client, store, '/host' + listing, '/host' + out],
                       check=True)
    finally:
        if engine:
            engine.terminate()
            engine.wait()
    wrong = []
    for name, _ in cases:
        seen = seen_by(samebytes, out, name)
        if seen is None or said[name] is None:
            counts['refused by both' if seen is None and said[name] is None else
                   'refused there alone' if seen is None else 'refused here alone'] += 1
            continue
        found = list(differences(said[name], seen))
        counts['different' if found else 'same'] += 1
        wrong += [f'{spec}: {name}: {text}' for text in found[:3]]
    return counts, wrong


def main(arguments):
    samebytes, suite_sh, *rest = arguments
    sample = int(rest[1]) if rest[0] == '--sample' else 0
    rest = rest[2:] if sample else rest
    folders, specs = rest[:rest.index('--')], rest[rest.index('--') + 1:]
    cases = []
    for folder in folders:
        with open(os.path.join(folder, 'expect.json'), encoding='utf-8') as file:
            cases += [(c['id'], os.path.join(os.path.abspath(folder), c['file']), c['class'] in ('equal', 'different'))
                      for c in json.load(file)['cases'] if not c['file'].endswith('.b64') and 'bomb' not in c['id']]
    if sample:
        # The same few every time, spread over all families: two thirds that both should take.
        plain, odd = [c for c in cases if c[2]], [c for c in cases if not c[2]]
        cases = plain[::max(1, 3 * len(plain) // (2 * sample))] + odd[::max(1, 3 * len(odd) // sample)]
    cases = [c[:2] for c in cases]
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        said = {name: said_of(samebytes, path, work) for name, path in cases}
        for spec in specs:
            begin = time.monotonic()
            counts, wrong = show(samebytes, suite_sh, spec, cases, said, work)
            failed += len(wrong)
            print('\n'.join(wrong), end='\n' if wrong else '')
            print(f"{spec}: {len(cases)} archives: " + ', '.join(f'{n} {what}' for what, n in counts.items())
                  + f' ({time.monotonic() - begin:.0f} s)', flush=True)
    return failed != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
