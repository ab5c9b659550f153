/* A small program that uses every kind of instruction and call, with its key, its recorded run and an honest proof: what the soundness tests start
 * from. One case is made per test program and shared by its tests. */
#pragma once
#include <stdlib.h>

#include "base/testing.h"
#include "machine/machine_prove.h"
#include "machine/machine_verify.h"
#include "rv/interp.h"
#include "rv/rvasm.h"

#define PROOF_CASE_PUBLIC "public values of the case"

typedef struct proof_case {
    hb_rv_program program;
    hb_rv_run *run;
    hb_machine_key key;
    hb_buf elf, proof;
    hb_pool *pool;
    void *scratch; /* HB_VERIFY_SCRATCH_BYTES */
} proof_case;

/* Emits the program: arithmetic on edge operands in a loop of `rounds`, all widths of aligned, inner and crossing loads and stores, branches, calls, then
 * commits to PROOF_CASE_PUBLIC and halts with `code`. */
void proof_case_emit(hb_rvasm *a, unsigned rounds, unsigned code);

/* Another program: a loop of seven instructions, `rounds` (at most 40) times, in which a register and a cell of memory depend on the input and on all rounds before. Ends as
 * the other. */
void proof_case_emit_chain(hb_rvasm *a, unsigned rounds, unsigned code);

/* Everything up to the honest proof, which must verify. */
void proof_case_make(proof_case *c, unsigned rounds, unsigned code);
/* The same with `pad` instructions in front that do nothing. */
void proof_case_make_padded(proof_case *c, unsigned rounds, unsigned code, unsigned pad);
/* The same as the first, with rows in every table that serves an instruction of the case. */
void proof_case_make_everywhere(proof_case *c, unsigned rounds, unsigned code);
/* Only the program (which is freed), its key and its recorded run, for programs of the test's own: no proof. */
void proof_case_start(proof_case *c, hb_rvasm *a);
/* Emits the commitment to no public bytes at all, for such programs. */
void proof_case_commit_nothing(hb_rvasm *a);
void proof_case_free(proof_case *c);

/* Where a test's random numbers begin: HB_SEED if it is set (the soak tier asks for others), else the number given. */
static inline hb_test_rng proof_case_rng(uint64_t fixed)
{
    const char *seed = getenv("HB_SEED");
    return (hb_test_rng){seed ? strtoull(seed, NULL, 10) : fixed};
}

/* Both verifiers on these bytes; the case's key and this exit code. They must agree; the result is theirs. reason (may be NULL): the first verifier's. */
bool proof_case_accepts(proof_case *c, const uint8_t *proof, size_t bytes, uint32_t exit_code, hb_error *reason);
/* src/'s verifier alone, where ten thousand calls of the slow one would take too long. */
bool proof_case_accepts_fast(proof_case *c, const uint8_t *proof, size_t bytes, uint32_t exit_code, hb_error *reason);
/* The same under another verifying key than the case's. */
bool proof_case_accepts_under(proof_case *c, const uint8_t vkey[32], const uint8_t *proof, size_t bytes, uint32_t exit_code, hb_error *reason);
