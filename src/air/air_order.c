/* Canonical node numbers: depth first from constraints, uses and ranges in recording order, operands before their node. Freestanding. */
#include <string.h>

#include "air/record.h"

#define UNSEEN UINT32_MAX

/* Numbers what x depends on and then x. The stack holds the path from x down; its room is the hash table, which is not needed any more. */
static void visit(hb_air *a, hb_expr x)
{
    uint32_t *stack = a->buckets, depth = 0;
    stack[0] = x;
    for (;;) {
        uint32_t top = stack[depth];
        const hb_air_node *n = &a->nodes[top];
        bool leaf = n->op < HB_AIR_ADD;
        if (a->map[top] == UNSEEN) {
            if (!leaf && a->map[n->a] == UNSEEN) {
                stack[++depth] = n->a;
                continue;
            }
            if (!leaf && a->map[n->b] == UNSEEN) {
                stack[++depth] = n->b;
                continue;
            }
            hb_air_node *m = &a->renumbered[a->n_nodes];
            *m = *n;
            if (!leaf)
                m->a = a->map[n->a], m->b = a->map[n->b];
            a->map[top] = a->n_nodes++;
        }
        if (depth-- == 0)
            return;
    }
}

static void renumber(hb_air *a, hb_expr *x)
{
    visit(a, *x);
    *x = a->map[*x];
}

void hb_air_renumber(hb_air *a)
{
    for (uint32_t i = 0; i < a->n_nodes; i++)
        a->map[i] = UNSEEN;
    a->n_nodes = 0;
    visit(a, 0);
    for (uint32_t k = 0; k < a->n_constraints; k++)
        renumber(a, &a->constraints[k].expr);
    for (uint32_t i = 0; i < a->n_uses; i++) {
        if (a->uses[i].flag != HB_ALWAYS)
            renumber(a, &a->uses[i].flag);
        for (uint32_t j = 0; j < a->uses[i].n; j++)
            renumber(a, &a->tuples[a->uses[i].tuple + j]);
    }
    for (uint32_t i = 0; i < a->n_ranges; i++)
        renumber(a, &a->ranges[i].expr);
    memcpy(a->nodes, a->renumbered, a->n_nodes * sizeof *a->nodes);
    memset(a->buckets, 0, ((size_t)a->bucket_mask + 1) * sizeof *a->buckets);
    a->limits.nodes = a->n_nodes; /* a builder called by mistake finds no room */
}
