#include "host/dockerd.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/process.h"
#include "host/temporary.h"
#include "host/vary.h"

enum { STOP_SECONDS = 20, POLL_NANOSECONDS = 100000000 };

bool dockerd_possible(const char **why) {
    char *path = process_find("dockerd"), *client = process_find("docker");
    bool found = path != NULL, asked = client != NULL;
    free(path);
    free(client);
    if (found && !asked)
        *why = "dockerd is installed, but its client is not (apt-get install docker-cli; in older "
               "releases it is in docker.io)";
    else if (!found)
        *why = "dockerd is not installed (apt-get install docker.io docker-cli)";
    else if (geteuid() != 0)
        *why = "a private dockerd needs root";
    return found && asked && geteuid() == 0;
}

static char *below(const struct dockerd *dockerd, const char *prefix, const char *name) {
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_appendf(&text, "%s%s/%s", prefix, dockerd->folder, name);
    return sb_buf_detach(&text);
}

/* The last line of its log that is an error, for the message. */
static void quote_log(const char *path, struct sb_buf *said) {
    FILE *log = fopen(path, "r");
    char line[2048];
    while (log && fgets(line, sizeof line, log)) {
        line[strcspn(line, "\n")] = '\0';
        if (strstr(line, "level=fatal") || strstr(line, "level=error") ||
            strstr(line, "failed to start")) {
            said->size = 0;
            sb_buf_appendf(said, "%.600s", line);
        }
    }
    if (log)
        fclose(log);
    if (!said->size)
        sb_buf_appendf(said, "its log says nothing");
}

static bool answers(const struct dockerd *dockerd) {
    const char *const argv[] = {"docker", "version", NULL};
    const char *const environment[] = {dockerd->host, NULL};
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    struct sb_error error;
    process.argv = argv;
    process.environment = environment;
    process.timeout = 10;
    bool done = process_run(&process, &result, &error) == 0 && result.status == 0;
    process_result_release(&result);
    return done;
}

static int wait_until_it_answers(struct dockerd *dockerd, const char *log, unsigned timeout,
                                 struct sb_error *error) {
    struct timespec pause = {0, POLL_NANOSECONDS};
    time_t deadline = time(NULL) + (time_t)timeout;
    struct sb_buf said = SB_BUF_INIT;
    int status = 1;
    while (status > 0) {
        if (answers(dockerd)) {
            status = 0;
        } else if (process_signal()) {
            status = sb_error_set(error, SB_ERROR_SYSTEM, "stopped by signal %d", process_signal());
        } else if (waitpid(dockerd->pid, NULL, WNOHANG) == dockerd->pid) {
            dockerd->pid = 0;
            quote_log(log, &said);
            status = sb_error_set(error, SB_ERROR_SYSTEM, "the private dockerd ended: %s",
                                  sb_buf_string(&said));
        } else if (time(NULL) > deadline) {
            quote_log(log, &said);
            status = sb_error_set(error, SB_ERROR_SYSTEM,
                                  "the private dockerd does not answer after %u seconds: %s",
                                  timeout, sb_buf_string(&said));
        } else {
            nanosleep(&pause, NULL);
        }
    }
    sb_buf_release(&said);
    return status;
}

int dockerd_start(struct dockerd *dockerd, unsigned timeout, struct sb_error *error) {
    if (temporary_folder(&dockerd->folder, error) < 0)
        return -1;
    char *data = below(dockerd, "--data-root=", "data");
    char *exec = below(dockerd, "--exec-root=", "exec");
    char *pid_file = below(dockerd, "--pidfile=", "pid");
    char *host = below(dockerd, "--host=unix://", "docker.sock");
    char *config = below(dockerd, "--config-file=", "daemon.json");
    char *log = below(dockerd, "", "log");
    dockerd->host = below(dockerd, "DOCKER_HOST=unix://", "docker.sock");
    dockerd->bin = vary_install(dockerd->folder);
    int status = result_write(strchr(config, '=') + 1, sb_span_string("{}\n"), error);
    /* In a namespace of its own all that it starts ends with it, and it with us: unshare is killed,
     * then what is process 1 there, then everything. */
    const char *argv[] = {"unshare",
                          "--pid",
                          "--fork",
                          "--kill-child",
                          "--mount-proc",
                          "dockerd",
                          data,
                          exec,
                          pid_file,
                          host,
                          config,
                          "--bridge=none",
                          "--iptables=false",
                          "--ip6tables=false",
                          NULL};
    struct process process = PROCESS_INIT;
    process.argv = argv;
    process.first = dockerd->bin;
    process.death_signal = SIGKILL;
    if (status == 0)
        status = process_start(&process, log, &dockerd->pid, error);
    if (status == 0)
        status = wait_until_it_answers(dockerd, log, timeout, error);
    if (status < 0)
        dockerd_stop(dockerd);
    free(data);
    free(exec);
    free(pid_file);
    free(host);
    free(config);
    free(log);
    return status;
}

/* What a dockerd that was killed leaves mounted below its folder. */
static void unmount_all(const char *folder) {
    for (int round = 0; round < 8; round++) {
        FILE *mounts = fopen("/proc/self/mounts", "r");
        char line[8192], path[4096];
        bool found = false;
        while (mounts && fgets(line, sizeof line, mounts))
            if (sscanf(line, "%*s %4095s", path) == 1 &&
                strncmp(path, folder, strlen(folder)) == 0 && path[strlen(folder)] == '/')
                found = umount2(path, MNT_DETACH) == 0 || found;
        if (mounts)
            fclose(mounts);
        if (!found)
            return;
    }
}

void dockerd_stop(struct dockerd *dockerd) {
    if (dockerd->pid) {
        kill(-dockerd->pid, SIGTERM); /* its group: unshare itself does not listen */
        process_stop(dockerd->pid, STOP_SECONDS);
    }
    dockerd->pid = 0;
    if (dockerd->folder) {
        unmount_all(dockerd->folder);
        temporary_remove(dockerd->folder);
    }
    free(dockerd->folder);
    free(dockerd->host);
    free(dockerd->bin);
    dockerd->folder = dockerd->host = dockerd->bin = NULL;
}
