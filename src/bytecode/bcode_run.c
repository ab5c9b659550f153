#include "bytecode/bcode_run.h"

#include <inttypes.h>
#include <string.h>

#include "bytecode/bcode_machine.h"

static hb_bytecode_cell make_cell(const hb_bytecode_insn *i)
{
    return (hb_bytecode_cell){.run = hb_bytecode_handlers[i->op],
                              .imm = i->imm,
                              .at = i->at,
                              .need = (uint16_t)(8 * hb_bytecode_need(i)),
                              .net = (int16_t)(8 * hb_bytecode_net(i)),
                              .gas = hb_bytecode_rows[i->op].gas,
                              .op = i->op,
                              .priced = i->op == HB_BC_READ || i->op == HB_BC_WRITE};
}

/* The parts of a machine, one behind the other in one piece of memory. */
typedef struct parts {
    size_t stack, cells, memory, end;
} parts;

static size_t aligned(size_t bytes)
{
    return (bytes + HB_ARENA_ALIGN - 1) & ~(size_t)(HB_ARENA_ALIGN - 1);
}

static parts parts_of(const hb_bytecode_program *p)
{
    parts at = {.stack = aligned(sizeof(hb_bytecode_machine))};
    at.cells = at.stack + aligned(p->limits.stack);
    at.memory = at.cells + aligned((p->n_insns + (size_t)1) * sizeof(hb_bytecode_cell));
    at.end = at.memory + p->limits.memory;
    return at;
}

hb_status hb_bytecode_machine_create(hb_bytecode_machine **out, const hb_bytecode_program *p, const uint8_t *input, size_t len,
                                     uint64_t output_limit, hb_error *err)
{
    const parts at = parts_of(p);
    uint8_t *memory = hb_pages_alloc(at.end);
    *out = NULL;
    if (!memory)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a bytecode machine");
    hb_bytecode_machine *m = (hb_bytecode_machine *)(void *)memory;
    hb_bytecode_cell *cells = (hb_bytecode_cell *)(void *)(memory + at.cells);
    for (uint32_t k = 0; k < p->n_insns; k++)
        cells[k] = make_cell(&p->insns[k]);
    cells[p->n_insns] = (hb_bytecode_cell){.run = hb_bytecode_run_off, .at = p->code_len};
    m->program = p;
    m->cells = cells;
    m->stack = (uint64_t *)(void *)(memory + at.stack);
    m->memory = memory + at.memory;
    m->stack_end = m->stack + p->limits.stack / 8;
    m->memory_bytes = p->limits.memory;
    m->ip = cells;
    m->sp = m->stack;
    m->gas_left = p->limits.gas;
    m->result = 1;
    m->starts = p->starts;
    m->code_len = p->code_len;
    m->n_insns = p->n_insns;
    m->input = input;
    m->input_end = len ? input + len : input;
    m->output_limit = output_limit ? output_limit : HB_BYTECODE_DEFAULT_OUTPUT_LIMIT;
    *out = m;
    return HB_OK;
}

void hb_bytecode_machine_free(hb_bytecode_machine *m)
{
    if (!m)
        return;
    hb_buf_free(&m->output);
    hb_pages_free(m, parts_of(m->program).end);
}

/* The one loop. Gas, underflow and stack limit are checked here for all instructions, the rest by each. */
static void loop(hb_bytecode_machine *m, uint64_t max_steps)
{
    const hb_bytecode_cell *ip = m->ip;
    uint64_t *sp = m->sp;
    uint64_t gas = m->gas_left, left = max_steps;
    const uintptr_t bottom = (uintptr_t)m->stack, top = (uintptr_t)m->stack_end;
    for (; left; left--) {
        uint64_t price = ip->gas;
        if (price > gas) {
            m->end = HB_BC_END_GAS;
            break;
        }
        if ((uintptr_t)sp - bottom < ip->need || (intptr_t)(top - (uintptr_t)sp) < ip->net) {
            m->end = HB_BC_END_STACK;
            break;
        }
        if (ip->priced) {
            price += sp[-2] / 8 + (sp[-2] % 8 != 0); /* at most 2^61 + 3 */
            if (price > gas) {
                m->end = HB_BC_END_GAS;
                break;
            }
        }
        hb_bytecode_at next = ip->run((hb_bytecode_at){ip, sp}, m);
        if (!next.ip)
            break;
        gas -= price;
        ip = next.ip;
        sp = next.sp;
    }
    /* STOP, REVERT and a last RETURN are completed; running off the end is no instruction. */
    if ((m->end == HB_BC_END_SUCCESS || m->end == HB_BC_END_REVERTED) && ip->run != hb_bytecode_run_off) {
        gas -= ip->gas;
        left--;
    }
    m->ip = ip;
    m->sp = sp;
    m->gas_left = gas;
    m->steps += max_steps - left;
}

static hb_status host_status(hb_bytecode_machine *m, hb_error *err)
{
    hb_status st = m->failed;
    m->failed = HB_OK;
    if (st == HB_LIMIT)
        return hb_fail(err, st, "the output limit of %" PRIu64 " bytes is reached", m->output_limit);
    return st == HB_OK ? st : hb_fail(err, st, "no memory for the output");
}

hb_status hb_bytecode_machine_run(hb_bytecode_machine *m, uint64_t max_steps, hb_error *err)
{
    if (m->end == HB_BC_RUNNING)
        loop(m, max_steps);
    return host_status(m, err);
}

hb_status hb_bytecode_machine_trace(hb_bytecode_machine *m, uint64_t max_steps, hb_bytecode_trace_fn fn, void *ctx, hb_error *err)
{
    for (uint64_t k = 0; k < max_steps && m->end == HB_BC_RUNNING; k++) {
        const hb_bytecode_cell *c = m->ip;
        uint64_t gas_left = m->gas_left, steps = m->steps;
        loop(m, 1);
        if (m->failed != HB_OK)
            return host_status(m, err);
        if (c->run == hb_bytecode_run_off)
            break;
        hb_bytecode_step step = {.pc = c->at, .op = c->op, .gas = gas_left - m->gas_left};
        if (m->steps > steps)
            step.stack_ops = hb_bytecode_rows[c->op].stack_ops;
        hb_bytecode_machine_view(m, &step.after);
        fn(ctx, &step);
    }
    return HB_OK;
}

void hb_bytecode_machine_view(const hb_bytecode_machine *m, hb_bytecode_view *view)
{
    *view = (hb_bytecode_view){.pc = m->ip->at,
                               .end = m->end,
                               .steps = m->steps,
                               .gas = m->program->limits.gas - m->gas_left,
                               .registers = m->registers,
                               .stack = m->stack,
                               .depth = (uint64_t)(m->sp - m->stack),
                               .calls = m->calls,
                               .call_depth = m->call_depth,
                               .memory = m->memory,
                               .output = m->output.data,
                               .output_len = m->output.len,
                               .input_left = (uint64_t)(m->input_end - m->input),
                               .zero = m->result == 0,
                               .negative = m->result >> 63,
                               .halted = m->end != HB_BC_RUNNING,
                               .reverted = m->end == HB_BC_END_REVERTED};
}
