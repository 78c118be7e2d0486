#include "command.h"
int cmd_verify(struct options *options, struct sb_error *error) { (void)options; return sb_error_set(error, SB_ERROR_USAGE, "x"); }
