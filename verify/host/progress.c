#include "host/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void progress_begin(struct progress *progress, const char *doing, uint64_t total) {
    *progress = (struct progress){
        .doing = doing, .total = total, .begun = now(), .wanted = isatty(STDERR_FILENO)};
}

/* Decimal units, as rates are told in. */
static void print_size(char *text, size_t size, double bytes) {
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    size_t unit = 0;
    for (bytes /= 1000; bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        bytes /= 1000;
    snprintf(text, size, bytes < 9.95 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static uint64_t bytes_read_by(pid_t pid) {
    char path[64];
    uint64_t bytes = 0;
    snprintf(path, sizeof path, "/proc/%ld/io", (long)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "rchar: %" SCNu64, &bytes) != 1)
        bytes = 0;
    fclose(file);
    return bytes;
}

static void show(struct progress *progress, uint64_t done, double seconds) {
    char size[32], total[32], rate[32], left[48] = "";
    double speed = (double)done / seconds;
    print_size(size, sizeof size, (double)done);
    print_size(rate, sizeof rate, speed);
    print_size(total, sizeof total, (double)progress->total);
    if (done < progress->total)
        snprintf(left, sizeof left, ", %.0f s left", (double)(progress->total - done) / speed);
    fprintf(stderr, "\r\033[K%s %s%s%s, %s/s%s", progress->doing, size,
            done < progress->total ? " of about " : "", done < progress->total ? total : "", rate,
            left);
    fflush(stderr);
    progress->shown = true;
}

void progress_show(struct progress *progress, pid_t pid) {
    double seconds = progress->wanted ? now() - progress->begun : 0;
    uint64_t done = seconds >= 1 ? bytes_read_by(pid) : 0;
    if (done)
        show(progress, done, seconds);
}

void progress_end(struct progress *progress) {
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->wanted = progress->shown = false;
}
