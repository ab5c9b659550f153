/* Keys, parameters, and the prover by itself. C17 and C++.
 *
 * A proving key is everything of a proof that depends on the program alone; it may serve any number of proofs and threads at once. A verifying key is 32 bytes: it names the
 * program and the machine, and anybody can recompute it from the program. */
#pragma once
#include "hauptbuch/config.h"
#include "hauptbuch/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hb_proving_key hb_proving_key;

typedef struct hb_verifying_key {
    uint8_t bytes[32];
} hb_verifying_key;

/* What proofs are made with; the same for all programs. */
typedef struct hb_circuit_parameters {
    const char *text;      /* the canonical text, in static memory */
    uint8_t id[32];        /* its hash, which every proof carries */
    double security_bits;  /* the smallest round, grinding included */
    uint32_t chips;        /* tables of the machine */
} hb_circuit_parameters;

HB_PUBLIC hb_circuit_parameters hb_circuit_parameters_get(void);

/* HB_INVALID_PROGRAM, HB_OUT_OF_MEMORY; *key is NULL then. The key keeps nothing of the program that the caller may not free. */
HB_PUBLIC hb_status hb_proving_key_generate(hb_proving_key **key, const hb_program *program, hb_error *err);
HB_PUBLIC void hb_proving_key_free(hb_proving_key *key);
HB_PUBLIC hb_verifying_key hb_proving_key_get_verifying_key(const hb_proving_key *key);

/* A proving key is recomputed rather than stored; these bytes say for which program and machine it is: load computes it anew and compares. With malloc (hb_bytes_free).
 * HB_INVALID_ARGUMENT: not such bytes, or of another machine or version. */
HB_PUBLIC hb_status hb_proving_key_serialize(const hb_proving_key *key, uint8_t **bytes, size_t *n, hb_error *err);
HB_PUBLIC hb_status hb_proving_key_load(hb_proving_key **key, const uint8_t *bytes, size_t n, hb_error *err);

HB_PUBLIC int hb_verifying_key_equal(const hb_verifying_key *a, const hb_verifying_key *b); /* 1 or 0 */
/* 64 hexadecimal digits and a NUL; reading takes either case. HB_INVALID_ARGUMENT. */
HB_PUBLIC void hb_verifying_key_to_text(const hb_verifying_key *key, char text[65]);
HB_PUBLIC hb_status hb_verifying_key_from_text(hb_verifying_key *key, const char *text, hb_error *err);

/* What a guest gets. All may be 0. Pointers must stay valid during the call. */
typedef struct hb_chunk {
    const uint8_t *bytes;
    size_t n;
} hb_chunk;

typedef struct hb_program_input {
    size_t size;          /* sizeof(hb_program_input) */
    hb_chunk stdin_bytes; /* standard input of a program with std; the input of a bytecode program */
    const hb_chunk *chunks; /* private input: hauptbuch::io::read and read_input take them in order */
    size_t n_chunks;
    const char *const *args;
    size_t n_args;
} hb_program_input;

/* Called from one thread at a time, from any thread. phase: a constant text; total 0: not known. */
typedef struct hb_callbacks {
    void (*progress)(void *ctx, const char *phase, uint64_t done, uint64_t total); /* may be NULL */
    int (*cancelled)(void *ctx); /* may be NULL; not 0: end soon, with HB_CANCELLED */
    void *ctx;
} hb_callbacks;

typedef struct hb_proof {
    uint8_t *bytes; /* the proof file; malloc, hb_bytes_free */
    size_t n;
    uint32_t exit_code;
    uint64_t cycles;
    uint32_t shards; /* 0: in one piece */
} hb_proof;

/* The prover: executes the program of the key and proves the run, within the limits, timeouts and memory of the configuration. config may be NULL: the defaults (the environment is
 * not read). HB_EXECUTION_FAILED, HB_LIMIT, HB_PROGRAM_TIMEOUT, HB_CANCELLED, HB_OUT_OF_MEMORY, HB_PROOF_GENERATION_FAILED. *proof is all zero then. */
HB_PUBLIC hb_status hb_prover_prove(const hb_proving_key *key, const hb_program_input *input, const hb_zkvm_config *config, const hb_callbacks *callbacks, hb_proof *proof,
                                    hb_error *err);

/* The verifier: HB_OK, or HB_PROOF_VERIFICATION_FAILED with err->reason and a message. public_values (may be NULL): where in the proof they are. Any number of threads may verify at
 * once. The small verifier, without this library: verify.h. */
HB_PUBLIC hb_status hb_prover_verify(const hb_verifying_key *key, const uint8_t *proof, size_t n, uint32_t exit_code, hb_chunk *public_values, hb_error *err);

#ifdef __cplusplus
}
#endif
