/* Other programs: started without a shell, with a small fixed environment and a time limit, and
 * ended with us. */
#ifndef VERIFY_HOST_PROCESS_H
#define VERIFY_HOST_PROCESS_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

struct process {
    const char *const *argv; /* ends in NULL; argv[0] is looked up in PATH unless it has a / */
    const char *const
        *environment;   /* NAME=VALUE beside the fixed ones, ends in NULL; may be NULL */
    const char *folder; /* working folder; NULL: ours */
    const char *first;  /* a folder in front of its PATH; NULL: none */
    int input;          /* descriptor of its standard input; -1: /dev/null */
    int output;         /* of its standard output; -1: captured */
    unsigned timeout;   /* seconds; 0: none */
    int umask;          /* -1: 022 */
    int death_signal;   /* what it gets when we die; 0: SIGTERM */
    const char
        *doing; /* for a line of progress: what it does with the bytes it reads; NULL: none */
    uint64_t largest_file; /* bytes of the largest file that it may write; 0: any */
};

#define PROCESS_INIT                                                                               \
    { .input = -1, .output = -1, .umask = -1 }

struct process_result {
    struct sb_buf output; /* captured standard output */
    struct sb_buf errors; /* the end of standard error */
    int status;           /* exit status; 128 + signal */
};

#define PROCESS_RESULT_INIT                                                                        \
    { 0 }

/* Runs it to its end. An error where it cannot be started, takes too long, or we are told to stop;
 * its own exit status is no error. */
int process_run(const struct process *process, struct process_result *result,
                struct sb_error *error) SB_MUST_USE;
/* The same, but any status except 0 is an error that quotes its message. */
int process_check(const struct process *process, struct process_result *result,
                  struct sb_error *error) SB_MUST_USE;
/* The same where nobody wants its output. */
int process_do(const char *const *argv, unsigned timeout, struct sb_error *error) SB_MUST_USE;
void process_result_release(struct process_result *result);

/* Starts it in the background with its output in the file log. */
int process_start(const struct process *process, const char *log, pid_t *pid,
                  struct sb_error *error) SB_MUST_USE;
/* Asks it to end (SIGTERM), after seconds forces it. */
void process_stop(pid_t pid, unsigned seconds);

/* From now on SIGINT, SIGTERM and SIGHUP make every wait here return an error, so that what was
 * started is cleaned up on the way out. */
void process_catch_signals(void);
/* The signal that came; 0. */
int process_signal(void);
/* Until this is called with false, a signal does not cut waits short: for cleaning up. */
void process_hold_signals(bool hold);

/* The path of a program in PATH and the folders of administrators; NULL. The caller frees it. */
char *process_find(const char *name);
/* The path of a helper that belongs to this program: in the folder that the environment variable
 * names, in beside (relative to the program's own folder), or in LIBEXECDIR/samebytes. NULL. */
char *process_find_helper(const char *variable, const char *beside, const char *name);
/* All of them, as PATH has them. */
size_t process_find_all(const char *name, char **paths, size_t highest);

#endif
