#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void hb_assert_fail(const char *file, int line, const char *function, const char *expression)
{
    fprintf(stderr, "%s:%d: %s: assertion failed: %s\n", file, line, function, expression);
    abort();
}
