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
    X(ZEROCHECK_END, "the column values contradict the zerocheck: a constraint or a bus leaf is wrong") \
    X(STATE_KEYS, "the keys of a state proof are not strictly ascending, or there is none") \
    X(STATE_SHAPE, "the state proof is not written in its one canonical way") \
    X(STATE_ROOT, "the state proof does not hash to the state root") \
    X(STATE_VALUE, "the state root holds another value, or none, for this key") \
    X(COMMITMENT_FORMAT, "the state commitment does not follow its format") \
    X(COMMITMENT_VERSION, "the state version does not follow the one before it") \
    X(COMMITMENT_CHAIN, "the state commitment does not chain to the one before it") \
    X(COMMITMENT_GENESIS, "the chain does not begin with the expected commitment") \
    X(TIMESTAMP, "the timestamp is older than that of the version before") \
    X(ADMIN_VERSION, "an administrative change of the state lies in the chain and was not allowed") \
    X(PROGRAM_UNKNOWN, "no program is registered under this name") \
    X(PROGRAM_VERSION, "another version of the program is registered") \
    X(PROGRAMS_CHANGED, "the registered programs changed without an administrative version") \
    X(STATE_VERSION, "the transition was made for another version of the state") \
    X(PRE_ROOT, "the proof starts from another state root than the current one") \
    X(POST_ROOT, "the writes do not lead to the state root that the proof ends with") \
    X(WRITES_FORMAT, "the list of writes does not follow its format") \
    X(WRITES_DIGEST, "the list of writes is not the one that the proof commits to") \
    X(NAMESPACE, "a write lies outside the program's own storage") \
    X(REPLAY, "the same statement has been applied before") \
    X(NO_STATE_VALUES, "the public values do not begin with the two state roots and the digest of the writes") \
    X(RECEIPT, "the receipt is not the one that the state commitment names") \
    X(RESULT_MISMATCH, "result, commitment and proof do not speak of the same root, version and program") \
    X(RUN_CONTINUITY, "a shard does not begin where the one before it ended") \
    X(RUN_BALANCE, "the values that the shards of the run hand on do not balance") \
    X(RUN_SIZE, "the shards of the run hand on more values than can be told apart")

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
