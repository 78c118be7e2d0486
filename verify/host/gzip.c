#include "host/gzip.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/encoder.h"
#include "host/temporary.h"

int gzip_file(int input, int output, struct sb_error *error) {
    int status = encoder_run(ENCODER_GNU_GZIP, 9, input, output, error);
    return status > 0 ? sb_error_set(error, SB_ERROR_SYSTEM, "gzip is missing: install it")
                      : status;
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
