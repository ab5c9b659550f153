/* Verifying proofs, with this header and libhauptbuch-verify alone: C17, no heap, no threads, no files; nothing of the system is needed but
 * memcpy, memmove, memset and memcmp. The same sources are the WebAssembly module (verifiers/wasm) and run as a guest of the machine itself
 * (verifiers/guest).
 *
 * A verifier decides from bytes to yes or no; it never crashes, whatever it is given. Yes says: the program with verifying key `vkey`,
 * started at its entry with its image, zero memory and some private input, ended with `exit_code` after writing the public values that the
 * verdict points at. Proofs are succinct, not hiding: they may leak information about private inputs.
 *
 *     static unsigned char memory[HB_VERIFIER_BYTES];
 *     hb_verifier *verifier = hb_verifier_init(memory, sizeof memory);
 *     hb_verdict verdict;
 *     if (hb_verifier_check(verifier, proof, proof_bytes, vkey, 0, &verdict))
 *         use(verdict.public_values, verdict.public_bytes);
 *     else
 *         puts(verdict.text);
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifndef HB_PUBLIC
#if defined(__GNUC__)
#define HB_PUBLIC __attribute__((visibility("default")))
#else
#define HB_PUBLIC
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Memory that a verifier takes, of any alignment: the rules of the machine, made once, and scratch for a check. */
#define HB_VERIFIER_BYTES ((size_t)8 << 20)

/* Lives in the caller's memory. One check at a time; as many verifiers at once as there are memories. */
typedef struct hb_verifier hb_verifier;

typedef struct hb_verdict {
    uint32_t accepted;            /* 1 or 0 */
    uint32_t reason;              /* 0 when accepted; the numbers never change their meaning */
    const char *text;             /* the reason as a sentence, in static memory; "accepted" */
    const uint8_t *public_values; /* into the proof; NULL unless accepted */
    uint64_t public_bytes;        /* how many; 0 unless accepted */
    uint32_t exit_code;           /* as proven; 0 unless accepted */
    uint8_t public_digest[32];    /* that the run committed: SHA-256 (or BLAKE3, as the program chose) of the public values; 0 unless accepted */
} hb_verdict;

/* Writes the rules of the machine into memory (some 15 million RV64 instructions; milliseconds). NULL when it is smaller than HB_VERIFIER_BYTES. Nothing is to be freed
 * but the memory. */
HB_PUBLIC hb_verifier *hb_verifier_init(void *memory, size_t bytes);

/* 1 and an accepting verdict, or 0 and the reason in *verdict (never NULL). Reads proof[0 .. proof_bytes - 1] and nothing else of the caller's;
 * 0 <= exit_code <= 255 is the only one that is accepted. */
HB_PUBLIC int hb_verifier_check(hb_verifier *verifier, const uint8_t *proof, size_t proof_bytes, const uint8_t vkey[32], uint32_t exit_code,
                                hb_verdict *verdict);

#ifdef __cplusplus
}
#endif
