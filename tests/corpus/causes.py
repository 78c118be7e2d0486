"""A pair for every row of src/compare/causes.def, and a counter-example: the same place, the same tool, and one more thing that
differs. Where a tool can be had it wrote them; the others are made by hand, by their format's description.

    causes.py write a.tar b.tar bad.tar     three images: A, B whose differences all have their causes, and one where none has
    causes.py check b.json bad.json         the reports of diff of a.tar with the others; says what is wrong in them
    causes.py tools                         "NAME TOOL" for each row that is proved
"""
import binascii
import gzip
import hashlib
import io
import json
import os
import py_compile
import shutil
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib

from craft import END, config_of, docker_archive, dumps, entry, sha256

ROWS = []  # name, path, tool, a, b, bad; None: not there


def row(name, path, tool, a, b, bad, **more):
    ROWS.append((name, path, tool, a, b, bad, more))


def run(*command, env=None, cwd=None, stdin=None):
    return subprocess.run(command, env={**os.environ, **(env or {})}, cwd=cwd, input=stdin, check=True, capture_output=True).stdout


def in_folder(make):
    """make(folder) gives the bytes."""
    folder = tempfile.mkdtemp()
    try:
        return make(folder)
    finally:
        shutil.rmtree(folder)


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)


# texts

row('extended-states', 'var/lib/apt/extended_states', '-', b'Package: a\nAuto-Installed: 1\n\nPackage: b\nAuto-Installed: 1\n\n',
    b'Package: b\nAuto-Installed: 1\n\nPackage: a\nAuto-Installed: 1\n\n', b'Package: b\nAuto-Installed: 0\n\nPackage: a\nAuto-Installed: 1\n\n')
row('debconf-order', 'var/cache/debconf/config.dat', '-', b'Name: a\nValue: 1\n\nName: b\n\n', b'Name: b\n\nName: a\nValue: 1\n\n', b'Name: b\n\nName: a\nValue: 2\n\n')
row('pwd-lock', 'etc/.pwd.lock', '-', None, b'', b'x')
row('shadow-day', 'etc/shadow', '-', b'root:*:20784:0:99999:7:::\napp:!:20784:0:99999:7:::\n', b'root:*:20784:0:99999:7:::\napp:!:20785:0:99999:7:::\n',
    b'root:$6$abc$evilhash:20785:0:99999:7:::\napp:!:20784:0:99999:7:::\n')
row('machine-id', 'etc/machine-id', '-', b'0123456789abcdef0123456789abcdef\n', b'', b'0123456789abcdef0123456789abcdef\nand more\n')
row('random-seed', 'var/lib/systemd/random-seed', '-', bytes(512), b'\1' * 512, b'\1' * 513)
row('engine-mounts', 'etc/resolv.conf', '-', None, b'', b'nameserver 6.6.6.6\n')
row('yum-uuid', 'var/lib/yum/uuid', '-', b'b9c3b25d-0f0e-4c1b-9a7b-1a2b3c4d5e6f', b'cd81fbd2-0f0e-4c1b-9a7b-1a2b3c4d5e6f', b'cd81fbd2-0f0e-4c1b-9a7b-1a2b3c4d5e6f and more')
PEM = [b'-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' % text for text in (b'QQ==', b'Qg==', b'Qw==')]
row('ca-bundle', 'etc/ssl/certs/ca-certificates.crt', '-', PEM[0] + PEM[1], PEM[1] + PEM[0], PEM[2] + PEM[0])
row('apk-virtual', 'lib/apk/db/installed', '-', b'C:Q1aa=\nP:.deps\nV:20261127.093227\nA:noarch\n\nC:Q1bb=\nP:musl\nV:1.2\n\n',
    b'C:Q1cc=\nP:.deps\nV:20261128.093227\nA:noarch\n\nC:Q1bb=\nP:musl\nV:1.2\n\n', b'C:Q1cc=\nP:.deps\nV:20261128.093227\nA:noarch\n\nC:Q1bb=\nP:musl\nV:1.2\nT:evil\n\n')
row('apk-virtual', 'etc/apk/world', '-', b'.build=20261127.093227\nmusl\n', b'.build=20261128.093227\nmusl\n', b'.build=20261128.093227\nmusl=1.2\n')
row('apk-order', 'usr/lib/apk/db/installed', '-', b'P:a\nV:1\n\nP:b\nV:2\n\n', b'P:b\nV:2\n\nP:a\nV:1\n\n', b'P:b\nV:2\nT:evil\n\nP:a\nV:1\n\n')
row('pip-direct-url', 'p/x-1.dist-info/direct_url.json', '-', b'{"dir_info": {}, "url": "file:///tmp/a1"}', b'{"dir_info": {}, "url": "file:///tmp/b22"}', b'{"dir_info": {}, "url": "https://evil/"}')
row('pip-record', 'p/x-1.dist-info/RECORD', '-', b'a.py,sha256=1,2\nb.py,,\n', b'b.py,,\na.py,sha256=1,2\n', b'b.py,,\na.py,sha256=2,2\n')
row('conda-history', 'opt/c/conda-meta/history', '-', b'==> 2026-11-27 09:32:27 <==\n+python\n', b'==> 2026-11-28 09:32:54 <==\n+python\n', b'==> 2026-11-28 09:32:54 <==\n+perl\n')
row('npm-lock', 'app/node_modules/.package-lock.json', '-', b'{"a":1,"b":{"c":2,"d":3}}', b'{"b":{"d":3,"c":2},"a":1}', b'{"b":{"d":3,"c":4},"a":1}')
row('npm-where', 'app/node_modules/x/package.json', '-', b'{"name":"x","_where":"/tmp/1","_args":[1]}', b'{"name":"x","_where":"/tmp/2"}', b'{"name":"x","_where":"/tmp/2","scripts":{"install":"x"}}')
COMPOSER = b'<?php\nrequire __DIR__;\nreturn ComposerAutoloaderInit%s::getLoader();\n'
row('composer-suffix', 'app/vendor/autoload.php', '-', COMPOSER % (b'0' * 32), COMPOSER % (b'1' * 32), (COMPOSER % (b'1' * 32)) + b'system(1);\n')
row('gem-date', 'gems/specifications/x.gemspec', '-', b's.name = "x"\ns.date = "2026-11-27"\n', b's.name = "x"\ns.date = "2026-11-28"\n', b's.name = "y"\ns.date = "2026-11-28"\n')
row('properties-date', 'app/pom.properties', '-', b'#Fri Nov 27 09:32:27 UTC 2026\nversion=1\n', b'#Sat Nov 28 09:32:54 UTC 2026\nversion=1\n', b'#Sat Nov 28 09:32:54 UTC 2026\nversion=2\n')
row('doc-date', 'usr/share/doc/x/index.html', '-', b'<p>made Nov 27, 2026</p>', b'<p>made Nov  8, 2026</p>', b'<p>made Nov  8, 2026 <script>x</script></p>')
row('json-order', 'app/a.json', '-', b'{"a":1,"b":2}\n', b'{"b":2,"a":1}\n', b'{"b":2,"a":2}\n')
row('line-order', 'app/files.list', '-', b'a\nb\n', b'b\na\n', b'b\nc\n')
row('text-date', 'app/build-info', 'date', run('date', '-u', '-d', '@1795771947') + b'x\n', run('date', '-u', '-d', '@1795858374') + b'x\n', run('date', '-u', '-d', '@1795858374') + b'y\n')
row('text-date', 'app/build-info-2', 'date', run('date', '-Is', '-d', '@1795771947'), run('date', '-Is', '-d', '@1795858374'), b'2026-11-28T99:32:54+00:00\n')
row('text-date', 'app/build-info-3', 'date', run('date', '-R', '-d', '@1795771947'), run('date', '-R', '-d', '@1795158374'), b'Tod, 20 Nov 2026 09:32:54 +0000\n')
row('text-epoch', 'app/build-epoch', 'date', b'built 1795771947 x\n', b'built 1795858374 x\n', b'built 179585837 x\n')
row('git-refs', 'app/.git/refs/heads/main', '-', b'a' * 40 + b'\n', b'b' * 40 + b'\n', b'ref: refs/heads/evil\n')
row('git-logs', 'app/.git/logs/HEAD', '-', b'0' * 40 + b' ' + b'a' * 40 + b' me <m> 1795771947 +0000\tcommit: x\n', b'0' * 40 + b' ' + b'b' * 40 + b' me <m> 1795858374 +0000\tcommit: x\n',
    b'0' * 40 + b' ' + b'b' * 40 + b' you <m> 1795858374 +0000\tcommit: x\n')


# archives

def gz(data, time, name=''):
    out = io.BytesIO()
    with gzip.GzipFile(name, 'wb', 9, out, time) as file:
        file.write(data)
    return out.getvalue()


row('gzip-time', 'app/a.json.gz', 'gzip', gz(b'payload' * 99, 1795771947), gz(b'payload' * 99, 1795858374), gz(b'payloae' * 99, 1795858374))
row('gzip-name', 'app/b.gz', 'gzip', gz(b'payload' * 99, 0), gz(b'payload' * 99, 0, 'b'), gz(b'payloae' * 99, 0, 'b'))


def tar(time=1, owner=0, content=b'x', names=('a', 'b'), **more):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', **more) as file:
        for name in names:
            info = tarfile.TarInfo(name)
            info.mtime, info.uid, info.uname, info.size = time, owner, 'u%d' % owner, len(content)
            file.addfile(info, io.BytesIO(content))
    return out.getvalue()


row('apk-scripts', 'lib/apk/db/scripts.tar', 'tarfile', tar(1), tar(2), tar(2, content=b'y'))
row('apk-scripts', 'usr/lib/apk/db/scripts.tar.gz', 'tarfile', gz(tar(1), 0), gz(tar(2), 0), gz(tar(2, content=b'y'), 0))
row('tar-time', 'app/a.tar', 'tarfile', tar(1), tar(2), tar(2) + b'behind the end')
row('tar-time', 'app/a.tar.gz', 'tarfile', gz(tar(1.5, format=tarfile.PAX_FORMAT), 0), gz(tar(2.25, format=tarfile.PAX_FORMAT), 7), gz(tar(2, content=b'y'), 7))
row('tar-owner', 'app/b.tar', 'tarfile', tar(1, 0), tar(2, 7), tar(2, 7, b'y'))
row('tar-order', 'app/c.tar', 'tarfile', tar(), tar(names='ba'), tar(names='bc'))
PAX_NAME = b'PaxHeaders.%d/a'
row('pax-pid', 'app/d.tar', '-', *(entry(PAX_NAME % pid, text) + END for pid, text in ((1234, b'x'), (77, b'x'), (77, b'y'))))


def ar(time, content):
    def make(folder):
        write(folder + '/m.o', content)
        os.utime(folder + '/m.o', (time, time))
        run('ar', 'rcU', 'x.a', 'm.o', cwd=folder)
        return read(folder + '/x.a')
    return in_folder(make)


row('ar-time', 'usr/lib/libx.a', 'ar', ar(1, b'odd'), ar(2, b'odd'), ar(2, b'Odd'))


def cpio(inode, time, content):
    def member(name, data):
        numbers = [inode, 0o100644, 0, 0, 1, time, len(data), 8, inode, 0, 0, len(name) + 1, 0]
        head = b'070701' + b''.join(b'%08X' % n for n in numbers) + name + b'\0'
        head += bytes(-len(head) % 4)
        return head + data + bytes(-len(data) % 4)
    return member(b'a', content) + member(b'TRAILER!!!', b'') + bytes(512)


row('cpio-inode', 'app/x.cpio', '-', cpio(1, 1, b'x'), cpio(2, 2, b'x'), cpio(2, 2, b'y'))
row('initramfs', 'boot/initrd.img-6', '-', cpio(1, 1, b'm') + gz(cpio(1, 1, b'x'), 1), cpio(2, 2, b'm') + gz(cpio(2, 2, b'x'), 2), cpio(2, 2, b'm') + gz(cpio(2, 2, b'y'), 2))


def zipped(time, names=('a', 'META-INF/MANIFEST.MF'), manifest=b'Manifest-Version: 1.0\nBuilt-By: me\n', content=b'code' * 50, extra=b'', created=(2026, 11, 27, 9, 32)):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as file:
        for name in names:
            info = zipfile.ZipInfo(name, (*created, time))
            info.compress_type, info.extra = zipfile.ZIP_DEFLATED, extra
            file.writestr(info, manifest if name.startswith('META') else content)
    return out.getvalue()


UT = b'UT\5\0\3%s'
row('jar-time', 'app/a.jar', 'zipfile', zipped(0, extra=UT % b'1111'), zipped(2, extra=UT % b'2222'), zipped(2, extra=UT % b'2222', content=b'Code' * 50))
row('jar-manifest', 'app/b.jar', 'zipfile', zipped(0), zipped(2, manifest=b'Manifest-Version: 1.0\nBuilt-By: somebody else\n'),
    zipped(2, manifest=b'Manifest-Version: 1.0\nBuilt-By: somebody else\nMain-Class: Evil\n'))
row('jar-order', 'app/c.jar', 'zipfile', zipped(0, 'ab'), zipped(2, 'ba'), zipped(2, 'bc'))
row('zip-time', 'app/a.zip', 'zipfile', zipped(0), zipped(4), zipped(4)[:-2] + b'\3\0xyz')
row('zip-extra', 'app/b.whl', 'zipfile', zipped(0), zipped(2, extra=UT % b'1111'), zipped(2, extra=UT % b'1111', content=b'Code' * 50))
row('zip-order', 'app/c.zip', 'zipfile', zipped(0, 'ab'), zipped(2, 'ba'), zipped(2, 'ba', content=b'Code' * 50))


# programs

def elf(day, build_id, code=1, text='', folder='/a'):
    def make(where):
        write(where + '/x.c', (f'const char day[] = "built {day}", more[] = "{text}";\nint main(void) {{ return {code} + day[0] + more[0]; }}\n').encode())
        run('gcc', '-O1', '-Wl,--build-id=0x' + build_id, '-o', 'x', 'x.c', cwd=where)
        return read(where + '/x')
    return in_folder(make)


row('build-id-alone', 'app/bin/one', 'gcc', elf('x', '11' * 20), elf('x', '22' * 20), elf('x', '22' * 20, 2))
row('c-date', 'app/bin/two', 'gcc', elf('Nov 27 2026', '11' * 20), elf('Nov  8 2026', '22' * 20), elf('Nov  8 2026', '22' * 20, 2))
VCS = 'build\\tvcs.revision=%s\\nbuild\\tvcs.time=%s\\n'
row('go-vcs', 'app/bin/three', 'gcc', elf('x', '11' * 20, text=VCS % ('a' * 40, '2026-11-27T09:32:28Z')), elf('x', '22' * 20, text=VCS % ('b' * 40, '2026-11-28T09:32:28Z')),
    elf('x', '22' * 20, 2, text=VCS % ('b' * 40, '2026-11-28T09:32:28Z')))


def pyc(time, code):
    def make(folder):
        write(folder + '/m.py', code)
        os.utime(folder + '/m.py', (time, time))
        py_compile.compile(folder + '/m.py', folder + '/m.pyc', 'm.py', True, invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
        return read(folder + '/m.pyc')
    return in_folder(make)


row('python-bytecode', 'app/__pycache__/m.cpython-311.pyc', 'py_compile', pyc(1795771947, b'x = 1\n'), pyc(1795858374, b'x = 1\n'), pyc(1795858374, b'x = 2\n'))


def pe(time, checksum, code):
    optional = struct.pack('<H', 0x20b) + bytes(62) + struct.pack('<I', checksum) + bytes(40) + struct.pack('<I', 16) + bytes(6 * 8) + struct.pack('<II', 0x1000, 28) + bytes(9 * 8)
    head = b'MZ' + bytes(58) + struct.pack('<I', 64) + b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, 1, time, 0, 0, len(optional), 0)
    section = b'.text\0\0\0' + struct.pack('<IIII', 512, 0x1000, 512, 512) + bytes(16)
    debug = struct.pack('<IIHHIIII', 0, time, 0, 0, 2, 32, 0x1020, 544) + bytes(4) + b'RSDS' + bytes([time & 255]) * 16 + bytes(12)
    return (head + optional + section).ljust(512, b'\0') + (debug + code).ljust(512, b'\0')


row('pe-time', 'app/x.dll', '-', pe(1, 2, b'code'), pe(3, 4, b'code'), pe(3, 4, b'Code'))


def beam(*chunks):
    body = b'BEAM' + b''.join(n + struct.pack('>I', len(d)) + d + bytes(-len(d) % 4) for n, d in chunks)
    return b'FOR1' + struct.pack('>I', len(body)) + body


row('beam-info', 'app/x.beam', '-', beam((b'Code', b'1'), (b'CInf', b'/a')), beam((b'Code', b'1'), (b'CInf', b'/bbbbb')), beam((b'Code', b'2'), (b'CInf', b'/bbbbb')))


# data

def jks(date, certificate):
    body = struct.pack('>III', 0xfeedfeed, 2, 1) + struct.pack('>IH', 2, 1) + b'a' + struct.pack('>Q', date) + struct.pack('>H', 5) + b'X.509' + \
        struct.pack('>I', len(certificate)) + certificate
    return body + hashlib.sha1('changeit'.encode('utf-16-be') + b'Mighty Aphrodite' + body).digest()


row('java-keystore', 'etc/ssl/certs/java/cacerts', '-', jks(1, b'cert'), jks(2, b'cert'), jks(2, b'evil'))


def database(value, counter):
    def make(folder):
        connection = sqlite3.connect(folder + '/x')
        connection.execute('create table t (a)')
        connection.execute('insert into t values (?)', (value,))
        connection.commit()
        connection.close()
        data = bytearray(read(folder + '/x'))
        data[24:28] = data[92:96] = struct.pack('>I', counter)
        return bytes(data)
    return in_folder(make)


row('sqlite-header', 'app/x.sqlite', 'sqlite3', database(1, 5), database(1, 9), database(2, 9))
row('rpm-database-header', 'var/lib/rpm/rpmdb.sqlite', 'sqlite3', database(1, 5), database(1, 9), database(2, 9))


def png(*chunks):
    return b'\x89PNG\r\n\x1a\n' + b''.join(struct.pack('>I', len(d)) + n + d + struct.pack('>I', binascii.crc32(n + d)) for n, d in chunks)


IMAGE = (b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 0, 0, 0, 0))
row('png-time', 'app/x.png', '-', png(IMAGE, (b'tIME', b'\7\352\13\33\11\40\33'), (b'IDAT', zlib.compress(b'\0\0'))), png(IMAGE, (b'tEXt', b'date:create\x002026'), (b'IDAT', zlib.compress(b'\0\0'))),
    png(IMAGE, (b'IDAT', zlib.compress(b'\0\1'))))
PDF = b'%%PDF-1.4\n1 0 obj << /CreationDate (D:%s) >> endobj\n%s\ntrailer << /ID [<%s> <%s>] >>\n'
row('pdf-date', 'app/x.pdf', '-', PDF % (b"20261127093227+00'00'", b'x', b'0a', b'0a'), PDF % (b'20261128093227Z', b'x', b'0b', b'0b'), PDF % (b'20261128093227Z', b'y', b'0b', b'0b'))


def catalogue(date, text):
    header = b'POT-Creation-Date: ' + date + b'\nContent-Type: text/plain\n'
    start = 28 + 4 * 8
    ids, texts = [b'', b'a'], [header, text]
    at, offsets, blob = start, [], b''
    for item in ids + texts:
        offsets.append((len(item), at + len(blob)))
        blob += item + b'\0'
    return struct.pack('<IIIIIII', 0x950412de, 0, 2, 28, 44, 0, start) + b''.join(struct.pack('<II', *pair) for pair in offsets) + blob


row('gettext-date', 'usr/share/locale/de/x.mo', '-', catalogue(b'2026-11-27 09:32+0000', b'b'), catalogue(b'2026-11-28 09:32+0000', b'b'), catalogue(b'2026-11-28 09:32+0000', b'c'))


def git_index(time, content):
    def make(folder):
        run('git', 'init', '-q', folder)
        write(folder + '/f', content)
        os.utime(folder + '/f', (time, time))
        run('git', '-C', folder, 'add', 'f')
        return read(folder + '/.git/index')
    return in_folder(make)


row('git-index', 'app/.git/index', 'git', git_index(1795771947, b'x'), git_index(1795858374, b'x'), git_index(1795858374, b'y'))


# by place alone

DISPOSABLE = {
    'apt-lists': 'var/lib/apt/lists/x', 'apt-cache': 'var/cache/apt/pkgcache.bin', 'package-log': 'var/log/dpkg.log', 'dpkg-old': 'var/lib/dpkg/status-old',
    'ldconfig-cache': 'var/cache/ldconfig/aux-cache', 'font-cache': 'var/cache/fontconfig/x', 'man-cache': 'var/cache/man/index.db', 'apk-cache': 'var/cache/apk/x',
    'dnf-history': 'var/lib/dnf/history.sqlite', 'pacman-lists': 'var/lib/pacman/sync/core.db', 'pip-cache': 'root/.cache/pip/x', 'conda-cache': 'opt/miniconda3/pkgs/cache/x.json',
    'npm-cache': 'root/.npm/_logs/x', 'yarn-state': 'app/node_modules/.yarn-integrity', 'yarn-cache': 'usr/local/share/.cache/yarn/v6/x', 'composer-cache': 'root/.composer/cache/x',
    'gem-logs': 'gems/x/gem_make.out', 'gem-cache': 'root/.bundle/cache/x', 'go-cache': 'root/.cache/go-build/00/x', 'cargo-cache': 'usr/local/cargo/registry/index/x',
    'maven-cache': 'root/.m2/repository/x/_remote.repositories', 'gradle-cache': 'root/.gradle/caches/x', 'pax-headers-pid': 'x/PaxHeaders.123/y', 'wget-hsts': 'root/.wget-hsts',
    'history-files': 'root/.python_history', 'user-cache': 'home/app/.cache/x', 'temporary': 'tmp/x', 'log': 'var/log/x'}
# No cause, for other causes look alike: what the difference looks like.
LABELS = {
    'ssh-host-keys': 'etc/ssh/ssh_host_rsa_key', 'snakeoil': 'etc/ssl/private/ssl-cert-snakeoil.key', 'hostname': 'etc/hostname', 'ld-so-cache': 'etc/ld.so.cache',
    'gconv-cache': 'usr/lib/gconv/gconv-modules.cache', 'locale-archive': 'usr/lib/locale/locale-archive', 'mime-icon-cache': 'usr/share/mime/mime.cache',
    'systemd-catalog': 'var/lib/systemd/catalog/database', 'rpm-database': 'var/lib/rpm/Packages', 'python-bytecode-there': 'm/d.pyc', 'node-cache': 'app/node_modules/.cache/x',
    'next-build-id': 'app/.next/BUILD_ID', 'squashfs-time': 'x.squashfs', 'git-folder': 'b/.git/config', 'random-uuid': 'app/instance-id', 'random-hex': 'app/secret',
    'text-path': 'app/where', 'text-number': 'app/number', 'label-revision': 'config.Labels.org.opencontainers.image.revision', 'build-arg-id': 'config.Env[0]'}
SIDES = {'random-uuid': (b'b9c3b25d-0f0e-4c1b-9a7b-1a2b3c4d5e6f\n', b'cd81fbd2-0f0e-4c1b-9a7b-1a2b3c4d5e6f\n'), 'random-hex': (b'key=deadbeef01\n', b'key=0badcafe77\n'),
         'text-path': (b'in /tmp/one\n', b'in /build/two\n'), 'text-number': (b'job 7\n', b'job 8\n')}


# Pairs that look like a cause at the place of one, and are code, a key, a setting or a payload: none may have a cause.
def with_entry(archive, hidden):
    """A zip with a member in its index that its end does not count."""
    other = zipped(0, hidden)
    start = other.index(b'PK\1\2')
    end = archive.index(b'PK\5\6')
    index = other[start:other.index(b'PK\5\6')]
    return archive[:end] + index + archive[end:]


def manifest(text):
    return zipped(0, manifest=text)


NEVER = [
    ('app/hidden.whl', zipped(0, 'ab'), with_entry(zipped(2, 'ab'), 'a')),
    ('app/cont.jar', manifest(b'Main-Class: com.Good\nBuilt-By: x\n Evil\n'), manifest(b'Main-Class: com.Good\n Evil\n')),
    ('app/cr.jar', manifest(b'A: 1\n'), manifest(b'A: 1\nBuilt-By: x\rMain-Class: Evil\n')),
    ('app/twice.zip', zipped(0, 'aab'), zipped(0, 'aba')), ('app/twice.tar', tar(names='aab'), tar(names='aba')),
    ('root/.ssh/authorized_keys', b'expiry-time="20200101" ssh-rsa A\n', b'expiry-time="20990101" ssh-rsa A\n'),
    ('app/allow.yaml', b'until: 2020-01-01\n', b'until: 2099-01-01\n'), ('app/requirements.txt', b'certifi==2024.07.04\n', b'certifi==2019.01.01\n'),
    ('app/mac', b'10:20:30:11:12:13\n', b'02:42:10:22:23:24\n'), ('app/key.txt', b'API=1000000000.1234567890123\n', b'API=1000000001.9999999999999\n'),
    ('app/x.class', b'\xca\xfe\xba\xbe\0\n2020-01-01\n', b'\xca\xfe\xba\xbe\0\n2099-01-01\n'), ('app/CMakeLists.txt', b'set(A 1)\nset(A 2)\n', b'set(A 2)\nset(A 1)\n'),
    ('app/node_modules/m/package.json', b'{"_moduleAliases":{"fs":"./a.js"}}', b'{"_moduleAliases":{"fs":"./b.js"}}'),
    ('app/p-2.dist-info/direct_url.json', b'{"url": "file:///a"}', b'{"url": "file://attacker.example/a"}'),
    ('var/www/x.png', png(IMAGE), png(IMAGE, (b'tEXt', b'date:create\0<?php system(1)?>'))), ('var/www/y.png', png(IMAGE), png(IMAGE, (b'tIME', b'<?php system(1)?>'))),
    ('etc/ssl/certs/java/keystore.jks', jks(1, b'cert'), jks(1, b'cert')[:-20] + bytes(20)),
    ('root/.cache/pypoetry/virtualenvs/a/lib/app.py', b'good', b'evil'), ('root/.npm/_npx/1/node_modules/x/index.js', b'good', b'evil'),
    ('root/.bash_history', b'a\n', b'AGE-SECRET-KEY-1\n'), ('app/.git/objects/info/alternates', b'/a\n', b'/evil\n'), ('app/.git/hooks/x', b'a', b'b')]


def image(side):
    body, labels = b'', {'org.opencontainers.image.created': ('2026-11-27T09:32:19Z', '2026-11-28T09:32:46Z', '2026-11-28 or so')[side],
                         'org.opencontainers.image.revision': ('5c1f0e2a77', '77aa01be99', '77aa01be99')[side]}
    environment = ['BUILD_ID=run-48%d' % side]
    for _, path, _, *contents, more in ROWS:
        if contents[side] is not None:
            body += entry(path.encode(), contents[side], mode=more.get('mode', 0o644))
    for path in DISPOSABLE.values():
        body += entry(path.encode(), (b'a', b'b', b'b')[side], mode=0o755 if side == 2 else 0o644)
    for path, *contents in NEVER:
        body += entry(path.encode(), contents[side > 0])
    for name, path in LABELS.items():
        if path.startswith('config.'):
            continue
        body += entry(path.encode(), SIDES.get(name, (b'a', b'b'))[side > 0])
    layer = body + END
    return docker_archive([layer], dumps({**config_of([sha256(layer)]), 'config': {'Cmd': ['/t'], 'Env': environment, 'Labels': labels}}))


def check(good, bad):
    """What is wrong in the two reports."""
    def by_path(report):
        with open(report, encoding='utf-8') as file:
            return {d['where'].removeprefix('layer 1: /'): d for d in json.load(file)['differences'] if d['kind'] != 'mode'}
    good, bad = by_path(good), by_path(bad)
    causes = [(name, path, 'proved') for name, path, *_ in ROWS] + [(*item, 'disposable') for item in DISPOSABLE.items()]
    causes.append(('label-created', 'config.Labels.org.opencontainers.image.created', 'proved'))
    for name, path, kind in causes:
        cause = good.get(path, {}).get('cause', {})
        if (cause.get('name'), cause.get('class')) != (name, kind):
            yield f'{path}: {name} ({kind}) is not its cause: {good.get(path)}'
        if path not in bad or 'cause' in bad[path]:
            yield f'{path}: a cause explains more than it may: {bad.get(path)}'
    for path, *_ in NEVER:
        if 'cause' in good.get(path, {'cause': 0}):
            yield f'{path}: it has a cause: {good.get(path)}'
    for name, path in LABELS.items():
        if 'cause' in good.get(path, {'cause': 0}) or good[path].get('looks_like') != name:
            yield f'{path}: it does not look like {name}: {good.get(path)}'


if __name__ == '__main__':
    if sys.argv[1] == 'write':
        for number, name in enumerate(sys.argv[2:5]):
            with open(name, 'wb') as file:
                file.write(image(number))
    elif sys.argv[1] == 'check':
        wrong = list(check(*sys.argv[2:4]))
        print('\n'.join(wrong) or 'all as it must be')
        sys.exit(1 if wrong else 0)
    else:
        for name, tool in sorted({(name, tool) for name, _, tool, *_ in ROWS}):
            print(name, tool)
