/* How a verifier says "no". Freestanding.
 *
 * Every rejection passes through HB_REJECT, so that a test can find every reason and a breakpoint on hb_reject sees every one.
 * The list is append-only: the numbers go into error records and into the texts of other languages' bindings.
 * Whoever writes a verifier appends the reasons it needs: X(NAME, "text"), the text a statement of what is wrong. */
#pragma once
#include "base/error.h"

#define HB_REJECT_REASONS(X)                                                                                            \
    X(NONE, "not rejected")                                                                                             \
    X(TRUNCATED, "the input ends too early")                                                                            \
    X(TRAILING_BYTES, "bytes are left over after the end")                                                              \
    X(BAD_MAGIC, "the first bytes are not those of this format")                                                        \
    X(BAD_VERSION, "the format version is not known")                                                                   \
    X(BAD_LENGTH, "a length or count is out of range")                                                                  \
    X(NOT_CANONICAL, "a field element is not below the modulus")                                                        \
    X(BAD_PARAMETERS, "the proof was made with other parameters")                                                       \
    X(BAD_GRINDING, "the proof-of-work witness does not meet its target")                                               \
    X(MERKLE_ROOT, "an opening does not hash to the committed root")

typedef enum hb_reason {
#define HB_REJECT_ENUM(name, text) HB_R_##name,
    HB_REJECT_REASONS(HB_REJECT_ENUM)
#undef HB_REJECT_ENUM
    HB_R_COUNT
} hb_reason;

/* The reason's text, never NULL; "unknown reason" for numbers outside the list. */
const char *hb_reject_text(uint32_t reason);

/* Use HB_REJECT. Fills *err (if err is not NULL) and returns HB_REJECTED. */
hb_status hb_reject(hb_error *err, hb_reason reason);

/* `return HB_REJECT(err, HB_R_TRUNCATED);` err: hb_error pointer or NULL. Evaluates to HB_REJECTED. */
#define HB_REJECT(err, reason) hb_reject((err), (reason))
