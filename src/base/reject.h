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
    X(MERKLE_ROOT, "an opening does not hash to the committed root") \
    X(MALFORMED_PROOF, "the proof file does not follow its format") \
    X(SCRATCH, "the verifier's scratch memory is too small") \
    X(WRONG_KEY, "the proof is for another program or machine (verifying key differs)") \
    X(KIND, "the shard kind or index is not one that is accepted here") \
    X(ENTRY, "the run does not start at the program's entry") \
    X(NOT_HALTED, "the run does not end in HALT") \
    X(HEIGHTS, "a table has a height that the machine does not allow") \
    X(COUNTS, "the tables hold more rows than the counters can tell apart") \
    X(TIME, "the final timestamp does not follow from the tables") \
    X(EXIT_CODE, "the program ended with another exit code") \
    X(DEFERRED, "the proof carries obligations that nothing has discharged") \
    X(PUBLIC_BYTES, "the public values do not hash to the committed digest") \
    X(PROGRAM_IMAGE, "the program image lies outside what the machine maps") \
    X(STACK_TABLES, "the number of tables, their rows or their columns are out of range") \
    X(STACK_SIZE, "the tables do not fit the committed matrix, or leave it empty") \
    X(TILES, "the values of the stacked columns do not add up to the column values") \
    X(FINAL_QUERIES, "the final polynomial does not agree with the last oracle") \
    X(OPENING, "the opening's last check fails: the committed columns do not have the claimed values") \
    X(GKR_PRODUCT_ZERO, "the product of a permutation bus is zero") \
    X(GKR_PRODUCTS, "the permutation buses do not balance: produced and consumed tuples differ") \
    X(GKR_FRACTIONS, "the lookup buses do not balance: a tuple that was looked up is not in its table") \
    X(GKR_DENOMINATOR, "a lookup fraction has the denominator zero") \
    X(GKR_LAYER, "the values at the end of a layer of the bus trees contradict its sumcheck") \
    X(ZERO_CHALLENGE, "a challenge is zero where it must not be") \
    X(CHAIN_END, "the last key of the memory table is not an address") \
    X(ZEROCHECK_SKIP, "the univariate round does not add up to the claims of the bus trees") \
    X(ZEROCHECK_END, "the column values contradict the zerocheck: a constraint or a bus leaf is wrong")

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
