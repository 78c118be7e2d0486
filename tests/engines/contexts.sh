#!/bin/bash
# contexts.sh NAME FOLDER: makes a build context of the tests in FOLDER, with fixed times. NAMEs:
#   founding   t, and the Dockerfile of 2018
#   config     every instruction of configuration
#   layers     several layers, two of them equal; nested folders, links, set-id, long and UTF-8 names, empty file and
#              folder, a file of 3 MiB
#   twotags    to be saved under two names
#   twoimages  Dockerfile and Dockerfile.2
#   byid       to be saved by its id
#   recipe     what a Dockerfile can say short of RUN: directives, continuations, ARG, SHELL, ONBUILD, .dockerignore, …
#   again      files copied over what is there already, in part unchanged
set -eu
name=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$2"
cd "$2"

put_t() {
    nasm -f bin -o t "$root/asm/t.asm"
    chmod "${1:-755}" t
}

case $name in
founding)
    put_t 775
    printf 'FROM scratch\nADD t /t\n' >Dockerfile
    ;;
config)
    put_t
    cat >Dockerfile <<'EOF'
FROM scratch
ADD t /t
ENV A=1 B="two words" PATH=/bin
ENV C third
LABEL org.example.title="config" z=last a=first
MAINTAINER Some Body <some@body.example>
WORKDIR /srv/dir
USER 1000:1000
EXPOSE 80/tcp 53/udp 8080
VOLUME ["/data","/var/lib"]
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=2 CMD ["/t","check"]
ENTRYPOINT ["/t"]
CMD ["-x","a b"]
EOF
    ;;
layers)
    put_t
    mkdir -p tree/emptydir tree/one/two/three tree/sticky own/sub names
    echo content >tree/one/two/three/file
    echo hardlinked >tree/hard1
    ln tree/hard1 tree/one/hard2
    echo id >tree/setuid
    echo id >tree/setgid
    : >tree/emptyfile
    ln -s one/two tree/link
    ln -s /nowhere/at/all tree/dangling
    chmod 4755 tree/setuid
    chmod 2755 tree/setgid
    chmod 1777 tree/sticky
    echo owned | tee own/owned >own/sub/owned
    long=names
    for _ in 1 2 3 4 5 6 7 8 9; do long=$long/directory-of-30-characters-long; done
    mkdir -p "$long"
    echo deep >"$long/file"
    echo long >"names/$(printf 'n%.0s' {1..101})"
    echo utf8 >"names/ünï-日本-🐋"
    ln -s "$(printf 't%.0s' {1..120})" names/longtarget
    : >empty
    echo repeated >a
    seq 500000 | head -c 3145728 >large
    cat >Dockerfile <<'EOF'
FROM scratch
ADD a /a
COPY tree/ /tree/
COPY a /a
COPY a /deep/er/est/a
COPY --chown=1000:1000 own /own
COPY names/ /names/
COPY empty large /
EOF
    ;;
twotags)
    put_t
    printf 'FROM scratch\nADD t /t\nCMD ["/t"]\n' >Dockerfile
    ;;
twoimages)
    put_t
    echo one >one
    echo two >two
    printf 'FROM scratch\nADD t /t\nCOPY one /one\nCMD ["/t","one"]\n' >Dockerfile
    printf 'FROM scratch\nADD t /t\nCOPY two /two\nCMD ["/t","two"]\n' >Dockerfile.2
    ;;
byid)
    put_t
    printf 'FROM scratch\nCOPY t /bin/t\nENTRYPOINT ["/bin/t"]\n' >Dockerfile
    ;;
recipe)
    put_t
    mkdir -p src/keep src/drop
    echo kept >src/keep/file
    echo dropped >src/drop/file
    echo skipped >src/keep/a.skip
    echo one >one.txt
    echo two >two.txt
    printf '# left out\n**/*.skip\nsrc/drop\n!src/keep\nDockerfile\n' >.dockerignore
    cat >Dockerfile <<'EOF'
# escape=`
# A comment
ARG base=scratch
FROM $base
ARG NAME=default
ARG OTHER
ARG EMPTY=
ENV FULL=${NAME}-x ALT=${OTHER:-other} SET=${NAME:+set} QUOTED='single $NAME' DOLLAR=`$NAME
env lower=case `
    second="a b" `
    # a comment inside
    third=3
LABEL a=b "c d"="e f"
WORKDIR /one
WORKDIR two
SHELL ["/bin/other", "-x"]
COPY --chown=12:34 ["one.txt", "two.txt", "./"]
COPY src /src/
COPY *.txt /glob/
ADD t /bin/
WORKDIR /
EXPOSE 8000-8003/udp $NAME_PORT 443
USER $NAME
ONBUILD COPY t /again
ONBUILD USER nobody
STOPSIGNAL 9
VOLUME /a /b
HEALTHCHECK CMD echo $NAME
HEALTHCHECK --interval=1m30s --retries=3 CMD /t | true
ENTRYPOINT exec /t $NAME
CMD echo "shell form" <a >b & c
EOF
    ;;
again)
    put_t
    mkdir -p tree/sub tree/other
    echo a >tree/a
    echo b >tree/sub/b
    echo c >tree/other/c
    echo new >new
    cat >Dockerfile <<'EOF'
FROM scratch
COPY tree /tree
COPY tree /tree
COPY new /tree/sub/new
COPY tree/a new /tree/
COPY . /all
COPY tree/a /tree/sub/
WORKDIR /tree/sub
WORKDIR /
WORKDIR /made/by/workdir
COPY new .
EOF
    ;;
*) echo "contexts.sh: unknown context $name" >&2; exit 2 ;;
esac
find . -exec touch -h -d @1526969801 {} +
