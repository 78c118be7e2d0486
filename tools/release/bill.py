#!/usr/bin/env python3
"""The bill of materials of a release, as SPDX 2.3 in JSON: the programs and what is linked into them.

usage: bill.py VERSION COMMIT SECONDS ROOT FOLDER   ROOT is the root file system that they were built in

It depends on its arguments and the packages of ROOT alone: the time is that of the commit.
"""
import hashlib
import json
import os
import subprocess
import sys
import time

LIBRARIES = {'libc6-dev': 'glibc', 'nettle-dev': 'nettle', 'libssl-dev': 'openssl', 'zlib1g-dev': 'zlib',
             'libzstd-dev': 'zstd', 'liblzma-dev': 'xz-utils', 'libbz2-dev': 'bzip2', 'libseccomp-dev': 'libseccomp'}


def installed(root):
    """Name, architecture and version of each package of LIBRARIES in root."""
    text = subprocess.run(['dpkg-query', f'--admindir={root}/var/lib/dpkg', '-W', '-f',
                           '${Package} ${Architecture} ${Version}\n'], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in text.splitlines()]
    return sorted(row for row in rows if len(row) == 3 and row[0] in LIBRARIES)


def main():
    version, commit, seconds, root, folder = sys.argv[1:]
    programs = sorted(name for name in os.listdir(folder) if name.startswith('samebytes-'))
    machines = {name.split('-', 1)[1] for name in programs}
    packages, relations = [], []
    for name in programs:
        with open(f'{folder}/{name}', 'rb') as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        packages.append({'SPDXID': f'SPDXRef-{name}', 'name': name, 'versionInfo': version,
                         'downloadLocation': 'NOASSERTION', 'licenseConcluded': 'Apache-2.0',
                         'licenseDeclared': 'Apache-2.0', 'copyrightText': 'NOASSERTION', 'filesAnalyzed': False,
                         'sourceInfo': f'commit {commit}', 'checksums': [{'algorithm': 'SHA256', 'checksumValue': digest}]})
        relations.append({'spdxElementId': 'SPDXRef-DOCUMENT', 'relationshipType': 'DESCRIBES',
                          'relatedSpdxElement': f'SPDXRef-{name}'})
    for package, machine, number in installed(root):
        if machine not in machines:
            continue
        identity = f'SPDXRef-{package}-{machine}'
        packages.append({'SPDXID': identity, 'name': LIBRARIES[package], 'versionInfo': number,
                         'downloadLocation': 'NOASSERTION', 'licenseConcluded': 'NOASSERTION',
                         'licenseDeclared': 'NOASSERTION', 'copyrightText': 'NOASSERTION', 'filesAnalyzed': False,
                         'externalRefs': [{'referenceCategory': 'PACKAGE-MANAGER', 'referenceType': 'purl',
                                           'referenceLocator': f'pkg:deb/debian/{package}@{number}?arch={machine}'}]})
        relations.append({'spdxElementId': f'SPDXRef-samebytes-{machine}', 'relationshipType': 'STATIC_LINK',
                          'relatedSpdxElement': identity})
    created = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(int(seconds)))
    json.dump({'spdxVersion': 'SPDX-2.3', 'dataLicense': 'CC0-1.0', 'SPDXID': 'SPDXRef-DOCUMENT',
               'name': f'samebytes-{version}', 'documentNamespace': f'https://spdx.org/spdxdocs/samebytes-{version}-{commit}',
               'creationInfo': {'created': created, 'creators': [f'Tool: samebytes-{version}']},
               'packages': packages, 'relationships': relations}, sys.stdout, indent=1)
    print()


if __name__ == '__main__':
    main()
