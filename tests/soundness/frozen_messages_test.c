/* Messages of whole proofs that a verifier with frozen challenges goes on accepting, and that the real one rejects: for every kind of message but FINAL, whose two
 * coefficients are fixed by 26 queries once those are known (attacks.md D1). */
#include "tests/soundness/frozen.h"

#include <stdlib.h>

static void forged_begin(frozen *f)
{
    *f = (frozen){.c = &the_case, .talk = &honest};
    assert_int_equal(hb_buf_append(&f->file, the_case.proof.data, the_case.proof.len), HB_OK);
    f->words = f->file.data + words_at;
}

/* The frozen verifier accepts, the real one does not. */
static void forged_end(frozen *f, const char *what)
{
    hb_error why = {0};
    assert_memory_not_equal(f->file.data, the_case.proof.data, f->file.len);
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, NULL));
    hb_transcript_tape(&tape, HB_TAPE_REPLAY);
    const bool frozen_yes = proof_case_accepts_fast(&the_case, f->file.data, f->file.len, 7, &why);
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    if (!frozen_yes)
        fail_msg("%s: rejected although challenges are frozen: %s", what, why.message);
    if (proof_case_accepts(&the_case, f->file.data, f->file.len, 7, &why))
        fail_msg("%s: accepted", what);
    hb_buf_free(&f->file);
}

static const reading *reading_of(hb_tag tag, size_t from)
{
    for (size_t i = from; i < honest.n_readings; i++)
        if (honest.readings[i].label == (uint32_t)tag && (honest.readings[i].kind == READING_K || honest.readings[i].kind == READING_WORDS))
            return &honest.readings[i];
    fail_msg("no message %d", (int)tag);
    return NULL;
}

static void forged_nonces(void **state)
{
    (void)state;
    unsigned n = 0;
    for (size_t i = 0; i < honest.n_readings; i++)
        if (honest.readings[i].kind == READING_NONCE) {
            frozen f;
            forged_begin(&f);
            f.words[honest.readings[i].offset] ^= 1;
            forged_end(&f, "nonce");
            n++;
        }
    assert_true(n == 2 + 4 + 13); /* bus, gamma; queries; folds */
}

/* A node of a cap below which nothing is opened. */
static void forged_caps(void **state)
{
    (void)state;
    unsigned n = 0;
    for (size_t i = 0; i < honest.n_readings; i++) {
        const reading *r = &honest.readings[i];
        if (r->kind != READING_WORDS || r->label != HB_TAG_CAP)
            continue;
        bool opened[256] = {false};
        const talk *e = &honest.talks[r->next]; /* the queries to this oracle: the first for the commitment, the one after its own round's for the others */
        for (unsigned skip = n > 0; e->kind != TALK_INDICES || skip--; e++)
            ;
        for (size_t q = 0; q < e->n; q++)
            opened[honest.words[e->at + q] >> (e->bits - 8)] = true;
        for (uint32_t node = 0; node < 256; node++)
            if (!opened[node]) {
                frozen f;
                forged_begin(&f);
                f.words[r->offset + 32 * node] ^= 1;
                forged_end(&f, "cap");
                n++;
                break;
            }
    }
    assert_int_equal(n, 1 + HB_ORACLES);
}

/* G_0 and G_1 become s G_0 and G_1 / s: the product stays, and so does the value at the point for the one s. */
static void forged_top(void **state)
{
    (void)state;
    const reading *r = reading_of(HB_TAG_GKR_TOP, 0);
    for (uint32_t value = 0; value < 2; value++) {
        frozen f;
        forged_begin(&f);
        hb_k eq[2] = {hb_k_one(), hb_k_one()};
        for (uint32_t i = 0; i < HB_GKR_TOP_LOG2; i++) {
            const hb_k p = frozen_challenge(&f, r->next, HB_LABEL_GKR_POINT, i), not_p = hb_k_sub(hb_k_one(), p);
            eq[0] = hb_k_mul(eq[0], not_p);
            eq[1] = hb_k_mul(eq[1], i ? not_p : p);
        }
        const hb_k g0 = frozen_get(&f, r, HB_GKR_TOP * value), g1 = frozen_get(&f, r, HB_GKR_TOP * value + 1);
        const hb_k s = frozen_div(hb_k_mul(eq[1], g1), hb_k_mul(eq[0], g0));
        frozen_put(&f, r, HB_GKR_TOP * value, hb_k_mul(g0, s));
        frozen_put(&f, r, HB_GKR_TOP * value + 1, frozen_div(g1, s));
        forged_end(&f, "GKR_TOP");
    }
}

/* Rounds of the trees: t(0) + a and t(inf) + b with a (1 - rr / z) + b (rr^2 - rr) = 0. End of a layer: the values of each pair move along mu's line, and what G
 * does to the claim p undoes. Leaves xi in f. */
static void walk_trees(frozen *f, void (*round)(const reading *r, hb_k z, hb_k rr), void (*end)(const reading *r, hb_k lam, hb_k mu))
{
    const reading *r = reading_of(HB_TAG_GKR_TOP, 0);
    size_t at = r->next;
    uint8_t bits[HB_GKR_DEPTH_MAX];
    f->depth = HB_GKR_TOP_LOG2;
    for (const reading *m = r + 1; m->label != HB_TAG_SKIP; m++)
        f->depth += m->label == HB_TAG_GKR_END;
    hb_gkr_remaining_bits(f->depth, f->depth - HB_GKR_TOP_LOG2, bits);
    for (uint32_t i = 0; i < HB_GKR_TOP_LOG2; i++)
        f->xi[bits[i]] = frozen_challenge(f, at, HB_LABEL_GKR_POINT, i);
    for (uint32_t level = f->depth - HB_GKR_TOP_LOG2; level-- > 0;) {
        const hb_k lam = frozen_challenge(f, at, HB_LABEL_GKR_LAMBDA, 0);
        hb_gkr_remaining_bits(f->depth, level + 1, bits);
        for (uint32_t i = f->depth - level - 1; i-- > 0;) {
            r++;
            const hb_k rr = frozen_challenge(f, r->next, HB_LABEL_GKR_ROUND, 0);
            if (round)
                round(r, f->xi[bits[i]], rr);
            f->xi[bits[i]] = rr;
        }
        r++;
        const hb_k mu = frozen_challenge(f, r->next, HB_LABEL_GKR_MU, 0);
        if (end)
            end(r, lam, mu);
        f->xi[hb_gkr_combined_bit(f->depth, level)] = mu;
        at = r->next;
    }
}

static uint32_t counter;

static void forge_gkr_round(const reading *r, hb_k z, hb_k rr)
{
    if (counter++ % 16) /* each costs a verification of both kinds */
        return;
    frozen f;
    forged_begin(&f);
    const hb_k a = frozen_some(), factor = hb_k_sub(hb_k_one(), frozen_div(rr, z));
    frozen_add(&f, r, 0, a);
    frozen_add(&f, r, 1, frozen_div(hb_k_mul(a, factor), hb_k_sub(rr, hb_k_square(rr))));
    forged_end(&f, "round of the trees");
}

static void forge_gkr_end(const reading *r, hb_k lam, hb_k mu)
{
    frozen f;
    forged_begin(&f);
    const hb_k not_mu = hb_k_sub(hb_k_one(), mu), e = frozen_some();
    const hb_k before = hb_k_mul(frozen_get(&f, r, 0), frozen_get(&f, r, 1));
    frozen_add(&f, r, 0, hb_k_neg(hb_k_mul(mu, e)));
    frozen_add(&f, r, 1, hb_k_mul(not_mu, e));
    const hb_k change = hb_k_sub(hb_k_mul(frozen_get(&f, r, 0), frozen_get(&f, r, 1)), before);
    const hb_k q0 = frozen_get(&f, r, 2 * HB_GKR_VALUE_Q), q1 = frozen_get(&f, r, 2 * HB_GKR_VALUE_Q + 1);
    const hb_k slope = hb_k_mul(hb_k_square(lam), hb_k_sub(hb_k_mul(not_mu, q0), hb_k_mul(mu, q1)));
    const hb_k a = hb_k_neg(frozen_div(change, slope));
    frozen_add(&f, r, 2 * HB_GKR_VALUE_P, hb_k_neg(hb_k_mul(mu, a)));
    frozen_add(&f, r, 2 * HB_GKR_VALUE_P + 1, hb_k_mul(not_mu, a));
    forged_end(&f, "end of a layer");
}

static void forged_layers(void **state)
{
    (void)state;
    frozen f = {.talk = &honest};
    counter = 0;
    walk_trees(&f, forge_gkr_round, forge_gkr_end);
    assert_true(f.depth >= 12 && counter > 100);
}

/* Coefficients i and i + 16 weigh the same in the sum over D; two such pairs keep t(r_0). */
static void forged_skip(void **state)
{
    (void)state;
    const reading *r = reading_of(HB_TAG_SKIP, 0);
    frozen f;
    forged_begin(&f);
    const hb_k r0 = frozen_challenge(&f, r->next, HB_LABEL_SKIP, 0), a = frozen_some();
    const hb_k step = hb_k_sub(hb_k_one(), hb_k_pow(r0, 16)); /* r0^i - r0^(i + 16) = r0^i step */
    const hb_k b = hb_k_neg(frozen_div(hb_k_mul(a, hb_k_pow(r0, 3)), hb_k_pow(r0, 9)));
    assert_false(hb_k_is_zero(step));
    frozen_add(&f, r, 3, a);
    frozen_add(&f, r, 19, hb_k_neg(a));
    frozen_add(&f, r, 9, b);
    frozen_add(&f, r, 25, hb_k_neg(b));
    forged_end(&f, "SKIP");
}

static void forged_zerocheck_rounds(void **state)
{
    (void)state;
    const hb_k zero = hb_k_zero(), one = hb_k_one();
    unsigned n = 0;
    for (const reading *r = reading_of(HB_TAG_ROUND4, 0); r->label == HB_TAG_ROUND4; r++, n++) {
        frozen f;
        forged_begin(&f);
        const hb_k x = frozen_challenge(&f, r->next, HB_LABEL_ZEROCHECK_ROUND, 0), a = frozen_some();
        const hb_k of_2 = hb_zerocheck_round_value(zero, zero, one, zero, zero, x), of_3 = hb_zerocheck_round_value(zero, zero, zero, one, zero, x);
        frozen_add(&f, r, 1, a);
        frozen_add(&f, r, 2, hb_k_neg(frozen_div(hb_k_mul(a, of_2), of_3)));
        forged_end(&f, "round of the zerocheck");
    }
    assert_true(n >= HB_Y_BITS);
}

/* s(0) + a, s(inf) + b: a (1 - 2 r) + b (r^2 - r) = 0. Rounds of tiles, folds and the end. */
static void forged_opening_rounds(void **state)
{
    (void)state;
    unsigned n = 0;
    for (const reading *r = reading_of(HB_TAG_COLUMNS, 0); r < honest.readings + honest.n_readings; r++) {
        if (r->kind != READING_K || r->label != HB_TAG_ROUND2)
            continue;
        size_t next = r->next;
        while (honest.talks[next].kind != TALK_CHALLENGE) /* a fold's nonce */
            next++;
        frozen f;
        forged_begin(&f);
        const hb_k x = frozen_challenge(&f, next, (hb_label)honest.talks[next].label, 0), a = frozen_some();
        frozen_add(&f, r, 0, a);
        frozen_add(&f, r, 1, frozen_div(hb_k_mul(a, hb_k_sub(hb_k_one(), hb_k_double(x))), hb_k_sub(x, hb_k_square(x))));
        forged_end(&f, "round of the opening");
        n++;
    }
    assert_true(n >= 2 * HB_STACK_LOG2_MIN - HB_TILE_LOG2);
}

static void forged_ood(void **state)
{
    (void)state;
    const reading *r = honest.readings;
    for (unsigned i = 0; i < HB_ORACLES; i++) {
        r = reading_of(HB_TAG_OOD, (size_t)(r - honest.readings));
        frozen f;
        forged_begin(&f);
        const hb_k delta = frozen_challenge(&f, r->next, HB_LABEL_DELTA, 0), e = frozen_some();
        frozen_add(&f, r, 0, hb_k_mul(delta, e));
        frozen_add(&f, r, 1, hb_k_neg(e));
        forged_end(&f, "OOD");
        r++;
    }
}

/* --- column values and stacked values: two linear conditions, three unknowns ------------------------------------------------------------ */
static void cross(const hb_k a[3], const hb_k b[3], hb_k out[3])
{
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        out[i] = hb_k_sub(hb_k_mul(a[j], b[k]), hb_k_mul(a[k], b[j]));
    }
}

typedef struct ending {
    hb_machine_layout layout;
    hb_row_point point;
    uint8_t memory[1 << 20];
} ending;
static ending end_of_trace;

static void find_ending(frozen *f)
{
    hb_proof_view view;
    hb_scratch scratch = hb_scratch_of(end_of_trace.memory, sizeof end_of_trace.memory);
    hb_machine_layout *layout = &end_of_trace.layout;
    hb_row_point *p = &end_of_trace.point;
    assert_int_equal(hb_proof_parse(the_case.proof.data, the_case.proof.len, &view, NULL), HB_OK);
    assert_int_equal(hb_machine_layout_init(layout, &the_case.key.airs, &view.part, &view.statement, &scratch, NULL), HB_OK);
    walk_trees(f, NULL, NULL);
    for (uint32_t i = f->depth; i < layout->trees.n_max; i++)
        f->xi[i] = frozen_challenge(f, 0, HB_LABEL_XI_EXTEND, i - f->depth);
    *p = (hb_row_point){.n_u = layout->trees.n_max - HB_TILE_LOG2};
    for (uint32_t i = 0; i < HB_Y_BITS; i++)
        p->ry[i] = frozen_challenge(f, 0, HB_LABEL_ZEROCHECK_ROUND, i);
    for (uint32_t i = 0; i < p->n_u; i++)
        p->ru[i] = frozen_challenge(f, 0, HB_LABEL_ZEROCHECK_ROUND, HB_Y_BITS + i);
    assert_true(hb_row_point_set_z(p, frozen_challenge(f, 0, HB_LABEL_SKIP, 0)));
}

/* What one more in the multiplicity column of this chip (its first main column, its first term) adds to sum_T S_T. */
static hb_k multiplicity_weight(const frozen *f, hb_chip_id chip, size_t *id)
{
    const hb_machine_layout *layout = &end_of_trace.layout;
    const hb_gkr_tree *tree = &layout->trees.trees[HB_GKR_TREE_F];
    uint32_t table = 0, b = 0;
    while (layout->chip[table] != (uint32_t)chip)
        table++;
    *id = layout->stack.tables[table].first_id + hb_chips[chip]->pre_width;
    while (tree->blocks[b].table != table)
        b++;
    const hb_gkr_block *block = &tree->blocks[b];
    hb_k w = hb_k_mul(hb_gkr_block_weight(&layout->trees, block, f->xi), hb_mask_at(block->n_rows, &end_of_trace.point)), eps = hb_k_one();
    for (uint32_t i = block->h_log2; i < layout->trees.n_max; i++)
        eps = hb_k_mul(eps, hb_k_sub(hb_k_one(), f->xi[i]));
    return hb_k_neg(hb_k_mul(frozen_challenge(f, 0, HB_LABEL_ETA, 2), frozen_div(w, eps)));
}

static void forged_columns(void **state)
{
    (void)state;
    static const hb_chip_id chips[3] = {HB_CHIP_PROG, HB_CHIP_RC16, HB_CHIP_RC18};
    const reading *r = reading_of(HB_TAG_COLUMNS, 0);
    hb_k weight[3], power[3], change[3];
    size_t id[3];
    frozen f;
    forged_begin(&f);
    find_ending(&f);
    const hb_k tau = frozen_challenge(&f, r->next, HB_LABEL_TAU, 0);
    for (int i = 0; i < 3; i++) {
        weight[i] = multiplicity_weight(&f, chips[i], &id[i]);
        power[i] = hb_k_pow(tau, id[i]);
    }
    cross(weight, power, change);
    for (int i = 0; i < 3; i++)
        frozen_add(&f, r, id[i], change[i]);
    forged_end(&f, "COLUMNS");
}

/* coef^_c(rho) of every stacked column, tile by tile. */
static void stacked_weights(const frozen *f, hb_k *weight)
{
    const hb_stack *s = &end_of_trace.layout.stack;
    const hb_row_point *p = &end_of_trace.point;
    const hb_k tau = frozen_challenge(f, 0, HB_LABEL_TAU, 0);
    const uint32_t bits = s->h[HB_COMMITMENTS - 1] - HB_TILE_LOG2;
    hb_k rho[HB_STACK_LOG2_MAX];
    for (uint32_t i = 0; i < bits; i++)
        rho[i] = frozen_challenge(f, 0, HB_LABEL_TILE_ROUND, i);
    for (uint32_t t = 0; t < s->n_tables; t++)
        for (uint32_t c = 0, id = s->tables[t].first_id, before = 0; c < HB_COMMITMENTS; before += s->w[c], id += s->tables[t].width[c++])
            for (uint32_t j = 0; j < s->tables[t].width[c]; j++)
                for (uint32_t k = 0; k < s->tables[t].n_chunks; k++)
                    for (uint32_t u = 0; u < 1u << s->tables[t].chunk[k].tiles_log2; u++) {
                        const hb_stack_chunk *chunk = &s->tables[t].chunk[k];
                        const uint32_t x = chunk->first[c] + (j << chunk->tiles_log2) + u, column_bits = s->h[c] - HB_TILE_LOG2;
                        hb_k *w = &weight[before + (x >> column_bits)];
                        const hb_k eq = hb_k_mul(hb_eq_bits(p->ru, p->n_u, chunk->base + u), hb_eq_bits(rho, bits, x & ((1u << column_bits) - 1)));
                        *w = hb_k_add(*w, hb_k_mul(hb_k_pow(tau, id + j), eq));
                    }
}

static void forged_stacked(void **state)
{
    (void)state;
    const reading *r = reading_of(HB_TAG_STACKED, 0);
    frozen f;
    forged_begin(&f);
    find_ending(&f);
    const uint32_t n = hb_stack_columns(&end_of_trace.layout.stack), at[3] = {0, n / 2, n - 1};
    hb_k *weights = calloc(n, sizeof *weights), weight[3], power[3], change[3];
    const hb_k gamma = frozen_challenge(&f, r->next, HB_LABEL_GAMMA, 0);
    stacked_weights(&f, weights);
    for (int i = 0; i < 3; i++) {
        weight[i] = weights[at[i]];
        power[i] = hb_k_pow(gamma, at[i]);
    }
    cross(weight, power, change);
    for (int i = 0; i < 3; i++)
        frozen_add(&f, r, at[i], change[i]);
    free(weights);
    forged_end(&f, "STACKED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forged_nonces),
        cmocka_unit_test(forged_caps),
        cmocka_unit_test(forged_top),
        cmocka_unit_test(forged_layers),
        cmocka_unit_test(forged_skip),
        cmocka_unit_test(forged_zerocheck_rounds),
        cmocka_unit_test(forged_columns),
        cmocka_unit_test(forged_opening_rounds),
        cmocka_unit_test(forged_stacked),
        cmocka_unit_test(forged_ood),
    };
    return cmocka_run_group_tests(tests, frozen_make, frozen_drop);
}
