/* The record that a chip's rules leave behind (air/air.h writes it, everything in this room reads it). Freestanding.
 *
 * Life: hb_air_init over caller's memory; the chip's `rules` call the builders; hb_air_finish groups lookups into terms, computes degrees and
 * makes the static checks; from then on the record is constant and may be read by any number of threads. Builders never fail loudly:
 * the first mistake is kept in `problem` and finish returns it.
 *
 * Nodes are hash-consed and lightly normalised, so equal expressions have equal ids: constants fold, x + 0, x * 1, x * 0 and x - x simplify, constants
 * stand second, x - c becomes x + (-c), c (d x) becomes (c d) x, and operands of commutative operations are ordered by a hash of their structure.
 * Operands precede their node: a forward sweep evaluates, a backward sweep distributes weights. Node 0 is the constant 0.
 *
 * C does not say in which order the arguments of a call are evaluated, so node numbers while recording depend on the compiler. finish therefore renumbers
 * the nodes in the order in which constraints, uses and ranges reach them (and drops the others): ids that builders returned are void then,
 * and the record, its text and its digest are the same everywhere. */
#pragma once
#include "air/air.h"
#include "field/f.h"

#define HB_AIR_MAX_TUPLE 16u /* beta_0 .. beta_15 */
#define HB_AIR_GROUP 3u      /* lookups in one fraction, docs/protocol.md 5 */
#define HB_AIR_MAX_DEGREE 3u /* of constraints and leaves, without the row mask */
#define HB_BUS_COUNT 11u

typedef enum hb_air_op {
    HB_AIR_CONST,      /* a = value (Montgomery) */
    HB_AIR_KEY,        /* a = HB_KEY_* */
    HB_AIR_COL,        /* a = column, preprocessed first */
    HB_AIR_STRUCTURED, /* a = hb_structured */
    HB_AIR_ADD,        /* nodes a, b */
    HB_AIR_SUB,
    HB_AIR_MUL
} hb_air_op;

/* degree: constants of any kind 0, columns of any kind 1, sums the larger, products the sum (cancellation is not seen). */
typedef struct hb_air_node {
    uint32_t a, b;
    uint16_t op, degree;
} hb_air_node;

typedef struct hb_air_constraint {
    const char *label;
    hb_expr expr;
} hb_air_constraint;

typedef enum hb_air_kind { HB_AIR_PRODUCE, HB_AIR_CONSUME, HB_AIR_LOOKUP, HB_AIR_PROVIDE } hb_air_kind;

/* One call of produce, consume, lookup or provide, in recording order. */
typedef struct hb_air_use {
    uint16_t kind, bus;
    hb_expr flag;          /* HB_ALWAYS or a node; the multiplicity of a provide */
    uint32_t tuple, n;     /* tuples[tuple .. tuple + n) */
} hb_air_use;

/* Numbers as in gkr/gkr_layout.h; the last two are the trees of the bus GLOBAL, which has challenges of its own (docs/protocol.md 14). */
typedef enum hb_air_tree { HB_AIR_TREE_G, HB_AIR_TREE_R, HB_AIR_TREE_F, HB_AIR_TREE_G_GLOBAL, HB_AIR_TREE_R_GLOBAL } hb_air_tree;

/* One leaf a row: a use, or up to three grouped lookups of one bus. Ordered as docs/protocol.md 5 says. Leaf values:
 *   G, R, and those of GLOBAL: flag (fp - 1) + 1
 *   F:    ungrouped lookup: flag / fp; provide: -flag / fp; group: as docs/protocol.md 5. */
typedef struct hb_air_term {
    uint16_t tree, bus;
    uint16_t kind;                 /* hb_air_kind */
    uint16_t n_uses;               /* 1; 2 or 3 for a group */
    uint32_t uses[HB_AIR_GROUP];   /* indices into uses */
    uint16_t degree;               /* of the leaf (larger of num and den) */
} hb_air_term;

typedef struct hb_air_range {
    hb_expr expr;
    const char *why;
} hb_air_range;

typedef enum hb_air_problem_code {
    HB_AIR_OK,
    HB_AIR_FULL,               /* the memory given to hb_air_init is too small (see limits) */
    HB_AIR_BAD_COLUMN,         /* no such column, structured column, key constant or expression */
    HB_AIR_BAD_BUS,            /* no such bus, or not a bus for this kind of use */
    HB_AIR_BAD_TUPLE,          /* not the bus's tuple length */
    HB_AIR_CONSTRAINT_DEGREE,  /* above 3 */
    HB_AIR_CONSTRAINT_TRIVIAL, /* the constraint is the constant 0: a slip of the pen */
    HB_AIR_CONSTRAINT_AT_ZERO, /* does not vanish on a row of zeros (docs/protocol.md 8) */
    HB_AIR_LABEL,              /* missing or used twice */
    HB_AIR_FLAG_DEGREE,        /* a flag is not of degree at most 1 */
    HB_AIR_FLAG_NOT_BOOLEAN,   /* nothing shows that the flag is 0 or 1 */
    HB_AIR_TERM_DEGREE,        /* a leaf above degree 3 */
    HB_AIR_MULTIPLICITY,       /* a provide's multiplicity is not a main column of its own */
    HB_AIR_RANGE,              /* a limb of a produced MEM tuple has no range label (machine.md 7) */
    HB_AIR_UNUSED_COLUMN,      /* a main column occurs nowhere: nothing depends on it */
    HB_AIR_PROBLEM_COUNT
} hb_air_problem_code;

typedef struct hb_air_problem {
    hb_air_problem_code code;
    uint32_t index;    /* of the constraint, use or column concerned */
    uint32_t part;     /* limb number for HB_AIR_RANGE */
    const char *label; /* of the constraint, or NULL */
} hb_air_problem;

typedef struct hb_air_limits {
    uint32_t nodes, constraints, uses, tuple_words, ranges;
} hb_air_limits;

/* Enough for every chip of the machine; 1 MiB. */
#define HB_AIR_LIMITS_DEFAULT ((hb_air_limits){16384, 1024, 1024, 4096, 1024})

struct hb_air {
    uint32_t pre_width, width; /* preprocessed and main columns */
    hb_air_limits limits;

    hb_air_node *nodes;
    uint32_t n_nodes;
    hb_air_constraint *constraints;
    uint32_t n_constraints;
    hb_air_use *uses;
    uint32_t n_uses;
    hb_expr *tuples;
    uint32_t n_tuple_words;
    hb_air_range *ranges;
    uint32_t n_ranges;
    hb_air_term *terms; /* after finish */
    uint32_t n_terms;

    uint32_t *buckets, bucket_mask; /* hash table of nodes; id + 1, 0 empty */
    uint64_t *keys;                 /* structural hash of each node */
    hb_air_node *renumbered;        /* scratch of finish, as are */
    uint32_t *map;
    uint32_t lookups_per_row;       /* LogUp fractions a row, groups counted by member, provides too: bounds sums (docs/protocol.md 11) */
    uint32_t max_constraint_degree, max_term_degree;
    hb_air_problem problem;
};

/* Bytes that hb_air_init needs for these limits. */
size_t hb_air_memory_bytes(hb_air_limits limits);

/* An empty record of a chip with pre_width + width columns. memory: hb_air_memory_bytes(limits) bytes, 8-byte aligned, owned by the caller, must
 * outlive the record; labels are kept by pointer. */
void hb_air_init(hb_air *a, uint32_t pre_width, uint32_t width, hb_air_limits limits, void *memory);

/* Ends recording: canonical order, terms, degrees, checks. Builders must not be called any more. Returns the first problem (code HB_AIR_OK if there is none); also kept in a->problem. */
hb_air_problem hb_air_finish(hb_air *a);

/* A constant English sentence, never NULL. */
const char *hb_air_problem_text(hb_air_problem_code code);

/* Tuple length of a bus, 0 if there is no such bus; short name ("MEM"). */
uint32_t hb_bus_tuple_words(hb_bus bus);
const char *hb_bus_name(hb_bus bus);
bool hb_bus_is_permutation(hb_bus bus);

/* "INDEX" etc. */
const char *hb_structured_name(hb_structured s);

static inline hb_expr hb_air_use_word(const hb_air *a, const hb_air_use *u, uint32_t j)
{
    return a->tuples[u->tuple + j];
}

/* --- for the files of this room --------------------------------------------------------------------------------------------------- */
void hb_air_renumber(hb_air *a);    /* air_order.c */
void hb_air_build_terms(hb_air *a); /* air_terms.c */
void hb_air_check(hb_air *a);       /* air_checks.c: sets a->problem */

/* Keeps the first problem only. */
static inline void hb_air_note(hb_air *a, hb_air_problem_code code, uint32_t index, uint32_t part, const char *label)
{
    if (a->problem.code == HB_AIR_OK)
        a->problem = (hb_air_problem){code, index, part, label};
}
