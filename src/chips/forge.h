/* Tests only: forgeries of single rows.
 *
 * A row is judged against the honest rest of the trace: which constraints fail, which lookups find no row, and what its bus tokens say. Two ways to judge tokens:
 *   strict    the row's signed multiset of tokens must be the honest one (other rows stay as they are);
 *   forger    the other rows adapt to what this row does. Consumed tokens are as in the base row, so are keys and times of produced ones; produced values and the
 *             next pc may be anything. RAM accesses may go to any key, and find anything there; INITFIN and BUMP may make any token.
 * This is what a cheating prover can do. The base row is the honest one, or one with other inputs: forge_rebase.
 * Items: constraints first (by number), then bus uses (n_constraints + number of the use). */
#pragma once
#include <stdlib.h>

#include "chips/chips_trace.h"

#include "air/structured.h"

#define FORGE_ITEMS 256u
#define FORGE_CELLS 80u

typedef struct forge_set {
    uint64_t bits[FORGE_ITEMS / 64];
} forge_set;

typedef struct forge_row {
    const chips_trace *trace;
    const hb_air *air;
    uint32_t chip, row, columns;
    hb_f honest[FORGE_CELLS], cells[FORGE_CELLS]; /* honest: the base row */
    hb_f *honest_values, *values;                 /* of all nodes */
    bool has_target;                              /* the row shall execute another instruction: */
    hb_f target[9];                               /* its PROG tuple */
} forge_row;

static inline bool forge_has(const forge_set *s, uint32_t i)
{
    return s->bits[i / 64] >> (i % 64) & 1;
}

static inline void forge_add(forge_set *s, uint32_t i)
{
    s->bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline uint32_t forge_count(const forge_set *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < FORGE_ITEMS / 64; i++)
        n += (uint32_t)__builtin_popcountll(s->bits[i]);
    return n;
}

static inline uint32_t forge_first(const forge_set *s)
{
    for (uint32_t i = 0; i < FORGE_ITEMS; i++)
        if (forge_has(s, i))
            return i;
    return FORGE_ITEMS;
}

static inline void forge_evaluate(const forge_row *f, const hb_f *cells, hb_f *values)
{
    for (uint32_t i = 0; i < f->air->n_nodes; i++) {
        const hb_air_node *n = &f->air->nodes[i];
        switch ((hb_air_op)n->op) {
        case HB_AIR_CONST: values[i] = n->a; break;
        case HB_AIR_KEY: values[i] = f->trace->publics.key[n->a]; break;
        case HB_AIR_COL: values[i] = cells[n->a]; break;
        case HB_AIR_STRUCTURED: values[i] = hb_structured_row((hb_structured)n->a, f->row, &f->trace->publics); break;
        case HB_AIR_ADD: values[i] = hb_f_add(values[n->a], values[n->b]); break;
        case HB_AIR_SUB: values[i] = hb_f_sub(values[n->a], values[n->b]); break;
        case HB_AIR_MUL: values[i] = hb_f_mul(values[n->a], values[n->b]); break;
        }
    }
}

static inline void forge_begin(forge_row *f, const chips_trace *t, uint32_t chip, uint32_t row)
{
    const hb_table *table = &t->tables[chip];
    *f = (forge_row){.trace = t, .air = table->air, .chip = chip, .row = row, .columns = table->air->pre_width + table->air->width};
    assert_true(f->columns <= FORGE_CELLS && f->air->n_constraints + f->air->n_uses <= FORGE_ITEMS);
    f->honest_values = malloc(2 * f->air->n_nodes * sizeof(hb_f));
    f->values = f->honest_values + f->air->n_nodes;
    for (uint32_t j = 0; j < f->columns; j++)
        f->honest[j] = f->cells[j] = table->cols[j][row];
    forge_evaluate(f, f->honest, f->honest_values);
}

static inline void forge_end(forge_row *f)
{
    free(f->honest_values);
}

static inline void forge_reset(forge_row *f)
{
    memcpy(f->cells, f->honest, sizeof f->cells);
}

/* From now on the row's inputs are what the cells say. */
static inline void forge_rebase(forge_row *f)
{
    memcpy(f->honest, f->cells, sizeof f->cells);
    forge_evaluate(f, f->honest, f->honest_values);
}

/* The row shall execute instruction `index` of the program, with register tokens as they fit: columns of the PROG tuple (or multiples) are set, other words of it are
 * left to repairs. */
static inline void forge_retarget(forge_row *f, uint32_t index)
{
    const hb_rv_insn *i = &f->trace->program.insns[index];
    const uint32_t tuple[9] = {i->pc, i->op, i->rd, i->rs1, i->rs2, i->imm[0], i->imm[1], i->imm[2], i->imm[3]};
    f->has_target = true;
    for (uint32_t k = 0; k < f->air->n_uses; k++)
        for (uint32_t w = 0; f->air->uses[k].bus == HB_BUS_PROG && w < 9; w++) {
            const hb_air_node *n = &f->air->nodes[hb_air_use_word(f->air, &f->air->uses[k], w)];
            f->target[w] = hb_f_from_u32(tuple[w]);
            if (n->op == HB_AIR_COL)
                f->cells[n->a] = f->target[w];
            else if (n->op == HB_AIR_MUL && f->air->nodes[n->b].op == HB_AIR_CONST && f->air->nodes[n->a].op == HB_AIR_COL)
                f->cells[f->air->nodes[n->a].a] = hb_f_mul(f->target[w], hb_f_inv(f->air->nodes[n->b].a));
        }
    forge_rebase(f);
}

/* --- judging --------------------------------------------------------------------------------------------------------------------------- */
static inline bool forge_active(const hb_air_use *u, const hb_f *values)
{
    return u->flag == HB_ALWAYS || values[u->flag] == HB_F_ONE;
}

static inline bool forge_lookup_found(const forge_row *f, const hb_air_use *u)
{
    uint32_t words[HB_AIR_MAX_TUPLE];
    for (uint32_t j = 0; j < u->n; j++)
        words[j] = hb_f_to_u32(f->values[hb_air_use_word(f->air, u, j)]);
    return chips_row_of(f->trace, (hb_bus)u->bus, words) != SIZE_MAX;
}

static inline bool forge_same_words(const forge_row *f, const hb_air_use *u, uint32_t first, uint32_t end)
{
    for (uint32_t j = first; j < end; j++) {
        hb_expr e = hb_air_use_word(f->air, u, j);
        if (f->values[e] != f->honest_values[e])
            return false;
    }
    return true;
}

static inline uint32_t forge_word(const forge_row *f, const hb_air_use *u, uint32_t j)
{
    return hb_f_to_u32(f->values[hb_air_use_word(f->air, u, j)]);
}

/* Is this the access of an instruction to RAM (its hi is an expression, or that of the lowest 2^32 bytes)? */
static inline bool forge_is_ram(const forge_row *f, const hb_air_use *u)
{
    const hb_air_node *hi = &f->air->nodes[hb_air_use_word(f->air, u, 0)];
    return u->bus == HB_BUS_MEM && hb_chips[f->chip]->ts_inc && (hi->op != HB_AIR_CONST || hi->a == HB_F_CONST(512));
}

/* Words of a token that the rest of the trace fixes, as a bit mask. */
static inline uint32_t forge_fixed_words(const forge_row *f, const hb_air_use *u)
{
    if (u->bus == HB_BUS_CHAIN)
        return u->kind == HB_AIR_CONSUME ? 7 : 1;
    if (f->chip == HB_CHIP_INITFIN || (f->chip == HB_CHIP_BUMP && u->kind == HB_AIR_PRODUCE))
        return 0; /* these two make tokens of any cell; forge_oracle.h says which are true */
    if (forge_is_ram(f, u))
        return u->kind == HB_AIR_CONSUME ? 0 : 1u << 6;
    if (u->kind == HB_AIR_CONSUME)
        return 0x7f;
    return u->bus == HB_BUS_STATE ? 1u << 1 : 1u << 0 | 1u << 1 | 1u << 6;
}

/* A permutation use under the forger's view. */
static inline bool forge_token_fits(const forge_row *f, const hb_air_use *u)
{
    if (forge_active(u, f->values) != forge_active(u, f->honest_values))
        return false;
    if (!forge_active(u, f->values))
        return true;
    uint32_t fixed = forge_fixed_words(f, u);
    for (uint32_t j = 0; j < u->n; j++)
        if (fixed >> j & 1 && !forge_same_words(f, u, j, j + 1))
            return false;
    if (!forge_is_ram(f, u))
        return true;
    bool mapped = f->chip == HB_CHIP_LOAD || f->chip == HB_CHIP_STORE; /* all others count on INITFIN: no other key has a row */
    mapped |= forge_word(f, u, 0) >= 512 && forge_word(f, u, 0) < 544 && forge_word(f, u, 1) < 1u << 29;
    for (uint32_t j = 2; j < 6 && u->kind == HB_AIR_CONSUME; j++)
        mapped = mapped && forge_word(f, u, j) < 65536;
    return mapped && forge_word(f, u, 6) < 1u << 27; /* no token has other limbs or times */
}

typedef struct forge_token {
    uint32_t bus;
    hb_f words[7];
    int sign;
} forge_token;

/* Adds the row's tokens to the list, cancelling opposite ones. */
static inline void forge_tokens(const forge_row *f, const hb_f *values, int sign, forge_token *list, uint32_t *n)
{
    for (uint32_t i = 0; i < f->air->n_uses; i++) {
        const hb_air_use *u = &f->air->uses[i];
        if (!hb_bus_is_permutation((hb_bus)u->bus) || !forge_active(u, values))
            continue;
        forge_token t = {.bus = u->bus, .sign = u->kind == HB_AIR_PRODUCE ? sign : -sign};
        for (uint32_t j = 0; j < u->n; j++)
            t.words[j] = values[hb_air_use_word(f->air, u, j)];
        uint32_t k = 0;
        while (k < *n && !(list[k].bus == t.bus && list[k].sign == -t.sign && memcmp(list[k].words, t.words, sizeof t.words) == 0))
            k++;
        if (k < *n)
            list[k] = list[--*n];
        else
            list[(*n)++] = t;
    }
}

static inline bool forge_tokens_balance(const forge_row *f)
{
    forge_token list[64];
    uint32_t n = 0;
    forge_tokens(f, f->honest_values, 1, list, &n);
    forge_tokens(f, f->values, -1, list, &n);
    return n == 0;
}

/* What is wrong with f->cells. strict: a bus imbalance counts as item n_constraints + n_uses. */
static inline forge_set forge_judge(forge_row *f, bool strict)
{
    forge_set s = {{0}};
    forge_evaluate(f, f->cells, f->values);
    for (uint32_t k = 0; k < f->air->n_constraints; k++)
        if (f->values[f->air->constraints[k].expr])
            forge_add(&s, k);
    for (uint32_t i = 0; i < f->air->n_uses; i++) {
        const hb_air_use *u = &f->air->uses[i];
        bool ok = true;
        if (u->kind == HB_AIR_LOOKUP)
            ok = !forge_active(u, f->values) || forge_lookup_found(f, u);
        else if (u->kind != HB_AIR_PROVIDE && !strict)
            ok = forge_token_fits(f, u);
        if (!ok)
            forge_add(&s, f->air->n_constraints + i);
    }
    if (strict && !forge_tokens_balance(f))
        forge_add(&s, f->air->n_constraints + f->air->n_uses);
    return s;
}

static inline const char *forge_item_name(const hb_air *air, uint32_t item, char out[64])
{
    static const char *const kinds[] = {"produce", "consume", "lookup", "provide"};
    if (item < air->n_constraints)
        return air->constraints[item].label;
    uint32_t i = item - air->n_constraints;
    if (i == air->n_uses)
        return "tokens";
    snprintf(out, 64, "%s %s #%u", kinds[air->uses[i].kind], hb_bus_name((hb_bus)air->uses[i].bus), i);
    return out;
}

/* --- searching -------------------------------------------------------------------------------------------------------------------------- */
/* Which columns an expression reads. */
static inline void forge_support(const hb_air *air, const hb_expr *roots, uint32_t n, bool reads[FORGE_CELLS])
{
    uint8_t *mark = calloc(air->n_nodes, 1);
    memset(reads, 0, FORGE_CELLS * sizeof *reads);
    for (uint32_t i = 0; i < n; i++)
        mark[roots[i]] = 1;
    for (uint32_t i = air->n_nodes; i-- > 0;) {
        if (!mark[i])
            continue;
        if (air->nodes[i].op == HB_AIR_COL)
            reads[air->nodes[i].a] = true;
        else if (air->nodes[i].op >= HB_AIR_ADD)
            mark[air->nodes[i].a] = mark[air->nodes[i].b] = 1;
    }
    free(mark);
}

static inline hb_f forge_int(int64_t v)
{
    int64_t m = v % (int64_t)HB_F_P;
    return hb_f_from_u32((uint32_t)(m < 0 ? m + HB_F_P : m));
}

/* A square root, or 0 if there is none (Tonelli, Shanks). */
static inline bool forge_sqrt(hb_f a, hb_f *root)
{
    if (a == 0 || hb_f_pow(a, (HB_F_P - 1) / 2) != HB_F_ONE) {
        *root = 0;
        return a == 0;
    }
    hb_f z = hb_f_pow(HB_F_CONST(HB_F_GENERATOR), 15), r = hb_f_pow(a, 8), t = hb_f_pow(a, 15);
    uint32_t m = HB_F_TWO_ADICITY;
    while (t != HB_F_ONE) {
        uint32_t i = 0;
        for (hb_f s = t; s != HB_F_ONE; s = hb_f_square(s))
            i++;
        hb_f b = hb_f_square_many(z, m - i - 1);
        m = i;
        z = hb_f_square(b);
        t = hb_f_mul(t, z);
        r = hb_f_mul(r, b);
    }
    *root = r;
    return true;
}

/* Values of column j for which expression e becomes `want`, by interpolation (degree at most 3; cubics are only tried at small integers). */
static inline uint32_t forge_solve(forge_row *f, hb_expr e, uint32_t j, hb_f want, hb_f roots[8])
{
    hb_f saved = f->cells[j], y[4];
    uint32_t n = 0;
    for (uint32_t x = 0; x < 4; x++) {
        f->cells[j] = hb_f_from_u32(x);
        forge_evaluate(f, f->cells, f->values);
        y[x] = hb_f_sub(f->values[e], want);
    }
    f->cells[j] = saved;
    hb_f d1 = hb_f_sub(y[1], y[0]), d2 = hb_f_sub(hb_f_sub(y[2], y[1]), d1);
    hb_f d3 = hb_f_sub(hb_f_sub(hb_f_sub(y[3], y[2]), hb_f_sub(y[2], y[1])), d2);
    for (uint32_t x = 0; x < 4; x++)
        if (y[x] == 0)
            roots[n++] = hb_f_from_u32(x);
    if (d3 || (!d2 && !d1))
        return n;
    hb_f c2 = hb_f_halve(d2), c1 = hb_f_sub(d1, c2);
    if (!c2) {
        roots[n++] = hb_f_neg(hb_f_mul(y[0], hb_f_inv(c1)));
        return n;
    }
    hb_f half = hb_f_halve(hb_f_mul(c1, hb_f_inv(c2))), root;
    if (forge_sqrt(hb_f_sub(hb_f_square(half), hb_f_mul(y[0], hb_f_inv(c2))), &root)) {
        roots[n++] = hb_f_sub(root, half);
        roots[n++] = hb_f_sub(hb_f_neg(root), half);
    }
    return n;
}

typedef struct forge_search {
    forge_row f;
    bool *reads;                /* [item][FORGE_CELLS] */
    bool pinned[FORGE_CELLS];   /* cells that alone are a word which the rest of the trace fixes: not used in repairs */
    bool touched[FORGE_CELLS];
    forge_set *covered;         /* items that alone caught some edit */
    forge_set *needed;          /* items that alone caught a lie */
    uint32_t ignored;           /* an item that may be violated, or FORGE_ITEMS */
    uint32_t budget;            /* judgements left for this start */
    uint32_t max_depth;
    uint64_t successes;         /* forgeries that nothing caught */
    uint64_t accepted;          /* rows that nothing caught, true ones included */
    bool (*is_lie)(const forge_row *f); /* about a row that nothing caught */
    hb_test_rng rng;
} forge_search;

static inline bool *forge_reads(forge_search *s, uint32_t item)
{
    return s->reads + (size_t)item * FORGE_CELLS;
}

static inline void forge_pin(forge_search *s, const hb_air_use *u)
{
    if (u->kind == HB_AIR_PROVIDE || (u->kind == HB_AIR_LOOKUP && u->bus != HB_BUS_PROG) || !forge_active(u, s->f.honest_values))
        return;
    uint32_t fixed = u->kind == HB_AIR_LOOKUP ? UINT32_MAX : forge_fixed_words(&s->f, u);
    for (uint32_t j = 0; j < u->n; j++) {
        const hb_air_node *n = &s->f.air->nodes[hb_air_use_word(s->f.air, u, j)];
        if (fixed >> j & 1 && n->op == HB_AIR_COL)
            s->pinned[n->a] = true;
    }
}

/* Again after forge_rebase: flags may have changed. */
static inline void forge_search_pin(forge_search *s)
{
    memset(s->pinned, 0, sizeof s->pinned);
    for (uint32_t i = 0; i < s->f.air->n_uses; i++)
        forge_pin(s, &s->f.air->uses[i]);
}

static inline void forge_search_begin(forge_search *s, const chips_trace *t, uint32_t chip, uint32_t row, forge_set *covered, forge_set *needed)
{
    memset(s, 0, sizeof *s);
    forge_begin(&s->f, t, chip, row);
    const hb_air *air = s->f.air;
    s->ignored = FORGE_ITEMS;
    s->covered = covered;
    s->needed = needed;
    s->rng.state = chip * 1000003u + row;
    s->reads = calloc((size_t)(air->n_constraints + air->n_uses) * FORGE_CELLS, sizeof *s->reads);
    for (uint32_t k = 0; k < air->n_constraints; k++)
        forge_support(air, &air->constraints[k].expr, 1, forge_reads(s, k));
    for (uint32_t i = 0; i < air->n_uses; i++)
        forge_support(air, air->tuples + air->uses[i].tuple, air->uses[i].n, forge_reads(s, air->n_constraints + i));
    forge_search_pin(s);
}

static inline void forge_search_end(forge_search *s)
{
    free(s->reads);
    forge_end(&s->f);
}

/* Against the trace, not the base row. */
static inline void forge_print_cells(const forge_row *f)
{
    for (uint32_t j = 0; j < f->columns; j++) {
        hb_f honest = f->trace->tables[f->chip].cols[j][f->row];
        if (f->cells[j] != honest)
            print_message("    %s: %u -> %u\n", hb_chips[f->chip]->column_names[j], hb_f_to_u32(honest), hb_f_to_u32(f->cells[j]));
    }
}

static void forge_explore(forge_search *s, uint32_t depth);

/* Sets column j to each value that brings word e to `want` and goes on. */
static inline void forge_try(forge_search *s, hb_expr e, uint32_t j, hb_f want, uint32_t depth)
{
    hb_f roots[8], saved = s->f.cells[j];
    uint32_t n = forge_solve(&s->f, e, j, want, roots);
    for (uint32_t k = 0; k < n && s->budget; k++) {
        if (roots[k] == saved)
            continue;
        s->f.cells[j] = roots[k];
        s->touched[j] = true;
        forge_explore(s, depth + 1);
        s->touched[j] = false;
        s->f.cells[j] = saved;
    }
}

static inline void forge_repair(forge_search *s, uint32_t item, uint32_t depth)
{
    const hb_air *air = s->f.air;
    uint32_t shift = hb_test_u32(&s->rng) % s->f.columns;
    for (uint32_t k = 0; k < s->f.columns && s->budget; k++) {
        uint32_t j = (k + shift) % s->f.columns;
        if (!forge_reads(s, item)[j] || s->pinned[j] || s->touched[j])
            continue;
        if (item < air->n_constraints) {
            forge_try(s, air->constraints[item].expr, j, 0, depth);
            continue;
        }
        const hb_air_use *u = &air->uses[item - air->n_constraints];
        bool exact = u->kind != HB_AIR_LOOKUP || u->bus == HB_BUS_PROG;
        for (uint32_t w = 0; w < u->n; w++) {
            hb_expr e = hb_air_use_word(air, u, w);
            hb_f want = u->bus == HB_BUS_PROG && s->f.has_target ? s->f.target[w] : s->f.honest_values[e];
            forge_evaluate(&s->f, s->f.cells, s->f.values);
            if (exact && s->f.values[e] == want)
                continue;
            forge_try(s, e, j, want, depth);
            if (!exact)
                forge_try(s, e, j, HB_F_CONST(3), depth);
        }
    }
}

/* Judges the cells; records what alone catches them; repairs one thing and goes on. */
static void forge_explore(forge_search *s, uint32_t depth)
{
    if (!s->budget)
        return;
    s->budget--;
    forge_set bad = forge_judge(&s->f, false);
    uint32_t n = forge_count(&bad);
    s->accepted += n == 0;
    if (n == 0 && s->is_lie(&s->f)) {
        print_message("FORGERY: %s row %u\n", hb_chips[s->f.chip]->name, s->f.row);
        forge_print_cells(&s->f);
        s->successes++;
    }
    if (n == 1) {
        forge_add(s->covered, forge_first(&bad));
        if (!forge_has(s->needed, forge_first(&bad)) && s->is_lie(&s->f))
            forge_add(s->needed, forge_first(&bad));
    }
    if (n == 0 || depth == s->max_depth || n > 8)
        return;
    for (uint32_t i = 0; i < FORGE_ITEMS && s->budget; i++)
        if (forge_has(&bad, i) && i != s->ignored)
            forge_repair(s, i, depth);
}

#define FORGE_EDITS 31u
/* The e-th edit of a cell. 2^16 * 0x7800 = 2^18 * 0x1e00 = p - 1: what wraps round p. */
static inline hb_f forge_edit(hb_f v, uint32_t e)
{
    static const int64_t add[] = {1, -1, 65536, -65536, 32768, -32768, 256, -256, 131072, 262144, -262144, 2, -2, 0x7800, -0x7800, 0xf000, -0xf000, 8192, -32, 0x1e00, -0x1e00};
    static const int64_t set[] = {0, 1, 2, -1, 65535, 65536, 255};
    const uint32_t n = sizeof add / sizeof *add, m = sizeof set / sizeof *set;
    if (e < n)
        return hb_f_add(v, forge_int(add[e]));
    if (e < n + m)
        return forge_int(set[e - n]);
    e -= n + m;
    return e == 0 ? hb_f_halve(v) : e == 1 ? HB_F_HALF : hb_f_add(v, hb_f_inv(HB_F_CONST(8)));
}
_Static_assert(FORGE_EDITS == 21 + 7 + 3, "the edits above");

/* From the base row as it is. */
static inline void forge_search_base(forge_search *s, uint32_t max_depth, uint32_t budget)
{
    s->max_depth = max_depth;
    s->budget = budget;
    forge_explore(s, 0);
}

/* All starts from this row: each edit of each cell, repaired in every way that depth and budget allow. */
static inline void forge_search_row(forge_search *s, uint32_t max_depth, uint32_t budget)
{
    s->max_depth = max_depth;
    for (uint32_t j = s->f.air->pre_width; j < s->f.columns; j++)
        for (uint32_t e = 0; e < FORGE_EDITS; e++) {
            s->f.cells[j] = forge_edit(s->f.honest[j], e);
            if (s->f.cells[j] == s->f.honest[j])
                continue;
            s->touched[j] = true;
            s->budget = budget;
            forge_explore(s, 0);
            s->touched[j] = false;
            forge_reset(&s->f);
        }
}
