#include "rv/rvprofile.h"

#include <stdlib.h>
#include <string.h>

typedef struct walk {
    hb_rv_profile *p;
    const hb_rv_program *program;
    uint32_t stack[HB_RV_PROFILE_DEPTH]; /* nodes, the root first */
    uint32_t depth;
    uint32_t too_deep; /* calls below the limit */
} walk;

static uint32_t add_node(hb_rv_profile *p, uint32_t parent, const char *function)
{
    if (p->n == p->capacity) {
        const uint32_t room = p->capacity ? 2 * p->capacity : 256;
        hb_rv_profile_node *more = realloc(p->nodes, room * sizeof *more);
        if (!more)
            return HB_RV_PROFILE_NONE;
        p->nodes = more;
        p->capacity = room;
    }
    p->nodes[p->n] = (hb_rv_profile_node){.function = function, .parent = parent, .child = HB_RV_PROFILE_NONE, .next = HB_RV_PROFILE_NONE};
    if (parent != HB_RV_PROFILE_NONE) {
        p->nodes[p->n].next = p->nodes[parent].child;
        p->nodes[parent].child = p->n;
    }
    return p->n++;
}

static uint32_t child_of(hb_rv_profile *p, uint32_t parent, const char *function)
{
    for (uint32_t c = p->nodes[parent].child; c != HB_RV_PROFILE_NONE; c = p->nodes[c].next)
        if (p->nodes[c].function == function)
            return c;
    return add_node(p, parent, function);
}

static const char *function_at(const walk *w, uint64_t pc)
{
    uint64_t offset;
    const char *name = hb_rv_program_function(w->program, pc, &offset);
    return name ? name : "(no symbol)";
}

static bool push(walk *w, const char *function)
{
    if (w->depth == HB_RV_PROFILE_DEPTH) {
        w->too_deep++;
        return true;
    }
    const uint32_t node = child_of(w->p, w->stack[w->depth - 1], function);
    w->stack[w->depth++] = node;
    return node != HB_RV_PROFILE_NONE;
}

/* Replaces what is on top. */
static bool go_on_in(walk *w, const char *function)
{
    if (w->too_deep || w->p->nodes[w->stack[w->depth - 1]].function == function)
        return true;
    if (w->depth > 1)
        w->depth--;
    return push(w, function);
}

static bool go_back_to(walk *w, const char *function)
{
    if (w->too_deep) {
        w->too_deep--;
        return true;
    }
    for (uint32_t d = w->depth; d-- > 1;)
        if (d + 1 < w->depth && w->p->nodes[w->stack[d]].function == function) {
            w->depth = d + 1;
            return true;
        }
    return go_on_in(w, function);
}

static bool follow(walk *w, const hb_isa_insn *i, uint64_t pc)
{
    const bool jump = i->op == HB_OP_JAL || i->op == HB_OP_JALR;
    if (jump && i->rd == 1)
        return push(w, function_at(w, pc));
    if (i->op == HB_OP_JALR && i->rd == 0 && i->rs1 == 1)
        return go_back_to(w, function_at(w, pc));
    return !jump || go_on_in(w, function_at(w, pc));
}

static hb_status walk_run(walk *w, hb_rv_run *run, const double cost[HB_FAM_COUNT], hb_error *err)
{
    hb_rv_end end = HB_RV_END_PAUSED;
    bool room = push(w, function_at(w, hb_rv_run_pc(run)));
    while (end == HB_RV_END_PAUSED && room) {
        const uint64_t pc = hb_rv_run_pc(run), before = hb_rv_run_cycles(run);
        const hb_isa_insn i = hb_isa_decode(hb_rv_program_word(w->program, pc));
        const hb_rv_bound bound = {.cycles = before + 1};
        end = hb_rv_advance(run, &bound);
        const hb_rv_family family = hb_isa_table[i.op].family;
        if (hb_rv_run_cycles(run) == before)
            continue; /* it trapped */
        hb_rv_profile_node *top = &w->p->nodes[w->stack[w->depth - 1]];
        const double c = family < HB_FAM_COUNT ? cost[family] : 0;
        top->cycles++;
        top->cost += c;
        w->p->cycles++;
        w->p->cost += c;
        if (end == HB_RV_END_PAUSED)
            room = follow(w, &i, hb_rv_run_pc(run));
    }
    return room ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the tree of calls");
}

hb_status hb_rv_profile_run(const hb_rv_program *program, const hb_rv_exec_options *options, const double cost[HB_FAM_COUNT], hb_rv_profile *out, hb_error *err)
{
    hb_rv_run *run = NULL;
    walk w = {.p = out, .program = program};
    hb_rv_exec_options plain = *options;
    memset(out, 0, sizeof *out);
    plain.record = false;
    w.stack[w.depth++] = add_node(out, HB_RV_PROFILE_NONE, "all");
    if (!out->n)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the tree of calls");
    hb_status st = hb_rv_start(program, &plain, &run, err);
    if (st == HB_OK)
        st = walk_run(&w, run, cost, err);
    if (st == HB_OK)
        st = hb_rv_finish(run, err);
    hb_rv_run_free(run);
    return st;
}

void hb_rv_profile_free(hb_rv_profile *p)
{
    free(p->nodes);
    memset(p, 0, sizeof *p);
}

double hb_rv_profile_total(const hb_rv_profile *p, uint32_t node)
{
    double sum = p->nodes[node].cost;
    for (uint32_t c = p->nodes[node].child; c != HB_RV_PROFILE_NONE; c = p->nodes[c].next)
        sum += hb_rv_profile_total(p, c);
    return sum;
}
