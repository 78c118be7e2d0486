#!/usr/bin/env python3
"""alike.py SAMEBYTES SUITE_SH [--images N] [--mutants N] [--seed N] [--verdict reproduced] [--archive FILE]… [--crafted FOLDER]… -- SUITE:CLIENT[:STORE]…: what samebytes calls equal,
shown to real engines. N random images (random_images.py), each as it is and as its own `normalize --canonical`; and N random mutants
(mutants.py) of the archives and of random images that came out `reproduced`, each with what it was made of; and the crafted archives of
each FOLDER that normalize takes, each with its normalised form, whose image must be the same. Where an engine loads both, every
file's type, mode, owner, link, device, extended attributes, access lists, names and content must be equal as the image is mounted, and its
configuration as the engine says it. Prints what is not, a line for each engine, and ends with 1 where anything was."""
import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import time

import mutants
import random_images
from engines import HERE, serve


def diff(program, a, b):
    """What samebytes says of the two: the verdict, or refused; and the passes that took something."""
    run = subprocess.run([program, 'diff', '--json', a, b], capture_output=True, timeout=60, check=False)
    if run.returncode not in (0, 1):
        return 'refused', ''
    report = json.loads(run.stdout)
    return report['verdict'], ' '.join(item['pass'] for item in report['normalised'])


def images_of(program, count, seed, folder):
    """Pairs of an image and its canonical form; those that samebytes refuses are passed over."""
    refused = 0
    while count:
        name = f'image-{seed}'
        path, canonical = os.path.join(folder, name), os.path.join(folder, name + '-canonical')
        with open(path, 'wb') as file:
            file.write(random_images.image(seed))
        seed += 1
        made = subprocess.run([program, 'normalize', '--canonical', '-q', path, '-o', canonical], capture_output=True, check=False)
        if made.returncode:
            refused += 1
            continue
        count -= 1
        yield name, path, canonical, 'canonical'
    print(f'{refused} random images were refused or ambiguous, and passed over')


def mutants_of(program, count, seed, archives, wanted, folder):
    """Pairs of an image and a mutant of it that comes out as wanted."""
    rng = random.Random(seed)
    bases = [mutants.load(path) for path in archives]
    for own in range(20):
        path = os.path.join(folder, 'base')
        with open(path, 'wb') as file:
            file.write(random_images.image(seed + own))
        bases.append(mutants.load(path))
    tried = 0
    while count:
        tried += 1
        which = rng.randrange(len(bases))
        config, layers = bases[which]
        made = mutants.mutate_header(rng, layers) if tried % 3 else mutants.mutate_config(rng, config)
        if not made:
            continue
        changed, what, _ = made
        base, other = os.path.join(folder, f'base-{which}'), os.path.join(folder, f'mutant-{tried}')
        if not os.path.exists(base):
            with open(base, 'wb') as file:
                file.write(mutants.save(config, layers))
        with open(other, 'wb') as file:
            file.write(mutants.save(config, changed) if isinstance(changed, list) else mutants.save(changed, layers))
        verdict, passes = diff(program, base, other)
        if verdict != wanted:
            os.remove(other)
            continue
        count -= 1
        yield f'mutant-{tried}', base, other, f'{what}: {passes}'
    print(f'{tried} mutants were made')


def crafted_of(program, folders, folder):
    """Pairs of a crafted archive and its normalised form."""
    for corpus in folders:
        with open(os.path.join(corpus, 'expect.json'), encoding='utf-8') as file:
            cases = [c for c in json.load(file)['cases'] if not c['file'].endswith('.b64') and 'bomb' not in c['id']]
        for case in cases:
            path, normal = os.path.join(os.path.abspath(corpus), case['file']), os.path.join(folder, case['id'] + '-normal')
            made = subprocess.run([program, 'normalize', '-q', path, '-o', normal], capture_output=True, check=False)
            if made.returncode == 0:
                yield case['id'], path, normal, 'normalised'


def tree(path):
    """path → what the engine's mount has there; and which names are one file."""
    found, groups = {}, {}
    with tarfile.open(path) as tar:
        for item in tar:
            name = os.path.normpath(item.name)
            if item.islnk():
                groups.setdefault(os.path.normpath(item.linkname), {os.path.normpath(item.linkname)}).add(name)
                continue
            attributes = {k: v for k, v in item.pax_headers.items() if k.startswith('SCHILY.') and 'selinux' not in k}
            content = hashlib.sha256(tar.extractfile(item).read()).hexdigest() if item.isfile() else ''
            found[name] = (item.type, oct(item.mode), item.uid, item.gid, item.linkname, item.devmajor, item.devminor, attributes, content)
    for target, names in groups.items():
        for name in names:
            found[name] = (*found[target], sorted(names))
    return found


def seen(out, name):
    """None where the engine refused it, else its tree and its configuration."""
    if not os.path.exists(os.path.join(out, name + '.id')):
        return None
    with open(os.path.join(out, name + '.config'), encoding='utf-8') as file:
        return tree(os.path.join(out, name + '.tar')), json.load(file)


def parted(a, b):
    for path in sorted(a[0].keys() | b[0].keys()):
        if a[0].get(path) != b[0].get(path):
            yield f'/{path}: {a[0].get(path)}, not {b[0].get(path)}'
    # An empty value and none are one to whoever runs it.
    for key in sorted((a[1] or {}).keys() | (b[1] or {}).keys()):
        x, y = (a[1] or {}).get(key), (b[1] or {}).get(key)
        if (x or None) != (y or None) and key not in ('Image', 'Hostname', 'ArgsEscaped'):
            yield f'config.{key}: {x}, not {y}'


def show(suite_sh, spec, pairs, work):
    suite, client, store = (spec.split(':') + ['overlay2'])[:3]
    store = 'none' if client != 'docker' else store
    folder = os.path.join(work, spec.replace(':', '-'))
    out = os.path.join(folder, 'out')
    os.makedirs(out)
    paths = sorted({path for _, a, b, _ in pairs for path in (a, b)})
    listing = os.path.join(folder, 'list')
    with open(listing, 'w', encoding='utf-8') as file:
        file.writelines(f'{os.path.basename(path)} /host{path}\n' for path in paths)
    made = subprocess.run([suite_sh, 'make', suite], stderr=subprocess.PIPE, check=False)
    engine, why = serve(suite_sh, suite, store, folder) if made.returncode == 0 else (None, made.stderr.decode().strip())
    try:
        if why:
            print(f'skipped {spec}: {why}')
            return None
        subprocess.run([suite_sh, 'in', folder, '/host' + os.path.join(HERE, 'load.sh'), client, store, '/host' + listing, '/host' + out,
                        'mounted'], check=True)
    finally:
        if engine:
            engine.terminate()
            engine.wait()
    def why_of(path):
        with open(os.path.join(out, os.path.basename(path) + '.why'), encoding='utf-8', errors='replace') as file:
            return (file.read().strip().splitlines() or ['nothing was said'])[-2:]

    counts, wrong = dict.fromkeys(('alike', 'refused both', 'refused one', 'not alike'), 0), []
    for name, a, b, what in pairs:
        x, y = seen(out, os.path.basename(a)), seen(out, os.path.basename(b))
        if x is None or y is None:
            counts['refused both' if x is y else 'refused one'] += 1
            if y is None and x is not None and what == 'normalised':
                wrong.append(f'{spec}: {name}: refused once it was normalised: {why_of(b)}')
            elif x is not y and what != 'normalised':
                print(f'{spec}: {name} ({what}): refused alone: {why_of(a if x is None else b)}')
            elif os.environ.get('VERBOSE'):
                print(f'{spec}: {name} ({what}): refused: {why_of(a)}')
            continue
        found = list(parted(x, y))
        counts['not alike' if found else 'alike'] += 1
        wrong += [f'{spec}: {name} ({what}): {text}' for text in found[:3]]
    return counts, wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('samebytes')
    parser.add_argument('suite_sh')
    parser.add_argument('--images', type=int, default=0)
    parser.add_argument('--mutants', type=int, default=0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--verdict', default='reproduced')
    parser.add_argument('--crafted', action='append', default=[])
    parser.add_argument('--archive', action='append', default=[])
    parser.add_argument('engines', nargs='+')
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        pairs = [*images_of(asked.samebytes, asked.images, asked.seed, work),
                 *mutants_of(asked.samebytes, asked.mutants, asked.seed, asked.archive, asked.verdict, work),
                 *crafted_of(asked.samebytes, asked.crafted, work)]
        for spec in asked.engines:
            begin = time.monotonic()
            shown = show(asked.suite_sh, spec, pairs, work)
            if not shown:
                continue
            counts, wrong = shown
            failed += len(wrong)
            print('\n'.join(wrong), end='\n' if wrong else '')
            print(f'{spec}: {len(pairs)} pairs: ' + ', '.join(f'{n} {what}' for what, n in counts.items())
                  + f' ({time.monotonic() - begin:.0f} s)', flush=True)
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
