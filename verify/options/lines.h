/* Sentences that a report collects on its way: notes of a verification, of an engine, of an audit.
 */
#ifndef VERIFY_LINES_H
#define VERIFY_LINES_H

#include <stdbool.h>

#include "base/vec.h"

typedef SB_VEC(char *) line_list;

void lines_add(line_list *lines, const char *format, ...) SB_FORMAT(2, 3);
bool lines_have(const line_list *lines, const char *text);
void lines_release(line_list *lines);

#endif
