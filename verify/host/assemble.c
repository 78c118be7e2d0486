#include "host/assemble.h"

#include <sys/stat.h>

#include "host/process.h"

int assemble_file(const char *source, const char *target, struct sb_error *error) {
    const char *const argv[] = {"nasm", "-f", "bin", "-o", target, source, NULL};
    int status = process_do(argv, 60, error);
    if (status == 0)
        chmod(target, 0775);
    return status;
}
