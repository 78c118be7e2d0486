#include "host/run_name.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "codec/sha256.h"

static void append_file(struct sb_buf *text, const char *path) {
    char line[256];
    FILE *file = fopen(path, "r");
    if (file && fgets(line, sizeof line, file))
        sb_buf_append_string(text, line);
    if (file)
        fclose(file);
}

static void machine(char hex[9]) {
    struct sb_buf text = SB_BUF_INIT;
    char whole[65], namespace[64];
    append_file(&text, "/proc/sys/kernel/random/boot_id");
    ssize_t size = readlink("/proc/self/ns/pid", namespace, sizeof namespace);
    sb_buf_append(&text, namespace, size > 0 ? (size_t)size : 0);
    struct sb_digest digest = sb_sha256_of(sb_buf_span(&text));
    sb_digest_format_hex(&digest, whole);
    snprintf(hex, 9, "%.8s", whole);
    sb_buf_release(&text);
}

void run_name_make(char name[RUN_NAME_SIZE], int round) {
    char hex[9];
    struct timespec time;
    machine(hex);
    clock_gettime(CLOCK_REALTIME, &time);
    snprintf(name, RUN_NAME_SIZE, RUN_NAME_PREFIX "%s-%ld-%ld%09ld-%d:latest", hex, (long)getpid(),
             (long)time.tv_sec, time.tv_nsec, round);
}

bool run_name_is_left(const char *name) {
    char hex[9];
    struct sb_buf ours = SB_BUF_INIT;
    uint64_t pid = 0;
    /* Podman puts localhost/ in front. */
    const char *slash = strrchr(name, '/');
    struct sb_span rest = sb_span_string(slash ? slash + 1 : name);
    machine(hex);
    sb_buf_appendf(&ours, RUN_NAME_PREFIX "%s-", hex);
    bool known = sb_span_starts(rest, sb_buf_string(&ours));
    rest = known ? sb_span_from(rest, ours.size) : sb_span_of(NULL, 0);
    sb_buf_release(&ours);
    const unsigned char *end = rest.size ? memchr(rest.data, '-', rest.size) : NULL;
    return end &&
           sb_number_decimal(sb_span_of(rest.data, (size_t)(end - rest.data)), INT_MAX, &pid) &&
           pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}
