#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"

hb_status hb_fail(hb_error *err, hb_status st, const char *fmt, ...)
{
    HB_ASSERT(st != HB_OK && st != HB_REJECTED);
    if (!err)
        return st;
    err->status = st;
    err->reason = 0;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, args);
    va_end(args);
    return st;
}
