/* The verifier of one proof: the conversation of docs/protocol.md 6 to 10. Freestanding. */
#pragma once
#include "machine/airs.h"
#include "machine/layout.h"

/* What a proof of kind `exec` or `init` gives to its run (docs/protocol.md 14). */
typedef struct hb_shard_outcome {
    hb_k g_global, r_global; /* products of what is produced and consumed on GLOBAL; not zero */
} hb_shard_outcome;

/* The statement has passed hb_statement_check, vkey is the key that belongs to `part`. global: the run's challenges, NULL for kind `single`. words: the
 * proof, all of it. HB_OK: there are tables as the statement says that keep every rule, and *outcome is their account on GLOBAL. HB_REJECTED with the reason. */
hb_status hb_shard_verify(const hb_machine_airs *airs, const hb_program_part *part, const uint8_t vkey[32], const hb_statement *st,
                          const hb_bus_challenges *global, const uint8_t *words, uint64_t n_words, hb_scratch scratch, hb_shard_outcome *outcome, hb_error *err);

/* The cap of commitment 1, which stands first in such a proof. HB_CAP_NODES_MAX digests of room; *nodes of them are set. Rejects TRUNCATED, and what
 * hb_stack_init_one rejects. */
hb_status hb_shard_boundary_cap(const hb_statement *st, const uint8_t *words, uint64_t n_words, hb_scratch scratch, uint32_t (*cap)[8], uint32_t *nodes,
                                hb_error *err);
