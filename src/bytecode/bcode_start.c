/* Entry of the image: registers, and the input. */
#include "bytecode/bcode_image.h"
#include "rv/rvprogram.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { LOCAL = HB_RT_LOCAL };

/* Takes all chunks of the hint queue and lays them end to end. A chunk must go to fresh, aligned words of the input region; when the chunks before it do
 * not fill whole words, it is copied down behind them. Lengths are the host's word, but HINT_READ shows that each chunk lies inside the region.
 * a6: end of the input so far; a7: next fresh word. */
static void read_input(hb_emit *e)
{
    static const hb_emit_row rows[] = {
        HB_LABEL(LOCAL),
        HB_LI(HB_T0, 0xf0), /* HINT_LEN */
        HB_ECALL,
        HB_LI(HB_T1, -1),
        HB_BR(BEQ, HB_T0, HB_T1, LOCAL + 2),
        HB_MV(HB_A1, HB_T0),
        HB_MV(HB_A0, HB_A7),
        HB_MV(HB_A2, HB_A7),
        HB_LI(HB_T0, 0xf1), /* HINT_READ */
        HB_ECALL,
        HB_I(ADDI, HB_T0, HB_A1, 7),
        HB_I(ANDI, HB_T0, HB_T0, -8),
        HB_R(ADD, HB_A7, HB_A7, HB_T0),
        HB_MV(HB_A0, HB_A6),
        HB_R(ADD, HB_A6, HB_A6, HB_A1),
        HB_BR(BEQ, HB_A0, HB_A2, LOCAL),
        HB_CALL(HB_RT_COPY),
        HB_JUMP(LOCAL),
        HB_LABEL(LOCAL + 2),
        HB_ST(SD, HB_A6, HB_BC_VAR_INPUT_END, HB_BC_GLOB),
    };
    hb_emit_li(e, HB_A6, HB_RV_INPUT_LO);
    hb_emit_mv(e, HB_A7, HB_A6);
    hb_emit_store(e, HB_OP_SD, HB_A6, HB_BC_GLOB, HB_BC_VAR_INPUT);
    hb_emit_rows(e, rows, COUNT(rows));
}

void hb_bc_emit_start(hb_bc_translation *t)
{
    hb_emit *e = &t->e;
    hb_emit_li(e, HB_BC_GLOB, HB_BC_AT_CALLS);
    hb_emit_li(e, HB_BC_BOTTOM, HB_BC_AT_STACK);
    hb_emit_li(e, HB_BC_LIMIT, HB_BC_AT_STACK + t->p->limits.stack);
    hb_emit_li(e, HB_BC_MEM, HB_BC_AT_MEMORY);
    hb_emit_li(e, HB_BC_MEM8, t->p->limits.memory - 8);
    hb_emit_li(e, HB_BC_GAS, hb_bc_gas_start(t->p));
    hb_emit_mv(e, HB_BC_STK, HB_BC_BOTTOM);
    hb_emit_mv(e, HB_BC_CALLS, HB_BC_GLOB);
    hb_emit_li(e, HB_T0, HB_BC_AT_OUTPUT);
    hb_emit_store(e, HB_OP_SD, HB_T0, HB_BC_GLOB, HB_BC_VAR_OUTPUT);
    if (t->reads_input)
        read_input(e);
}
