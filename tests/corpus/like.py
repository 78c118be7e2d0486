#!/usr/bin/env python3
"""Native builds as each builder takes them (build --like), against what that builder saved of the same context.

usage: like.py SAMEBYTES CORPUS   CORPUS has contexts/, saves/BUILDER/ and, beside it, expect.json

Right: where the builder saved an image, `build --like` makes one that `diff` calls reproduced; where it refused the
context, so does `build --like`. Prints a line for each builder, and each context that is not right.
"""
import json
import os
import subprocess
import sys
import tempfile

LIKE = {'docker-20.10.24-classic': 'classic-20.10', 'docker-20.10.24-buildkit': 'buildkit-20.10',
        'docker-28.5.2-classic': 'classic-28', 'docker-28.5.2-buildkit': 'buildkit-28',
        'docker-29.9.3-buildkit': 'buildkit-29'}


def judge(program, corpus, row, save, like, folder):
    """None: the builder was not asked; else whether it is right, and why not."""
    context = f'{corpus}/contexts/{row["context"]}'
    saved = f'{corpus}/saves/{save}/{row["context"]}.tar'
    kind, version = like.split('-')[0], save.split('-')[1]
    said = row['said'].get(f'{kind}-{version}', '')
    if not os.path.exists(saved) and not said.startswith('engine refuses'):
        return None
    out = f'{folder}/out.tar'
    arguments = [f'{context}/{word}' if word == 'other.Dockerfile' else word
                 for word in row['arguments'].split()]
    build = subprocess.run([program, 'build', '--like', like, context, '-o', out, '--image', 'x', *arguments],
                           capture_output=True, text=True, errors='replace', check=False)
    if not os.path.exists(saved):
        return build.returncode == 2, 'the builder refuses it'
    if build.returncode:
        return False, build.stderr.strip()
    diff = subprocess.run([program, 'diff', '-q', out, saved], capture_output=True, check=False)
    return diff.returncode == 0, 'another image'


def main():
    program, packed = os.path.realpath(sys.argv[1]), sys.argv[2]
    rows = json.load(open(f'{packed}/expect.json', encoding='utf-8'))
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['tar', '--xattrs', '--xattrs-include=*', '-xpJf', f'{packed}/corpus.tar.xz', '-C', folder],
                       check=True, stderr=subprocess.DEVNULL)
        for save, like in LIKE.items():
            right = count = 0
            for row in rows:
                answer = judge(program, folder, row, save, like, folder)
                if answer is None:
                    continue
                count += 1
                right += answer[0]
                if not answer[0]:
                    print(f'{like}: {row["context"]}: {answer[1]}')
            wrong += count - right
            print(f'{like} {right} of {count}')
    return wrong


if __name__ == '__main__':
    sys.exit(min(main(), 100))
