/* The part of a key that is work: preprocessed columns of PROG and IMAGE, their commitment, the verifying key. */
#include <stdlib.h>
#include <string.h>

#include "machine/machine_prove.h"

static size_t align64(size_t n) { return (n + 63) & ~(size_t)63; }

/* Heights of the chips whose height the key fixes; all others 0. */
static void fixed_heights(const hb_program_part *part, uint32_t heights[HB_CHIP_COUNT])
{
    memset(heights, 0, HB_CHIP_COUNT * sizeof *heights);
    heights[HB_CHIP_PROG] = part->n_prog;
    heights[HB_CHIP_IMAGE] = part->n_image;
}

static size_t columns_bytes(const uint32_t heights[HB_CHIP_COUNT])
{
    size_t bytes = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        bytes += hb_chips[c]->pre_width * align64((size_t)hb_stored_tiles(heights[c]) * HB_TILE_ROWS * sizeof(hb_f));
    return bytes;
}

/* Lays out and fills the preprocessed columns; tables get pointers to them (and none to main columns, which commitment 0 does not read). */
static uint32_t fill_columns(hb_machine_key *key, const uint32_t heights[HB_CHIP_COUNT], uint8_t *memory, hb_table *tables, hb_stack_shape *shapes)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        if (heights[c] == 0)
            continue;
        const uint32_t stored = hb_stored_tiles(heights[c]) * HB_TILE_ROWS;
        for (uint32_t j = 0; j < hb_chips[c]->pre_width; j++, memory += align64(stored * sizeof(hb_f)))
            key->pre_cols[c][j] = (hb_f *)(void *)memory;
        hb_chip_fillers[c]->fill_pre(key->program, key->pre_cols[c]);
        tables[n] = (hb_table){.chip = c, .air = &key->airs.air[c], .n_rows = heights[c], .stored_rows = stored, .h_log2 = hb_table_height_log2(heights[c]),
                               .cols = key->pre_cols[c], .name = hb_chips[c]->name, .column_names = hb_chips[c]->column_names};
        shapes[n] = (hb_stack_shape){heights[c], {hb_chips[c]->pre_width, 0, 0}, true}; /* the commitment is the same whether a proof has the table or not */
        n++;
    }
    return n;
}

static hb_status commit(hb_machine_key *key, const hb_stack *stack, const hb_table *tables, hb_pool *pool, hb_error *err)
{
    if (hb_arena_init(&key->arena, hb_pcs_commit_bytes(stack, HB_COMMIT_KEY, HB_PCS_KEEP_CODEWORDS, pool)) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the program's commitment");
    hb_status st = hb_pcs_commit(HB_COMMIT_KEY, stack, tables, HB_PCS_KEEP_CODEWORDS, pool, &key->arena, &key->fixed, err);
    if (st != HB_OK)
        return st;
    key->part.cap_nodes = UINT32_C(1) << hb_merkle_cap_log2(stack->h[HB_COMMIT_KEY] + HB_RATE_LOG2_0);
    memcpy(key->part.cap, key->fixed.cap, key->part.cap_nodes * sizeof key->part.cap[0]);
    hb_vkey_digest(&key->part, key->airs.digest, key->vkey);
    return HB_OK;
}

hb_status hb_machine_key_init(hb_machine_key *key, const hb_rv_program *program, hb_pool *pool, hb_error *err)
{
    memset(key, 0, sizeof *key);
    if (program->n_insns == 0 || program->img_hi <= program->img_lo)
        return hb_fail(err, HB_INVALID_PROGRAM, "the program has no instructions");
    key->program = program;
    key->part = (hb_program_part){.entry = program->entry, .img_lo = program->img_lo, .img_hi = program->img_hi, .n_prog = program->n_insns,
                                  .n_image = (uint32_t)((program->img_hi - program->img_lo) / 8)};
    memcpy(key->part.load_digest, program->load_digest, sizeof key->part.load_digest);
    uint32_t heights[HB_CHIP_COUNT];
    fixed_heights(&key->part, heights);
    key->memory_bytes = HB_MACHINE_AIRS_BYTES + columns_bytes(heights);
    key->memory = hb_pages_alloc(key->memory_bytes);
    if (!key->memory)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the program's key");
    hb_scratch scratch = hb_scratch_of(key->memory, HB_MACHINE_AIRS_BYTES);
    hb_status st = hb_machine_airs_init(&key->airs, &scratch, err);
    if (st != HB_OK)
        return st;
    hb_table tables[HB_CHIP_COUNT];
    hb_stack_shape shapes[HB_CHIP_COUNT];
    const uint32_t n = fill_columns(key, heights, (uint8_t *)key->memory + HB_MACHINE_AIRS_BYTES, tables, shapes);
    hb_stack *stack = malloc(sizeof *stack);
    if (!stack)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the program's layout");
    st = hb_stack_init_one(stack, shapes, n, HB_COMMIT_KEY, err);
    if (st == HB_OK)
        st = commit(key, stack, tables, pool, err);
    free(stack);
    return st;
}

void hb_machine_key_free(hb_machine_key *key)
{
    hb_arena_free(&key->arena);
    hb_pages_free(key->memory, key->memory_bytes);
    memset(key, 0, sizeof *key);
}
