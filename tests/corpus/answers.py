"""answers.py FOLDER: the pairs of tests/cli/answer.bats, small forms of what people bring: an image rebuilt on the next day, one on a
base that moved, one with other times alone, one with a layer more."""
import sys

from craft import END, config_of, docker_archive, dumps, entry, pax, sha256

DAYS = (1795771947, 1795858374)  # 2026-11-27 09:32:27, 2026-11-28 09:32:54
DATES = (b'2026-11-27', b'2026-11-28')


def at(time):
    return b'%011o\0' % time


def image(layers, steps, created, **run):
    history = [{'created': created, 'created_by': step} for step in steps]
    return docker_archive(layers, dumps({**config_of([sha256(tar) for tar in layers]), 'created': created, 'history': history,
                                         'config': {'Cmd': ['/app'], **run}}))


BASE = entry(b'app/', typeflag=b'5', mode=0o755) + entry(b'etc/', typeflag=b'5', mode=0o755) + entry(b'bin/sh', b'shell', mode=0o755) + END
INSTALL, COPY = 'RUN /bin/sh -c apt-get install -y x # buildkit', 'COPY app /app # buildkit'


def next_day(side):
    day, date = DAYS[side], DATES[side]
    files = [(b'etc/shadow', b'root:*:%d:0:99999:7:::\n' % (20784 + side)), (b'usr/bin/same', b'same'), (b'var/log/dpkg.log', date + b' install x\n')]
    layer = b''.join(entry(name, data, mtime=at(day)) for name, data in files) + END
    app = entry(b'app/built', b'on ' + date, mtime=at(day)) + entry(b'app/id', b'secret %d' % (7 + side * 1000003), mtime=at(day)) + END
    return image([BASE, layer, app], ['ADD base.tar /', INSTALL, COPY], DATES[side].decode() + 'T09:32:27Z')


def base_moved(side):
    version = (b'1.2-3', b'1.2-4')[side]
    status = b'Package: libx1\nStatus: install ok installed\nSource: x\nVersion: %s\n\nPackage: other\nStatus: install ok installed\nVersion: 7\n\n' % version
    lists = entry(b'var/lib/dpkg/info/libx1.list', b'/usr/lib/libx.so\n/usr/share/doc/x\n') + entry(b'var/lib/dpkg/info/other.list', b'/usr/bin/other\n')
    files = entry(b'usr/bin/other', b'other') + entry(b'usr/lib/libx.so', b'code ' + version) + entry(b'usr/share/doc/x', b'text ' + version)
    return image([files + lists + entry(b'var/lib/dpkg/status', status) + END], ['ADD base.tar /'], '2026-11-27T09:32:27Z')


def other_times(side):
    record = pax((b'atime', b'1795771947.5')) if side else b''
    layer = entry(b'app/', typeflag=b'5', mode=0o755, mtime=at(DAYS[side])) + entry(b'app/a', b'a', mtime=at(DAYS[side])) + record + entry(b'app/b', b'b') + END
    return image([BASE, layer], ['ADD base.tar /', COPY], DATES[side].decode() + 'T09:32:27Z')


def one_time(side):
    return image([entry(b'app/a', b'a', mtime=at(DAYS[side])) + END], [COPY], '2026-11-27T09:32:27Z')


def layer_more(side):
    app = entry(b'app/app.py', (b'print("hello")\n', b'print("hello, world")\n')[side]) + END
    more = [entry(b'etc/app.conf', b'level = debug\n') + END] if side else []
    steps = ['COPY app.conf /etc/app.conf # buildkit'] if side else []
    return image([BASE, *more, app], ['ADD base.tar /', *steps, COPY], '2026-11-27T09:32:27Z', User=('app', 'root')[side])


for pair in (next_day, base_moved, other_times, one_time, layer_more):
    for side, name in enumerate('ab'):
        with open(f'{sys.argv[1]}/{pair.__name__}-{name}.tar', 'wb') as file:
            file.write(pair(side))
