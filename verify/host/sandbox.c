#include "host/sandbox.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
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

struct permission {
    const char *purpose;
    int call; /* those that this machine has not are negative, and libseccomp leaves them out */
    unsigned count; /* of arguments that are looked at */
    struct scmp_arg_cmp argument;
};

#define ALWAYS(purpose, call)                                                                      \
    { purpose, SCMP_SYS(call), 0, SCMP_CMP(0, SCMP_CMP_EQ, 0, 0) }
#define WHERE(purpose, call, argument)                                                             \
    { purpose, SCMP_SYS(call), 1, argument }

/* What a reader may ask, by purpose. Calls of other names are what other machines and other C
 * libraries ask for the same: 64-bit machines newfstatat where 32-bit ones take fstat64 or statx,
 * musl readv and TIOCGWINSZ, glibc from 2.43 on TCGETS2. Of those that are harmless with some
 * arguments alone the argument is looked at. */
static const struct permission permissions[] = {
    ALWAYS("bytes of what is open", read),
    ALWAYS("bytes of what is open", pread64),
    ALWAYS("bytes of what is open", readv),
    ALWAYS("bytes of what is open", write),
    ALWAYS("bytes of what is open", pwrite64),
    ALWAYS("bytes of what is open", writev),
    ALWAYS("bytes of what is open", lseek),
    ALWAYS("bytes of what is open", _llseek),
    ALWAYS("bytes of what is open", copy_file_range),
    ALWAYS("bytes of what is open", fadvise64),
    ALWAYS("bytes of what is open", fadvise64_64),
    ALWAYS("bytes of what is open", arm_fadvise64_64),
    ALWAYS("bytes of what is open", close),
    ALWAYS("bytes of what is open", dup),
    ALWAYS("what an open file is", fstat),
    ALWAYS("what an open file is", fstat64),
    WHERE("what an open file is", newfstatat,
          SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)),
    WHERE("what an open file is", statx, SCMP_A2(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)),
    WHERE("what an open file is", fcntl, SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)),
    WHERE("what an open file is", fcntl64, SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)),
    WHERE("whether it is a terminal", ioctl, SCMP_A1(SCMP_CMP_EQ, TCGETS, 0)),
#ifdef TCGETS2
    WHERE("whether it is a terminal", ioctl, SCMP_A1(SCMP_CMP_EQ, TCGETS2, 0)),
#endif
    WHERE("whether it is a terminal", ioctl, SCMP_A1(SCMP_CMP_EQ, TIOCGWINSZ, 0)),
    ALWAYS("requests to the parent", sendmsg),
    ALWAYS("requests to the parent", recvmsg),
    ALWAYS("requests to the parent", poll),
    ALWAYS("requests to the parent", ppoll),
    ALWAYS("requests to the parent", ppoll_time64),
    ALWAYS("memory", brk),
    ALWAYS("memory", munmap),
    ALWAYS("memory", mremap),
    ALWAYS("memory", madvise),
    WHERE("memory", mmap, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)),
    WHERE("memory", mmap2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)),
    WHERE("memory", mprotect, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)),
    WHERE("threads", clone, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)),
    ALWAYS("threads", futex),
    ALWAYS("threads", futex_time64),
    ALWAYS("threads", set_robust_list),
    ALWAYS("threads", rseq),
    ALWAYS("threads", gettid),
    ALWAYS("threads", getpid),
    ALWAYS("how many processors, how much memory", sched_getaffinity),
    ALWAYS("how many processors, how much memory", sysinfo),
    ALWAYS("how many processors, how much memory", uname),
    ALWAYS("the clock", clock_gettime),
    ALWAYS("the clock", clock_gettime64),
    ALWAYS("the clock", gettimeofday),
    ALWAYS("random bytes", getrandom),
    /* What SIGSYS does stays as it was set. */
    WHERE("signals", rt_sigaction, SCMP_A0(SCMP_CMP_NE, SIGSYS, 0)),
    WHERE("signals", sigaction, SCMP_A0(SCMP_CMP_NE, SIGSYS, 0)),
    ALWAYS("signals", rt_sigprocmask),
    ALWAYS("signals", sigprocmask),
    ALWAYS("signals", rt_sigreturn),
    ALWAYS("signals", sigreturn),
    ALWAYS("signals", restart_syscall),
    ALWAYS("its own end", exit),
    ALWAYS("its own end", exit_group),
};

/* For those whose input is a folder. */
static const struct permission of_folders[] = {
    WHERE("files below a folder", openat,
          SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)),
    /* musl, where the machine has the older call. */
    WHERE("files below a folder", open,
          SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)),
    ALWAYS("files below a folder", stat),
    ALWAYS("files below a folder", lstat),
    ALWAYS("files below a folder", stat64),
    ALWAYS("files below a folder", lstat64),
    ALWAYS("files below a folder", readlink),
    ALWAYS("files below a folder", newfstatat),
    ALWAYS("files below a folder", fstatat64),
    ALWAYS("files below a folder", statx),
    ALWAYS("files below a folder", getdents64),
    ALWAYS("files below a folder", readlinkat),
    ALWAYS("files below a folder", faccessat),
    ALWAYS("files below a folder", faccessat2),
    ALWAYS("files below a folder", access),
    ALWAYS("files below a folder", fcntl),
    ALWAYS("files below a folder", fcntl64),
};

static int allow(scmp_filter_ctx filter, const struct permission *list, size_t count) {
    int done = 0;
    for (size_t i = 0; i < count && done == 0; i++)
        done = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, list[i].call, list[i].count,
                                      &list[i].argument);
    return done;
}

static int restrict_calls(bool folders) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    if (!filter)
        return -ENOMEM;
    const struct permission own_end = {"its own end, by abort()", SCMP_SYS(tgkill), 1,
                                       SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)};
    int done = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (done == 0)
        done = allow(filter, permissions, sizeof permissions / sizeof *permissions);
    if (done == 0)
        done = allow(filter, &own_end, 1);
    /* Its flags lie in memory, where no filter sees them: C libraries take clone instead. */
    if (done == 0)
        done = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (done == 0 && folders)
        done = allow(filter, of_folders, sizeof of_folders / sizeof *of_folders);
    if (done == 0)
        done = seccomp_load(filter);
    seccomp_release(filter);
    return done;
}

/* What was refused, in memory that the parent sees. */
static struct sandbox_refusal *refusal;

static void end_refused(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    refusal->architecture = info->si_arch;
    refusal->call = info->si_syscall;
    refusal->happened = true;
    _exit(2);
}

static int watch_refusals(struct sandbox_refusal *shared) {
    struct sigaction action = {.sa_sigaction = end_refused, .sa_flags = SA_SIGINFO};
    refusal = shared;
    return sigaction(SIGSYS, &action, NULL);
}

bool sandbox_possible(struct sb_error *error) {
#ifdef SANDBOX_OFF
    (void)error;
    return true;
#else
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0)
        return true;
    (void)sb_error_set(error, SB_ERROR_SYSTEM,
                       "there is no sandbox here: the kernel has no seccomp, or an emulator such "
                       "as qemu-user does not pass it on; --no-sandbox goes without");
    return false;
#endif
}

void sandbox_describe_refusal(const struct sandbox_refusal *what, struct sb_buf *text) {
    struct utsname machine;
    char *name = seccomp_syscall_resolve_num_arch(what->architecture, what->call);
    if (uname(&machine) < 0)
        machine = (struct utsname){.machine = "?", .sysname = "?", .release = "?"};
    if (name)
        sb_buf_appendf(text, "%s", name);
    else
        sb_buf_appendf(text, "call %d", what->call);
    sb_buf_appendf(text, " on %s (%s %s)", machine.machine, machine.sysname, machine.release);
    free(name);
}

int sandbox_apply(const struct sandbox *sandbox, struct sb_error *error) {
#ifdef SANDBOX_OFF
    (void)restrict_calls, (void)restrict_files, (void)watch_refusals, (void)sandbox, (void)error;
    return 0;
#else
#ifdef __GLIBC__
    /* glibc looks into /proc before it gives memory of a second thread's arena back. */
    mallopt(M_ARENA_MAX, 1);
    /* What is large goes back to the system when it is freed: else glibc keeps more and more of it.
     */
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
    if (watch_refusals(sandbox->refusal) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        restrict_files(sandbox) < 0)
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
