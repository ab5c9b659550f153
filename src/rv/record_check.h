/* Checks that a record is one consistent history: the memory argument and the state argument of machine.md, in plain C, and that each event agrees with its
 * instruction about which registers and cells it touches. It does not check what instructions compute (chips do). For tests of whatever reads or forges records. */
#pragma once
#include "rv/shardrun.h"

/* HB_OK, or HB_INVALID_ARGUMENT with the first violation found in err->message (HB_OUT_OF_MEMORY without room for the tokens). Checked:
 *   - cells: strictly ascending; the 17 public-value cells first; every image word present; types and initial values as their region demands;
 *   - events: unused fields are 0; addresses are rs1 + immediate; families as events.h routes them;
 *   - state: every event's instruction exists, is of its family, and sits at the pc where the event before it went; ts advances by 4 or 16 from 4 to ts_end;
 *     pc runs from pc_in = entry to pc_out;
 *   - memory: every access and bump consumes a token (cell, value, ts) that an initial cell, access or bump produced, each token once; final cells consume what is
 *     left; ts strictly increases, by at most 2^18 for accesses; bumps' bounds.
 * The record of a shard (shard > 0) has boundary rows in place of cells: strictly ascending, inside the map, s_prev below its number, initial values where s_prev is
 * 0; they produce the first tokens and consume the last. Only shard 1 begins at the entry. */
hb_status hb_rv_record_check(const hb_rv_program *program, const hb_rv_record *record, hb_error *err);

/* The same for a whole run of shards, from the boundary rows of all of them and the final cells:
 *   - shards are numbered 1, 2, ..., begin where the one before ends, in pc and in cycles, the first at the entry;
 *   - every row consumes a token (cell, value, shard number) that the initial value (shard 0) or an earlier row of its cell produced, each token once; the final cells
 *     consume what is left;
 *   - final cells are ascending, of the right types and initial values, the public-value cells and the image are complete, and they name no shard beyond the last.
 * Start from a struct with `program` set and all else zero; add every shard in order, then end; free in any case. Statuses as above. */
typedef struct hb_rv_shards_check {
    const hb_rv_program *program;
    hb_rv_events made, used; /* tokens; room is theirs */
    uint32_t shards, pc;     /* so far; where the next one begins */
    uint64_t cycles;
} hb_rv_shards_check;
hb_status hb_rv_shards_check_add(hb_rv_shards_check *c, const hb_rv_shard *shard, hb_error *err);
hb_status hb_rv_shards_check_end(hb_rv_shards_check *c, const hb_rv_cell *cells, size_t n, hb_error *err);
void hb_rv_shards_check_free(hb_rv_shards_check *c);

/* Inside of the checkers: the type and, but for INPUT, the initial value that a cell must have; false outside the map. A cell's name for messages. */
bool hb_rv_cell_rule(const hb_rv_program *program, uint32_t hi, uint32_t lo, hb_rv_cell_type *type, uint64_t *v_init);
void hb_rv_cell_name(uint32_t hi, uint32_t lo, char *out, size_t size);
