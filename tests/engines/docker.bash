# A Docker engine for the tests: the one that answers, or a dockerd of our own.

start_docker() {
    command -v docker >/dev/null || { echo "no docker client" >"$BATS_FILE_TMPDIR/no-engine"; return 0; }
    if docker version >/dev/null 2>&1; then
        return 0
    fi
    if [ "$(id -u)" != 0 ] || ! command -v dockerd >/dev/null; then
        echo "no docker answers, and none can be started" >"$BATS_FILE_TMPDIR/no-engine"
        return 0
    fi
    docker_folder=$(mktemp -d)
    export docker_folder
    echo '{}' >"$docker_folder/daemon.json"
    dockerd --config-file "$docker_folder/daemon.json" --data-root "$docker_folder/data" \
        --exec-root "$docker_folder/exec" --pidfile "$docker_folder/pid" \
        --host "unix://$docker_folder/docker.sock" --bridge=none --iptables=false \
        >"$docker_folder/log" 2>&1 3>&- &
    export docker_pid=$!
    export DOCKER_HOST=unix://$docker_folder/docker.sock
    for _ in $(seq 150); do
        docker version >/dev/null 2>&1 && return 0
        kill -0 "$docker_pid" 2>/dev/null || break
        sleep 0.2
    done
    echo "dockerd did not start: $(tail -n 3 "$docker_folder/log" | tr '\n' ' ')" >"$BATS_FILE_TMPDIR/no-engine"
}

stop_docker() {
    [ -n "${docker_pid-}" ] || return 0
    kill "$docker_pid" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "$docker_pid" 2>/dev/null || break
        sleep 0.1
    done
    grep " $docker_folder/" /proc/mounts | cut -d ' ' -f 2 | sort -r | xargs -r umount -l || true
    rm -rf "$docker_folder"
}

need_docker() {
    [ ! -e "$BATS_FILE_TMPDIR/no-engine" ] || skip "$(cat "$BATS_FILE_TMPDIR/no-engine")"
}
