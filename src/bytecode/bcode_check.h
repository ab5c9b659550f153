/* Runs a program under model, interpreter and translated image, step by step where there are steps, and compares everything. Only for tests. */
#pragma once
#include "bytecode/bcode_diff.h"
#include "bytecode/bcode_model.h"

/* A program under construction. */
typedef struct bck {
    uint8_t code[4096];
    size_t len;
    hb_bytecode_limits limits; /* memory and stack at most those of the model */
    uint8_t input[64];
    size_t input_len;
} bck;

static inline bck bck_new(void)
{
    return (bck){.limits = {.stack = 8 * BCM_STACK, .memory = BCM_MEMORY, .gas = 1000000}};
}

static inline void bck_op(bck *c, uint8_t op)
{
    c->code[c->len++] = op;
}

static inline void bck_imm(bck *c, uint8_t op, uint8_t imm)
{
    bck_op(c, op);
    bck_op(c, imm);
}

static inline void bck_push(bck *c, uint64_t v)
{
    c->code[c->len++] = HB_BC_PUSH8;
    hb_store_le64(c->code + c->len, v);
    c->len += 8;
}

static inline void bck_same_state(const bcm *m, const hb_bytecode_view *v)
{
    assert_int_equal(v->end == HB_BC_RUNNING ? -1 : (int)hb_bytecode_end_code(v->end), m->end);
    assert_int_equal(v->pc, m->pc);
    assert_int_equal(v->gas, m->gas);
    assert_int_equal(v->steps, m->steps);
    assert_int_equal(v->depth, m->n);
    if (m->n)
        assert_memory_equal(v->stack, m->s, 8 * m->n);
    assert_int_equal(v->call_depth, m->n_calls);
    for (uint32_t k = 0; k < m->n_calls; k++)
        assert_int_equal(v->calls[k], m->calls[k]);
    assert_memory_equal(v->registers, m->r, sizeof m->r);
    assert_int_equal(v->zero, m->zero);
    assert_int_equal(v->negative, m->negative);
    assert_int_equal(v->halted, m->end >= 0);
    assert_int_equal(v->reverted, m->end == 16);
    assert_int_equal(v->output_len, m->n_out);
    assert_int_equal(v->input_left, m->in_len - m->in_at);
}

/* Of the images that a test asks for, one in so many is made and run: making and running one costs a hundred times what the rest does. */
static unsigned bck_image_every = 1, bck_images;

/* Returns the end. With image, that is run as well (see above). */
static inline hb_bytecode_end bck_run(const bck *c, bool image)
{
    static bcm m;
    hb_bytecode_program p;
    hb_bytecode_machine *machine;
    hb_bytecode_view v;
    hb_error err = {.message = ""};
    bcd_totals totals = {{0}, 0, 0};
    m = (bcm){.code = c->code, .len = (uint32_t)c->len, .stack_limit = c->limits.stack, .memory_limit = c->limits.memory, .gas_limit = c->limits.gas,
              .in = c->input, .in_len = c->input_len, .end = -1};
    if (hb_bytecode_program_make(&p, c->code, c->len, &c->limits, &err) != HB_OK)
        fail_msg("%s", err.message);
    assert_int_equal(hb_bytecode_machine_create(&machine, &p, c->input, c->input_len, 0, NULL), HB_OK);
    do {
        bcm_step(&m);
        assert_int_equal(hb_bytecode_machine_run(machine, 1, NULL), HB_OK);
        hb_bytecode_machine_view(machine, &v);
        bck_same_state(&m, &v);
    } while (m.end < 0);
    assert_memory_equal(v.memory, m.mem, c->limits.memory);
    if (m.n_out)
        assert_memory_equal(v.output, m.out, m.n_out);
    hb_bytecode_end end = v.end;
    hb_rv_span in = {c->input, c->input_len};
    if (image && bck_images++ % bck_image_every == 0)
        assert_true(bcd_compare(&p, &in, 1, in, &totals));
    hb_bytecode_machine_free(machine);
    hb_bytecode_program_free(&p);
    return end;
}
