/* The names of images that a run leaves in an engine for a while: they say whose they are, so that
 * what a run that was killed left in a shared engine is found and removed by the next. */
#ifndef VERIFY_HOST_RUN_NAME_H
#define VERIFY_HOST_RUN_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* What all of them begin with. */
#define RUN_NAME_PREFIX "samebytes-"
enum { RUN_NAME_SIZE = 128 };

/* samebytes-MACHINE-PID-TIME-ROUND:latest. MACHINE is a hash of this boot of this machine and of
 * its process namespace, in which alone PID means something. */
void run_name_make(char name[RUN_NAME_SIZE], int round);
/* Whether a run of this machine made it that has ended. */
bool run_name_is_left(const char *name);

#endif
