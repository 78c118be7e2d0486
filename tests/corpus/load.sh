#!/bin/sh
# load.sh CLIENT STORE LIST OUT [mounted]: beside an engine, loads each archive that LIST names (lines of a name and a path) with CLIENT (docker,
# podman, or skopeo) and writes what it has then: OUT/NAME.id, the image's id; OUT/NAME.tar, the files that its container would see;
# OUT/NAME.save, the image as it saves it again (Docker's containerd store, whose ids are not the configuration's); OUT/NAME.why, where it
# refused. Every image is removed before the next. With mounted, OUT/NAME.tar is of the image's root file system as it is mounted, with
# all extended attributes and access lists, and OUT/NAME.config is its configuration as the engine says it.
set -u
client=$1 store=$2 list=$3 out=$4 how=${5-exported}

forget() {
    $client ps --all --quiet | xargs -r "$client" rm --force >/dev/null 2>&1
    { $client images --all --quiet; cat "$out/loaded" 2>/dev/null; } | sort -u | xargs -r "$client" rmi --force >/dev/null 2>&1
    rm -f "$out/loaded"
}

# mount from 2.39 on hands options over one by one, and the kernel takes no more than 256 bytes of one.
export LIBMOUNT_FORCE_MOUNT2=always

# The mount of an image, or of a container that was never started; its path in $mounted.
mount_image() { # IMAGE
    mounted=/run/mounted
    mkdir -p $mounted /run/nothing
    case "$client $store" in
    'podman '*) mounted=$(podman image mount "$1") ;;
    *" containerd")
        container=$(docker create "$1" /t) || return 1
        command=$(ctr --address /run/docker-engine/containerd/containerd.sock --namespace moby snapshots mounts $mounted "$container") &&
            sh -c "$command"
        ;;
    *)
        folders=$(docker image inspect --format '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' "$1")
        mount -t overlay overlay -o "ro,lowerdir=${folders%:<no value>}:/run/nothing" $mounted
        ;;
    esac
}

look_at() { # NAME IMAGE
    mount_image "$2" 2>>"$out/$1.why" || { echo 'no mount' >>"$out/$1.why"; return 1; }
    # tar has all that stat and listxattr say. Its status is 1 for what is listed and not there: whiteouts over nothing, in overlayfs.
    tar --numeric-owner --xattrs --xattrs-include='*' --acls -C "$mounted" -cf "$out/$1.tar" . 2>>"$out/$1.why"
    status=$?
    case $client in podman) podman image umount "$2" >/dev/null ;; *) umount $mounted ;; esac
    [ $status -le 1 ]
}

with_engine() { # NAME PATH
    forget
    timeout 60 "$client" load --input "$2" >"$out/$1.why" 2>&1 || return 0
    # "Loaded image: t:latest", "Loaded image ID: sha256:…", "Loaded image(s): …"
    sed -n 's/^Loaded image[^:]*: *//p' "$out/$1.why" >"$out/loaded"
    case $(wc -l <"$out/loaded") in
    0) echo 'it loaded nothing' >>"$out/$1.why"; return 0 ;;
    1) image=$(cat "$out/loaded") ;;
    *) echo 'several images' >>"$out/$1.why"; return 0 ;;
    esac
    if [ "$how" = mounted ]; then
        $client image inspect --format '{{json .Config}}' "$image" >"$out/$1.config" 2>>"$out/$1.why"
        look_at "$1" "$image" && $client image inspect --format '{{.Id}}' "$image" >"$out/$1.id" && rm "$out/$1.why"
        return 0
    fi
    # A container is never started: its command may be anything, or nothing.
    container=$($client create "$image" /t 2>>"$out/$1.why") || return 0
    timeout 60 "$client" export "$container" >"$out/$1.tar" 2>>"$out/$1.why" || { rm -f "$out/$1.tar"; return 0; }
    if [ "$store" = containerd ]; then
        "$client" save "$image" >"$out/$1.save" 2>>"$out/$1.why"
    fi
    $client image inspect --format '{{.Id}}' "$image" 2>>"$out/$1.why" | sed 's/^sha256://' >"$out/$1.id"
    rm "$out/$1.why"
}

with_skopeo() { # NAME PATH
    for kind in oci-archive docker-archive; do
        rm -rf /tmp/copied
        if timeout 60 skopeo --insecure-policy copy --quiet "$kind:$2" dir:/tmp/copied >"$out/$1.why" 2>&1; then
            sed -n 's/.*"config": *{[^}]*"digest": *"sha256:\([0-9a-f]*\)".*/\1/p' /tmp/copied/manifest.json >"$out/$1.id"
            [ -s "$out/$1.id" ] || tr -d '\n' </tmp/copied/manifest.json |
                sed -n 's/.*"config": *{[^}]*"digest": *"sha256:\([0-9a-f]*\)".*/\1/p' >"$out/$1.id"
            rm "$out/$1.why"
            return
        fi
    done
}

while read -r name path; do
    case $client in
    skopeo) with_skopeo "$name" "$path" ;;
    *) with_engine "$name" "$path" ;;
    esac
done <"$list"
[ "$client" = skopeo ] || forget
