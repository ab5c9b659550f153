/* PROG: the program, one row an instruction, in the key (machine.md 3). Rows that the key does not have are masked, so a lookup of an all-zero tuple finds
 * nothing. */
#include "chips/chip_list.h"
#include "chips/columns.h"

static const char *const names[] = {
    [PROG_PC] = "pc", [PROG_OP] = "op", [PROG_RD] = "rd", [PROG_RS1] = "rs1", [PROG_RS2] = "rs2",
    [PROG_IMM] = "imm0", "imm1", "imm2", "imm3", "count",
};

static void rules(hb_air *a)
{
    hb_expr tuple[PROG_PRE_WIDTH];
    for (uint32_t j = 0; j < PROG_PRE_WIDTH; j++)
        tuple[j] = hb_air_col(a, j);
    hb_air_provide(a, HB_BUS_PROG, hb_air_col(a, PROG_PRE_WIDTH), tuple, PROG_PRE_WIDTH);
}

const hb_chip hb_chip_prog = {
    .name = "PROG", .id = HB_CHIP_PROG, .pre_width = PROG_PRE_WIDTH, .width = 1, .column_names = names,
    .height_rule = HB_HEIGHT_KEY, .max_height_log2 = HB_PROG_HEIGHT_LOG2, .rules = rules,
};
