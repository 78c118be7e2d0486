#include "host/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANDBOX_OFF
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SAMEBYTES_COVERAGE)
#define SANDBOX_OFF
#endif

/* landlock(7) */

/* The number of access rights to files that each version of Landlock knows. */
static uint64_t known_rights(long version) {
    static const unsigned bits[] = {0, 13, 14, 15, 15, 16};
    long last = (long)(sizeof bits / sizeof *bits) - 1;
    return (UINT64_C(1) << bits[version < last ? version : last]) - 1;
}

static long landlock_version(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static int allow_reading(int ruleset, const char *folder) {
    struct stat status;
    struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE};
    rule.parent_fd = open(folder, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return -1;
    if (fstat(rule.parent_fd, &status) == 0 && S_ISDIR(status.st_mode))
        rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    long done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return (int)done;
}

static int restrict_files(const struct sandbox *sandbox) {
    long version = landlock_version();
    if (version < 1)
        return 0;
    struct landlock_ruleset_attr rights = {.handled_access_fs = known_rights(version)};
    int ruleset =
        (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights.handled_access_fs, 0);
    if (ruleset < 0)
        return -1;
    long done = 0;
    for (size_t i = 0; i < sandbox->folder_count && done == 0; i++)
        done = allow_reading(ruleset, sandbox->folders[i]);
    if (done == 0)
        done = syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
    return (int)done;
}

/* seccomp(2) */

/* Bytes of what is open, memory, the clock, its own end. Some are of 32-bit machines alone. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(pwrite64),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(fadvise64),
    SCMP_SYS(copy_file_range),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sysinfo),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaction),
    SCMP_SYS(sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(uname),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(ppoll_time64),
};

static int allow(scmp_filter_ctx filter, int call) {
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

struct partly_allowed {
    int call;
    struct scmp_arg_cmp argument;
};

static int allow_partly(scmp_filter_ctx filter, struct partly_allowed row) {
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row.call, 1, &row.argument);
}

/* Those that are harmless with some of their arguments only. */
static int allow_in_part(scmp_filter_ctx filter) {
    const struct partly_allowed rows[] = {
        {SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mmap2), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, TCGETS, 0)}, /* isatty */
        {SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)},
        {SCMP_SYS(fcntl64), SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)},
        {SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)},
        /* fstat, as glibc asks it */
        {SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)},
        /* abort() */
        {SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)},
    };
    int done = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && done == 0; i++)
        done = allow_partly(filter, rows[i]);
    return done;
}

static int allow_folders(scmp_filter_ctx filter) {
    static const int calls[] = {SCMP_SYS(newfstatat), SCMP_SYS(getdents64), SCMP_SYS(readlinkat),
                                SCMP_SYS(faccessat),  SCMP_SYS(faccessat2), SCMP_SYS(access),
                                SCMP_SYS(fcntl)};
    const struct partly_allowed reading = {
        SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)};
    int done = allow_partly(filter, reading);
    for (size_t i = 0; i < sizeof calls / sizeof *calls && done == 0; i++)
        done = allow(filter, calls[i]);
    return done;
}

static int restrict_calls(bool folders) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return -ENOMEM;
    int done = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && done == 0; i++)
        done = allow(filter, allowed[i]);
    if (done == 0)
        done = allow_in_part(filter);
    /* Its flags lie in memory, where no filter sees them: glibc takes clone instead. */
    if (done == 0)
        done = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (done == 0 && folders)
        done = allow_folders(filter);
    if (done == 0)
        done = seccomp_load(filter);
    seccomp_release(filter);
    return done;
}

int sandbox_apply(const struct sandbox *sandbox, struct sb_error *error) {
#ifdef SANDBOX_OFF
    (void)restrict_calls, (void)restrict_files, (void)sandbox, (void)error;
    return 0;
#else
    /* glibc looks into /proc before it gives memory of a second thread's arena back. */
    mallopt(M_ARENA_MAX, 1);
    /* What is large goes back to the system when it is freed: else glibc keeps more and more of it.
     */
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || restrict_files(sandbox) < 0)
        return sb_error_set_errno(error, errno,
                                  "the sandbox cannot be set up (--no-sandbox goes without)");
    int done = restrict_calls(sandbox->folder_count > 0);
    return done < 0 ? sb_error_set_errno(error, -done,
                                         "seccomp cannot be set up (--no-sandbox goes without)")
                    : 0;
#endif
}

void sandbox_describe(struct sb_buf *text) {
#ifdef SANDBOX_OFF
    sb_buf_append_string(text, "none: built with sanitizers or for coverage");
#else
    long version = landlock_version();
    bool seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
    sb_buf_append_string(text, seccomp ? "seccomp" : "no seccomp in this kernel");
    if (version > 0)
        sb_buf_appendf(text, ", Landlock %ld", version);
    else
        sb_buf_append_string(text, ", no Landlock in this kernel");
#endif
}
