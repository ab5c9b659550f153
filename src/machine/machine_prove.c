/* The conversation of docs/protocol.md from the prover's side. One arena, laid out before work starts:
 *
 *   counting lookups            temporary
 *   commitment 1                stays (codewords, tree)
 *     leaves, trees             temporary, the largest
 *     zerocheck                 little stays
 *       opening                 temporary
 *
 * The cells of the tables have their own pages (machine_tables.c), which come zeroed, so that padding rows need no work. */
#include "machine/machine_prove.h"

#include <stdlib.h>
#include <string.h>

#include "air/leaves.h"
#include "base/bytes.h"
#include "gkr/gkr_prove.h"
#include "machine/machine_tables.h"
#include "machine/prooffile_write.h"
#include "zerocheck/zerocheck_prove.h"

/* Commits to the columns of commitment 1 or 2, if there are any, and sends the cap. */
static hb_status commit_columns(hb_machine_proof *p, int commitment, hb_sender *s, hb_error *err)
{
    const hb_stack *stack = &p->layout->stack;
    p->committed[commitment] = (hb_pcs_committed){.width = 0};
    if (stack->w[commitment] == 0)
        return HB_OK;
    hb_status st = hb_pcs_commit(commitment, stack, p->stacked, p->lean ? HB_PCS_DROP_CODEWORDS : HB_PCS_KEEP_CODEWORDS, p->pool, &p->room->arena, &p->committed[commitment], err);
    if (st != HB_OK)
        return st;
    const size_t nodes = (size_t)1 << hb_merkle_cap_log2(stack->h[commitment] + HB_RATE_LOG2_0);
    return hb_send_words(s, HB_TAG_CAP, p->committed[commitment].cap[0], 8 * nodes);
}

/* STATEMENT to BUS challenges. */
static hb_status commit_all(hb_machine_proof *p, hb_sender *s, hb_bus_challenges *bus, hb_error *err)
{
    const hb_program_part *part = &p->key->part;
    p->committed[HB_COMMIT_KEY] = p->key->fixed;
    hb_statement_absorb(&p->statement, p->key->vkey, &s->t);
    hb_transcript_absorb(&s->t, HB_TAG_CAP, part->cap[0], 8 * (size_t)part->cap_nodes);
    hb_status st = commit_columns(p, HB_COMMIT_BOUNDARY, s, err);
    if (st == HB_OK)
        st = commit_columns(p, HB_COMMIT_MAIN, s, err);
    if (st == HB_OK)
        st = hb_send_grind(s, HB_LABEL_BUS, HB_GRIND_BUS);
    hb_machine_bus_challenges(&s->t, bus);
    return st;
}

/* What computing leaves needs. */
typedef struct {
    hb_machine_proof *p;
    const hb_bus_challenges *bus;
    hb_error *err;
} leaf_job;

/* The leaves of one block of a tree (gkr/gkr_prove.h). */
static hb_status fill_block(void *ctx, uint32_t tree, uint32_t block, hb_kpack *num, hb_kpack *den)
{
    const leaf_job *job = ctx;
    hb_machine_proof *p = job->p;
    const hb_gkr_block *b = &p->layout->trees.trees[tree].blocks[block];
    const hb_bus_challenges *challenges = tree >= HB_AIR_TREE_G_GLOBAL ? &p->run->global : job->bus;
    if (hb_stop_asked(p->stop))
        return hb_fail(job->err, HB_CANCELLED, "the proof was stopped");
    return hb_air_leaves(&p->tables[b->table], b->term, challenges, &p->layout->publics, p->pool, &p->room->arena, num, den, job->err);
}

/* Leaves of every block of one tree, kept: its one value, or p and q. */
static hb_status fill_tree(leaf_job *job, uint32_t tree, hb_gkr_leaves *leaves)
{
    hb_machine_proof *p = job->p;
    const hb_gkr_tree *t = &p->layout->trees.trees[tree];
    const uint32_t value = tree == HB_GKR_TREE_F ? HB_GKR_VALUE_Q : hb_gkr_value(tree);
    const bool fraction = tree == HB_GKR_TREE_F;
    leaves->v[value] = hb_arena_alloc_many(&p->room->arena, t->n_blocks, sizeof(hb_kpack *));
    if (fraction)
        leaves->v[HB_GKR_VALUE_P] = hb_arena_alloc_many(&p->room->arena, t->n_blocks, sizeof(hb_kpack *));
    if (!leaves->v[value] || (fraction && !leaves->v[HB_GKR_VALUE_P]))
        return hb_fail(job->err, HB_OUT_OF_MEMORY, "no memory for bus leaves");
    for (uint32_t b = 0; b < t->n_blocks; b++) {
        const size_t packs = hb_gkr_block_packs(&t->blocks[b]);
        hb_kpack *den = hb_arena_alloc_many(&p->room->arena, packs, sizeof *den), *num = NULL;
        if (fraction)
            leaves->v[HB_GKR_VALUE_P][b] = num = hb_arena_alloc_many(&p->room->arena, packs, sizeof *num);
        leaves->v[value][b] = den;
        if (!den || (fraction && !num))
            return hb_fail(job->err, HB_OUT_OF_MEMORY, "no memory for bus leaves");
        hb_status st = fill_block(job, tree, b, num, den);
        if (st != HB_OK)
            return st;
    }
    return HB_OK;
}

static hb_status prove_trees(hb_machine_proof *p, hb_sender *s, const hb_bus_challenges *bus, hb_gkr_result *out, hb_error *err)
{
    const size_t mark = hb_arena_mark(&p->room->arena);
    leaf_job job = {p, bus, err};
    hb_gkr_leaves leaves = {.fill = p->lean ? fill_block : NULL, .ctx = &job};
    hb_status st = HB_OK;
    hb_machine_phase_begin(p, HB_PHASE_LEAVES); /* lean: they are part of the next phase */
    for (uint32_t tree = 0; st == HB_OK && !p->lean && tree < p->layout->trees.n_trees; tree++)
        st = fill_tree(&job, tree, &leaves);
    hb_machine_phase_end(p, HB_PHASE_LEAVES);
    hb_machine_phase_begin(p, HB_PHASE_TREES);
    if (st == HB_OK)
        st = hb_gkr_prove(s, &p->layout->trees, &leaves, &p->room->arena, out, err);
    hb_machine_phase_end(p, HB_PHASE_TREES);
    hb_arena_release(&p->room->arena, mark);
    return st;
}

static hb_status prove_constraints_and_open(hb_machine_proof *p, hb_sender *s, const hb_bus_challenges *bus, const hb_gkr_result *trees, hb_error *err)
{
    hb_zerocheck_table tables[HB_CHIP_COUNT];
    hb_machine_zerocheck_tables(p->key, p->layout, &p->statement, tables);
    const hb_zerocheck_claim claim = {tables, p->layout->n_tables, &p->layout->trees, trees, bus, &p->layout->publics, p->run ? &p->run->global : NULL};
    hb_zerocheck_opening at;
    hb_machine_phase_begin(p, HB_PHASE_CONSTRAINTS);
    hb_status st = hb_zerocheck_prove(s, &claim, p->tables, &p->room->arena, &at, err);
    hb_machine_phase_end(p, HB_PHASE_CONSTRAINTS);
    if (st != HB_OK)
        return st;
    hb_row_point point;
    if (!hb_machine_point(&at.result, &point))
        return hb_fail(err, HB_PROOF_GENERATION_FAILED, "the skip challenge lies in the skip domain");
    hb_machine_phase_begin(p, HB_PHASE_OPEN);
    st = hb_pcs_open(s, &hb_pcs_shard_params, &p->layout->stack, p->stacked, p->committed, &point, (const hb_k *const *)at.tiles, &p->room->arena, err);
    hb_machine_phase_end(p, HB_PHASE_OPEN);
    return st;
}

hb_status hb_machine_proof_finish(hb_machine_proof *p, hb_buf *file, hb_error *err)
{
    size_t words_at;
    hb_bus_challenges bus;
    hb_gkr_result trees;
    hb_sender s = {.proof = file, .pool = p->pool, .stop = p->stop};
    hb_transcript_init(&s.t);
    if (hb_proof_write_statement(&p->statement, file, &words_at) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the proof");
    const size_t words_begin = file->len;
    const size_t mark = hb_arena_mark(&p->room->arena);
    hb_machine_phase_begin(p, HB_PHASE_COMMIT);
    hb_status st = commit_all(p, &s, &bus, err);
    hb_machine_phase_end(p, HB_PHASE_COMMIT);
    if (st == HB_OK)
        st = prove_trees(p, &s, &bus, &trees, err);
    if (st == HB_OK)
        st = prove_constraints_and_open(p, &s, &bus, &trees, err);
    hb_arena_release(&p->room->arena, mark);
    if (st != HB_OK && hb_stop_asked(p->stop))
        return hb_fail(err, HB_CANCELLED, "the proof was stopped");
    if (st != HB_OK)
        return err && err->status ? st : hb_fail(err, st, "no memory for the proof");
    hb_store_le64(file->data + words_at, (file->len - words_begin) / 4);
    return HB_OK;
}

void hb_machine_proof_free(hb_machine_proof *p)
{
    hb_machine_room_free(&p->own_room);
    hb_pages_free(p->memory, p->memory_bytes);
    free(p->columns);
    memset(p, 0, sizeof *p);
}

hb_status hb_machine_prove(const hb_machine_key *key, const hb_rv_record *record, const uint8_t *public_bytes, size_t n_public_bytes, hb_pool *pool,
                           const hb_progress *progress, hb_buf *file, double wall_s[HB_PHASES], hb_error *err)
{
    hb_machine_proof p;
    hb_status st = hb_machine_proof_init(&p, key, HB_KIND_SINGLE, record, NULL, NULL, pool, progress, err);
    if (st == HB_OK)
        st = hb_machine_proof_count(&p, err);
    if (st == HB_OK && hb_proof_write_head(&key->part, &p.statement, 0, 0, public_bytes, n_public_bytes, file) != HB_OK)
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the proof");
    if (st == HB_OK)
        st = hb_machine_proof_finish(&p, file, err);
    if (st == HB_OK && wall_s)
        memcpy(wall_s, p.wall_s, sizeof p.wall_s);
    hb_machine_proof_free(&p);
    return st;
}
