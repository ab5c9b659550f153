#include "air/doc.h"

#include <string.h>

#include "base/arena.h"

#define NAMED_SIZE 5u /* leaves of an expression worth a name */

typedef struct doc {
    const hb_air *air;
    const char *const *names;
    hb_air_sink sink;
    uint32_t *size;  /* of the expanded expression, in leaves; NULL: no names */
    uint32_t *uses;  /* how often a node is an operand or a root */
    uint32_t *name;  /* t<n>, 0: none */
    uint32_t n_names;
} doc;

/* --- constants and leaves ------------------------------------------------------------------------------------------------------------ */
static void put_signed(hb_air_sink sink, uint32_t canonical)
{
    bool negative = canonical > HB_F_P / 2;
    if (negative)
        hb_air_put(sink, "-");
    hb_air_put_u32(sink, negative ? HB_F_P - canonical : canonical);
}

static uint32_t magnitude(uint32_t canonical)
{
    return canonical > HB_F_P / 2 ? HB_F_P - canonical : canonical;
}

/* n / 2^k with the n of least magnitude; k = 0 is given an advantage of 16 (1/2^16 is also -30720, since 15 * 2^27 = -1). */
static void put_constant(hb_air_sink sink, hb_f c)
{
    uint32_t best = hb_f_to_u32(c), best_k = 0;
    uint64_t least = magnitude(best);
    hb_f scaled = c;
    for (uint32_t k = 8; k <= 48; k += 8) {
        scaled = hb_f_mul(scaled, HB_F_CONST(256));
        uint32_t n = hb_f_to_u32(scaled);
        if (16 * (uint64_t)magnitude(n) < least)
            best = n, best_k = k, least = 16 * (uint64_t)magnitude(n);
    }
    put_signed(sink, best);
    if (best_k) {
        hb_air_put(sink, "/2^");
        hb_air_put_u32(sink, best_k);
    }
}

static void put_column(const doc *d, uint32_t j)
{
    if (d->names && d->names[j]) {
        hb_air_put(d->sink, d->names[j]);
        return;
    }
    hb_air_put(d->sink, "c");
    hb_air_put_u32(d->sink, j);
}

static void put_key(hb_air_sink sink, uint32_t k)
{
    static const char *const names[HB_KEY_COUNT] = {[HB_KEY_IMG_LO] = "IMG_LO", [HB_KEY_IMG_HI] = "IMG_HI", [HB_KEY_SHARD] = "SHARD"};
    hb_air_put(sink, k < HB_KEY_COUNT ? names[k] : "?");
}

/* --- expressions --------------------------------------------------------------------------------------------------------------------- */
enum { IN_SUM, IN_DIFFERENCE, IN_PRODUCT }; /* what surrounds: brackets around sums right of a minus and in products */

static void put_node(const doc *d, hb_expr x, int around);

static void put_product(const doc *d, const hb_air_node *n)
{
    const hb_air_node *b = &d->air->nodes[n->b];
    if (b->op == HB_AIR_CONST) {
        if (b->a == HB_F_MINUS_ONE)
            hb_air_put(d->sink, "-");
        else {
            put_constant(d->sink, b->a);
            hb_air_put(d->sink, " * ");
        }
        put_node(d, n->a, IN_PRODUCT);
        return;
    }
    put_node(d, n->a, IN_PRODUCT);
    hb_air_put(d->sink, " * ");
    put_node(d, n->b, IN_PRODUCT);
}

/* x + (-c) is written x - c. */
static void put_sum(const doc *d, const hb_air_node *n)
{
    const hb_air_node *b = &d->air->nodes[n->b];
    put_node(d, n->a, IN_SUM);
    if (n->op == HB_AIR_ADD && b->op == HB_AIR_CONST && hb_f_to_u32(b->a) > HB_F_P / 2) {
        hb_air_put(d->sink, " - ");
        put_constant(d->sink, hb_f_neg(b->a));
        return;
    }
    hb_air_put(d->sink, n->op == HB_AIR_ADD ? " + " : " - ");
    put_node(d, n->b, n->op == HB_AIR_ADD ? IN_SUM : IN_DIFFERENCE);
}

/* The node itself, whether it has a name or not. */
static void put_body(const doc *d, hb_expr x, int around)
{
    const hb_air_node *n = &d->air->nodes[x];
    bool brackets = (n->op == HB_AIR_ADD || n->op == HB_AIR_SUB) && around != IN_SUM;
    if (brackets)
        hb_air_put(d->sink, "(");
    switch ((hb_air_op)n->op) {
    case HB_AIR_CONST: put_constant(d->sink, n->a); break;
    case HB_AIR_KEY: put_key(d->sink, n->a); break;
    case HB_AIR_COL: put_column(d, n->a); break;
    case HB_AIR_STRUCTURED: hb_air_put(d->sink, hb_structured_name((hb_structured)n->a)); break;
    case HB_AIR_ADD:
    case HB_AIR_SUB: put_sum(d, n); break;
    case HB_AIR_MUL: put_product(d, n); break;
    }
    if (brackets)
        hb_air_put(d->sink, ")");
}

static void put_node(const doc *d, hb_expr x, int around)
{
    if (d->name && d->name[x]) {
        hb_air_put(d->sink, "t");
        hb_air_put_u32(d->sink, d->name[x]);
        return;
    }
    put_body(d, x, around);
}

void hb_air_write_expression(const hb_air *air, const char *const *column_names, hb_expr e, hb_air_sink sink)
{
    doc d = {.air = air, .names = column_names, .sink = sink};
    put_node(&d, e, IN_SUM);
}

/* --- names --------------------------------------------------------------------------------------------------------------------------- */
static void count_uses(doc *d)
{
    const hb_air *a = d->air;
    for (uint32_t i = 0; i < a->n_nodes; i++) {
        const hb_air_node *n = &a->nodes[i];
        d->size[i] = 1;
        if (n->op < HB_AIR_ADD)
            continue;
        uint64_t size = (uint64_t)d->size[n->a] + d->size[n->b];
        d->size[i] = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
        d->uses[n->a]++;
        d->uses[n->b]++;
    }
    for (uint32_t k = 0; k < a->n_constraints; k++)
        d->uses[a->constraints[k].expr]++;
    for (uint32_t j = 0; j < a->n_tuple_words; j++)
        d->uses[a->tuples[j]]++;
}

static void put_names(doc *d)
{
    for (uint32_t i = 0; i < d->air->n_nodes; i++) {
        if (d->size[i] < NAMED_SIZE || d->uses[i] < 2)
            continue;
        if (d->n_names++ == 0)
            hb_air_put(d->sink, "\nShared expressions:\n\n");
        hb_air_put(d->sink, "- `t");
        hb_air_put_u32(d->sink, d->n_names);
        hb_air_put(d->sink, " = ");
        put_body(d, i, IN_SUM);
        hb_air_put(d->sink, "`\n");
        d->name[i] = d->n_names;
    }
}

/* --- sections ------------------------------------------------------------------------------------------------------------------------ */
static void put_columns(const doc *d)
{
    const hb_air *a = d->air;
    hb_air_put(d->sink, "Columns (");
    hb_air_put_u32(d->sink, a->pre_width);
    hb_air_put(d->sink, " preprocessed, ");
    hb_air_put_u32(d->sink, a->width);
    hb_air_put(d->sink, " main):");
    for (uint32_t j = 0; j < a->pre_width + a->width; j++) {
        hb_air_put(d->sink, j ? ", `" : " `");
        put_column(d, j);
        hb_air_put(d->sink, "`");
    }
    hb_air_put(d->sink, ".\n");
}

static void put_degree(const doc *d, uint32_t degree)
{
    hb_air_put(d->sink, " | ");
    hb_air_put_u32(d->sink, degree);
    hb_air_put(d->sink, " |\n");
}

static void put_constraints(const doc *d)
{
    const hb_air *a = d->air;
    if (a->n_constraints)
        hb_air_put(d->sink, "\n| constraint | = 0 | degree |\n|---|---|---|\n");
    for (uint32_t k = 0; k < a->n_constraints; k++) {
        hb_air_put(d->sink, "| ");
        hb_air_put(d->sink, a->constraints[k].label);
        hb_air_put(d->sink, " | `");
        put_node(d, a->constraints[k].expr, IN_SUM);
        hb_air_put(d->sink, "`");
        put_degree(d, a->nodes[a->constraints[k].expr].degree);
    }
}

static void put_use(const doc *d, const hb_air_use *u)
{
    static const char *const kinds[] = {"produce ", "consume ", "look up ", "provide "};
    hb_air_put(d->sink, kinds[u->kind]);
    hb_air_put(d->sink, hb_bus_name((hb_bus)u->bus));
    hb_air_put(d->sink, " | `(");
    for (uint32_t j = 0; j < u->n; j++) {
        if (j)
            hb_air_put(d->sink, ", ");
        put_node(d, hb_air_use_word(d->air, u, j), IN_SUM);
    }
    hb_air_put(d->sink, ")` | ");
    if (u->flag == HB_ALWAYS)
        return;
    hb_air_put(d->sink, u->kind == HB_AIR_PROVIDE ? "times `" : "if `");
    put_node(d, u->flag, IN_SUM);
    hb_air_put(d->sink, "`");
}

static void put_terms(const doc *d)
{
    const hb_air *a = d->air;
    if (a->n_terms)
        hb_air_put(d->sink, "\n| bus | tuple | when | degree |\n|---|---|---|---|\n");
    for (uint32_t i = 0; i < a->n_terms; i++)
        for (uint32_t k = 0; k < a->terms[i].n_uses; k++) {
            hb_air_put(d->sink, "| ");
            put_use(d, &a->uses[a->terms[i].uses[k]]);
            if (k)
                hb_air_put(d->sink, " | same leaf |\n");
            else
                put_degree(d, a->terms[i].degree);
        }
}

static void put_ranges(const doc *d)
{
    const hb_air *a = d->air;
    for (uint32_t i = 0; i < a->n_ranges; i++) {
        hb_air_put(d->sink, i ? "; `" : "\nBelow 2^16: `");
        put_node(d, a->ranges[i].expr, IN_SUM);
        hb_air_put(d->sink, "`: ");
        hb_air_put(d->sink, a->ranges[i].why);
    }
    if (a->n_ranges)
        hb_air_put(d->sink, ".\n");
}

hb_status hb_air_write_doc(const hb_air *air, const char *name, const char *const *column_names, hb_air_sink sink)
{
    size_t bytes = 3 * (size_t)air->n_nodes * sizeof(uint32_t);
    uint32_t *memory = hb_pages_alloc(bytes); /* zeroed */
    if (!memory)
        return HB_OUT_OF_MEMORY;
    doc d = {.air = air, .names = column_names, .sink = sink, .size = memory, .uses = memory + air->n_nodes, .name = memory + 2 * air->n_nodes};
    hb_air_put(sink, "## ");
    hb_air_put(sink, name);
    hb_air_put(sink, "\n\n");
    put_columns(&d);
    count_uses(&d);
    put_names(&d);
    put_constraints(&d);
    put_terms(&d);
    put_ranges(&d);
    hb_air_put(sink, "\n");
    hb_pages_free(memory, bytes);
    return HB_OK;
}
