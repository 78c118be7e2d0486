#!/usr/bin/env python3
"""images.py DIR small|big|BYTES…: images for the benchmark, from Debian packages.

DIR/SET-A.docker.tar    the image, a docker-archive
DIR/SET-B.docker.tar    the same with other times in every header and in the configuration
DIR/SET-C.docker.tar    B with one byte of one file changed; DIR/SET.changed names the file
DIR/SET-{A,B,C}.oci.tar the same three as OCI archives, layers under gzip -6
DIR/SET-layers/         the layers, plain and compressed, for programs that are compared with

A number makes DIR/zeros-BYTES-{A,B}.docker.tar: one file of zeros, holes on the disk, with two times.
What is there already stays."""
import concurrent.futures
import glob
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

SETS = {
    'small': [['libc6', 'perl-base', 'perl-modules-5.36', 'libperl5.36'],
              ['libpython3.11-minimal', 'libpython3.11-stdlib', 'python3.11-minimal', 'vim-runtime', 'vim-common'],
              ['git', 'less', 'openssl', 'ca-certificates']],
    'big': [['libc6', 'coreutils', 'bash', 'libicu72', 'perl-base', 'perl-modules-5.36', 'libperl5.36'],
            ['gcc-12', 'cpp-12', 'g++-12', 'libgcc-12-dev', 'libstdc++-12-dev', 'libllvm14', 'binutils-x86-64-linux-gnu'],
            ['libboost1.74-dev', 'python3.11-doc'],
            ['golang-1.19-go', 'golang-1.19-src', 'openjdk-17-jre-headless'],
            ['git', 'vim-runtime', 'libpython3.11-stdlib', 'linux-doc-6.1']],
}
BLOCK = 512
EPOCH = {'A': 1_600_000_000, 'B': 1_650_000_000, 'C': 1_650_000_000}


def fetch(folder, names):
    os.makedirs(folder, exist_ok=True)
    missing = [name for name in names if not glob.glob(f'{folder}/{name}_*.deb')]
    if missing:
        subprocess.run(['apt-get', 'download', '-q', *missing], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    return [glob.glob(f'{folder}/{name}_*.deb')[0] for name in names]


def write_layer(path, debs, epoch):
    """Files of packages as one tar; each entry has a time of its own."""
    seen = set()
    with tarfile.open(path, 'w', format=tarfile.GNU_FORMAT, bufsize=1 << 20) as layer:
        for deb in debs:
            with subprocess.Popen(['dpkg-deb', '--fsys-tarfile', deb], stdout=subprocess.PIPE) as unpack:
                with tarfile.open(fileobj=unpack.stdout, mode='r|') as files:
                    for entry in files:
                        entry.name = os.path.normpath(entry.name)
                        if entry.name in seen or entry.name == '.':
                            continue
                        seen.add(entry.name)
                        entry.uname = entry.gname = ''
                        if entry.islnk():
                            entry.linkname = os.path.normpath(entry.linkname)
                        entry.mtime = epoch + len(seen)
                        layer.addfile(entry, files.extractfile(entry) if entry.isreg() else None)


def change_byte(path):
    """One byte in the middle of a file in the middle; gives the file's name."""
    with tarfile.open(path) as layer:
        files = [entry for entry in layer if entry.isreg() and entry.size > 1000]
    chosen = files[len(files) // 2]
    with open(path, 'r+b') as layer:
        layer.seek(chosen.offset_data + chosen.size // 2)
        byte = layer.read(1)[0]
        layer.seek(-1, os.SEEK_CUR)
        layer.write(bytes([byte ^ 1]))
    return chosen.name


def digest_of(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest()


def date(epoch):
    return subprocess.run(['date', '-u', '-d', f'@{epoch}', '+%FT%TZ'], stdout=subprocess.PIPE, check=True,
                          text=True).stdout.strip()


def config_of(diff_ids, epoch):
    return json.dumps({'architecture': 'amd64', 'os': 'linux', 'created': date(epoch), 'config': {'Cmd': ['/bin/sh']},
                       'rootfs': {'type': 'layers', 'diff_ids': [f'sha256:{d}' for d in diff_ids]},
                       'history': [{'created': date(epoch), 'created_by': f'layer {i}'} for i in range(len(diff_ids))]
                       }).encode()


def add_bytes(archive, name, data, epoch):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(data), epoch
    archive.addfile(entry, io.BytesIO(data))


def add_file(archive, name, path, epoch):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = os.path.getsize(path), epoch
    with open(path, 'rb') as file:
        archive.addfile(entry, file)


def write_docker(path, layers, epoch):
    diff_ids = [digest_of(layer) for layer in layers]
    config = config_of(diff_ids, epoch)
    with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT if max(map(os.path.getsize, layers)) < 1 << 33
                      else tarfile.GNU_FORMAT) as archive:
        for layer, diff_id in zip(layers, diff_ids):
            add_file(archive, f'{diff_id}.tar', layer, epoch)
        name = hashlib.sha256(config).hexdigest() + '.json'
        add_bytes(archive, name, config, epoch)
        manifest = [{'Config': name, 'RepoTags': ['bench:1'], 'Layers': [f'{d}.tar' for d in diff_ids]}]
        add_bytes(archive, 'manifest.json', json.dumps(manifest).encode(), epoch)


def write_oci(path, layers, epoch):
    prefix = 'application/vnd.oci.image.'
    blobs = {}

    def descriptor(kind, digest, size):
        return {'mediaType': prefix + kind, 'digest': f'sha256:{digest}', 'size': size}

    def add(kind, data):
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return descriptor(kind, digest, len(data))

    stored = {digest_of(f'{layer}.gz'): f'{layer}.gz' for layer in layers}
    manifest = {'schemaVersion': 2, 'mediaType': prefix + 'manifest.v1+json',
                'config': add('config.v1+json', config_of([digest_of(layer) for layer in layers], epoch)),
                'layers': [descriptor('layer.v1.tar+gzip', d, os.path.getsize(p)) for d, p in stored.items()]}
    index = {'schemaVersion': 2, 'manifests': [add('manifest.v1+json', json.dumps(manifest).encode())]}
    index['manifests'][0]['annotations'] = {'org.opencontainers.image.ref.name': 'bench:1'}
    with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT) as archive:
        for digest, data in blobs.items():
            add_bytes(archive, f'blobs/sha256/{digest}', data, epoch)
        for digest, layer in stored.items():
            add_file(archive, f'blobs/sha256/{digest}', layer, epoch)
        add_bytes(archive, 'index.json', json.dumps(index).encode(), epoch)
        add_bytes(archive, 'oci-layout', b'{"imageLayoutVersion":"1.0.0"}', epoch)


def make_set(folder, name):
    if os.path.exists(f'{folder}/{name}.changed'):
        return
    parts = [fetch(f'{folder}/packages', packages) for packages in SETS[name]]
    os.makedirs(f'{folder}/{name}-layers', exist_ok=True)
    layers = {side: [f'{folder}/{name}-layers/{side}{i}.tar' for i in range(len(parts))] for side in 'ABC'}
    jobs = [(layers[side][i], debs, EPOCH[side]) for side in 'ABC' for i, debs in enumerate(parts)]
    with concurrent.futures.ProcessPoolExecutor() as pool:
        list(pool.map(write_layer, *zip(*jobs)))
        changed = change_byte(layers['C'][1])
        list(pool.map(subprocess.check_call, [['gzip', '-kf6n', layer] for side in 'ABC' for layer in layers[side]]))
        for side in 'ABC':
            pool.submit(write_docker, f'{folder}/{name}-{side}.docker.tar', layers[side], EPOCH[side])
            pool.submit(write_oci, f'{folder}/{name}-{side}.oci.tar', layers[side], EPOCH[side])
    with open(f'{folder}/{name}.changed', 'w', encoding='utf-8') as file:
        file.write(changed)


def make_zeros(folder, size):
    """Two images of one layer with one file of zeros, holes on the disk; the second has another time."""
    for side in 'AB':
        layer, path = f'{folder}/zeros-{side}.tar', f'{folder}/zeros-{size}-{side}.docker.tar'
        if os.path.exists(path):
            continue
        entry = tarfile.TarInfo('zeros')
        entry.size, entry.mtime = size, EPOCH[side]
        padded = (size + BLOCK - 1) // BLOCK * BLOCK
        with open(layer, 'wb') as file:
            file.write(entry.tobuf(tarfile.GNU_FORMAT))
            file.truncate(BLOCK + padded + 2 * BLOCK)
        digest = digest_of(layer)
        whole = tarfile.TarInfo(f'{digest}.tar')
        whole.size = os.path.getsize(layer)
        config = config_of([digest], EPOCH[side])
        with open(path, 'wb') as archive:
            archive.write(whole.tobuf(tarfile.GNU_FORMAT))
            archive.write(entry.tobuf(tarfile.GNU_FORMAT))
            archive.seek(BLOCK + whole.size)
            with tarfile.open(fileobj=archive, mode='w|', format=tarfile.USTAR_FORMAT) as rest:
                add_bytes(rest, 'config.json', config, EPOCH[side])
                manifest = [{'Config': 'config.json', 'RepoTags': ['zeros:1'], 'Layers': [f'{digest}.tar']}]
                add_bytes(rest, 'manifest.json', json.dumps(manifest).encode(), EPOCH[side])
        os.remove(layer)


if __name__ == '__main__':
    for one in sys.argv[2:]:
        make_zeros(sys.argv[1], int(one)) if one.isdigit() else make_set(sys.argv[1], one)
