/* The static checks of hb_air_finish. Freestanding. Each one answers an attack; the header of each function says which. */
#include <string.h>

#include "air/record.h"

/* --- C(0) = 0 ------------------------------------------------------------------------------------------------------------------------
 * Rows that are not stored are zero in every committed column and must satisfy every constraint, whatever structured columns and key constants
 * are there (docs/protocol.md 8). A first sweep marks the nodes that are plainly 0 when the columns are; where a constraint is not, its
 * polynomial in structured columns and key constants is expanded and must have no monomials. */
#define POLY_TERMS 32
#define POLY_DEPTH 11 /* exponents stay below 2^KEY_BITS */
#define KEY_SHIFT 28u /* exponents: 4 bits for each structured column, then 12 for each key constant */
#define KEY_BITS 12u

typedef struct poly {
    uint64_t exponents[POLY_TERMS];
    hb_f coefficients[POLY_TERMS];
    uint32_t n;
} poly;

_Static_assert(HB_ST_COUNT * 4 <= KEY_SHIFT && HB_KEY_COUNT * KEY_BITS + KEY_SHIFT <= 64 && POLY_DEPTH < KEY_BITS, "exponent packing");

static void mark_zeros(hb_air *a)
{
    for (uint32_t i = 0; i < a->n_nodes; i++) {
        const hb_air_node *n = &a->nodes[i];
        uint32_t live = 1;
        switch ((hb_air_op)n->op) {
        case HB_AIR_CONST: live = n->a != 0; break;
        case HB_AIR_COL: live = 0; break;
        case HB_AIR_KEY:
        case HB_AIR_STRUCTURED: break;
        case HB_AIR_ADD:
        case HB_AIR_SUB: live = a->map[n->a] | a->map[n->b]; break;
        case HB_AIR_MUL: live = a->map[n->a] & a->map[n->b]; break;
        }
        a->map[i] = live;
    }
}

static bool poly_add_monomial(poly *p, uint64_t exponents, hb_f c)
{
    for (uint32_t i = 0; i < p->n; i++)
        if (p->exponents[i] == exponents) {
            p->coefficients[i] = hb_f_add(p->coefficients[i], c);
            return true;
        }
    if (p->n == POLY_TERMS)
        return false;
    p->exponents[p->n] = exponents;
    p->coefficients[p->n++] = c;
    return true;
}

/* *out += c * x node; false when it is too large to say. */
static bool expand(const hb_air *a, hb_expr node, hb_f c, uint32_t depth, poly *out)
{
    const hb_air_node *n = &a->nodes[node];
    if (!a->map[node])
        return true;
    if (depth == 0)
        return false;
    switch ((hb_air_op)n->op) {
    case HB_AIR_CONST: return poly_add_monomial(out, 0, hb_f_mul(c, n->a));
    case HB_AIR_STRUCTURED: return poly_add_monomial(out, 1ull << 4 * n->a, c);
    case HB_AIR_KEY: return poly_add_monomial(out, 1ull << (KEY_SHIFT + KEY_BITS * n->a), c);
    case HB_AIR_ADD: return expand(a, n->a, c, depth - 1, out) && expand(a, n->b, c, depth - 1, out);
    case HB_AIR_SUB: return expand(a, n->a, c, depth - 1, out) && expand(a, n->b, hb_f_neg(c), depth - 1, out);
    case HB_AIR_MUL: break;
    default: return true; /* columns are 0 */
    }
    poly x = {.n = 0}, y = {.n = 0};
    if (!expand(a, n->a, HB_F_ONE, depth - 1, &x) || !expand(a, n->b, HB_F_ONE, depth - 1, &y))
        return false;
    for (uint32_t i = 0; i < x.n; i++)
        for (uint32_t j = 0; j < y.n; j++) /* exponents: at most 3 in structured columns, 2^POLY_DEPTH in a key constant */
            if (!poly_add_monomial(out, x.exponents[i] + y.exponents[j], hb_f_mul(c, hb_f_mul(x.coefficients[i], y.coefficients[j]))))
                return false;
    return true;
}

static bool vanishes_at_zero(const hb_air *a, hb_expr e)
{
    poly p = {.n = 0};
    if (!expand(a, e, HB_F_ONE, POLY_DEPTH, &p))
        return false;
    for (uint32_t i = 0; i < p.n; i++)
        if (p.coefficients[i])
            return false;
    return true;
}

/* --- constraints ------------------------------------------------------------------------------------------------------------------- */
static void check_label(hb_air *a, uint32_t k)
{
    const char *label = a->constraints[k].label;
    if (!label || !*label) {
        hb_air_note(a, HB_AIR_LABEL, k, 0, "");
        return;
    }
    for (uint32_t i = 0; i < k; i++) {
        const char *p = label, *q = a->constraints[i].label;
        while (*p && *p == *q)
            p++, q++;
        if (*p == *q)
            hb_air_note(a, HB_AIR_LABEL, k, i, label);
    }
}

static void check_constraints(hb_air *a)
{
    mark_zeros(a);
    a->max_constraint_degree = 0;
    for (uint32_t k = 0; k < a->n_constraints; k++) {
        hb_expr e = a->constraints[k].expr;
        uint32_t degree = a->nodes[e].degree;
        check_label(a, k);
        if (degree > HB_AIR_MAX_DEGREE)
            hb_air_note(a, HB_AIR_CONSTRAINT_DEGREE, k, degree, a->constraints[k].label);
        else if (a->nodes[e].op == HB_AIR_CONST && a->nodes[e].a == 0)
            hb_air_note(a, HB_AIR_CONSTRAINT_TRIVIAL, k, 0, a->constraints[k].label);
        else if (!vanishes_at_zero(a, e))
            hb_air_note(a, HB_AIR_CONSTRAINT_AT_ZERO, k, 0, a->constraints[k].label);
        a->max_constraint_degree = degree > a->max_constraint_degree ? degree : a->max_constraint_degree;
    }
}

/* --- flags ---------------------------------------------------------------------------------------------------------------------------
 * A flag s outside {0, 1} makes s (fp - 1) + 1 or s / fp an arbitrary token. */
static bool is_value(const hb_air *a, hb_expr x, hb_f value)
{
    return a->nodes[x].op == HB_AIR_CONST && a->nodes[x].a == value;
}

/* e = x (x - 1) */
static bool is_bool_of(const hb_air *a, hb_expr e, hb_expr x)
{
    const hb_air_node *m = &a->nodes[e];
    if (m->op != HB_AIR_MUL || (m->a != x && m->b != x))
        return false;
    const hb_air_node *other = &a->nodes[m->a == x ? m->b : m->a];
    return other->op == HB_AIR_ADD && other->a == x && is_value(a, other->b, HB_F_MINUS_ONE);
}

static bool is_shown_boolean(const hb_air *a, hb_expr x)
{
    const hb_air_node *n = &a->nodes[x];
    if (is_value(a, x, 0) || is_value(a, x, HB_F_ONE) || (n->op == HB_AIR_COL && n->a < a->pre_width) ||
        (n->op == HB_AIR_STRUCTURED && n->a == HB_ST_PV_SEL))
        return true;
    for (uint32_t k = 0; k < a->n_constraints; k++)
        if (is_bool_of(a, a->constraints[k].expr, x))
            return true;
    return n->op == HB_AIR_SUB && is_value(a, n->a, HB_F_ONE) && is_shown_boolean(a, n->b);
}

static void check_flag(hb_air *a, uint32_t i)
{
    const hb_air_use *u = &a->uses[i];
    if (u->kind == HB_AIR_PROVIDE) {
        bool ok = u->flag != HB_ALWAYS && a->nodes[u->flag].op == HB_AIR_COL && a->nodes[u->flag].a >= a->pre_width;
        for (uint32_t k = 0; k < i && ok; k++)
            ok = a->uses[k].kind != HB_AIR_PROVIDE || a->uses[k].flag != u->flag;
        if (!ok)
            hb_air_note(a, HB_AIR_MULTIPLICITY, i, 0, NULL);
        return;
    }
    if (u->flag == HB_ALWAYS)
        return;
    if (a->nodes[u->flag].degree > 1)
        hb_air_note(a, HB_AIR_FLAG_DEGREE, i, 0, NULL);
    else if (!is_shown_boolean(a, u->flag))
        hb_air_note(a, HB_AIR_FLAG_NOT_BOOLEAN, i, 0, NULL);
}

/* --- ranges of produced limbs --------------------------------------------------------------------------------------------------------
 * Read limbs are range-checked by induction over what was produced (machine.md 7), so every produced limb needs its reason. */
static bool holds_with(const hb_air_use *fact, hb_expr flag)
{
    return fact->flag == HB_ALWAYS || fact->flag == flag;
}

/* Is x one of words [first, last) of a use of this kind on this bus that happens whenever `flag` is set? */
static bool is_word_of(const hb_air *a, hb_air_kind kind, hb_bus bus, uint32_t first, uint32_t last, hb_expr flag, hb_expr x)
{
    for (uint32_t i = 0; i < a->n_uses; i++) {
        const hb_air_use *u = &a->uses[i];
        if (u->kind != kind || u->bus != (uint32_t)bus || !holds_with(u, flag))
            continue;
        for (uint32_t j = first; j < last; j++)
            if (hb_air_use_word(a, u, j) == x)
                return true;
    }
    return false;
}

static bool is_byte(const hb_air *a, hb_expr x, hb_expr flag)
{
    return is_word_of(a, HB_AIR_LOOKUP, HB_BUS_BYTES, 0, 2, flag, x) || is_word_of(a, HB_AIR_LOOKUP, HB_BUS_AND, 0, 3, flag, x);
}

static bool is_high_byte(const hb_air *a, hb_expr x, hb_expr flag)
{
    const hb_air_node *n = &a->nodes[x];
    return n->op == HB_AIR_MUL && is_value(a, n->b, HB_F_CONST(256)) && is_byte(a, n->a, flag);
}

static bool is_in_range(const hb_air *a, hb_expr x, hb_expr flag)
{
    const hb_air_node *n = &a->nodes[x];
    if (n->op == HB_AIR_CONST)
        return hb_f_to_u32(n->a) < 65536;
    if (is_word_of(a, HB_AIR_CONSUME, HB_BUS_MEM, 2, 6, flag, x) || is_word_of(a, HB_AIR_CONSUME, HB_BUS_GLOBAL, 2, 6, flag, x) ||
         is_word_of(a, HB_AIR_LOOKUP, HB_BUS_RC16, 0, 1, flag, x) || is_byte(a, x, flag))
        return true;
    if (n->op == HB_AIR_ADD && ((is_byte(a, n->a, flag) && is_high_byte(a, n->b, flag)) || (is_byte(a, n->b, flag) && is_high_byte(a, n->a, flag))))
        return true;
    for (uint32_t i = 0; i < a->n_ranges; i++)
        if (a->ranges[i].expr == x)
            return true;
    return false;
}

static void check_limbs(hb_air *a, uint32_t i)
{
    const hb_air_use *u = &a->uses[i];
    if (u->kind != HB_AIR_PRODUCE || (u->bus != HB_BUS_MEM && u->bus != HB_BUS_GLOBAL))
        return;
    for (uint32_t limb = 0; limb < 4; limb++)
        if (!is_in_range(a, hb_air_use_word(a, u, 2 + limb), u->flag))
            hb_air_note(a, HB_AIR_RANGE, i, limb, NULL);
}

/* --- columns -------------------------------------------------------------------------------------------------------------------------
 * A column that nothing reads is a forgotten rule. Backward sweep: which nodes does a constraint or a tuple reach? */
static void check_columns(hb_air *a)
{
    memset(a->map, 0, a->n_nodes * sizeof *a->map);
    for (uint32_t k = 0; k < a->n_constraints; k++)
        a->map[a->constraints[k].expr] = 1;
    for (uint32_t i = 0; i < a->n_uses; i++)
        if (a->uses[i].flag != HB_ALWAYS)
            a->map[a->uses[i].flag] = 1;
    for (uint32_t j = 0; j < a->n_tuple_words; j++)
        a->map[a->tuples[j]] = 1;
    for (uint32_t i = a->n_nodes; i-- > 0;)
        if (a->map[i] && a->nodes[i].op >= HB_AIR_ADD)
            a->map[a->nodes[i].a] = a->map[a->nodes[i].b] = 1;
    for (uint32_t j = a->pre_width; j < a->pre_width + a->width; j++) {
        bool used = false;
        for (uint32_t i = 0; i < a->n_nodes && !used; i++)
            used = a->map[i] && a->nodes[i].op == HB_AIR_COL && a->nodes[i].a == j;
        if (!used)
            hb_air_note(a, HB_AIR_UNUSED_COLUMN, j, 0, NULL);
    }
}

void hb_air_check(hb_air *a)
{
    check_constraints(a);
    for (uint32_t i = 0; i < a->n_uses; i++) {
        check_flag(a, i);
        check_limbs(a, i);
    }
    for (uint32_t i = 0; i < a->n_terms; i++)
        if (a->terms[i].degree > HB_AIR_MAX_DEGREE)
            hb_air_note(a, HB_AIR_TERM_DEGREE, a->terms[i].uses[0], a->terms[i].degree, NULL);
    check_columns(a);
}

static const char *const problem_texts[HB_AIR_PROBLEM_COUNT] = {
    [HB_AIR_OK] = "no problem",
    [HB_AIR_FULL] = "the record does not fit into its memory",
    [HB_AIR_BAD_COLUMN] = "no such column, structured column, key constant or expression",
    [HB_AIR_BAD_BUS] = "no such bus, or a bus of the other kind",
    [HB_AIR_BAD_TUPLE] = "the tuple does not have the bus's length",
    [HB_AIR_CONSTRAINT_DEGREE] = "a constraint has a degree above 3",
    [HB_AIR_CONSTRAINT_TRIVIAL] = "a constraint is always satisfied",
    [HB_AIR_CONSTRAINT_AT_ZERO] = "a constraint does not hold on a row of zeros",
    [HB_AIR_LABEL] = "a constraint's label is missing or used twice",
    [HB_AIR_FLAG_DEGREE] = "a flag has a degree above 1",
    [HB_AIR_FLAG_NOT_BOOLEAN] = "no constraint x (x - 1) shows that a flag is 0 or 1",
    [HB_AIR_TERM_DEGREE] = "a bus leaf has a degree above 3",
    [HB_AIR_MULTIPLICITY] = "a multiplicity is not a main column of its own",
    [HB_AIR_RANGE] = "a limb of a produced MEM or GLOBAL tuple has no range label",
    [HB_AIR_UNUSED_COLUMN] = "nothing reads a main column",
};

const char *hb_air_problem_text(hb_air_problem_code code)
{
    return (uint32_t)code < HB_AIR_PROBLEM_COUNT ? problem_texts[code] : "unknown problem";
}
