#include "host/assemble.h"

#include <sys/stat.h>

#include "host/process.h"

int assemble_file(const char *source, const char *target, struct sb_error *error) {
    const char *const argv[] = {"nasm", "-f", "bin", "-o", target, source, NULL};
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    process.argv = argv;
    process.timeout = 60;
    int status = process_check(&process, &result, error);
    process_result_release(&result);
    if (status == 0)
        chmod(target, 0775);
    return status;
}
