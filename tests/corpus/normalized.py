#!/usr/bin/env python3
"""normalized.py SAMEBYTES FOLDER…: every archive that `normalize` takes holds the same images afterwards: the same
configurations, manifests, diff_ids, names and platforms, in the order of their digests; and normalised again it is the same file.
Counts, and ends with 1 where one does not."""
import json
import os
import subprocess
import sys
import tempfile

LIMIT_SECONDS = 60


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False)


def images_of(program, path):
    said = run(program, 'inspect', '--json', path)
    if said.returncode:
        return None
    report = json.loads(said.stdout)
    images = report.get('images', [report])
    kept = [(image['identity'].get('manifest'), image['identity']['config'], tuple(image['identity']['diff_ids']),
             tuple(sorted(image['names'])), image['platform']) for image in images]
    return sorted(kept, key=str)


def main(program, folders):
    taken = refused = 0
    wrong = []
    with tempfile.TemporaryDirectory() as work:
        once, twice = os.path.join(work, 'once'), os.path.join(work, 'twice')
        for path in sorted(os.path.join(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names):
            if path.endswith('.json'):
                continue
            if run(program, 'normalize', '-q', path, '-o', once).returncode:
                refused += 1
                continue
            taken += 1
            same = images_of(program, path) == images_of(program, once)
            again = run(program, 'normalize', '-q', once, '-o', twice).returncode == 0
            if not same or not again or open(once, 'rb').read() != open(twice, 'rb').read():
                wrong.append((path, 'other images' if not same else 'not the same again'))
            os.remove(once)
    print(f'{taken} archives normalised, {refused} refused, {len(wrong)} changed')
    for item in wrong[:20]:
        print(*item)
    return bool(wrong) or not taken


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
