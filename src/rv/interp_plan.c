/* The loop that plans shards: no events, but everything about them that boundary rows and counts need. */
#include "rv/interp_state.h"

#define HB_BODY hb_rv_loop_plan
#define HB_RECORD 0
#define HB_FAULT 0
#define HB_PLAN 1
#include "rv/interp_body.h"

void hb_rv_plan_far(hb_rv_run *m, const hb_rv_decoded *in, bool rs1, bool rs2, bool rd, uint32_t ts)
{
    const uint8_t registers[3] = {in->rs1, in->rs2, in->rd};
    const bool accessed[3] = {rs1, rs2, rd};
    for (uint32_t slot = 0; slot < 3; slot++)
        if (accessed[slot]) {
            uint32_t *stamp = &m->x_ts[registers[slot]];
            m->shard.bumps += ts + slot - *stamp > HB_RV_MAX_GAP;
            *stamp = ts + slot; /* the same register may come again in the next slot */
        }
}

/* Times of the double words of an access that has been allowed. */
static void plan_words(hb_rv_run *m, const words *w, uint32_t now)
{
    for (unsigned k = 0; k < w->n; k++)
        hb_rv_plan_access(m, w->stamp[k], now);
}

hb_rv_trap hb_rv_plan_load(hb_rv_run *m, uint64_t at, unsigned bytes, uint64_t *value, uint32_t now)
{
    words w;
    hb_rv_trap trap = find_words(m, &w, at, bytes, false);
    if (trap == HB_TRAP_NONE)
        trap = hb_rvmem_load(&m->mem, at, bytes, value);
    if (trap == HB_TRAP_NONE)
        plan_words(m, &w, now);
    return trap;
}

hb_rv_trap hb_rv_plan_store(hb_rv_run *m, uint64_t at, unsigned bytes, uint64_t value, uint32_t now)
{
    words w;
    hb_rv_trap trap = find_words(m, &w, at, bytes, true);
    if (trap == HB_TRAP_NONE)
        trap = hb_rvmem_store(&m->mem, at, bytes, value);
    if (trap == HB_TRAP_NONE)
        plan_words(m, &w, now);
    return trap;
}
