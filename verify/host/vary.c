#include "host/vary.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/process.h"
#include "host/temporary.h"

enum { PROBE_SECONDS = 10 };

static char *beside(const char *folder, const char *name) {
    struct sb_buf path = SB_BUF_INIT;
    sb_buf_appendf(&path, "%s/%s", folder, name);
    return sb_buf_detach(&path);
}

char *vary_install(const char *folder) {
    char *script = process_find_helper("SAMEBYTES_SUITE", "/../tools/engines", "runtime.sh");
    char *bin = beside(folder, "bin"), *runc = beside(bin, "runc"), *crun = beside(bin, "crun");
    bool done =
        script && mkdir(bin, 0755) == 0 && symlink(script, runc) == 0 && symlink(script, crun) == 0;
    free(runc);
    free(crun);
    free(script);
    if (done)
        return bin;
    free(bin);
    return NULL;
}

int vary_begin(const char *bin, struct sb_error *error) {
    char *flag = beside(bin, "varied");
    FILE *file = fopen(flag, "w");
    int status = file ? 0 : sb_error_set_errno(error, errno, "%s: cannot write it", flag);
    if (file)
        fclose(file);
    free(flag);
    return status;
}

static bool runs(const char *const *prefix, const char *a, const char *b, const char *c) {
    const char *argv[12];
    size_t count = 0;
    for (; prefix && *prefix; prefix++)
        argv[count++] = *prefix;
    const char *const words[] = {a, b, c, "true", NULL};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i] || i == sizeof words / sizeof *words - 1)
            argv[count++] = words[i];
    struct sb_error ignored;
    return process_do(argv, PROBE_SECONDS, &ignored) == 0;
}

void vary_command(const char *const *prefix, vary_words words, char cpu[16], line_list *varied) {
    size_t count = 0;
    cpu_set_t set;
    int highest = -1;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1)
        for (int i = 0; i < CPU_SETSIZE; i++)
            highest = CPU_ISSET((size_t)i, &set) ? i : highest;
    snprintf(cpu, 16, "%d", highest);
    if (highest >= 0 && runs(prefix, "taskset", "-c", cpu)) {
        words[count++] = "taskset";
        words[count++] = "-c";
        words[count++] = cpu;
        vary_add(varied, "num_cpus");
    }
    if (runs(prefix, "setarch", "-R", NULL)) {
        words[count++] = "setarch";
        words[count++] = "-R";
        vary_add(varied, "aslr");
    }
    words[count] = NULL;
}

void vary_add(line_list *varied, const char *name) {
    if (!lines_have(varied, name))
        lines_add(varied, "%s", name);
}

void vary_end(const char *bin, line_list *varied) {
    char *flag = beside(bin, "varied");
    FILE *file = fopen(flag, "r");
    char line[64];
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        vary_add(varied, line);
    }
    if (file)
        fclose(file);
    unlink(flag);
    free(flag);
}

char *vary_rest(const line_list *varied) {
    static const char *const names[] = {"aslr",      "build_path",   "domain_host", "environment",
                                        "exec_path", "fileordering", "home",        "kernel",
                                        "locales",   "num_cpus",     "time",        "timezone",
                                        "umask",     "user_group"};
    struct sb_buf text = SB_BUF_INIT;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!lines_have(varied, names[i]))
            sb_buf_appendf(&text, "%s%s", text.size ? ", " : "", names[i]);
    return sb_buf_detach(&text);
}
