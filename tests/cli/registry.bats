#!/usr/bin/env bats
# docker://: images in a real registry (Debian's docker-registry) on loopback, with TLS and a password; and registries that lie.
load helpers

setup_file() {
    export folder=$BATS_FILE_TMPDIR
    cd "$folder" || return 1
    for tool in docker-registry skopeo openssl; do
        command -v $tool >/dev/null || { echo "$tool is not installed" >missing; return 0; }
    done
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 \
        -addext subjectAltName=IP:127.0.0.1 2>/dev/null
    # The password is "secret" (bcrypt).
    # shellcheck disable=SC2016
    echo 'reader:$2y$04$.4W2K3POXxSLU9oY/IXJ7ORqhu7R1pd8ezl.rU21qFaktVnfxEC/G' >passwords
    export port=$((20000 + $$ % 20000)) liar=$((20001 + $$ % 20000))
    cat >config.yml <<EOF
version: 0.1
storage: {filesystem: {rootdirectory: $folder/data}}
http: {addr: "127.0.0.1:$port", tls: {certificate: $folder/cert.pem, key: $folder/key.pem}}
auth: {htpasswd: {realm: test, path: $folder/passwords}}
log: {level: error}
EOF
    docker-registry serve config.yml >registry.log 2>&1 3>&- &
    echo $! >pid
    export SSL_CERT_FILE=$folder/cert.pem REGISTRY_AUTH_FILE=$folder/auth.json
    jq -n --arg one "127.0.0.1:$port" --arg two "127.0.0.1:$liar" --arg auth "$(printf reader:secret | base64)" \
        '{auths: {($one): {auth: $auth}, ($two): {auth: $auth}}}' >auth.json
    founding_context context
    "$samebytes" build -q --platform linux/amd64 context --image t -o image.tar
    for _ in $(seq 50); do
        skopeo --insecure-policy copy --quiet "oci-archive:$folder/image.tar" "docker://127.0.0.1:$port/t:one" 2>copy.log && return 0
        sleep 0.1
    done
    echo "the registry does not answer: $(tail -n 1 copy.log)" >missing
}

teardown_file() {
    [ ! -e "$BATS_FILE_TMPDIR/pid" ] || kill "$(cat "$BATS_FILE_TMPDIR/pid")" 2>/dev/null || true
}

setup() {
    [ ! -e "$folder/missing" ] || skip "$(cat "$folder/missing")"
    cd "$BATS_TEST_TMPDIR"
    mkdir temporary
    export TMPDIR=$PWD/temporary
}

teardown() {
    [ ! -e liar.pid ] || kill "$(cat liar.pid)" 2>/dev/null || true
}

@test "registry: an image by its tag, and by its digest, is the one that was pushed" {
    run "$samebytes" diff "docker://127.0.0.1:$port/t:one" "$folder/image.tar"
    assert_success
    digest=$("$samebytes" inspect --json "docker://127.0.0.1:$port/t:one" | jq -r .identity.manifest)
    run "$samebytes" inspect --json "docker://127.0.0.1:$port/t@$digest"
    assert_success
    run "$samebytes" normalize "docker://127.0.0.1:$port/t:one" -o out.tar
    assert_success
    assert_equal "$(ls temporary)" ''
}

@test "registry: an index of two platforms; one is chosen, the other not needed" {
    python3 "$BATS_TEST_DIRNAME/../platforms.py" "$folder/image.tar" layout amd64 arm64
    # skopeo copies no index inside an index.
    inner=$(jq -r .manifests[0].digest layout/index.json | cut -c8-)
    jq '.manifests[0].annotations = {"org.opencontainers.image.ref.name": "two"}' "layout/blobs/sha256/$inner" >index.json
    mv index.json layout/index.json
    skopeo --insecure-policy copy --quiet --all oci:layout:two "docker://127.0.0.1:$port/t:two"
    run "$samebytes" diff --platform linux/amd64 "docker://127.0.0.1:$port/t:two" "$folder/image.tar"
    assert_success
    run "$samebytes" diff --platform linux/arm64 "docker://127.0.0.1:$port/t:two" "oci:layout:two"
    assert_success
    run "$samebytes" inspect --json "docker://127.0.0.1:$port/t:two"
    assert_success
    [ "$(jq '.images | length' <<<"$output")" = 2 ]
}

@test "registry: what is not there, a wrong password, no trust: one line, status 2, nothing left" {
    REGISTRY_AUTH_FILE=/dev/null
    for name in "t:none" "other:one"; do
        REGISTRY_AUTH_FILE=$folder/auth.json run "$samebytes" inspect "docker://127.0.0.1:$port/$name"
        assert_failure 2
        assert_equal "${#lines[@]}" 1
    done
    echo '{}' >none.json
    REGISTRY_AUTH_FILE=$PWD/none.json run "$samebytes" inspect "docker://127.0.0.1:$port/t:one"
    assert_failure 2
    assert_equal "${#lines[@]}" 1
    SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/dev/null REGISTRY_AUTH_FILE=$folder/auth.json run "$samebytes" inspect "docker://127.0.0.1:$port/t:one"
    assert_failure 2
    [[ $output == *certificate* || $output == *x509* ]]
    assert_equal "$(ls temporary)" ''
}

# A registry that serves the image's blobs, and does what LIE says to those of LIED (manifest, config or layer).
lie() {
    cat >liar.py <<'EOF'
import hashlib, json, os, ssl, sys, tarfile, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
image, port, lie, lied, cert, key = sys.argv[1:]
with tarfile.open(image) as tar:
    blobs = {m.name.split('/')[-1]: tar.extractfile(m).read() for m in tar if m.name.startswith('blobs/')}
    index = json.load(tar.extractfile('index.json'))
top = index['manifests'][0]['digest'][7:]
manifest = json.loads(blobs[top])
what = {top: 'manifest', manifest['config']['digest'][7:]: 'config', **{l['digest'][7:]: 'layer' for l in manifest['layers']}}

class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *_): pass
    def do_HEAD(self): self.do_GET()
    def do_GET(self):
        if self.path == '/v2/':
            return self.answer(200, b'{}')
        name = self.path.split('/')[-1].split(':')[-1]
        name = top if '/manifests/' in self.path and name not in blobs else name
        data = blobs.get(name)
        if data is None:
            return self.answer(404, b'{}')
        if what[name] == lied:
            if lie == 'bytes':
                data = data[:-1] + bytes([data[-1] ^ 1])
            elif lie == 'short':
                data = data[:-1]
            elif lie == 'circle':
                return self.answer(307, b'', Location=self.path)
            elif lie == 'stall':
                self.answer(200, b'', **{'Content-Length': str(len(data))})
                time.sleep(3600)
            elif lie == 'endless':
                self.answer(200, b'', Content_Length=None, Transfer_Encoding='chunked')
                try:
                    while True:
                        self.wfile.write(b'100000\r\n' + os.urandom(1 << 20) + b'\r\n')
                except OSError:
                    return
            elif lie == 'more':
                data = data + b'x' * 1000000
        self.answer(200, data, **({'Content-Type': manifest.get('mediaType', 'application/vnd.oci.image.manifest.v1+json'),
                                   'Docker-Content-Digest': 'sha256:' + name} if what[name] == 'manifest' else {}))
    def answer(self, status, data, **headers):
        self.send_response(status)
        for header, value in ({'Content-Length': str(len(data))} | {k.replace('_', '-'): v for k, v in headers.items()}).items():
            if value is not None:
                self.send_header(header, value)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(data)

server = ThreadingHTTPServer(('127.0.0.1', int(port)), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print('ready', flush=True)
server.serve_forever()
EOF
    python3 liar.py "$folder/image.tar" "$liar" "$1" "$2" "$folder/cert.pem" "$folder/key.pem" >ready 2>liar.log 3>&- &
    echo $! >liar.pid
    for _ in $(seq 100); do [ -s ready ] && break; sleep 0.05; done
}

unlie() {
    kill "$(cat liar.pid)"
    wait "$(cat liar.pid)" 2>/dev/null || true
    rm -f liar.pid ready
}

@test "registry: one that tells the truth, written by this test, is believed" {
    # Its layer is not compressed, and stays so: the manifest is the one that the registry has.
    lie nothing layer
    run "$samebytes" diff --require same-manifest "docker://127.0.0.1:$liar/t:one" "$folder/image.tar"
    assert_success
}

@test "registry: other bytes, fewer, more, circles: status 2, one line, nothing left" {
    for lied in manifest config layer; do
        for lie in bytes short more circle; do
            lie $lie $lied
            run timeout 60 "$samebytes" inspect "docker://127.0.0.1:$liar/t@$(jq -r .manifests[0].digest <(tar -xOf "$folder/image.tar" index.json))"
            unlie
            [ "$status" = 2 ] || fail "$lie in $lied: status $status"
            assert_equal "${#lines[@]}" 1
            assert_equal "$(ls temporary)" ''
        done
    done
}

@test "registry: one that stalls is given up after --timeout" {
    lie stall layer
    begin=$SECONDS
    run "$samebytes" inspect --timeout 2 "docker://127.0.0.1:$liar/t:one"
    unlie
    assert_failure 2
    assert_output --partial 'still running after 2 seconds; raise --timeout'
    [ $((SECONDS - begin)) -le 10 ]
    assert_equal "$(ls temporary)" ''
}

@test "registry: one that sends without end is cut off before the disk is full" {
    mkdir small
    mount -t tmpfs -o size=50M none small 2>/dev/null || skip 'no file system can be mounted here'
    lie endless layer
    TMPDIR=$PWD/small run timeout 60 "$samebytes" inspect --timeout 50 "docker://127.0.0.1:$liar/t:one"
    unlie
    left=$(ls small)
    umount small
    assert_failure 2
    assert_output --partial 'file too large'
    assert_equal "${#lines[@]}" 1
    assert_equal "$left" ''
}
