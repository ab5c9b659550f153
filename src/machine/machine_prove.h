/* From a program and the record of a run, or of a shard of one, to a proof. Hosted; proof bytes depend on program, run and parameters only.
 * Whole runs in shards: machine/run_prove.h.
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
#include "chips/route.h"
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
    hb_route_policy routes;           /* HB_ROUTE_CHEAPEST, which is 0, unless a test wants rows in every table */
} hb_machine_key;

/* HB_OK, HB_OUT_OF_MEMORY, HB_INVALID_PROGRAM (nothing to execute), HB_INTERNAL (a chip's rules are wrong). Free also after a failure. */
hb_status hb_machine_key_init(hb_machine_key *key, const hb_rv_program *program, hb_pool *pool, hb_error *err);
void hb_machine_key_free(hb_machine_key *key);

/* Phases in the order of proving, for reports. */
typedef enum hb_prove_phase {
    HB_PHASE_FILL, HB_PHASE_COUNT_LOOKUPS, HB_PHASE_COMMIT, HB_PHASE_LEAVES, HB_PHASE_TREES, HB_PHASE_CONSTRAINTS, HB_PHASE_OPEN, HB_PHASES
} hb_prove_phase;
extern const char *const hb_prove_phase_names[HB_PHASES];

/* What the proofs of a run in shards have in common. */
typedef struct hb_run_facts {
    uint32_t public_words[HB_PUBLIC_WORDS];
    uint32_t seed[8];
    hb_bus_challenges global;
} hb_run_facts;

/* Memory that one proof after the other may use. All zero is empty; it grows when needed. */
typedef struct hb_machine_room {
    void *cells;
    size_t cells_bytes;
    hb_arena arena;
} hb_machine_room;
void hb_machine_room_free(hb_machine_room *room);

typedef struct hb_machine_proof {
    const hb_machine_key *key;
    const hb_run_facts *run;       /* NULL in kind `single` */
    hb_pool *pool;                 /* may be NULL */
    const hb_progress *progress;   /* may be NULL */
    const hb_stop *stop;           /* may be NULL; set it after step 1. A step that was stopped returns HB_CANCELLED */
    hb_statement statement;
    hb_machine_layout *layout;
    hb_table tables[HB_CHIP_COUNT];  /* the present ones, layout->n_tables of them */
    hb_table stacked[HB_CHIP_COUNT]; /* these and the key's absent ones, layout->n_stacked of them */
    hb_f **columns;                  /* pointers of all tables */
    void *memory;
    size_t memory_bytes;
    hb_machine_room *room, own_room; /* the caller's, or own_room */
    hb_pcs_committed committed[HB_COMMITMENTS];
    bool lean;                     /* codewords and bus leaves are computed twice instead of kept */
    double wall_s[HB_PHASES], cpu_s[HB_PHASES]; /* by phase; cpu of the whole process */
} hb_machine_proof;

/* The words that a halted run leaves in the public-value cells, from the first 17 cells of its list. */
void hb_machine_public_words(const hb_rv_cell *cells, uint32_t words[HB_PUBLIC_WORDS]);

/* Statement of a proof of this kind: `single` from the record of a whole run, `exec` from that of a shard, `init` from a record that holds the run's final
 * cells and nothing else. run: not for `single`. HB_INVALID_ARGUMENT if the run has not halted, HB_LIMIT if a table has too many rows. */
hb_status hb_machine_statement(const hb_machine_key *key, uint32_t kind, const hb_rv_record *record, const hb_run_facts *run, hb_statement *st, hb_error *err);

/* Bytes that proving this statement takes at its fullest, the record not included. */
size_t hb_machine_prove_bytes(const hb_machine_key *key, const hb_statement *st, hb_pool *pool, hb_error *err);

/* Step 1: tables filled from the record, multiplicities zero. Free the proof also after a failure of any step. run must outlive the proof.
 * room: memory to use, NULL for the proof's own. */
hb_status hb_machine_proof_init(hb_machine_proof *p, const hb_machine_key *key, uint32_t kind, const hb_rv_record *record, const hb_run_facts *run,
                                hb_machine_room *room, hb_pool *pool, const hb_progress *progress, hb_error *err);
/* Step 2: multiplicities of the lookup tables. HB_PROOF_GENERATION_FAILED when a tuple is in no table. */
hb_status hb_machine_proof_count(hb_machine_proof *p, hb_error *err);
/* Step 3: the conversation; appends the proof as it stands in a file after the head (machine/prooffile.h). */
hb_status hb_machine_proof_finish(hb_machine_proof *p, hb_buf *file, hb_error *err);
void hb_machine_proof_free(hb_machine_proof *p);

/* All three steps for a run in one proof of kind `single`, and the head before it: a whole file. wall_s may be NULL, else receives the times. */
hb_status hb_machine_prove(const hb_machine_key *key, const hb_rv_record *record, const uint8_t *public_bytes, size_t n_public_bytes, hb_pool *pool,
                           const hb_progress *progress, hb_buf *file, double wall_s[HB_PHASES], hb_error *err);

/* The cap of commitment 1 of a proof of kind `exec` (record->boundary) or `init` (record->cells), before anything else of it exists. cap: room for
 * HB_CAP_NODES_MAX digests. Temporary memory: about 24 bytes a cell of these tables. HB_OUT_OF_MEMORY, HB_LIMIT. */
hb_status hb_machine_commit_boundary(const hb_machine_key *key, uint32_t kind, const hb_rv_record *record, hb_pool *pool, uint32_t (*cap)[8], uint32_t *nodes,
                                     hb_error *err);
