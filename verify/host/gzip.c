#include "host/gzip.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/process.h"
#include "host/temporary.h"

int gzip_file(int input, int output, struct sb_error *error) {
    static const char *const argv[] = {"gzip", "-9n", NULL};
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    if (lseek(input, 0, SEEK_SET) < 0)
        return sb_error_set_errno(error, errno, "cannot rewind what is to be compressed");
    process.argv = argv;
    process.input = input;
    process.output = output;
    int status = process_check(&process, &result, error);
    process_result_release(&result);
    return status;
}

int gzip_size(int input, uint64_t *size, struct sb_error *error) {
    struct stat info;
    int output = temporary_file(NULL, error);
    if (output < 0)
        return -1;
    int status = gzip_file(input, output, error);
    if (status == 0 && fstat(output, &info) < 0)
        status = sb_error_set_errno(error, errno, "cannot look at what gzip wrote");
    if (status == 0)
        *size = (uint64_t)info.st_size;
    close(output);
    return status;
}
