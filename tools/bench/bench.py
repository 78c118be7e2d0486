#!/usr/bin/env python3
"""bench.py SAMEBYTES DIR RUNS SET…: times samebytes against what the same work costs other programs.

Each line compares two commands, run in turn RUNS times on the same machine; medians, and their ratio. Writes
Markdown to standard output and, where RESULT is set, the figures as JSON to that file. PEERS names the sets for which
other programs that compare images are run, too (all; they may take half an hour on the big one)."""
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from plot import plot_growth

MIB = 1 << 20
PEER_SECONDS = 300


def run(command, cwd):
    """Seconds, status and what it said."""
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        status = subprocess.run(['bash', '-c', command], cwd=cwd, stdout=output, stderr=subprocess.STDOUT,
                                check=False).returncode
        seconds = time.perf_counter() - begin
        output.seek(0)
        return {'seconds': seconds, 'status': status, 'said': output.read().decode(errors='replace')}


def peak_of(command, cwd):
    """Peak resident bytes of the largest process, which a program that is small itself has to ask for."""
    with tempfile.NamedTemporaryFile() as said:
        subprocess.run(['time', '-q', '-f', '%M', '-o', said.name, 'bash', '-c', command], cwd=cwd,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return int(said.read().split()[-1]) * 1024


class Row:
    """One line of the table."""

    def __init__(self, title, command, peer, goal, status=0, says=''):
        self.title, self.command, self.peer, self.goal = title, command, peer, goal
        self.status, self.says = status, says
        self.ours, self.theirs, self.peak, self.wrong = [], [], 0, ''

    def measure(self, cwd):
        mine = run(self.command, cwd)
        if mine['status'] != self.status or self.says not in mine['said']:
            self.wrong = f"status {mine['status']}: {mine['said'][:300]}"
        self.ours.append(mine['seconds'])
        self.theirs.append(run(self.peer, cwd)['seconds'])

    def ratio(self):
        return statistics.median(self.ours) / statistics.median(self.theirs)

    def line(self):
        answer = f'wrong: {self.wrong}' if self.wrong else 'right'
        return (f'| {self.title} | {statistics.median(self.ours):.3f} | {statistics.median(self.theirs):.3f} '
                f'| {self.ratio():.2f} | {self.goal} | {"yes" if self.ratio() <= self.goal else "**no**"} '
                f'| {self.peak / MIB:.0f} | {answer} |')


def both(command, name):
    """A command for A and B, side by side."""
    return f'{command.format(side="A")} >/dev/null & {command.format(side=name)} >/dev/null; wait'


def rows_of(samebytes, folder, name):
    with open(f'{folder}/{name}.changed', encoding='utf-8') as file:
        changed = file.read()
    layers = len([f for f in os.listdir(f'{folder}/{name}-layers') if f.startswith('A') and f.endswith('.tar')])
    plain, packed = name + '-{side}.docker.tar', name + '-{side}.oci.tar'
    diff = f'{samebytes} diff {{}} {{}}'
    openssl = f'openssl dgst -sha256 {plain}'
    inflate = '(' + '; '.join(f'igzip -dc {name}-layers/{{side}}{i}.tar.gz' for i in range(layers)) + \
        ') | openssl dgst -sha256'
    copy = f'cp {plain.format(side="A")} copied.tar; openssl dgst -sha256 {plain.format(side="A")}'
    shutil.copy(f'{folder}/{plain.format(side="A")}', f'{folder}/{name}-same.docker.tar')

    def pair(form, a, b):
        return diff.format(form.format(side=a), form.format(side=b))

    return [
        Row(f'{name}: only times differ', pair(plain, 'A', 'B'), both(openssl, 'B'), 1.3, 0, 'reproduced'),
        Row(f'{name}: one byte differs', pair(plain, 'A', 'C'), both(openssl, 'C'), 1.3, 1, f'/{changed}  content'),
        Row(f'{name}: the same file twice', pair(plain, 'A', 'same'),
            f'cmp {plain.format(side="A")} {plain.format(side="same")}', 1.1, 0, 'identical'),
        Row(f'{name}: all layers but one are shared', pair(plain, 'B', 'C'), both(openssl, 'C'), 1.3, 1,
            f'/{changed}  content'),
        Row(f'{name}: the same, `--trust-digests`', pair(plain, 'B', 'C') + ' --trust-digests',
            both(f'openssl dgst -sha256 {name}-layers/{{side}}1.tar', 'B'), 1.3, 1, f'/{changed}  content'),
        Row(f'{name}: gzip layers, only times differ', pair(packed, 'A', 'B'), both(inflate, 'B'), 1.25, 0, 'reproduced'),
        Row(f'{name}: gzip layers, one byte differs', pair(packed, 'A', 'C'), both(inflate, 'C'), 1.25, 1,
            f'/{changed}  content'),
        Row(f'{name}: normalize', f'{samebytes} normalize {plain.format(side="A")} -o normal.tar', copy, 1.2, 0, '(kept)'),
        Row(f'{name}: normalize --canonical', f'{samebytes} normalize --canonical {plain.format(side="A")} -o canonical.tar',
            copy, 1.5, 0, 'canonical sha256:'),
    ]


HEADING = '| {} | samebytes s | {} s | ratio | goal | met | peak MiB | answer |\n|---|---|---|---|---|---|---|---|'


def measure(rows, runs, folder):
    for row in rows:
        row.peak = peak_of(row.command, folder)
    for turn in range(runs + 1):
        for row in rows:
            row.measure(folder)
            if turn == 0:  # the first warms the page cache
                row.ours.clear()
                row.theirs.clear()
    for row in rows:
        print(row.line(), flush=True)


# other programs that compare images


def peers_of(name, folder):
    """Title, program, command for A and {side}, and how the answer about C is told from that about B."""
    work = f'{folder}/peer'
    unpack = ('rm -rf {w}; mkdir -p {w}; for s in A {{side}}; do skopeo copy --quiet docker-archive:{n}-$s.docker.tar '
              'oci:{w}/$s:x && umoci unpack --keep-dirlinks --image {w}/$s:x {w}/$s.root >/dev/null 2>&1; done; '
              'diff -r --no-dereference {w}/A.root/rootfs {w}/{{side}}.root/rootfs').format(w=work, n=name)
    return [
        ('diffoci --semantic', ['diffoci'],
         f'diffoci diff --semantic --pull=never {name}-A.docker.tar {name}-{{side}}.docker.tar'),
        ('diffoscope', ['diffoscope'], f'diffoscope --no-progress {name}-A.docker.tar {name}-{{side}}.docker.tar'),
        ('skopeo, umoci, diff -r', ['skopeo', 'umoci'], unpack),
    ]


def measure_peers(samebytes, name, folder):
    with open(f'{folder}/{name}.changed', encoding='utf-8') as file:
        changed = file.read()
    print(f'\n| {name}: program | times only s | one byte s | × samebytes | names the file, and only then |\n'
          '|---|---|---|---|---|')
    base = None
    commands = [('samebytes diff', [samebytes], f'{samebytes} diff {name}-A.docker.tar {name}-{{side}}.docker.tar')]
    for title, programs, command in commands + peers_of(name, folder):
        if not all(shutil.which(program) for program in programs):
            print(f'| {title} | not installed | | | |')
            continue
        found = [run(f'timeout {PEER_SECONDS} bash -c {shlex.quote(command.format(side=s))}', folder) for s in 'BC']
        base = base or found[0]['seconds']
        named = [changed in one['said'] for one in found]
        right = 'yes' if named == [False, True] else 'no: cut off' if found[0]['status'] == 124 else \
            f'no: names it for times {named[0]}, for the byte {named[1]}'
        print(f"| {title} | {found[0]['seconds']:.2f} | {found[1]['seconds']:.2f} | {found[0]['seconds'] / base:.0f} "
              f"| {right} |", flush=True)


def measure_growth(samebytes, folder, sizes):
    points = []
    print('\n| one layer, a file of zeros | samebytes s | MB/s of one image | peak MiB |\n|---|---|---|---|')
    for size in sizes:
        command = f'{samebytes} diff zeros-{size}-A.docker.tar zeros-{size}-B.docker.tar'
        found = [run(command, folder) for _ in range(3)]
        assert all(one['status'] == 0 for one in found), found[0]['said']
        seconds, peak = statistics.median(one['seconds'] for one in found), peak_of(command, folder)
        points.append((size, seconds))
        print(f'| {size / 1e6:.0f} MB | {seconds:.3f} | {size / 1e6 / seconds:.0f} | {peak / MIB:.0f} |', flush=True)
    return points


def measure_start(samebytes, folder, blob):
    """Milliseconds of the founding blob beyond those of a program that does nothing."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(f'{folder}/empty.c', 'w', encoding='utf-8') as file:
        file.write('int main(void) { return 0; }\n')
    for source, program in ((f'{folder}/empty.c', 'empty'), (f'{here}/start.c', 'start')):
        subprocess.run(['cc', '-O2', '-o', f'{folder}/{program}', source], check=True)

    def median(*command):
        return float(subprocess.run([f'{folder}/start', '500', *command], stdout=subprocess.PIPE, check=True).stdout)

    empty, inspect = median(f'{folder}/empty'), median(samebytes, 'inspect', blob)
    print(f'\nStart: an empty C program {empty:.2f} ms, `inspect` of the founding blob {inspect:.2f} ms: '
          f'{inspect - empty:.2f} ms more (goal 2: {"met" if inspect - empty <= 2 else "not met"}).')
    return inspect - empty


def main(samebytes, folder, runs, *sets):
    samebytes = os.path.abspath(samebytes)
    blob = os.path.abspath(os.path.join(os.path.dirname(__file__), '../../tests/fixtures/published/ian-miell-2018.b64'))
    figures = {'start_ms': measure_start(samebytes, folder, blob), 'rows': []}
    sizes = [int(name) for name in sets if name.isdigit()]
    for name in (name for name in sets if not name.isdigit()):
        rows = rows_of(samebytes, folder, name)
        print('\n' + HEADING.format(name, 'peer'), flush=True)
        measure(rows, int(runs), folder)
        if name in os.environ.get('PEERS', name).split():
            measure_peers(samebytes, name, folder)
        figures['rows'] += [{'title': row.title, 'ours': row.ours, 'peer': row.theirs, 'ratio': row.ratio(),
                             'goal': row.goal, 'peak': row.peak, 'wrong': row.wrong} for row in rows]
    if sizes:
        figures['growth'] = measure_growth(samebytes, folder, sizes)
        if os.environ.get('PLOT'):
            plot_growth(os.environ['PLOT'], figures['growth'])
    if os.environ.get('RESULT'):
        with open(os.environ['RESULT'], 'w', encoding='utf-8') as file:
            json.dump(figures, file, indent=1)
    wrong = [row for row in figures['rows'] if row['wrong']]
    return f'{len(wrong)} answers were wrong' if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
