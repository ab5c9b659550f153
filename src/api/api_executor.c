/* Two machines behind one handle: the RV64IM executor in steps, and the interpreter of bytecode. Each has its handlers in a table (operations). */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "bytecode/bcode_run.h"
#include "rv/isa.h"

typedef struct operations {
    hb_status (*step)(hb_executor *e, uint64_t n, hb_error *err);
    hb_status (*trace)(hb_executor *e, uint64_t n, hb_vm_trace_fn fn, void *ctx, hb_error *err);
    void (*inspect)(hb_executor *e, hb_vm_state *state);
    hb_status (*read_memory)(hb_executor *e, uint64_t address, uint8_t *out, size_t n, hb_error *err);
    hb_chunk (*public_values)(hb_executor *e);
} operations;

struct hb_executor {
    const operations *ops;
    /* ELF */
    hb_rv_program image;
    hb_rv_run *run;
    hb_rv_end end;
    bool finished;
    hb_status status; /* of the end */
    hb_error why;
    hb_buf input;     /* copies of all that the input says */
    hb_rv_span *spans;
    const char **args;
    /* bytecode */
    hb_bytecode_program code;
    hb_bytecode_machine *machine;
};

/* --- ELF ---------------------------------------------------------------------------------------------------------------------------------- */

static hb_status rv_step(hb_executor *e, uint64_t n, hb_error *err)
{
    const uint64_t done = hb_rv_run_cycles(e->run);
    const hb_rv_bound bound = {.cycles = n > UINT64_MAX - done ? UINT64_MAX : done + n};
    if (e->finished || n == 0)
        return HB_OK;
    e->end = hb_rv_advance(e->run, &bound);
    if (e->end == HB_RV_END_PAUSED)
        return HB_OK;
    e->status = hb_rv_finish(e->run, &e->why);
    e->finished = true;
    if (e->end == HB_RV_END_TRAP && hb_rv_run_report(e->run)->trap.reason == HB_TRAP_INVALID_INSTRUCTION)
        e->status = HB_INVALID_INSTRUCTION;
    e->why.status = e->status;
    if (e->status != HB_OK && err)
        *err = e->why;
    return e->status;
}

static void rv_inspect(hb_executor *e, hb_vm_state *s)
{
    memset(s, 0, sizeof *s);
    s->program_counter = hb_rv_run_pc(e->run);
    for (unsigned r = 0; r < 32; r++)
        s->registers[r] = hb_rv_run_register(e->run, r);
    s->steps = s->gas = hb_rv_run_cycles(e->run);
    if (!e->finished)
        return;
    s->gas = hb_rv_run_report(e->run)->gas;
    s->end = e->end == HB_RV_END_HALT ? HB_VM_HALTED : e->end == HB_RV_END_TRAP ? HB_VM_TRAPPED : HB_VM_LIMIT;
    s->exit_code = hb_rv_run_report(e->run)->exit_code;
    s->flag_halted = 1;
}

static hb_status rv_trace(hb_executor *e, uint64_t n, hb_vm_trace_fn fn, void *ctx, hb_error *err)
{
    for (uint64_t i = 0; i < n && !e->finished; i++) {
        hb_vm_state after;
        const uint64_t pc = hb_rv_run_pc(e->run), steps = hb_rv_run_cycles(e->run);
        const uint32_t word = hb_rv_program_word(&e->image, pc);
        hb_status st = rv_step(e, 1, err);
        if (st != HB_OK)
            return st;
        rv_inspect(e, &after);
        if (after.steps == steps)
            continue; /* inside an unconstrained block: not an instruction of the run */
        const hb_vm_step step = {pc, word, hb_isa_table[hb_isa_decode(word).op].mnemonic, &after};
        fn(ctx, &step);
    }
    return HB_OK;
}

static hb_status rv_read_memory(hb_executor *e, uint64_t address, uint8_t *out, size_t n, hb_error *err)
{
    return hb_rv_run_memory(e->run, address, out, n) ? HB_OK : hb_fail(err, HB_INVALID_ARGUMENT, "0x%llx is outside the memory map", (unsigned long long)address);
}

static hb_chunk rv_public_values(hb_executor *e)
{
    if (!e->finished)
        return (hb_chunk){NULL, 0};
    const hb_rv_span s = hb_rv_run_report(e->run)->public_values;
    return (hb_chunk){s.data, s.len};
}

static const operations rv_operations = {rv_step, rv_trace, rv_inspect, rv_read_memory, rv_public_values};

/* --- bytecode ----------------------------------------------------------------------------------------------------------------------------- */

static hb_status bc_end(hb_executor *e, hb_status st)
{
    (void)e;
    return st; /* every end of a bytecode program is a result, not a failure */
}

static hb_status bc_step(hb_executor *e, uint64_t n, hb_error *err)
{
    return bc_end(e, hb_bytecode_machine_run(e->machine, n, err));
}

static void state_of(const hb_bytecode_view *v, hb_vm_state *s)
{
    memset(s, 0, sizeof *s);
    s->program_counter = v->pc;
    memcpy(s->registers, v->registers, sizeof s->registers);
    s->steps = v->steps;
    s->gas = v->gas;
    s->end = v->end == HB_BC_RUNNING ? HB_VM_RUNNING : HB_VM_HALTED;
    s->exit_code = v->end == HB_BC_RUNNING ? 0 : hb_bytecode_end_code(v->end);
    s->stack_depth = v->depth;
    s->flag_zero = v->zero;
    s->flag_negative = v->negative;
    s->flag_halted = v->halted;
    s->flag_reverted = v->reverted;
}

static void bc_inspect(hb_executor *e, hb_vm_state *s)
{
    hb_bytecode_view v;
    hb_bytecode_machine_view(e->machine, &v);
    state_of(&v, s);
}

typedef struct {
    hb_vm_trace_fn fn;
    void *ctx;
} tracer;

static void traced(void *ctx, const hb_bytecode_step *step)
{
    const tracer *t = ctx;
    hb_vm_state after;
    state_of(&step->after, &after);
    const hb_vm_step out = {step->pc, step->op, hb_bytecode_rows[step->op].name, &after};
    t->fn(t->ctx, &out);
}

static hb_status bc_trace(hb_executor *e, uint64_t n, hb_vm_trace_fn fn, void *ctx, hb_error *err)
{
    tracer t = {fn, ctx};
    return bc_end(e, hb_bytecode_machine_trace(e->machine, n, traced, &t, err));
}

static hb_status bc_read_memory(hb_executor *e, uint64_t address, uint8_t *out, size_t n, hb_error *err)
{
    hb_bytecode_view v;
    hb_bytecode_machine_view(e->machine, &v);
    if (address > e->code.limits.memory || n > e->code.limits.memory - address)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the program has %llu bytes of memory", (unsigned long long)e->code.limits.memory);
    memcpy(out, v.memory + address, n);
    return HB_OK;
}

static hb_chunk bc_public_values(hb_executor *e)
{
    hb_bytecode_view v;
    hb_bytecode_machine_view(e->machine, &v);
    return (hb_chunk){v.output, v.output_len};
}

static const operations bc_operations = {bc_step, bc_trace, bc_inspect, bc_read_memory, bc_public_values};

/* --- life --------------------------------------------------------------------------------------------------------------------------------- */

/* Appends and returns where it lies, as an offset: the buffer may move. */
static hb_status keep(hb_executor *e, const void *bytes, size_t n, size_t *at)
{
    *at = e->input.len;
    return hb_buf_append(&e->input, bytes, n);
}

/* The input of an ELF program copied, and the options pointing to the copy. */
static hb_status keep_input(hb_executor *e, hb_rv_exec_options *o)
{
    size_t at = 0, n = o->n_inputs + o->n_args + 1, *place = malloc((n + 1) * sizeof *place);
    hb_status st = place ? HB_OK : HB_OUT_OF_MEMORY;
    for (size_t i = 0; i < o->n_inputs && st == HB_OK; i++)
        st = keep(e, o->inputs[i].data, o->inputs[i].len, &place[at++]);
    for (size_t i = 0; i < o->n_args && st == HB_OK; i++)
        st = keep(e, o->args[i], strlen(o->args[i]) + 1, &place[at++]);
    if (st == HB_OK)
        st = keep(e, o->stdin_bytes.data, o->stdin_bytes.len, &place[at++]);
    e->args = malloc((o->n_args + 1) * sizeof *e->args);
    if (st == HB_OK && !e->args)
        st = HB_OUT_OF_MEMORY;
    if (st == HB_OK) {
        at = 0;
        for (size_t i = 0; i < o->n_inputs; i++)
            e->spans[i].data = e->input.data + place[at++];
        for (size_t i = 0; i < o->n_args; i++)
            e->args[i] = (const char *)e->input.data + place[at++];
        o->stdin_bytes.data = e->input.data + place[at];
        o->inputs = e->spans;
        o->args = e->args;
    }
    free(place);
    return st;
}

static hb_status start_rv(hb_executor *e, const hb_program *program, const hb_program_input *input, const hb_zkvm_config *config, hb_error *err)
{
    hb_rv_exec_options options;
    e->ops = &rv_operations;
    e->spans = malloc((hb_api_span_count(program, input) + 1) * sizeof *e->spans);
    hb_status st = e->spans ? hb_api_exec_options(program, input, config, e->spans, &options, err) : HB_OUT_OF_MEMORY;
    if (st == HB_OK)
        st = keep_input(e, &options);
    if (st == HB_OK)
        st = hb_package_load(&e->image, &program->package, err);
    return st == HB_OK ? hb_rv_start(&e->image, &options, &e->run, err) : st;
}

static hb_status start_bc(hb_executor *e, const hb_program *program, const hb_program_input *input, const hb_zkvm_config *config, hb_error *err)
{
    const hb_package_configuration *c = &program->package.configuration;
    const hb_bytecode_limits limits = {.stack = c->stack_limit, .memory = c->memory_limit, .gas = c->gas_limit};
    hb_rv_exec_options options;
    hb_rv_span span;
    size_t at;
    e->ops = &bc_operations;
    hb_status st = hb_api_exec_options(program, input, config, &span, &options, err);
    if (st == HB_OK)
        st = keep(e, span.data, span.len, &at);
    if (st == HB_OK)
        st = hb_bytecode_program_make(&e->code, program->package.code.data, program->package.code.len, &limits, err);
    return st == HB_OK ? hb_bytecode_machine_create(&e->machine, &e->code, span.len ? e->input.data : NULL, span.len, 0, err) : st;
}

hb_status hb_executor_new(hb_executor **executor, const hb_program *program, const hb_program_input *input, const hb_zkvm_config *config, hb_error *err)
{
    hb_zkvm_config c;
    if (!executor || !program)
        return hb_fail(err, HB_INVALID_ARGUMENT, "executor or program is NULL");
    *executor = NULL;
    hb_status st = hb_api_config_take(&c, config, err);
    if (st == HB_OK)
        st = hb_api_check_limits(program, &c, err);
    if (st != HB_OK)
        return st;
    hb_executor *e = calloc(1, sizeof *e);
    if (!e)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for an executor");
    hb_error why = {0};
    st = program->package.kind == HB_PACKAGE_ELF ? start_rv(e, program, input, &c, &why) : start_bc(e, program, input, &c, &why);
    if (st == HB_OK) {
        *executor = e;
        return HB_OK;
    }
    hb_executor_free(e);
    return hb_fail(err, st, "%s", why.message[0] ? why.message : "no memory for an executor");
}

void hb_executor_free(hb_executor *e)
{
    if (!e)
        return;
    hb_rv_run_free(e->run);
    hb_rv_program_free(&e->image);
    hb_bytecode_machine_free(e->machine);
    hb_bytecode_program_free(&e->code);
    hb_buf_free(&e->input);
    free(e->spans);
    free(e->args);
    free(e);
}

hb_status hb_executor_step(hb_executor *e, uint64_t n, hb_error *err)
{
    return e->ops->step(e, n, err);
}

hb_status hb_executor_run(hb_executor *e, hb_error *err)
{
    return e->ops->step(e, UINT64_MAX, err);
}

hb_status hb_executor_trace(hb_executor *e, uint64_t n, hb_vm_trace_fn fn, void *ctx, hb_error *err)
{
    return fn ? e->ops->trace(e, n, fn, ctx, err) : hb_fail(err, HB_INVALID_ARGUMENT, "fn is NULL");
}

void hb_executor_inspect(hb_executor *e, hb_vm_state *state)
{
    e->ops->inspect(e, state);
}

hb_status hb_executor_read_memory(hb_executor *e, uint64_t address, uint8_t *out, size_t n, hb_error *err)
{
    return e->ops->read_memory(e, address, out, n, err);
}

hb_status hb_executor_read_stack(hb_executor *e, uint64_t i, uint64_t *word, hb_error *err)
{
    hb_bytecode_view v = {0};
    if (e->machine)
        hb_bytecode_machine_view(e->machine, &v);
    if (i >= v.depth)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the stack has %llu words", (unsigned long long)v.depth);
    *word = v.stack[i];
    return HB_OK;
}

hb_chunk hb_executor_public_values(hb_executor *e)
{
    return e->ops->public_values(e);
}
