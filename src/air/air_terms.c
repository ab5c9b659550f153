/* From uses to terms: the order and the grouping of docs/protocol.md 5, and what buses are. Freestanding. */
#include "air/record.h"

typedef struct bus_row {
    const char *name;
    uint32_t words;
} bus_row;

static const bus_row buses[HB_BUS_COUNT] = {
    [HB_BUS_STATE] = {"STATE", 2}, [HB_BUS_MEM] = {"MEM", 7},     [HB_BUS_CHAIN] = {"CHAIN", 3}, [HB_BUS_GLOBAL] = {"GLOBAL", 7},
    [HB_BUS_PROG] = {"PROG", 9},   [HB_BUS_IMAGE] = {"IMAGE", 6}, [HB_BUS_RC16] = {"RC16", 1},   [HB_BUS_RC18] = {"RC18", 1},
    [HB_BUS_AND] = {"AND", 3},     [HB_BUS_BYTES] = {"BYTES", 2},
};

uint32_t hb_bus_tuple_words(hb_bus bus)
{
    return (uint32_t)bus < HB_BUS_COUNT ? buses[bus].words : 0;
}

const char *hb_bus_name(hb_bus bus)
{
    return hb_bus_tuple_words(bus) ? buses[bus].name : "?";
}

bool hb_bus_is_permutation(hb_bus bus)
{
    return bus <= HB_BUS_GLOBAL;
}

static bool is_groupable(const hb_air *a, const hb_air_use *u)
{
    return u->kind == HB_AIR_LOOKUP && u->flag == HB_ALWAYS && (u->bus == HB_BUS_RC16 || u->bus == HB_BUS_RC18) &&
           a->nodes[hb_air_use_word(a, u, 0)].degree <= 1;
}

static uint32_t tuple_degree(const hb_air *a, const hb_air_use *u)
{
    uint32_t d = 0;
    for (uint32_t j = 0; j < u->n; j++) {
        uint32_t e = a->nodes[hb_air_use_word(a, u, j)].degree;
        d = e > d ? e : d;
    }
    return d;
}

/* flag (fp - 1) + 1 multiplies; num = flag and den = fp stand apart. */
static uint32_t leaf_degree(const hb_air *a, const hb_air_use *u)
{
    uint32_t d = tuple_degree(a, u), f = u->flag == HB_ALWAYS ? 0 : a->nodes[u->flag].degree;
    if (hb_bus_is_permutation((hb_bus)u->bus))
        return d + f;
    return d > f ? d : f;
}

static hb_air_term *add_term(hb_air *a, uint32_t use)
{
    static const uint16_t tree_of[] = {
        [HB_AIR_PRODUCE] = HB_AIR_TREE_G, [HB_AIR_CONSUME] = HB_AIR_TREE_R, [HB_AIR_LOOKUP] = HB_AIR_TREE_F, [HB_AIR_PROVIDE] = HB_AIR_TREE_F};
    const hb_air_use *u = &a->uses[use];
    hb_air_term *t = &a->terms[a->n_terms++];
    const uint16_t global = u->bus == HB_BUS_GLOBAL ? HB_AIR_TREE_G_GLOBAL : 0;
    *t = (hb_air_term){.tree = (uint16_t)(tree_of[u->kind] + global), .bus = u->bus, .kind = u->kind, .n_uses = 1, .uses = {use, 0, 0}};
    t->degree = (uint16_t)leaf_degree(a, u);
    return t;
}

void hb_air_build_terms(hb_air *a)
{
    hb_air_term *open[HB_BUS_COUNT] = {0}; /* the group being filled, per bus */
    a->n_terms = a->lookups_per_row = a->max_term_degree = 0;
    for (uint32_t i = 0; i < a->n_uses; i++) {
        const hb_air_use *u = &a->uses[i];
        a->lookups_per_row += u->kind == HB_AIR_LOOKUP;
        if (!is_groupable(a, u)) {
            add_term(a, i);
            continue;
        }
        hb_air_term *t = open[u->bus];
        if (!t || t->n_uses == HB_AIR_GROUP)
            open[u->bus] = add_term(a, i);
        else
            t->uses[t->n_uses++] = i, t->degree = t->n_uses;
    }
    for (uint32_t i = 0; i < a->n_terms; i++)
        a->max_term_degree = a->terms[i].degree > a->max_term_degree ? a->terms[i].degree : a->max_term_degree;
}

const char *hb_structured_name(hb_structured s)
{
    static const char *const names[HB_ST_COUNT] = {"INDEX", "BYTE_A", "BYTE_B", "BYTE_AND", "PV_SEL", "PV_LO", "PV_HI"};
    return (uint32_t)s < HB_ST_COUNT ? names[s] : "?";
}
