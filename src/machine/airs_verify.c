/* Every chip is recorded twice: first into roomy memory that is given back, to learn how large the record is, then into memory of that size. */
#include <string.h>

#include "air/digest.h"
#include "base/reject.h"
#include "machine/airs.h"

static const hb_air_limits roomy = {8192, 512, 512, 2048, 512};

static hb_status record(const hb_chip *chip, hb_air_limits limits, hb_scratch *scratch, hb_air *air, hb_error *err)
{
    void *memory = hb_scratch_alloc(scratch, hb_air_memory_bytes(limits));
    if (!memory)
        return HB_REJECT(err, HB_R_SCRATCH);
    hb_air_init(air, chip->pre_width, chip->width, limits, memory);
    chip->rules(air);
    hb_air_problem problem = hb_air_finish(air);
    if (problem.code == HB_AIR_OK)
        return HB_OK;
    if (err) {
        err->status = HB_INTERNAL;
        err->chip = chip->id;
        err->offset = problem.index;
        strncpy(err->message, hb_air_problem_text(problem.code), sizeof err->message - 1);
    }
    return HB_INTERNAL;
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
        for (uint32_t i = 0; i < air->n_terms; i++)
            airs->trees[c][i] = (uint8_t)air->terms[i].tree;
    }
    hb_machine_digest(airs, airs->digest);
    return HB_OK;
}
