/* From a program and the record of a run to a proof file. Hosted; proof bytes depend on program, run and parameters only.
 *
 * A key is what can be prepared from the program alone (the verifying key, the commitment to text and image); it is read-only afterwards and may serve
 * any number of proofs at a time. The steps of a proof are separate calls so that a test can change cells in between; everybody else
 * calls hb_machine_prove. */
#pragma once
#include "air/table.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/pool.h"
#include "base/progress.h"
#include "machine/layout.h"
#include "pcs/pcs_prove.h"
#include "rv/events.h"
#include "rv/rvprogram.h"

typedef struct hb_machine_key {
    const hb_rv_program *program; /* the caller's, must outlive the key */
    hb_machine_airs airs;
    hb_program_part part;
    uint8_t vkey[32];
    hb_pcs_committed fixed;           /* commitment 0 */
    hb_f *pre_cols[HB_CHIP_COUNT][16]; /* preprocessed columns of PROG and IMAGE */
    void *memory;                     /* columns and records */
    size_t memory_bytes;
    hb_arena arena;                   /* holds `fixed` */
} hb_machine_key;

/* HB_OK, HB_OUT_OF_MEMORY, HB_INVALID_PROGRAM (nothing to execute), HB_INTERNAL (a chip's rules are wrong). Free also after a failure. */
hb_status hb_machine_key_init(hb_machine_key *key, const hb_rv_program *program, hb_pool *pool, hb_error *err);
void hb_machine_key_free(hb_machine_key *key);

/* Phases in the order of proving, for reports. */
typedef enum hb_prove_phase {
    HB_PHASE_FILL, HB_PHASE_COUNT_LOOKUPS, HB_PHASE_COMMIT, HB_PHASE_LEAVES, HB_PHASE_TREES, HB_PHASE_CONSTRAINTS, HB_PHASE_OPEN, HB_PHASES
} hb_prove_phase;
extern const char *const hb_prove_phase_names[HB_PHASES];

typedef struct hb_machine_proof {
    const hb_machine_key *key;
    hb_pool *pool;                 /* may be NULL */
    const hb_progress *progress;   /* may be NULL */
    hb_statement statement;
    hb_machine_layout *layout;
    hb_table tables[HB_CHIP_COUNT]; /* layout->n_tables of them */
    hb_f **columns;                 /* pointers of all tables */
    void *memory, *cells;
    size_t memory_bytes, cells_bytes;
    hb_arena arena;
    hb_pcs_committed committed[HB_COMMITMENTS];
    double wall_s[HB_PHASES], cpu_s[HB_PHASES]; /* by phase; cpu of the whole process */
} hb_machine_proof;

/* Statement of a recorded run that halted: pcs, time, public words, heights. HB_INVALID_ARGUMENT if it has not halted. */
hb_status hb_machine_statement(const hb_machine_key *key, const hb_rv_record *record, hb_statement *st, hb_error *err);

/* Bytes that proving this statement takes at its fullest, the record not included. */
size_t hb_machine_prove_bytes(const hb_machine_key *key, const hb_statement *st, hb_pool *pool, hb_error *err);

/* Step 1: tables filled from the record, multiplicities zero. Free the proof also after a failure of any step. */
hb_status hb_machine_proof_init(hb_machine_proof *p, const hb_machine_key *key, const hb_rv_record *record, hb_pool *pool, const hb_progress *progress, hb_error *err);
/* Step 2: multiplicities of the lookup tables. HB_PROOF_GENERATION_FAILED when a tuple is in no table. */
hb_status hb_machine_proof_count(hb_machine_proof *p, hb_error *err);
/* Step 3: the conversation; appends the proof file. */
hb_status hb_machine_proof_finish(hb_machine_proof *p, const uint8_t *public_bytes, size_t n_public_bytes, hb_buf *file, hb_error *err);
void hb_machine_proof_free(hb_machine_proof *p);

/* All three steps. phases_of may be NULL, else receives the times. */
hb_status hb_machine_prove(const hb_machine_key *key, const hb_rv_record *record, const uint8_t *public_bytes, size_t n_public_bytes, hb_pool *pool,
                           const hb_progress *progress, hb_buf *file, double wall_s[HB_PHASES], hb_error *err);
