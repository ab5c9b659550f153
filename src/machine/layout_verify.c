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

static bool height_allowed(const hb_chip *chip, const hb_program_part *part, uint32_t n)
{
    if (n > UINT32_C(1) << chip->max_height_log2)
        return false;
    switch (chip->height_rule) {
    case HB_HEIGHT_CONSTANT: return n == chip->fixed_rows;
    case HB_HEIGHT_KEY: return n == (chip->id == HB_CHIP_PROG ? part->n_prog : part->n_image);
    case HB_HEIGHT_FREE: return chip->id != HB_CHIP_INITFIN || n >= HB_PUBLIC_WORDS;
    }
    return false;
}

static hb_status check_heights(const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st, hb_error *err)
{
    uint64_t time = TS_START, lookups = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        if (!height_allowed(hb_chips[c], part, st->heights[c]))
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

hb_status hb_statement_check(const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st, hb_error *err)
{
    if (st->kind != HB_KIND_SINGLE || st->index != 0)
        return HB_REJECT(err, HB_R_KIND);
    hb_status status = check_program(part, err);
    if (status != HB_OK)
        return status;
    if (st->pc_in != part->entry)
        return HB_REJECT(err, HB_R_ENTRY);
    if (st->pc_out != HB_PC_HALT)
        return HB_REJECT(err, HB_R_NOT_HALTED);
    status = check_heights(airs, part, st, err);
    if (status != HB_OK)
        return status;
    if (st->exit_code >= 256)
        return HB_REJECT(err, HB_R_EXIT_CODE);
    if (st->chain_lo >= UINT32_C(1) << 29 || st->chain_hi >= UINT32_C(1) << 16)
        return HB_REJECT(err, HB_R_CHAIN_END);
    for (int i = 0; i < 8; i++)
        if (st->deferred_digest[i] != 0)
            return HB_REJECT(err, HB_R_DEFERRED);
    return HB_OK;
}

hb_status hb_machine_layout_init(hb_machine_layout *layout, const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st,
                                 hb_scratch *scratch, hb_error *err)
{
    hb_stack_shape shapes[HB_CHIP_COUNT];
    hb_gkr_table tables[HB_CHIP_COUNT];
    layout->n_tables = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        if (st->heights[c] == 0)
            continue;
        const uint32_t i = layout->n_tables++;
        layout->chip[i] = c;
        shapes[i] = (hb_stack_shape){st->heights[c], {hb_chips[c]->pre_width, 0, hb_chips[c]->width}, false};
        tables[i] = (hb_gkr_table){st->heights[c], airs->air[c].n_terms, airs->trees[c]};
    }
    hb_status status = hb_stack_init(&layout->stack, shapes, layout->n_tables, err);
    if (status != HB_OK)
        return status;
    status = hb_gkr_layout_init(&layout->trees, HB_GKR_TREES, tables, layout->n_tables, scratch, err);
    if (status != HB_OK)
        return status;
    const uint32_t key[HB_KEY_COUNT] = {(uint32_t)(part->img_lo / 8), (uint32_t)(part->img_hi / 8), st->index};
    uint32_t words[HB_PUBLIC_WORDS];
    for (uint32_t k = 0; k < HB_PUBLIC_WORDS; k++)
        words[k] = hb_statement_public_word(st, k);
    layout->publics = hb_air_publics_of(key, words);
    return HB_OK;
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
    const uint32_t chain_start[3] = {0, 0, HB_F_P - 1}; /* the key before (0, 0) */
    const uint32_t chain_end[3] = {st->heights[HB_CHIP_INITFIN], st->chain_hi, st->chain_lo};
    *pv_g = hb_k_mul(fingerprint(ch, HB_BUS_STATE, start, 2), fingerprint(ch, HB_BUS_CHAIN, chain_start, 3));
    *pv_r = hb_k_mul(fingerprint(ch, HB_BUS_STATE, end, 2), fingerprint(ch, HB_BUS_CHAIN, chain_end, 3));
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
