/* Every chip is recorded twice: first into roomy memory that is given back, to learn how large the record is, then into memory of that size. */
#include <string.h>

#include "air/digest.h"
#include "base/bytes.h"
#include "base/reject.h"
#include "machine/airs.h"
#include "pcs/stack.h"

static const hb_air_limits roomy = {8192, 512, 512, 2048, 512};

/* A problem in the rules is the project's own mistake, not the proof's. */
static hb_status broken_rules(const hb_chip *chip, hb_air_problem problem, hb_error *err)
{
    if (!err)
        return HB_INTERNAL;
    const char *text = hb_air_problem_text(problem.code);
    size_t n = 0;
    for (; text[n] && n + 1 < sizeof err->message; n++)
        err->message[n] = text[n];
    err->message[n] = 0;
    err->status = HB_INTERNAL;
    err->chip = chip->id;
    err->offset = problem.index;
    return HB_INTERNAL;
}

static hb_status record(const hb_chip *chip, hb_air_limits limits, hb_scratch *scratch, hb_air *air, hb_error *err)
{
    void *memory = hb_scratch_alloc(scratch, hb_air_memory_bytes(limits));
    if (!memory)
        return HB_REJECT(err, HB_R_SCRATCH);
    hb_air_init(air, chip->pre_width, chip->width, limits, memory);
    chip->rules(air);
    hb_air_problem problem = hb_air_finish(air);
    return problem.code == HB_AIR_OK ? HB_OK : broken_rules(chip, problem, err);
}

static hb_status record_exactly(const hb_chip *chip, hb_scratch *scratch, hb_air *air, hb_error *err)
{
    hb_scratch temporary = *scratch; /* a copy: what is taken from it is given back */
    hb_status st = record(chip, roomy, &temporary, air, err);
    if (st != HB_OK)
        return st;
    const hb_air_limits exact = {air->n_nodes + 1, air->n_constraints + 1, air->n_uses + 1, air->n_tuple_words + 1, air->n_ranges + 1};
    return record(chip, exact, scratch, air, err);
}

static void put_u32(hb_blake3 *h, uint32_t x)
{
    uint8_t bytes[4];
    hb_store_le32(bytes, x);
    hb_blake3_update(h, bytes, sizeof bytes);
}

/* The rules of every chip, and what the integer checks know about it. */
static void machine_digest(hb_machine_airs *airs)
{
    hb_blake3 h;
    hb_blake3_init(&h);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        const hb_chip *chip = hb_chips[c];
        hb_air_hash_text(&airs->air[c], chip->name, chip->column_names, &h);
        put_u32(&h, (uint32_t)chip->height_rule);
        put_u32(&h, chip->fixed_rows);
        put_u32(&h, chip->max_height_log2);
        put_u32(&h, chip->ts_inc);
    }
    hb_blake3_final(&h, airs->digest);
}

hb_status hb_machine_airs_init(hb_machine_airs *airs, hb_scratch *scratch, hb_error *err)
{
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        hb_air *air = &airs->air[c];
        hb_status st = record_exactly(hb_chips[c], scratch, air, err);
        if (st != HB_OK)
            return st;
        airs->trees[c] = hb_scratch_alloc(scratch, air->n_terms);
        if (!airs->trees[c])
            return HB_REJECT(err, HB_R_SCRATCH);
        for (uint32_t i = 0; i < air->n_terms; i++) {
            airs->trees[c][i] = (uint8_t)air->terms[i].tree;
            /* what is on GLOBAL is bound before its challenges are drawn: all columns of such a chip lie in commitment 1 */
            if (air->terms[i].bus == HB_BUS_GLOBAL && (hb_chip_commitment((hb_chip_id)c) != HB_COMMIT_BOUNDARY || air->pre_width))
                return broken_rules(hb_chips[c], (hb_air_problem){HB_AIR_BAD_BUS, i, 0, NULL}, err);
        }
    }
    machine_digest(airs);
    return HB_OK;
}
