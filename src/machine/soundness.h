/* The security report: bits of every round, computed from the constants in the code (docs/security.md explains each formula). Hosted. */
#pragma once
#include <stddef.h>
#include <stdio.h>

/* What the verifier allows at most (machine_verify.c; the stacked columns: pcs/pcs_params.h). */
#define HB_SECURITY_TUPLES_LOG2 28
#define HB_SECURITY_RUN_TUPLES_LOG2 40 /* on GLOBAL, in a whole run */
#define HB_SECURITY_CONSTRAINTS_MAX 2048
#define HB_SECURITY_COLUMNS_MAX 2048

typedef struct hb_security_round {
    const char *name;
    const char *regime;   /* "algebraic", "unique decoding", "Johnson m=3" */
    double error_bits;    /* -log2 of the round's error, without grinding */
    double grinding_bits; /* proof of work in front of the round's challenge */
    double times;         /* how often such a round occurs in the largest proof */
} hb_security_round;

typedef struct hb_security_report {
    hb_security_round rounds[48];
    size_t n_rounds;
    double min_bits;             /* smallest error_bits + grinding_bits: "128 bits" in the round-by-round sense */
    double min_bits_no_grinding;
    double sum_bits;             /* -log2 of the sum of all errors, grinding included */
    double hash_collision_bits;  /* 128: BLAKE3-256 */
    double quantum_min_bits;     /* half of min_bits: q^2 * error in the quantum random oracle model */
    double quantum_collision_bits; /* 256 / 3: collision search with quantum memory */
} hb_security_report;

typedef enum hb_security_regime {
    HB_SECURITY_SHIPPED,        /* first oracle unique decoding, K-oracles Johnson: the parameters in use */
    HB_SECURITY_UNIQUE_ONLY     /* the same query counts counted in unique decoding only: what they are worth without the Johnson results */
} hb_security_regime;

void hb_security_compute(hb_security_regime regime, hb_security_report *out);

/* The parameters as an input file of the public soundness calculator (ethereum/soundcalc, protocol family WHIR), as far as its models fit. */
void hb_security_soundcalc(FILE *out);
