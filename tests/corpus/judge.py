#!/usr/bin/env python3
"""judge.py SAMEBYTES FOLDER: holds `samebytes diff` against FOLDER/expect.json, which says of crafted archives
whether each is malformed, ambiguous, equal to its base or different from it, and which findings must be there."""
import json
import os
import subprocess
import sys

LIMIT_SECONDS = 60
CLASS_OF_VERDICT = {'identical': 'equal', 'reproduced': 'equal', 'equivalent': 'different',
                    'different': 'different'}


def answer(samebytes, base, path):
    """The class that samebytes finds, whether it reported anything, and what it said."""
    run = subprocess.run([samebytes, 'diff', '--json', base, path], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False)
    text = run.stderr.decode(errors='replace')
    refused = run.returncode == 2 and len(text.splitlines()) == 1
    # Without a report nothing is hashed twice; the answer must be the same.
    short = subprocess.run([samebytes, 'diff', '-q', base, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=LIMIT_SECONDS, check=False)
    if short.returncode != run.returncode:
        return f'status {run.returncode} with a report, {short.returncode} without', False, text
    if refused:
        return 'ambiguous' if 'ambiguous' in text else 'malformed', True, text
    if run.returncode in (0, 1):
        report = json.loads(run.stdout)
        return CLASS_OF_VERDICT[report['verdict']], bool(report['findings']['b']), json.dumps(report['findings']['b'])
    return f'status {run.returncode}', False, text


def missing_kinds(samebytes, path, kinds, said):
    """Kinds of findings that neither diff's words nor inspect's report have."""
    run = subprocess.run([samebytes, 'inspect', '--json', path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         timeout=LIMIT_SECONDS, check=False)
    said += run.stderr.decode(errors='replace')
    found = {f['kind'] for f in json.loads(run.stdout)['findings']} if run.returncode == 0 else set()
    return [kind for kind in kinds if kind not in found and kind not in said]


def main(samebytes, folder):
    with open(os.path.join(folder, 'expect.json'), encoding='utf-8') as file:
        expect = json.load(file)
    wrong = 0
    for case in expect['cases']:
        base = os.path.join(folder, case.get('base') or 'base-plain.tar')
        path = os.path.join(folder, case['file'])
        got, reported, said = answer(samebytes, base, path)
        # What was let pass until something was mended is no longer right.
        right = got == case['class'] or (got in case['also_right'] and 'until' not in case)
        if not right or (case['finding'] and not reported):
            wrong += 1
            print(f"{case['id']}: must be {case['class']}, is {got}{'' if reported else ', no finding'}"
                  f" ({case['crafted']})")
        elif case.get('kinds') and (missing := missing_kinds(samebytes, path, case['kinds'], said)):
            wrong += 1
            print(f"{case['id']}: {got}, but no finding {', '.join(missing)} ({case['crafted']})")
    print(f"{len(expect['cases'])} cases, {wrong} wrong")
    return wrong != 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
