#include <string.h>

#include "base/reject.h"
#include "machine/layout.h"
#include "rv/rvprogram.h"

#define TIME_LIMIT (UINT64_C(1) << 27)
#define LOOKUP_LIMIT (UINT64_C(1) << 28)
#define TS_START 4u

static hb_status check_program(const hb_program_part *part, hb_error *err)
{
    if (part->entry >= HB_PC_NOWHERE)
        return HB_REJECT(err, HB_R_ENTRY);
    if (part->img_lo % 8 != 0 || part->img_hi % 8 != 0 || part->img_lo > part->img_hi || part->img_lo < HB_RV_RAM_LO || part->img_hi > UINT64_C(1) << 32)
        return HB_REJECT(err, HB_R_PROGRAM_IMAGE);
    if (part->n_image != (part->img_hi - part->img_lo) / 8)
        return HB_REJECT(err, HB_R_HEIGHTS);
    return HB_OK;
}

static bool height_allowed(const hb_chip *chip, const hb_program_part *part, uint32_t kind, uint32_t n)
{
    if (!hb_chip_in_kind(chip->id, kind))
        return n == 0;
    if (n > UINT32_C(1) << chip->max_height_log2)
        return false;
    switch (chip->height_rule) {
    case HB_HEIGHT_CONSTANT: return n == chip->fixed_rows;
    case HB_HEIGHT_KEY: return n == (chip->id == HB_CHIP_PROG ? part->n_prog : part->n_image);
    case HB_HEIGHT_FREE: break;
    }
    if (chip->id == HB_CHIP_INITFIN || chip->id == HB_CHIP_INITFIN_GLOBAL)
        return n >= HB_PUBLIC_WORDS;
    return chip->id != HB_CHIP_BOUNDARY || n >= 1;
}

static hb_status check_heights(const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st, hb_error *err)
{
    uint64_t time = TS_START, lookups = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        if (!height_allowed(hb_chips[c], part, st->kind, st->heights[c]))
            return HB_REJECT(err, HB_R_HEIGHTS);
        time += (uint64_t)st->heights[c] * hb_chips[c]->ts_inc;
        lookups += (uint64_t)st->heights[c] * airs->air[c].lookups_per_row;
    }
    if (time >= TIME_LIMIT || lookups >= LOOKUP_LIMIT)
        return HB_REJECT(err, HB_R_COUNTS);
    if (st->ts_end != time)
        return HB_REJECT(err, HB_R_TIME);
    return HB_OK;
}

/* Where a proof of its kind begins and ends; what lies between the proofs of a run is checked where they meet. */
static hb_status check_ends(const hb_program_part *part, const hb_statement *st, hb_error *err)
{
    switch (st->kind) {
    case HB_KIND_SINGLE:
        if (st->pc_in != part->entry)
            return HB_REJECT(err, HB_R_ENTRY);
        return st->pc_out == HB_PC_HALT ? HB_OK : HB_REJECT(err, HB_R_NOT_HALTED);
    case HB_KIND_EXEC: return st->pc_in < HB_F_P && st->pc_out < HB_F_P ? HB_OK : HB_REJECT(err, HB_R_RUN_CONTINUITY);
    default: return st->pc_in == 0 && st->pc_out == 0 ? HB_OK : HB_REJECT(err, HB_R_RUN_CONTINUITY);
    }
}

static hb_status check_chain(const hb_statement *st, hb_error *err)
{
    const uint32_t hi_end = st->kind == HB_KIND_EXEC ? 1 : UINT32_C(1) << 16, lo_end = st->kind == HB_KIND_EXEC ? 1 : UINT32_C(1) << 29;
    return st->chain_lo < lo_end && st->chain_hi < hi_end ? HB_OK : HB_REJECT(err, HB_R_CHAIN_END);
}

hb_status hb_statement_check(const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st, hb_error *err)
{
    if (st->kind >= HB_KIND_COUNT || (st->kind == HB_KIND_EXEC ? st->index == 0 || st->index > HB_MAX_SHARDS : st->index != 0))
        return HB_REJECT(err, HB_R_KIND);
    hb_status status = check_program(part, err);
    if (status == HB_OK)
        status = check_ends(part, st, err);
    if (status == HB_OK)
        status = check_heights(airs, part, st, err);
    if (status == HB_OK)
        status = check_chain(st, err);
    if (status != HB_OK)
        return status;
    if (st->exit_code >= 256)
        return HB_REJECT(err, HB_R_EXIT_CODE);
    for (int i = 0; i < 8; i++)
        if (st->deferred_digest[i] != 0)
            return HB_REJECT(err, HB_R_DEFERRED);
    return HB_OK;
}

/* A chip's part in the stacks. The key's tables have their room in commitment 0 whether the proof has them or not. */
static hb_stack_shape shape_of(uint32_t chip, uint32_t rows, bool idle)
{
    hb_stack_shape s = {rows, {hb_chips[chip]->pre_width, 0, 0}, idle};
    if (!idle)
        s.width[hb_chip_commitment((hb_chip_id)chip)] = hb_chips[chip]->width;
    return s;
}

static uint32_t key_height(const hb_program_part *part, uint32_t chip)
{
    return chip == HB_CHIP_PROG ? part->n_prog : chip == HB_CHIP_IMAGE ? part->n_image : 0;
}

hb_status hb_machine_layout_init(hb_machine_layout *layout, const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st,
                                 hb_scratch *scratch, hb_error *err)
{
    hb_stack_shape shapes[HB_CHIP_COUNT];
    hb_gkr_table tables[HB_CHIP_COUNT];
    layout->n_tables = layout->n_stacked = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        const uint32_t n = st->heights[c], key_rows = key_height(part, c);
        if (n == 0 && key_rows == 0)
            continue;
        layout->stacked_chip[layout->n_stacked] = c;
        shapes[layout->n_stacked++] = shape_of(c, n ? n : key_rows, n == 0);
        if (n == 0)
            continue;
        layout->chip[layout->n_tables] = c;
        tables[layout->n_tables++] = (hb_gkr_table){n, airs->air[c].n_terms, airs->trees[c]};
    }
    hb_status status = hb_stack_init(&layout->stack, shapes, layout->n_stacked, err);
    if (status != HB_OK)
        return status;
    const uint32_t n_trees = st->kind == HB_KIND_SINGLE ? HB_GKR_TREES : HB_GKR_TREES_GLOBAL;
    status = hb_gkr_layout_init(&layout->trees, n_trees, tables, layout->n_tables, scratch, err);
    if (status != HB_OK)
        return status;
    const uint32_t key[HB_KEY_COUNT] = {(uint32_t)(part->img_lo / 8), (uint32_t)(part->img_hi / 8), st->index};
    uint32_t words[HB_PUBLIC_WORDS];
    for (uint32_t k = 0; k < HB_PUBLIC_WORDS; k++)
        words[k] = hb_statement_public_word(st, k);
    layout->publics = hb_air_publics_of(key, words);
    return HB_OK;
}

hb_status hb_machine_boundary_layout(hb_stack *stack, const hb_statement *st, hb_error *err)
{
    const uint32_t c = st->kind == HB_KIND_INIT ? HB_CHIP_INITFIN_GLOBAL : HB_CHIP_BOUNDARY;
    const hb_stack_shape shape = shape_of(c, st->heights[c], false);
    return hb_stack_init_one(stack, &shape, 1, HB_COMMIT_BOUNDARY, err);
}

static hb_k fingerprint(const hb_bus_challenges *ch, hb_bus bus, const uint32_t *words, uint32_t n)
{
    hb_k fp = hb_k_sub(ch->alpha, hb_k_mul_f(ch->beta_tag, hb_f_from_u32(bus)));
    for (uint32_t j = 0; j < n; j++)
        fp = hb_k_sub(fp, hb_k_mul_f(ch->beta[j], hb_f_from_u32(words[j])));
    return fp;
}

void hb_machine_public_factors(const hb_statement *st, const hb_bus_challenges *ch, hb_k *pv_g, hb_k *pv_r)
{
    const uint32_t start[2] = {st->pc_in, TS_START}, end[2] = {st->pc_out, st->ts_end};
    const uint32_t rows = st->heights[st->kind == HB_KIND_INIT ? HB_CHIP_INITFIN_GLOBAL : HB_CHIP_INITFIN];
    const uint32_t chain_start[3] = {0, 0, HB_F_P - 1}; /* the key before (0, 0) */
    const uint32_t chain_end[3] = {rows, st->chain_hi, st->chain_lo};
    *pv_g = *pv_r = hb_k_one();
    if (st->kind != HB_KIND_INIT) {
        *pv_g = fingerprint(ch, HB_BUS_STATE, start, 2);
        *pv_r = fingerprint(ch, HB_BUS_STATE, end, 2);
    }
    if (st->kind != HB_KIND_EXEC) {
        *pv_g = hb_k_mul(*pv_g, fingerprint(ch, HB_BUS_CHAIN, chain_start, 3));
        *pv_r = hb_k_mul(*pv_r, fingerprint(ch, HB_BUS_CHAIN, chain_end, 3));
    }
}

void hb_machine_bus_challenges(hb_transcript *t, hb_bus_challenges *out)
{
    out->alpha = hb_transcript_challenge(t, HB_LABEL_ALPHA);
    for (int i = 0; i < 16; i++)
        out->beta[i] = hb_transcript_challenge(t, HB_LABEL_BETA);
    out->beta_tag = hb_transcript_challenge(t, HB_LABEL_BETA_TAG);
}

bool hb_machine_point(const hb_zerocheck_result *at, hb_row_point *out)
{
    memset(out, 0, sizeof *out);
    memcpy(out->ry, at->ry, sizeof at->ry);
    out->n_u = at->n_max - HB_TILE_LOG2;
    memcpy(out->ru, at->ru, out->n_u * sizeof at->ru[0]);
    return hb_row_point_set_z(out, at->r0);
}
