#include "air/tape.h"

#include <string.h>

#define NO_SLOT 0xffffu

hb_f hb_air_constant(const hb_air *air, const hb_air_publics *publics, hb_expr node)
{
    const hb_air_node *n = &air->nodes[node];
    switch ((hb_air_op)n->op) {
    case HB_AIR_CONST: return n->a;
    case HB_AIR_KEY: return publics->key[n->a];
    case HB_AIR_ADD: return hb_f_add(hb_air_constant(air, publics, n->a), hb_air_constant(air, publics, n->b));
    case HB_AIR_SUB: return hb_f_sub(hb_air_constant(air, publics, n->a), hb_air_constant(air, publics, n->b));
    case HB_AIR_MUL: return hb_f_mul(hb_air_constant(air, publics, n->a), hb_air_constant(air, publics, n->b));
    case HB_AIR_COL:
    case HB_AIR_STRUCTURED: break;
    }
    return 0;
}

typedef struct compiler {
    const hb_air *air;
    const hb_air_publics *publics;
    hb_air_tape *tape;
    uint8_t *needed;     /* per node: 0, 1, 2 (wide) */
    uint16_t *slot;      /* per node */
    uint32_t *last_use;  /* per node: the node that reads it last; UINT32_MAX for outputs */
    uint16_t *free_slots;
    uint32_t n_free;
} compiler;

static bool is_constant(const compiler *c, hb_expr x)
{
    return c->air->nodes[x].degree == 0;
}

/* Marks what the outputs need, and how long each value lives. */
static void mark(compiler *c, const hb_expr *outputs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint8_t w = c->air->nodes[outputs[i]].degree >= 3 ? 2 : 1;
        c->needed[outputs[i]] = c->needed[outputs[i]] > w ? c->needed[outputs[i]] : w;
        c->last_use[outputs[i]] = UINT32_MAX;
    }
    for (uint32_t i = c->air->n_nodes; i-- > 0;) {
        const hb_air_node *node = &c->air->nodes[i];
        if (!c->needed[i] || node->op < HB_AIR_ADD || node->degree == 0)
            continue;
        for (int k = 0; k < 2; k++) {
            uint32_t x = k ? node->b : node->a;
            c->needed[x] = c->needed[x] > c->needed[i] ? c->needed[x] : c->needed[i];
            c->last_use[x] = c->last_use[x] > i ? c->last_use[x] : i;
        }
    }
}

static bool take_slot(compiler *c, uint16_t *slot)
{
    if (c->n_free) {
        *slot = c->free_slots[--c->n_free];
        return true;
    }
    if (c->tape->n_slots >= NO_SLOT)
        return false;
    *slot = (uint16_t)c->tape->n_slots++;
    return true;
}

static void release_operands(compiler *c, uint32_t i)
{
    const hb_air_node *node = &c->air->nodes[i];
    for (int k = 0; k < 2; k++) {
        uint32_t x = k ? node->b : node->a;
        if ((k && node->a == node->b) || is_constant(c, x) || c->last_use[x] != i || c->slot[x] < c->tape->n_inputs)
            continue;
        c->free_slots[c->n_free++] = c->slot[x];
    }
}

/* The step for an operation at least one of whose operands is not constant. */
static hb_air_step step_of(const compiler *c, uint32_t i)
{
    const hb_air_node *node = &c->air->nodes[i];
    bool ca = is_constant(c, node->a), cb = is_constant(c, node->b);
    uint32_t da = c->air->nodes[node->a].degree, db = c->air->nodes[node->b].degree;
    hb_air_step s = {.wide = c->needed[i] == 2, .a = c->slot[node->a], .b = c->slot[node->b]};
    s.inf = node->op == HB_AIR_MUL || da == db ? HB_TAPE_INF_BOTH : da > db ? HB_TAPE_INF_A : HB_TAPE_INF_B;
    if (!ca && !cb) {
        s.op = node->op == HB_AIR_ADD ? HB_TAPE_ADD : node->op == HB_AIR_SUB ? HB_TAPE_SUB : HB_TAPE_MUL;
        return s;
    }
    s.c = hb_air_constant(c->air, c->publics, ca ? node->a : node->b);
    s.op = node->op == HB_AIR_MUL ? HB_TAPE_MUL_C : HB_TAPE_ADD_C;
    if (node->op == HB_AIR_SUB && ca)
        s.op = HB_TAPE_C_SUB;
    else if (node->op == HB_AIR_SUB)
        s.c = hb_f_neg(s.c);
    s.inf = HB_TAPE_INF_A;
    if (ca)
        s.a = s.b;
    s.b = 0;
    return s;
}

static bool emit(compiler *c, uint32_t i)
{
    const hb_air_node *node = &c->air->nodes[i];
    hb_air_tape *t = c->tape;
    if (node->op == HB_AIR_COL || node->op == HB_AIR_STRUCTURED) {
        uint32_t slot = node->op == HB_AIR_COL ? node->a : hb_tape_structured_slot(c->air, (hb_structured)node->a);
        c->slot[i] = (uint16_t)slot;
        t->input_used[slot] = c->needed[i];
        return true;
    }
    if (node->degree == 0 && c->last_use[i] != UINT32_MAX) /* folded into its readers */
        return true;
    hb_air_step s = {.op = HB_TAPE_SET, .wide = c->needed[i] == 2};
    if (node->degree == 0)
        s.c = hb_air_constant(c->air, c->publics, i);
    else {
        s = step_of(c, i);
        release_operands(c, i);
    }
    if (!take_slot(c, &s.dst))
        return false;
    c->slot[i] = s.dst;
    t->steps[t->n_steps++] = s;
    return true;
}

static bool compile(compiler *c, const hb_expr *outputs, uint32_t n_outputs)
{
    mark(c, outputs, n_outputs);
    for (uint32_t i = 0; i < c->air->n_nodes; i++)
        if (c->needed[i] && !emit(c, i))
            return false;
    for (uint32_t k = 0; k < n_outputs; k++)
        c->tape->outputs[k] = c->slot[outputs[k]];
    return true;
}

bool hb_air_tape_compile(const hb_air *air, const hb_air_publics *publics, const hb_expr *outputs, uint32_t n_outputs, hb_arena *arena, hb_air_tape *tape)
{
    uint32_t n = air->n_nodes;
    *tape = (hb_air_tape){.n_inputs = air->pre_width + air->width + HB_ST_COUNT, .n_outputs = n_outputs};
    tape->n_slots = tape->n_inputs;
    tape->steps = hb_arena_alloc_many(arena, n, sizeof *tape->steps);
    tape->outputs = hb_arena_alloc_many(arena, n_outputs, sizeof *tape->outputs);
    tape->input_used = hb_arena_alloc(arena, tape->n_inputs);
    size_t temporary = hb_arena_mark(arena);
    compiler c = {.air = air, .publics = publics, .tape = tape};
    c.needed = hb_arena_alloc(arena, n);
    c.slot = hb_arena_alloc_many(arena, n, sizeof *c.slot);
    c.last_use = hb_arena_alloc_many(arena, n, sizeof *c.last_use);
    c.free_slots = hb_arena_alloc_many(arena, n, sizeof *c.free_slots);
    bool ok = tape->steps && tape->outputs && tape->input_used && c.needed && c.slot && c.last_use && c.free_slots && tape->n_inputs < NO_SLOT;
    if (ok) {
        memset(tape->input_used, 0, tape->n_inputs);
        memset(c.needed, 0, n);
        memset(c.last_use, 0, n * sizeof *c.last_use);
        ok = compile(&c, outputs, n_outputs);
    }
    hb_arena_release(arena, temporary);
    return ok;
}
