#!/usr/bin/env python3
"""pairs.py SAMEBYTES FOLDER: holds `samebytes diff A B` against FOLDER/expect.json, which says of pairs of archives, each made by
hand and shown to engines, whether they run alike: equal, different, or refused (ambiguous and malformed count alike)."""
import json
import os
import subprocess
import sys

LIMIT_SECONDS = 60


def answer(program, folder, case):
    command = [program, 'diff', os.path.join(folder, case['a']), os.path.join(folder, case['b'])]
    if case.get('require'):
        command += ['--require', case['require']]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False, text=True)
    if run.returncode == 2 and len(run.stderr.splitlines()) != 1:
        return 'trouble that is not one line', run.stderr
    return {0: 'equal', 1: 'different', 2: 'refused'}.get(run.returncode, f'status {run.returncode}'), run.stdout + run.stderr


def main(program, folder):
    with open(os.path.join(folder, 'expect.json'), encoding='utf-8') as file:
        cases = json.load(file)['cases']
    wrong = 0
    for case in cases:
        wanted = {'refused' if kind in ('ambiguous', 'malformed') else kind for kind in [case['class'], *case.get('also', [])]}
        got, said = answer(program, folder, case)
        unnamed = got == 'equal' and case.get('finding') and case['finding'] not in said
        if got not in wanted or unnamed:
            wrong += 1
            print(f"{case['id']}: must be {' or '.join(sorted(wanted))}, is {got}{', and is not named' if unnamed else ''}"
                  f" ({case['reason']})")
    print(f'{len(cases)} pairs, {wrong} wrong')
    return wrong != 0


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
