/* Instructions of a block to RV64IM: which goes where, memory, registers, input and output. */
#include "bytecode/bcode_operands.h"

typedef hb_bc_builder builder;
typedef hb_bc_value value;

/* Checks an address of `bytes` bytes; false: it never lies inside, the block is over. *base, *offset: where it is (t0 may be used). */
static bool address(builder *b, value *a, unsigned bytes, unsigned *base, int64_t *offset)
{
    uint64_t limit = b->p->limits.memory;
    if (limit < bytes || (a->kind == HB_BC_CONSTANT && a->imm > limit - bytes)) {
        hb_bc_trap_always(b, HB_BC_END_MEMORY);
        return false;
    }
    *offset = 0;
    *base = HB_T0;
    if (a->kind == HB_BC_CONSTANT && a->imm <= 2047) {
        *base = HB_BC_MEM;
        *offset = (int64_t)a->imm;
        return true;
    }
    if (a->kind == HB_BC_CONSTANT) {
        hb_emit_li(b->e, HB_T0, a->imm);
        hb_emit_r(b->e, HB_OP_ADD, HB_T0, HB_T0, HB_BC_MEM);
        return true;
    }
    unsigned bound = HB_T0;
    if (limit < 8)
        hb_emit_li(b->e, HB_T0, limit - bytes);
    else if (bytes < 8)
        hb_emit_i(b->e, HB_OP_ADDI, HB_T0, HB_BC_MEM8, 8 - (int64_t)bytes);
    else
        bound = HB_BC_MEM8;
    hb_bc_trap_if(b, HB_OP_BLTU, bound, a->reg, HB_BC_END_MEMORY);
    hb_emit_r(b->e, HB_OP_ADD, HB_T0, a->reg, HB_BC_MEM);
    return true;
}

static void load(builder *b, hb_op op)
{
    value a = hb_bc_values_pop(&b->v);
    unsigned rd = hb_bc_result(b), base;
    int64_t offset;
    if (!address(b, &a, hb_isa_access_bytes(op), &base, &offset))
        return;
    hb_emit_i(b->e, op, rd, base, offset);
    hb_bc_done(b, rd, &a, NULL);
}

static void store(builder *b, hb_op op)
{
    value a = hb_bc_values_pop(&b->v), word = hb_bc_values_pop(&b->v);
    unsigned reg = hb_bc_in_register(b, &word), base;
    int64_t offset;
    if (!address(b, &a, hb_isa_access_bytes(op), &base, &offset))
        return;
    hb_emit_store(b->e, op, reg, base, offset);
    hb_bc_drop(b, &a);
    hb_bc_drop(b, &word);
}

static void set_register(builder *b, unsigned r)
{
    value w = hb_bc_values_pop(&b->v);
    unsigned home = b->t->mapped[r];
    if (!home) {
        hb_emit_store(b->e, HB_OP_SD, hb_bc_in_register(b, &w), HB_BC_GLOB, HB_BC_VAR_REGISTERS + 8 * (int64_t)r);
    } else if (w.kind == HB_BC_CONSTANT) {
        hb_bc_values_unalias(&b->v, home);
        hb_emit_li(b->e, home, w.imm);
    } else if (w.reg != home) {
        hb_bc_values_unalias(&b->v, home);
        hb_emit_mv(b->e, home, w.reg);
    }
    hb_bc_drop(b, &w);
}

static void get_register(builder *b, unsigned r)
{
    unsigned reg = b->t->mapped[r];
    if (!reg) {
        reg = hb_bc_result(b);
        hb_emit_i(b->e, HB_OP_LD, reg, HB_BC_GLOB, HB_BC_VAR_REGISTERS + 8 * (int64_t)r);
    }
    hb_bc_values_push_register(&b->v, reg);
}

static void next_input(builder *b)
{
    hb_bc_values_save(&b->v);
    hb_emit_call(b->e, HB_RT_INPUT);
    hb_bc_trap_if(b, HB_OP_BNE, HB_A1, HB_X0, HB_BC_END_INPUT);
    hb_bc_push_a0(b);
}

static void input_length(builder *b)
{
    unsigned rd = hb_bc_result(b);
    hb_emit_i(b->e, HB_OP_LD, rd, HB_BC_GLOB, HB_BC_VAR_INPUT_END);
    hb_emit_i(b->e, HB_OP_LD, HB_T0, HB_BC_GLOB, HB_BC_VAR_INPUT);
    hb_emit_r(b->e, HB_OP_SUB, rd, rd, HB_T0);
    hb_bc_values_push_register(&b->v, rd);
}

static void output(builder *b)
{
    value w = hb_bc_values_pop(&b->v);
    unsigned reg = hb_bc_in_register(b, &w);
    hb_emit_i(b->e, HB_OP_LD, HB_T0, HB_BC_GLOB, HB_BC_VAR_OUTPUT);
    hb_emit_store(b->e, HB_OP_SD, reg, HB_T0, 0);
    hb_emit_i(b->e, HB_OP_ADDI, HB_T0, HB_T0, 8);
    hb_emit_store(b->e, HB_OP_SD, HB_T0, HB_BC_GLOB, HB_BC_VAR_OUTPUT);
    hb_bc_drop(b, &w);
}

static void copy_bytes(builder *b, uint32_t routine)
{
    value a = hb_bc_values_pop(&b->v), n = hb_bc_values_pop(&b->v);
    hb_bc_values_finish(&b->v);
    hb_bc_arguments(b, &a, &n);
    hb_emit_call(b->e, routine);
}

static void lower_stack(builder *b, const hb_bytecode_insn *i)
{
    switch (i->op) {
    case HB_BC_POP: hb_bc_values_discard(&b->v); break;
    case HB_BC_DUP: hb_bc_values_dup(&b->v, (uint32_t)i->imm); break;
    case HB_BC_SWAP: hb_bc_values_swap(&b->v, (uint32_t)i->imm); break;
    case HB_BC_GET: get_register(b, (unsigned)i->imm); break;
    case HB_BC_SET: set_register(b, (unsigned)i->imm); break;
    default:
        if (b->b->target != HB_BC_NO_BLOCK && b->k + 1 == b->last)
            hb_bc_lower_constant_jump(b);
        else
            hb_bc_values_push_constant(&b->v, i->imm);
    }
}

static void lower_memory(builder *b, uint8_t op)
{
    switch (op) {
    case HB_BC_LOAD:
    case HB_BC_LOAD64: load(b, HB_OP_LD); break;
    case HB_BC_LOAD32: load(b, HB_OP_LWU); break;
    case HB_BC_LOAD16: load(b, HB_OP_LHU); break;
    case HB_BC_LOAD8: load(b, HB_OP_LBU); break;
    case HB_BC_STORE:
    case HB_BC_STORE64: store(b, HB_OP_SD); break;
    case HB_BC_STORE32: store(b, HB_OP_SW); break;
    case HB_BC_STORE16: store(b, HB_OP_SH); break;
    default: store(b, HB_OP_SB);
    }
}

static void lower_rest(builder *b, uint8_t op)
{
    switch (op) {
    case HB_BC_LT:
    case HB_BC_GT:
    case HB_BC_EQ:
    case HB_BC_ISZERO: hb_bc_lower_compare(b, op); break;
    case HB_BC_NOT: hb_bc_lower_not(b); break;
    case HB_BC_JUMP:
    case HB_BC_JUMPI:
    case HB_BC_CALL: hb_bc_lower_computed_jump(b, op); break;
    case HB_BC_RETURN: hb_bc_lower_return(b); break;
    case HB_BC_REVERT: hb_bc_lower_go(b, HB_RT_TRAP + HB_BC_END_REVERTED); break;
    case HB_BC_STOP: hb_bc_lower_go(b, HB_RT_TRAP + HB_BC_END_SUCCESS); break;
    case HB_BC_INPUT: next_input(b); break;
    case HB_BC_INPUTLEN: input_length(b); break;
    case HB_BC_OUTPUT: output(b); break;
    case HB_BC_READ: copy_bytes(b, HB_RT_READ); break;
    case HB_BC_WRITE: copy_bytes(b, HB_RT_WRITE); break;
    default: hb_bc_trap_always(b, HB_BC_END_MEMORY); /* SLOAD, SSTORE: there is no ledger */
    }
}

void hb_bc_lower(hb_bc_builder *b)
{
    const hb_bytecode_insn *i = &b->p->insns[b->k];
    uint8_t op = i->op;
    if (op <= HB_BC_WMUL || (op >= HB_BC_AND && op <= HB_BC_SHR && op != HB_BC_NOT))
        hb_bc_lower_binary(b, op);
    else if (op >= HB_BC_LOAD && op <= HB_BC_STORE64)
        lower_memory(b, op);
    else if (op >= HB_BC_PUSH1 && op <= HB_BC_SET)
        lower_stack(b, i);
    else
        lower_rest(b, op);
    b->k++;
}
