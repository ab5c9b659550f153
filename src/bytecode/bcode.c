#include "bytecode/bcode.h"

#define ROW(NAME, code, gas_, pops_, pushes_, ops_, imm_)                                                              \
    [code] = {.name = #NAME, .gas = gas_, .pops = pops_, .pushes = pushes_, .stack_ops = ops_, .imm_bytes = imm_},
const hb_bytecode_row hb_bytecode_rows[256] = {HB_BYTECODE_TABLE(ROW)};

#define TEXT(NAME, code, text) text,
static const char *const end_texts[HB_BC_END_COUNT] = {"running", HB_BYTECODE_ENDS(TEXT)};

#define CODE(NAME, code, text) code,
static const uint8_t end_codes[HB_BC_END_COUNT] = {255, HB_BYTECODE_ENDS(CODE)};

const char *hb_bytecode_end_text(hb_bytecode_end end)
{
    return (unsigned)end < HB_BC_END_COUNT ? end_texts[end] : "unknown";
}

uint32_t hb_bytecode_end_code(hb_bytecode_end end)
{
    return (unsigned)end < HB_BC_END_COUNT ? end_codes[end] : 255;
}

hb_bytecode_end hb_bytecode_end_of_code(uint32_t exit_code)
{
    for (unsigned e = HB_BC_RUNNING + 1; e < HB_BC_END_COUNT; e++)
        if (end_codes[e] == exit_code)
            return (hb_bytecode_end)e;
    return HB_BC_RUNNING;
}
