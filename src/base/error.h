/* Detail of a failure: a fixed-size record that the caller owns (often on its stack) and that never allocates.
 *
 * A function that can fail takes `hb_error *err`, which may be NULL, as its last parameter and returns a hb_status. It writes *err
 * only when it fails. hb_fail and HB_REJECT set status, reason and message; chip, row and offset belong to whoever knows the
 * place: set them before failing, or hb_error_clear leaves them 0. Not shared between threads.
 * The type is freestanding; hb_fail is hosted code and not part of the verifier closure (verifiers use HB_REJECT). */
#pragma once
#include <stdint.h>

#include "base/status.h"

#define HB_ERROR_MESSAGE_BYTES 256

typedef struct hb_error {
    hb_status status;
    uint32_t reason;                      /* hb_reason of base/reject.h when status is HB_REJECTED, else 0 */
    uint32_t chip;                        /* chip number, where one is concerned */
    uint32_t row;                         /* row of that chip's trace, or instruction index */
    uint64_t offset;                      /* byte offset in the input that was read, or guest address */
    char message[HB_ERROR_MESSAGE_BYTES]; /* NUL-terminated; longer texts are cut */
} hb_error;

static inline void hb_error_clear(hb_error *err)
{
    *err = (hb_error){.status = HB_OK};
}

/* Fills *err (if err is not NULL) with a printf-like message and returns st, so that one can write `return hb_fail(err, ...)`.
 * st must not be HB_OK or HB_REJECTED. */
__attribute__((format(printf, 3, 4))) hb_status hb_fail(hb_error *err, hb_status st, const char *fmt, ...);
