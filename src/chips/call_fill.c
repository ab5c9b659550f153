/* ECALL. */
#include "chips/fill.h"

/* Carries 0 and 1 of the limbs of a0 + a1 + slack = 2^37, each as two bits. */
static void put_hint_read(uint32_t *c, const hb_rv_event_call *e)
{
    uint64_t slack = HB_RV_MAP_END - e->a0 - e->a1;
    uint32_t carry = 0;
    hb_put_limbs(c, CALL_FREE, slack);
    for (uint32_t i = 0; i < 2; i++) {
        carry = (hb_limb(e->a0, i) + hb_limb(e->a1, i) + hb_limb(slack, i) + carry) >> 16;
        hb_put(c, CALL_CARRY0 + 2 * i, carry >= 1);
        hb_put(c, CALL_CARRY0 + 2 * i + 1, carry >= 2);
    }
}

static void call_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    static const uint32_t numbers[6] = {0x02, 0x03, 0x10, 0x1a, 0xf0, 0xf1}; /* in the order of the flags */
    const hb_rv_event_call *e = event;
    bool publishes = e->pv_index != UINT32_MAX;
    hb_put_start(c, insn, e->ts);
    hb_put(c, CALL_T0_TS, e->t0_ts);
    hb_put_limbs(c, CALL_A0, e->a0);
    hb_put(c, CALL_A0_TS, e->a0_ts);
    hb_put_limbs(c, CALL_A1, e->a1);
    hb_put(c, CALL_A1_TS, e->a1_ts);
    for (uint32_t i = 0; i < 6; i++)
        hb_put(c, CALL_WRITE + i, e->t0 == numbers[i]);
    hb_put(c, CALL_PV, publishes ? hb_limb(e->pv_prev, 0) : 0);
    hb_put(c, CALL_PV + 1, publishes ? hb_limb(e->pv_prev, 1) : 0);
    hb_put(c, CALL_PV_TS, publishes ? e->pv_ts : e->ts + 7); /* no access: a range check of 0 */
    hb_put_limbs(c, CALL_FREE, 0);
    for (uint32_t i = 0; i < 4; i++)
        hb_put(c, CALL_CARRY0 + i, 0);
    if (e->t0 == 0xf0)
        hb_put_limbs(c, CALL_FREE, e->t0_new);
    if (e->t0 == 0xf1)
        put_hint_read(c, e);
}

HB_FILL_INSNS(call, CALL, call_row, hb_rv_event_call, NULL)
