#!/usr/bin/env python3
"""platforms.py IMAGE FOLDER ARCH…: an OCI layout in FOLDER whose index names IMAGE (an OCI archive for amd64) for each
ARCH, in an index inside an index. The images have one layer, and differ in their configurations."""
import hashlib
import json
import os
import sys
import tarfile

INDEX = 'application/vnd.oci.image.index.v1+json'


def main(image, folder, *architectures):
    os.makedirs(folder)
    with tarfile.open(image) as tar:
        tar.extractall(folder)
    if os.path.exists(f'{folder}/manifest.json'):
        os.remove(f'{folder}/manifest.json')

    def put(value):
        data = json.dumps(value).encode()
        digest = hashlib.sha256(data).hexdigest()
        with open(f'{folder}/blobs/sha256/{digest}', 'wb') as file:
            file.write(data)
        return {'digest': 'sha256:' + digest, 'size': len(data)}

    def get(digest):
        with open(f'{folder}/blobs/sha256/{digest[7:]}', 'rb') as file:
            return json.load(file)

    with open(f'{folder}/index.json', encoding='utf-8') as file:
        first = json.load(file)['manifests'][0]
    manifests = []
    for architecture in architectures:
        manifest = get(first['digest'])
        config = get(manifest['config']['digest'])
        config['architecture'] = architecture
        manifest['config'].update(put(config))
        manifests.append({'mediaType': first['mediaType'], **put(manifest),
                          'platform': {'os': 'linux', 'architecture': architecture}})
    inner = {'schemaVersion': 2, 'mediaType': INDEX, 'manifests': manifests}
    outer = {'schemaVersion': 2, 'mediaType': INDEX, 'manifests': [{'mediaType': INDEX, **put(inner)}]}
    top = {'mediaType': INDEX, **put(outer), 'annotations': {'org.opencontainers.image.ref.name': 'several'}}
    with open(f'{folder}/index.json', 'w', encoding='utf-8') as file:
        json.dump({'schemaVersion': 2, 'manifests': [top]}, file)


if __name__ == '__main__':
    main(*sys.argv[1:])
