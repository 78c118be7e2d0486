#!/usr/bin/env python3
"""flip.py SAMEBYTES BLOB CONTEXT FACTS: audits BLOB with each of its bits flipped. Without agreed facts each must be
noticed by another status, another finding or another fact; with them each must end with 1 or 2."""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile


def run(samebytes, context, data, facts, folder, bit):
    path = os.path.join(folder, str(bit))
    with open(path, 'wb') as file:
        file.write(data)
    arguments = [samebytes, 'audit', '--json', '--source', context] + (['--facts', facts] if facts else [])
    done = subprocess.run(arguments + [path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    os.unlink(path)
    return done.returncode, done.stdout


def shown(output):
    report = json.loads(output)
    kinds = sorted((f['kind'], f['what']) for f in report['findings'])
    return report['verdict'], kinds, report['facts']


def main(samebytes, blob, context, facts):
    with open(blob, 'rb') as file:
        data = file.read()
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        status, output = run(samebytes, context, data, None, folder, 'whole')
        untouched = shown(output)

        def one(bit):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            status, output = run(samebytes, context, bytes(flipped), facts, folder, bit)
            if status not in (1, 2):
                return bit
            # What is status 2 without facts is noticed; only the rest can hide.
            if status == 1:
                status, output = run(samebytes, context, bytes(flipped), None, folder, bit)
                if status == 0 and shown(output) == untouched:
                    return bit
            return None
        for bit in pool.map(one, range(len(data) * 8)):
            if bit is not None:
                unnoticed += 1
                print(f'bit {bit % 8} of byte {bit // 8} is not noticed')
    print(f'{len(data) * 8} bits, {unnoticed} unnoticed')
    return unnoticed != 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
