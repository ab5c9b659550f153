/* Recording of a chip's rules: columns in, constraints and bus terms out (architecture.md, rule 1).
 *
 * A chip's `rules` function runs once over an hb_air recorder. Expressions are nodes of a hash-consed DAG (equal expressions have equal ids, so
 * "the same limb" is decidable). Everything later (trace checker, degree finder, SIMD evaluator, verifier's evaluator, key digest, printer) reads
 * the finished record. All arithmetic is in F. Limits: constraints of degree 3, produce/consume/lookup leaves of degree 3 (docs/protocol.md 8).
 *
 * Freestanding: the record lives in caller's memory (hb_air_init), because the verifier records the rules again instead of trusting anything. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t hb_expr; /* node id */

/* docs/protocol.md 5: bus numbers are tags in fingerprints */
typedef enum hb_bus {
    HB_BUS_STATE = 1, HB_BUS_MEM, HB_BUS_CHAIN, HB_BUS_GLOBAL, /* permutation buses */
    HB_BUS_PROG, HB_BUS_IMAGE, HB_BUS_RC16, HB_BUS_RC18, HB_BUS_AND, HB_BUS_BYTES /* lookups */
} hb_bus;

/* docs/protocol.md 12 */
typedef enum hb_structured {
    HB_ST_INDEX, HB_ST_BYTE_A, HB_ST_BYTE_B, HB_ST_BYTE_AND, HB_ST_PV_SEL, HB_ST_PV_LO, HB_ST_PV_HI, HB_ST_COUNT
} hb_structured;

typedef struct hb_air hb_air;

/* --- expressions ------------------------------------------------------------------------------------------------------------------- */
hb_expr hb_air_col(hb_air *a, uint32_t j);           /* column j: preprocessed columns first, then main */
hb_expr hb_air_const(hb_air *a, int64_t c);          /* any integer of absolute value below 2^62, reduced mod p */
hb_expr hb_air_structured(hb_air *a, hb_structured s);
hb_expr hb_air_key(hb_air *a, uint32_t k);           /* constant of the program's key or of the statement, bound late: HB_KEY_* below */
hb_expr hb_air_add(hb_air *a, hb_expr x, hb_expr y);
hb_expr hb_air_sub(hb_air *a, hb_expr x, hb_expr y);
hb_expr hb_air_mul(hb_air *a, hb_expr x, hb_expr y);
hb_expr hb_air_scale(hb_air *a, int64_t c, hb_expr x); /* c * x */
hb_expr hb_air_scale_inv(hb_air *a, uint32_t n, hb_expr x); /* x / n in F, n not 0 mod p: carries are (..) / 2^16 */

#define HB_KEY_IMG_LO 0u /* img_lo / 8 mod 2^29 (the image lies below 2^32) */
#define HB_KEY_IMG_HI 1u /* img_hi / 8 */
#define HB_KEY_SHARD 2u  /* index of the proof in its run (docs/protocol.md 14) */
#define HB_KEY_COUNT 3u

/* --- constraints ------------------------------------------------------------------------------------------------------------------- */
/* e = 0 on every stored row, real or padding; so e must vanish when all committed columns are 0, whatever structured columns and key constants
 * are (checked at key generation). `label` is a static string, unique in the chip. */
void hb_air_zero(hb_air *a, const char *label, hb_expr e);
void hb_air_bool(hb_air *a, const char *label, hb_expr x); /* x (x - 1) = 0 */

/* --- bus terms (multiplied by the row mask: padding rows reach no bus) ------------------------------------------------------------- */
#define HB_ALWAYS UINT32_MAX /* no flag */
/* `flag`: HB_ALWAYS or an expression of degree 1 that is 0 or 1, which the record checks: hb_air_bool of the same expression, or 1 - x for such an x, or a
 * preprocessed column, HB_ST_PV_SEL, 0, 1. Tuple length fixed per bus. Ids of expressions are void once recording has ended (air/record.h). */
void hb_air_produce(hb_air *a, hb_bus bus, hb_expr flag, const hb_expr *tuple, uint32_t n);
void hb_air_consume(hb_air *a, hb_bus bus, hb_expr flag, const hb_expr *tuple, uint32_t n);
void hb_air_lookup(hb_air *a, hb_bus bus, hb_expr flag, const hb_expr *tuple, uint32_t n);
void hb_air_provide(hb_air *a, hb_bus bus, hb_expr multiplicity, const hb_expr *tuple, uint32_t n);

/* --- range labels (machine.md 7) --------------------------------------------------------------------------------------------------- */
/* Key generation checks that each of the limbs v0..v3 of a produced MEM or GLOBAL tuple is one of: a limb of a MEM or GLOBAL tuple consumed in the same row under the same flag (or
 * unconditionally); an expression x with an unconditional lookup RC16(x); lo + 256 hi with BYTES or AND lookups of lo and hi; a constant below 2^16; or an expression declared here.
 * `why` states the argument (e.g. "boolean * 65535", "limb of a PROG tuple", "limb of an IMAGE tuple"); it is printed in docs/chips.md. */
void hb_air_range16(hb_air *a, hb_expr x, const char *why);
