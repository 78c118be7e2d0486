#!/usr/bin/env python3
"""report.py table|markdown|plot FILE.json: what table.sh measured, as a table for a terminal, as Markdown, or as a plot
(SVG) of the founding recipe's size over the engines' versions."""
import datetime
import html
import json
import sys

PUBLISHED = ('docker-classic', '17.09.0-ce', '2018-05-22', 974)  # the blob of 2018 under gzip -9n
CANONICAL = 851


def rows(engines):
    configs = [build['config'] for engine in engines for build in engine['builds']]
    for engine in engines:
        if engine.get('reason'):
            yield [engine['engine'], '-', '-', '-', '-', '-', '-', '-', 'not asked: ' + engine['reason']]
        for build in engine['builds']:
            say = {True: 'yes', False: 'no', None: '-'}
            yield [build['builder'], build['version'], str(build['archive_bytes']), str(build['gzip_bytes']),
                   say[build['saves_equal']], say[build['builds_equal']],
                   say[configs.count(build['config']) == len(configs) > 1],
                   build['canonical'][7:19] if build['canonical'] else '-', build['verdict'] or build['reason']]


HEAD = ['builder', 'version', 'archive', 'gzip -9n', 'two saves equal', 'two builds equal', 'config equal over engines',
        'canonical digest', 'verdict']


def table(engines):
    lines = [HEAD] + list(rows(engines))
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    for line in lines:
        print('  '.join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    canonical = {build['canonical'] for engine in engines for build in engine['builds']}
    print(f'\n{len(canonical)} canonical digest' + ('s' if len(canonical) != 1 else ''))
    for engine in engines:
        for difference in engine.get('differences', []):
            print(f"{difference['builder']}: {difference['where']} {difference['kind']}: "
                  f"{difference['a']} against {difference['b']}")


def markdown(engines):
    print('| ' + ' | '.join(HEAD) + ' |\n|' + '---|' * len(HEAD))
    for line in rows(engines):
        print('| ' + ' | '.join(f'`{cell}`' if i == 7 else cell for i, cell in enumerate(line)) + ' |')


def points(engines):
    """(family, version, date, bytes)"""
    family, version, date, size = PUBLISHED
    yield 'classic', version, date, size
    for engine in engines:
        for build in engine['builds']:
            name = build['builder']
            kind = 'podman, buildah' if name.startswith(('podman', 'buildah')) else \
                ('classic' if 'classic' in name else 'BuildKit') + (', containerd store' if '+containerd' in name else '')
            if engine.get('date') and build['gzip_bytes']:
                yield kind, build['version'].split('+')[0], engine['date'], build['gzip_bytes']


def plot(engines):
    colors = {'classic': '#4363d8', 'BuildKit': '#e6194b', 'classic, containerd store': '#42a5c5',
              'BuildKit, containerd store': '#f58231', 'podman, buildah': '#3cb44b'}
    marks = list(points(engines))
    width, height, left, right, top, bottom = 820, 460, 60, 210, 40, 50
    first, last = datetime.date(2018, 1, 1), datetime.date(2027, 1, 1)
    lowest, highest = 700, max(size for *_, size in marks) * 1.05

    def x(date):
        day = datetime.date.fromisoformat(date)
        return left + (day - first).days / (last - first).days * (width - left - right)

    def y(size):
        return height - bottom - (size - lowest) / (highest - lowest) * (height - top - bottom)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>',
           f'<text x="{left}" y="22" font-size="15">FROM scratch, ADD t /t: what docker save costs under gzip -9n (bytes)</text>']
    for year in range(2018, 2028):
        at = x(f'{year}-01-01')
        out.append(f'<line x1="{at:.1f}" y1="{top}" x2="{at:.1f}" y2="{height - bottom}" stroke="#eee"/>')
        out.append(f'<text x="{at:.1f}" y="{height - bottom + 18}" text-anchor="middle">{year}</text>')
    for size in range(lowest, int(highest), 100):
        out.append(f'<line x1="{left}" y1="{y(size):.1f}" x2="{width - right}" y2="{y(size):.1f}" stroke="#eee"/>')
        out.append(f'<text x="{left - 8}" y="{y(size) + 4:.1f}" text-anchor="end">{size}</text>')
    out.append(f'<line x1="{left}" y1="{y(CANONICAL):.1f}" x2="{width - right}" y2="{y(CANONICAL):.1f}" stroke="#222" stroke-dasharray="6 4"/>')
    out.append(f'<text x="{width - right + 8}" y="{y(CANONICAL) + 4:.1f}">canonical archive: {CANONICAL}</text>')
    out.append(f'<line x1="{left}" y1="{y(1000):.1f}" x2="{width - right}" y2="{y(1000):.1f}" stroke="#999" stroke-dasharray="2 3"/>')
    for kind, color in colors.items():
        own = sorted((date, size, version) for family, version, date, size in marks if family == kind)
        if len(own) > 1 and kind != 'podman, buildah':
            path = ' '.join(f'{x(date):.1f},{y(size):.1f}' for date, size, _ in own)
            out.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-opacity="0.5"/>')
        for date, size, version in own:
            out.append(f'<circle cx="{x(date):.1f}" cy="{y(size):.1f}" r="4" fill="{color}">'
                       f'<title>{html.escape(kind)} {html.escape(version)}: {size} bytes</title></circle>')
    for i, (kind, color) in enumerate(colors.items()):
        at = top + 20 + 20 * i
        out.append(f'<circle cx="{width - right + 14}" cy="{at}" r="4" fill="{color}"/>')
        out.append(f'<text x="{width - right + 26}" y="{at + 4}">{html.escape(kind)}</text>')
    for version, date in sorted({(version, date) for _, version, date, _ in marks}):
        own = [(family, size) for family, v, d, size in marks if (v, d) == (version, date)]
        if own[0][0] == 'podman, buildah':  # days close together: aslant, Buildah's above and Podman's below
            buildah = version.startswith('1.')
            at = x(date) + (3 if buildah else 0)
            height_of = y(own[0][1]) + (-8 if buildah else 12)
            out.append(f'<text transform="rotate(-60 {at:.1f} {height_of:.1f})" x="{at:.1f}" y="{height_of:.1f}" '
                       f'text-anchor="{"start" if buildah else "end"}" font-size="10">{html.escape(version)}</text>')
        else:
            out.append(f'<text x="{x(date):.1f}" y="{y(max(size for _, size in own)) - 9:.1f}" text-anchor="middle" '
                       f'font-size="10">{html.escape(version)}</text>')
    out.append('</svg>')
    print('\n'.join(out))


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ('table', 'markdown', 'plot'):
        sys.exit(__doc__)
    with open(sys.argv[2], encoding='utf-8') as file:
        {'table': table, 'markdown': markdown, 'plot': plot}[sys.argv[1]](json.load(file))


if __name__ == '__main__':
    main()
