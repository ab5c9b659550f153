/* Detail of a failure: a fixed-size record that the caller owns (often on its stack) and that never allocates.
 *
 * A function that can fail takes `hb_error *err`, which may be NULL, as its last parameter and returns a hb_status. It writes *err
 * only when it fails. hb_fail and HB_REJECT set status, reason and message; chip, row and offset belong to whoever knows the
 * place: set them before failing, or hb_error_clear leaves them 0. Not shared between threads.
 * The type is public (include/hauptbuch/errors.h) and freestanding; hb_fail is hosted code and not part of the verifier closure (verifiers use HB_REJECT). */
#pragma once
#include <stdint.h>

#include "base/status.h"

static inline void hb_error_clear(hb_error *err)
{
    *err = (hb_error){.status = HB_OK};
}

/* Fills *err (if err is not NULL) with a printf-like message and returns st, so that one can write `return hb_fail(err, ...)`.
 * st must not be HB_OK or HB_REJECTED. */
__attribute__((format(printf, 3, 4))) hb_status hb_fail(hb_error *err, hb_status st, const char *fmt, ...);
