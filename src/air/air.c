/* The recorder: hash-consing builders over caller's memory. Freestanding. Contract in air/air.h and air/record.h. */
#include <string.h>

#include "air/record.h"

/* --- memory ------------------------------------------------------------------------------------------------------------------------ */
static uint32_t bucket_count(uint32_t nodes)
{
    uint32_t n = 16;
    while (n < 2 * nodes)
        n *= 2;
    return n;
}

/* Hands out the next part of the block; with base NULL it only measures. */
static void *carve(uint8_t *base, size_t *used, size_t count, size_t size)
{
    void *p = base ? base + *used : NULL;
    *used += (count * size + 7) / 8 * 8;
    return p;
}

static size_t lay_out(hb_air *a, hb_air_limits l, uint8_t *base)
{
    size_t used = 0;
    uint32_t buckets = bucket_count(l.nodes);
    a->nodes = carve(base, &used, l.nodes, sizeof *a->nodes);
    a->constraints = carve(base, &used, l.constraints, sizeof *a->constraints);
    a->uses = carve(base, &used, l.uses, sizeof *a->uses);
    a->tuples = carve(base, &used, l.tuple_words, sizeof *a->tuples);
    a->ranges = carve(base, &used, l.ranges, sizeof *a->ranges);
    a->terms = carve(base, &used, l.uses, sizeof *a->terms);
    a->buckets = carve(base, &used, buckets, sizeof *a->buckets);
    a->keys = carve(base, &used, l.nodes, sizeof *a->keys);
    a->renumbered = carve(base, &used, l.nodes, sizeof *a->renumbered);
    a->map = carve(base, &used, l.nodes, sizeof *a->map);
    a->bucket_mask = buckets - 1;
    return used;
}

size_t hb_air_memory_bytes(hb_air_limits limits)
{
    hb_air measured;
    return lay_out(&measured, limits, NULL);
}

void hb_air_init(hb_air *a, uint32_t pre_width, uint32_t width, hb_air_limits limits, void *memory)
{
    memset(a, 0, sizeof *a);
    a->pre_width = pre_width;
    a->width = width;
    a->limits = limits;
    lay_out(a, limits, memory);
    memset(a->buckets, 0, ((size_t)a->bucket_mask + 1) * sizeof *a->buckets);
    hb_air_const(a, 0); /* node 0: what builders return after a mistake */
}

/* --- nodes ------------------------------------------------------------------------------------------------------------------------- */
static uint32_t degree_of(const hb_air *a, hb_air_op op, uint32_t x, uint32_t y)
{
    if (op == HB_AIR_CONST || op == HB_AIR_KEY)
        return 0;
    if (op == HB_AIR_COL || op == HB_AIR_STRUCTURED)
        return 1;
    uint32_t dx = a->nodes[x].degree, dy = a->nodes[y].degree;
    uint32_t d = op == HB_AIR_MUL ? dx + dy : dx > dy ? dx : dy;
    return d < 0xffff ? d : 0xffff;
}

static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 32) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

/* Depends on the expression alone, not on node numbers. */
static uint64_t key_of(const hb_air *a, hb_air_op op, uint32_t x, uint32_t y)
{
    uint64_t kx = op >= HB_AIR_ADD ? a->keys[x] : x, ky = op >= HB_AIR_ADD ? a->keys[y] : y;
    return mix(mix(kx + 0x9e3779b97f4a7c15u * (op + 1u)) + ky);
}

static hb_expr intern(hb_air *a, hb_air_op op, uint32_t x, uint32_t y)
{
    uint64_t h = ((uint64_t)x << 32 | y) * 0x9e3779b97f4a7c15u + op * 0xff51afd7ed558ccdu;
    uint32_t i = (uint32_t)((h ^ h >> 29) * 0xc2b2ae3d27d4eb4fu >> 32) & a->bucket_mask;
    for (; a->buckets[i]; i = (i + 1) & a->bucket_mask) {
        const hb_air_node *n = &a->nodes[a->buckets[i] - 1];
        if (n->op == op && n->a == x && n->b == y)
            return a->buckets[i] - 1;
    }
    if (a->n_nodes == a->limits.nodes) {
        hb_air_note(a, HB_AIR_FULL, a->n_nodes, 0, NULL);
        return 0;
    }
    a->keys[a->n_nodes] = key_of(a, op, x, y);
    a->nodes[a->n_nodes] = (hb_air_node){x, y, (uint16_t)op, (uint16_t)degree_of(a, op, x, y)};
    a->buckets[i] = a->n_nodes + 1;
    return a->n_nodes++;
}

static hb_expr intern_commutative(hb_air *a, hb_air_op op, uint32_t x, uint32_t y)
{
    return a->keys[x] <= a->keys[y] ? intern(a, op, x, y) : intern(a, op, y, x);
}

static bool is_const(const hb_air *a, hb_expr x)
{
    return a->nodes[x].op == HB_AIR_CONST;
}

static hb_expr const_f(hb_air *a, hb_f value)
{
    return intern(a, HB_AIR_CONST, value, 0);
}

/* An id that no builder returned is a slip of the pen; reading beyond the nodes must not follow from it. */
static bool known(hb_air *a, hb_expr x)
{
    if (x < a->n_nodes)
        return true;
    hb_air_note(a, HB_AIR_BAD_COLUMN, x, 0, NULL);
    return false;
}

static hb_f f_from_i64(int64_t c)
{
    return c < 0 ? hb_f_neg(hb_f_from_u64((uint64_t)-c)) : hb_f_from_u64((uint64_t)c);
}

hb_expr hb_air_const(hb_air *a, int64_t c)
{
    return const_f(a, f_from_i64(c));
}

hb_expr hb_air_col(hb_air *a, uint32_t j)
{
    if (j >= a->pre_width + a->width) {
        hb_air_note(a, HB_AIR_BAD_COLUMN, j, 0, NULL);
        return 0;
    }
    return intern(a, HB_AIR_COL, j, 0);
}

hb_expr hb_air_structured(hb_air *a, hb_structured s)
{
    if ((uint32_t)s >= HB_ST_COUNT) {
        hb_air_note(a, HB_AIR_BAD_COLUMN, (uint32_t)s, 0, NULL);
        return 0;
    }
    return intern(a, HB_AIR_STRUCTURED, (uint32_t)s, 0);
}

hb_expr hb_air_key(hb_air *a, uint32_t k)
{
    if (k >= HB_KEY_COUNT) {
        hb_air_note(a, HB_AIR_BAD_COLUMN, k, 0, NULL);
        return 0;
    }
    return intern(a, HB_AIR_KEY, k, 0);
}

hb_expr hb_air_add(hb_air *a, hb_expr x, hb_expr y)
{
    if (!known(a, x) || !known(a, y))
        return 0;
    if (is_const(a, x)) {
        hb_expr t = x;
        x = y;
        y = t;
    }
    if (is_const(a, y)) {
        if (is_const(a, x))
            return const_f(a, hb_f_add(a->nodes[x].a, a->nodes[y].a));
        if (a->nodes[y].a == 0)
            return x;
        hb_air_node n = a->nodes[x];
        if (n.op == HB_AIR_ADD && is_const(a, n.b)) /* (w + c) + d = w + (c + d) */
            return hb_air_add(a, n.a, const_f(a, hb_f_add(a->nodes[n.b].a, a->nodes[y].a)));
        return intern(a, HB_AIR_ADD, x, y);
    }
    return intern_commutative(a, HB_AIR_ADD, x, y);
}

hb_expr hb_air_sub(hb_air *a, hb_expr x, hb_expr y)
{
    if (!known(a, x) || !known(a, y))
        return 0;
    if (x == y)
        return const_f(a, 0);
    if (is_const(a, y))
        return hb_air_add(a, x, const_f(a, hb_f_neg(a->nodes[y].a)));
    if (is_const(a, x) && a->nodes[x].a == 0)
        return hb_air_scale(a, -1, y);
    return intern(a, HB_AIR_SUB, x, y);
}

static hb_expr scale_f(hb_air *a, hb_f c, hb_expr x)
{
    hb_air_node n = a->nodes[x];
    if (n.op == HB_AIR_CONST)
        return const_f(a, hb_f_mul(c, n.a));
    if (c == 0)
        return const_f(a, 0);
    if (c == HB_F_ONE)
        return x;
    if (n.op == HB_AIR_MUL && is_const(a, n.b))
        return scale_f(a, hb_f_mul(c, a->nodes[n.b].a), n.a);
    return intern(a, HB_AIR_MUL, x, const_f(a, c));
}

hb_expr hb_air_mul(hb_air *a, hb_expr x, hb_expr y)
{
    if (!known(a, x) || !known(a, y))
        return 0;
    if (is_const(a, x))
        return scale_f(a, a->nodes[x].a, y);
    if (is_const(a, y))
        return scale_f(a, a->nodes[y].a, x);
    return intern_commutative(a, HB_AIR_MUL, x, y);
}

hb_expr hb_air_scale(hb_air *a, int64_t c, hb_expr x)
{
    return known(a, x) ? scale_f(a, f_from_i64(c), x) : 0;
}

hb_expr hb_air_scale_inv(hb_air *a, uint32_t n, hb_expr x)
{
    hb_f f = hb_f_from_u32(n);
    if (f == 0)
        hb_air_note(a, HB_AIR_BAD_COLUMN, n, 0, NULL);
    return known(a, x) ? scale_f(a, hb_f_inv(f), x) : 0;
}

/* --- constraints and uses ---------------------------------------------------------------------------------------------------------- */
void hb_air_zero(hb_air *a, const char *label, hb_expr e)
{
    if (!known(a, e))
        return;
    if (a->n_constraints == a->limits.constraints) {
        hb_air_note(a, HB_AIR_FULL, a->n_constraints, 0, label);
        return;
    }
    a->constraints[a->n_constraints++] = (hb_air_constraint){label, e};
}

void hb_air_bool(hb_air *a, const char *label, hb_expr x)
{
    hb_air_zero(a, label, hb_air_mul(a, x, hb_air_sub(a, x, hb_air_const(a, 1))));
}

static void add_use(hb_air *a, hb_air_kind kind, hb_bus bus, hb_expr flag, const hb_expr *tuple, uint32_t n)
{
    uint32_t index = a->n_uses;
    bool permutation = kind == HB_AIR_PRODUCE || kind == HB_AIR_CONSUME;
    if (hb_bus_tuple_words(bus) == 0 || hb_bus_is_permutation(bus) != permutation) {
        hb_air_note(a, HB_AIR_BAD_BUS, index, (uint32_t)bus, NULL);
        return;
    }
    if (n != hb_bus_tuple_words(bus)) {
        hb_air_note(a, HB_AIR_BAD_TUPLE, index, n, NULL);
        return;
    }
    if (index == a->limits.uses || n > a->limits.tuple_words - a->n_tuple_words) {
        hb_air_note(a, HB_AIR_FULL, index, 0, NULL);
        return;
    }
    if (flag != HB_ALWAYS && !known(a, flag))
        return;
    for (uint32_t j = 0; j < n; j++) {
        if (!known(a, tuple[j]))
            return;
        a->tuples[a->n_tuple_words + j] = tuple[j];
    }
    a->uses[a->n_uses++] = (hb_air_use){(uint16_t)kind, (uint16_t)bus, flag, a->n_tuple_words, n};
    a->n_tuple_words += n;
}

void hb_air_produce(hb_air *a, hb_bus bus, hb_expr flag, const hb_expr *tuple, uint32_t n)
{
    add_use(a, HB_AIR_PRODUCE, bus, flag, tuple, n);
}

void hb_air_consume(hb_air *a, hb_bus bus, hb_expr flag, const hb_expr *tuple, uint32_t n)
{
    add_use(a, HB_AIR_CONSUME, bus, flag, tuple, n);
}

void hb_air_lookup(hb_air *a, hb_bus bus, hb_expr flag, const hb_expr *tuple, uint32_t n)
{
    add_use(a, HB_AIR_LOOKUP, bus, flag, tuple, n);
}

void hb_air_provide(hb_air *a, hb_bus bus, hb_expr multiplicity, const hb_expr *tuple, uint32_t n)
{
    add_use(a, HB_AIR_PROVIDE, bus, multiplicity, tuple, n);
}

void hb_air_range16(hb_air *a, hb_expr x, const char *why)
{
    if (!known(a, x))
        return;
    if (a->n_ranges == a->limits.ranges) {
        hb_air_note(a, HB_AIR_FULL, a->n_ranges, 0, why);
        return;
    }
    a->ranges[a->n_ranges++] = (hb_air_range){x, why};
}

hb_air_problem hb_air_finish(hb_air *a)
{
    if (a->problem.code == HB_AIR_OK) {
        hb_air_renumber(a);
        hb_air_build_terms(a);
    }
    if (a->problem.code == HB_AIR_OK)
        hb_air_check(a);
    return a->problem;
}
