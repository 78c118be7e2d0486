/* Why two engines' saves of one context differ: what a saver or a builder does that fills the count
 * of a pass. */
#ifndef SB_ENGINES_HABIT_H
#define SB_ENGINES_HABIT_H

#include "canon/pass.h"

struct sb_habit {
    enum sb_pass pass;
    const char *text;  /* NULL: the end of a list */
    unsigned builders; /* of a saver's habit: with images of these alone, as bits of their kinds; 0:
                          of all */
};

#endif
