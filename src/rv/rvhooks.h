/* SP1's named hooks: a guest writes a request to descriptor 15..21, the host computes something that is easy to check and hard to find, and pushes the answer
 * to the front of the hint queue. All of it is advice: the guest must check. Formats as the public sp1-zkvm crate and its patched crates use them. */
#pragma once
#include "rv/rvhost.h"

#define HB_RV_HOOK_MAX_BYTES 64 /* length of field elements in the generic hooks (20, 21): bounds what a guest can make the host compute */

/* NULL when fd is no hook. */
const char *hb_rv_hook_name(unsigned fd);

/* Serves a request. HB_TRAP_HOOK with *why (a constant string) for malformed requests and those without an answer; HB_TRAP_OUTPUT_LIMIT.
 *
 *   15 ECRECOVER        curve (1 secp256k1, 2 secp256r1) | parity << 7, then x-coordinate r and alpha = r^3 + a r + b, 32 bytes each, big-endian.
 *                       Answer: [1], y (square root of alpha with that parity), r^-1 modulo the group order; or [0], square root of 3 alpha.
 *   16 ED_DECOMPRESS    32 bytes: y with the sign bit on top, 32 bytes: v = d y^2 + 1, little-endian. Answer: [1] if (y^2 - 1) / v is a square;
 *                       [0] if y is not below p; else [0], v^-1, square root of 2 (y^2 - 1) / v.
 *   17 RSA_MUL_MOD      512 bytes: product, 256 bytes: modulus, little-endian. Answer: remainder, quotient, 256 bytes each.
 *   18 BLS12381_SQRT    48 bytes: a, big-endian. Answer: [1], square root of a; or [0], square root of 2 a.
 *   19 BLS12381_INVERSE 48 bytes: a, big-endian, not 0. Answer: a^-1.
 *   20 FP_SQRT          n as u32, then element, modulus, non-residue, n bytes each, all big-endian. Answer: [1], root; or [0], root of element * non-residue.
 *   21 FP_INVERSE       n as u32, then element (not 0) and modulus, n bytes each, big-endian. Answer: element^(modulus - 2).
 * Of two square roots the answer holds either (15: the one with the parity). */
hb_rv_trap hb_rv_hook(hb_rv_host *h, unsigned fd, hb_rv_span request, const char **why);
